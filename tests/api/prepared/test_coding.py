"""Which coding a client gets."""

import gzip
from collections.abc import Callable
from typing import Any

import brotli  # pyright: ignore[reportMissingTypeStubs] -- it has none
import pytest
import zstandard

from app.api.prepared.coding import PACK, choose_coding, is_packable


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("zstd, gzip", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0,gzip;q=0,zstd;q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "zstd"),
        ("identity", ""),
        ("identity;q=0.5, gzip;q=0.4", ""),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("deflate, compress", ""),
        ("GZIP ; Q=0.8", "gzip"),
        ("gzip;q=2", ""),
        ("gzip;q=nan, ;;, ,", ""),
        ("gzip;level=9", ""),
    ],
)
def test_coding_follows_the_weights_of_accept_encoding(header: str, coding: str) -> None:
    assert choose_coding(header) == coding


def test_packed_bodies_unpack_to_the_same() -> None:
    body = b'{"text": "ketamine"}' * 500
    unpack: dict[str, Callable[[bytes], Any]] = {
        "br": brotli.decompress,  # pyright: ignore[reportUnknownMemberType] -- no stubs
        "zstd": zstandard.ZstdDecompressor().decompress,
        "gzip": gzip.decompress,
    }
    for coding, pack in PACK.items():
        packed = pack(body)
        assert len(packed) < len(body) / 10
        assert unpack[coding](packed) == body
        assert pack(body) == packed, "the same body is packed alike every time, or its strong ETag would lie"


@pytest.mark.parametrize(
    ("media_type", "size", "packable"),
    [
        ("application/json", 1000, True), ("application/problem+json", 1000, True), ("text/markdown; charset=utf-8", 300, True),
        ("image/svg+xml", 5000, True), ("application/fhir+json", 300, True), ("image/png", 5000, False), ("application/json", 100, False),
        ("application/vnd.sqlite3", 5000, False), ("font/woff2", 5000, False),
    ],
)  # fmt: skip
def test_only_text_of_some_length_is_packed(media_type: str, size: int, *, packable: bool) -> None:
    assert is_packable(media_type, size) is packable
