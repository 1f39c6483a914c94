"""How parameters are written into an address."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

QueryValue = str | int | Sequence[str] | None


def segment(text: str) -> str:
    """An id as one part of a path."""
    return quote(text, safe="")


def write_query(query: Mapping[str, QueryValue]) -> str:
    """The query in the service's canonical order, so that equal wishes are equal addresses; parameters that are `None` are left out."""
    return urlencode({name: write_value(value) for name, value in sorted(query.items()) if value is not None}, safe=",:")


def write_value(value: str | int | Sequence[str]) -> str:
    """Several values are written with commas."""
    return str(value) if isinstance(value, str | int) else ",".join(value)
