"""A finished answer with its codings and validators."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import formatdate

from app.api.prepared.coding import PACK, choose_coding, is_packable
from app.api.prepared.conditional import has_tag, is_unchanged_since

Headers = list[tuple[bytes, bytes]]

CACHE_CONTROL = b"public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
VARY = b"Accept, Accept-Encoding"

OVERHEAD = 3000
"""Bytes that an answer takes beside its bodies: headers in three forms, keys, objects. Measured at about 2,500."""

_OWN = frozenset({b"content-length", b"content-encoding", b"etag", b"last-modified", b"cache-control", b"vary", b"date", b"server"})
_PER_REQUEST = frozenset({b"x-request-id", b"connection", b"transfer-encoding"})
_NOT_ON_304 = frozenset(
    {
        b"content-type", b"content-length", b"content-encoding", b"content-disposition", b"link",
        b"content-security-policy", b"cross-origin-resource-policy", b"referrer-policy", b"x-content-type-options",
    }
)  # fmt: skip
"""A client that holds the answer holds these (RFC 9110, 15.4.5); what CORS needs is sent, since scripts may see the 304 itself."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An answer in one coding."""

    body: bytes
    tag: str
    headers: Headers
    """Of the answer with status 200."""
    headers_304: Headers
    head: bytes
    """Status line and headers of the answer with status 200, but for `Date`, `X-Request-Id` and the line that ends them."""
    head_304: bytes


@dataclass(frozen=True, slots=True)
class Packed:
    """A body in a coding."""

    coding: str
    body: bytes


class PreparedAnswer:
    """A body, its headers, and the codings that were asked for so far. What a client gets depends on its own headers alone."""

    __slots__ = ("_base", "_by_header", "_modified", "_packable", "_variants", "release", "size")

    def __init__(self, body: bytes, headers: Iterable[tuple[bytes, bytes]], modified: int, release: str) -> None:
        """`headers` as the application sent them; `modified` in seconds since 1970."""
        given = [(name.lower(), value) for name, value in headers]
        self._base: Headers = [(name, value) for name, value in given if name not in _OWN | _PER_REQUEST and name != b"content-release"]
        kept = dict(given)
        self._base += [
            (b"cache-control", kept.get(b"cache-control", CACHE_CONTROL)),
            (b"vary", VARY),
            (b"content-release", release.encode()),
            (b"last-modified", formatdate(modified, usegmt=True).encode()),
        ]
        self.release = release
        self._modified = modified
        self._packable = is_packable(kept.get(b"content-type", b"").decode("latin-1"), len(body))
        self._by_header: dict[bytes, Variant] = {}
        digest = hashlib.sha256(body).hexdigest()[:24]
        self._variants: dict[str, Variant] = {"": _build_variant(body, f'"{digest}"', self._base, "")}
        self.size = len(body) + OVERHEAD

    def get(self, accept_encoding: bytes) -> Variant:
        """The answer in the coding that an `Accept-Encoding` header asks for. Packs when nobody asked for this coding before, which `size`
        then tells."""
        known = self._by_header.get(accept_encoding)
        if known is not None:
            return known
        if self.needs_packing(accept_encoding):
            self.keep(self.pack(accept_encoding))
        variant = self._variants[self._choose(accept_encoding)]
        if len(self._by_header) < 8:
            self._by_header[accept_encoding] = variant
        return variant

    def pack(self, accept_encoding: bytes) -> Packed:
        """The body in the coding that an `Accept-Encoding` header asks for. Changes nothing, so it may be called from a thread."""
        coding = self._choose(accept_encoding)
        return Packed(coding, PACK[coding](self._variants[""].body))

    def keep(self, packed: Packed) -> None:
        """Keep a packed body for everybody who asks for its coding, unless there is one."""
        if packed.coding not in self._variants:
            tag = f'{self._variants[""].tag[:-1]}-{packed.coding}"'
            self._variants[packed.coding] = _build_variant(packed.body, tag, self._base, packed.coding)
            self.size += len(packed.body) + OVERHEAD

    def _choose(self, accept_encoding: bytes) -> str:
        return choose_coding(accept_encoding.decode("latin-1")) if self._packable else ""

    def needs_packing(self, accept_encoding: bytes) -> bool:
        """Whether `get` will have to pack."""
        return accept_encoding not in self._by_header and self._choose(accept_encoding) not in self._variants

    @property
    def length(self) -> int:
        """Bytes of the body as it is."""
        return len(self._variants[""].body)

    def is_fresh(self, variant: Variant, if_none_match: bytes | None, if_modified_since: bytes | None) -> bool:
        """Whether the client holds this variant already: status 304. `If-None-Match` decides where both are sent."""
        if if_none_match is not None:
            return has_tag(if_none_match.decode("latin-1"), variant.tag)
        return if_modified_since is not None and is_unchanged_since(if_modified_since.decode("latin-1"), self._modified)


def _build_variant(body: bytes, tag: str, base: Sequence[tuple[bytes, bytes]], coding: str) -> Variant:
    headers: Headers = [*base, (b"etag", tag.encode()), (b"content-length", str(len(body)).encode())]
    if coding:
        headers.append((b"content-encoding", coding.encode()))
    fresh = [(name, value) for name, value in headers if name not in _NOT_ON_304]
    return Variant(body, tag, headers, fresh, _write_head(b"HTTP/1.1 200 OK", headers), _write_head(b"HTTP/1.1 304 Not Modified", fresh))


def _write_head(status: bytes, headers: Headers) -> bytes:
    return b"".join((status, b"\r\n", *(b"%s: %s\r\n" % pair for pair in headers)))
