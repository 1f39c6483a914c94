"""Files that are too large to hold: sent piece by piece, whole or in part, packed on the way, with validators of their own."""

import base64
import re
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Protocol, cast

import anyio.to_thread
import brotli  # pyright: ignore[reportMissingTypeStubs] -- it has none
import zstandard
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from app.api.prepared.answer import CACHE_CONTROL
from app.api.prepared.coding import choose_coding
from app.api.prepared.conditional import has_tag, is_unchanged_since
from app.errors import NoSuchRange

PIECE = 1 << 18
"""Bytes that are read and packed at a time."""

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Reader(Protocol):
    """Reads a file of which nothing changes while it is read."""

    def __call__(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in pieces."""
        ...


@dataclass(frozen=True)
class Download:
    """A file that can be had."""

    name: str
    """What it is saved as."""
    media_type: str
    size: int
    sha256: str
    """In hexadecimal."""
    modified: int | None
    """Since when it is served, in seconds since 1970; None when that is not known."""
    read: Reader


class Packer(Protocol):
    """Packs a stream."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    """Brotli's compressor under the names of the others."""

    def __init__(self) -> None:
        self._compressor = brotli.Compressor(quality=4)  # pyright: ignore[reportUnknownMemberType] -- no stubs

    def compress(self, data: bytes, /) -> bytes:
        return cast("bytes", self._compressor.process(data))  # pyright: ignore[reportUnknownMemberType]

    def flush(self) -> bytes:
        return cast("bytes", self._compressor.finish())  # pyright: ignore[reportUnknownMemberType]


PACKERS: Mapping[str, Callable[[], Packer]] = {
    "br": _Brotli,
    "zstd": lambda: zstandard.ZstdCompressor(level=6).compressobj(),
    "gzip": lambda: zlib.compressobj(6, wbits=31),
}
"""How each coding packs a stream: at levels that keep up with a network."""


def send_download(request: Request, file: Download) -> Response:
    """The answer to a request for a file: whole and packed as the client likes it, a part of it as it is, or 304. Raises `NoSuchRange`."""
    headers = request.headers
    wanted = _find_part(headers.get("range"), headers.get("if-range"), file)
    coding = choose_coding(headers.get("accept-encoding", "")) if wanted is None else ""
    tag = f'"{file.sha256[:24]}{"-" + coding if coding else ""}"'
    own = {
        "Cache-Control": CACHE_CONTROL.decode(),
        "Vary": "Accept, Accept-Encoding",
        "ETag": tag,
        "Accept-Ranges": "bytes",
        **({"Last-Modified": formatdate(file.modified, usegmt=True)} if file.modified is not None else {}),
    }
    if _is_fresh(headers, tag, file.modified):
        return Response(status_code=304, headers=own)
    own["Content-Disposition"] = f'attachment; filename="{file.name}"'
    start, end = wanted or (0, file.size)
    if coding:
        own["Content-Encoding"] = coding
    else:
        own["Content-Length"] = str(end - start)
        own["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:"
    if wanted is not None:
        own["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 200 if wanted is None else 206
    if request.scope.get("state", {}).get("is_head"):
        return _Headers(status_code=status, headers=own, media_type=file.media_type)
    body = file.read(start, end)
    return StreamingResponse(_pack(body, PACKERS[coding]()) if coding else body, status, own, file.media_type)


class _Headers(Response):
    """An answer to HEAD, which tells of a body that it does not have."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        super().init_headers(headers)
        if headers is not None and "Content-Length" not in headers:
            self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]


def _find_part(range_header: str | None, if_range: str | None, file: Download) -> tuple[int, int] | None:
    """The part that is asked for; None for the whole file, also when there are several parts, another unit, or the file has changed."""
    match = _RANGE.fullmatch(range_header.replace(" ", "")) if range_header else None
    if match is None or match[0] == "bytes=-" or not _is_the_same(if_range, file):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, file.size - int(last)), file.size
    else:
        start, end = int(first), min(file.size, int(last) + 1 if last else file.size)
        if last and int(last) < start:
            return None  # no range at all (RFC 9110, 14.1.1)
    if start >= end:
        raise NoSuchRange(file.size)
    return start, end


def _is_the_same(if_range: str | None, file: Download) -> bool:
    """Whether a part of the file fits what the client holds: by strong comparison of tags, or the very date."""
    if if_range is None or if_range == f'"{file.sha256[:24]}"':
        return True
    return file.modified is not None and if_range == formatdate(file.modified, usegmt=True)


def _is_fresh(headers: Mapping[str, str], tag: str, modified: int | None) -> bool:
    if_none_match, if_modified_since = headers.get("if-none-match"), headers.get("if-modified-since")
    if if_none_match is not None:
        return has_tag(if_none_match, tag)
    return if_modified_since is not None and modified is not None and is_unchanged_since(if_modified_since, modified)


async def _pack(pieces: AsyncIterator[bytes], packer: Packer) -> AsyncIterator[bytes]:
    async for piece in pieces:
        packed = await anyio.to_thread.run_sync(packer.compress, piece)
        if packed:
            yield packed
    yield await anyio.to_thread.run_sync(packer.flush)
