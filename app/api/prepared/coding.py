"""Content codings: which one a client is served, and how text is packed."""

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, cast

import brotli  # pyright: ignore[reportMissingTypeStubs] -- it has none
import zstandard

LEAST_BYTES = 256
"""Shorter bodies are sent as they are."""


def _pack_br(body: bytes) -> bytes:
    return cast("bytes", brotli.compress(body, quality=5))  # pyright: ignore[reportUnknownMemberType] -- no stubs


PACK: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": _pack_br,
    "zstd": lambda body: zstandard.ZstdCompressor(level=9).compress(body),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
"""How each coding packs, the preferred one first. Levels: what a first request can wait for (a few milliseconds for a document)."""

_PART = re.compile(r"^([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$")
_TEXT = re.compile(r"^(text/|image/svg\+xml|application/(json|yaml|javascript|.*\+json|.*\+xml|x-|vnd\.citationstyles))")


def is_packable(media_type: str, size: int) -> bool:
    """Whether packing a body makes it smaller: text of some length."""
    return size >= LEAST_BYTES and _TEXT.match(media_type) is not None


@lru_cache(maxsize=512)
def choose_coding(accept_encoding: str) -> str:
    """The coding that fits an `Accept-Encoding` header best (RFC 9110, 12.5.3), "" for none.

    The highest `q` wins, ties go to the order of `PACK`, and a coding beats none. Codings with `q=0` are never chosen. Parts that are
    not of the header's form are passed over."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        match = _PART.match(part.strip())
        if match is not None:
            name = "gzip" if match[1] == "x-gzip" else match[1]
            weights[name] = float(match[2] or 1)
    rest = weights.get("*", 0.0)
    weighed = {name: weights.get(name, rest) for name in PACK}
    plain = weights.get("identity", 0.0)
    best = max(weighed, key=lambda name: weighed[name])
    return best if weighed[best] > 0 and weighed[best] >= plain else ""
