"""Names under which the service may be reached."""

from collections.abc import Collection


def parse_hosts(text: str) -> frozenset[str] | None:
    """Host names from a setting (with commas, without ports); None for `*`, any name."""
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    return None if "*" in names else names


def has_host(hosts: Collection[str] | None, header: bytes) -> bool:
    """Whether a `Host` header, whose port does not matter, names one of `hosts`."""
    if hosts is None:
        return True
    text = header.decode("latin-1").strip().lower()
    name, colon, port = text.rpartition(":")
    return (name if colon and port.isdecimal() else text) in hosts
