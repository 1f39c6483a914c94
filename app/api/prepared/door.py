"""The middleware in front of everything: serves finished answers, and keeps those that the application finishes."""

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

import anyio.to_thread
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.current import CurrentRelease, find_bound
from app.api.hosts import has_host
from app.api.prepared.answer import CACHE_CONTROL, Headers, PreparedAnswer
from app.api.prepared.store import PreparedStore, build_key
from app.api.prepared.turns import Turns
from app.errors import ReleaseError
from app.logs import Exchange
from app.release.store import ReleaseStore

UNPREPARED = ("/mcp", "/metrics", "/healthz", "/readyz", "/v1/dump.")
"""Paths that are never kept: what they answer changes without the release, or is too large and has validators of its own."""

THREAD_BYTES = 300_000
"""Bodies above this size are packed in a thread, so that others need not wait."""

MOST_BYTES = 16_000_000
"""Longer bodies are passed on as they come, without validators."""

REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,128}$")

Served = Callable[[Exchange], None]
"""Told of each answer that is served from the store."""


def read_request_id(given: bytes | None) -> str:
    """The request id that a client gave, if it is one, or a new one."""
    text = given.decode("latin-1") if given else ""
    return text if REQUEST_ID.match(text) else make_request_id()


_PROCESS = secrets.token_hex(4)
_COUNTER = itertools.count(secrets.randbits(24))


def make_request_id() -> str:
    """A new request id: a random part that is the process's own, and a number that rises."""
    return f"{_PROCESS}{next(_COUNTER) & 0xFFFFFFFF:08x}"


class PreparedDoor:
    """Binds each request to the release that is current, and answers from the store where it can. Headers that shape the transfer alone
    (codings, validators) are not passed on, so that the application always makes whole answers."""

    def __init__(self, app: ASGIApp, current: CurrentRelease, store: PreparedStore, served: Served, hosts: frozenset[str] | None) -> None:
        """`hosts`: names under which the service may be reached, None for any."""
        self.app = app
        self.hosts = hosts
        self.current = current
        self.store = store
        self.served = served
        self._turns = Turns()
        self._working: dict[tuple[ReleaseStore, bytes], asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        release = self._bind(scope)
        target = find_target(scope)
        wishes = _read_wishes(scope)
        if release is None or target is None or _has_body(wishes) or not has_host(self.hosts, wishes.get(b"host", b"")):
            await self.app(scope, receive, _Telling(send, release))
            return
        wanted = _Wanted(target, wishes, is_head=scope["method"] == "HEAD")
        if not await self._serve(scope, send, wanted, release):
            await self._work(scope, receive, send, wanted, release)

    def find_kept(self, scope: Scope) -> tuple[PreparedAnswer, "_Wanted"] | None:
        """The answer to a request that can be sent as it is kept: no wait, no work."""
        target = find_target(scope) if scope["type"] == "http" else None
        release = self.store.release
        if target is None or release is None or release is not self.current.find():
            return None
        wishes = _read_wishes(scope)
        found = self.store.find(target, wishes.get(b"accept", b""))
        if found is None or _has_body(wishes) or found[1].needs_packing(wishes.get(b"accept-encoding", b"")):
            return None
        if not has_host(self.hosts, wishes.get(b"host", b"")):
            return None
        return found[1], _Wanted(target, wishes, is_head=scope["method"] == "HEAD")

    async def _serve(self, scope: Scope, send: Send, wanted: "_Wanted", release: ReleaseStore) -> bool:
        """Answer from the store, if it has the answer of this release."""
        began = time.perf_counter()
        found = self.store.find(wanted.target, wanted.accept) if self.store.release is release else None
        if found is None:
            return False
        request_id = read_request_id(wanted.wishes.get(b"x-request-id"))
        status, size = await self._send(send, found[1], wanted, request_id)
        self.tell(Exchange(scope["method"], scope["path"], status, time.perf_counter() - began, size, request_id, release.name))
        return True

    def tell(self, exchange: Exchange) -> None:
        """An answer was served from the store."""
        self.store.counts.hits += 1
        self.served(exchange)

    async def _work(self, scope: Scope, receive: Receive, send: Send, wanted: "_Wanted", release: ReleaseStore) -> None:
        """Let the application answer. Of several who ask for the same at once, the first does the work and the others wait for it."""
        key = (release, build_key(wanted.target, wanted.accept))
        working = self._working.get(key)
        if working is not None:
            await working.wait()
            if await self._serve(scope, send, wanted, release):
                return
        done = self._working[key] = asyncio.Event()
        try:
            finished = await self._ask(scope, receive, send, wanted, release)
        finally:
            if self._working.get(key) is done:
                del self._working[key]
            done.set()
        if finished is not None:  # and nobody else has to wait for this client to read
            answer, request_id = finished
            await self._send(send, answer, wanted, request_id)

    async def _ask(
        self, scope: Scope, receive: Receive, send: Send, wanted: "_Wanted", release: ReleaseStore
    ) -> tuple[PreparedAnswer, str] | None:
        """The answer of the application with its request id, kept where that can be; None when it has been passed on as it came."""
        self.store.counts.misses += 1
        await self._turns.wait()
        headers = [pair for pair in scope["headers"] if pair[0] not in _TRANSFER]
        collect = _Collect(send, release, is_head=wanted.is_head)
        await self.app({**scope, "headers": headers, "method": "GET", "asked_method": scope["method"]}, receive, collect)
        if collect.start is None:
            return None
        answer = PreparedAnswer(bytes(collect.body), collect.start["headers"], self.store.modified, release.name)
        self.store.put(wanted.target, wanted.accept, answer, release)
        return answer, collect.request_id

    def _bind(self, scope: Scope) -> ReleaseStore | None:
        bound = find_bound(scope)
        if bound is not None:
            return bound
        try:
            release = self.current.get()
        except ReleaseError:
            return None
        scope["state"] = {**scope.get("state", {}), "store": release}
        return release

    async def _send(self, send: Send, answer: PreparedAnswer, wanted: "_Wanted", request_id: str) -> tuple[int, int]:
        coding = wanted.wishes.get(b"accept-encoding", b"")
        is_new = answer.needs_packing(coding)
        if is_new and answer.length >= THREAD_BYTES:
            answer.keep(await anyio.to_thread.run_sync(answer.pack, coding))
        status, headers, body = _compose(answer, wanted, request_id)
        if is_new:
            self.store.weigh_again(wanted.target, wanted.accept, answer)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return status, len(body)


class FrontDoor:
    """Before the whole application: what is kept is served without passing any of its layers, everything else goes on to it."""

    def __init__(self, app: ASGIApp, door: PreparedDoor) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        found = self.door.find_kept(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        answer, wanted = found
        request_id = read_request_id(wanted.wishes.get(b"x-request-id"))
        status, headers, body = _compose(answer, wanted, request_id)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self.door.tell(Exchange(scope["method"], scope["path"], status, time.perf_counter() - began, len(body), request_id, answer.release))


class _Wanted(NamedTuple):
    """What a client asks for, and in which form."""

    target: bytes
    wishes: dict[bytes, bytes]
    is_head: bool

    @property
    def accept(self) -> bytes:
        return self.wishes.get(b"accept", b"")


def _compose(answer: PreparedAnswer, wanted: _Wanted, request_id: str) -> tuple[int, Headers, bytes]:
    """Status, headers and body of what a client gets of an answer."""
    wishes = wanted.wishes
    variant = answer.get(wishes.get(b"accept-encoding", b""))
    is_fresh = answer.is_fresh(variant, wishes.get(b"if-none-match"), wishes.get(b"if-modified-since"))
    own = (b"x-request-id", request_id.encode())
    if is_fresh:
        return 304, [*variant.headers_304, own], b""
    return 200, [*variant.headers, own], b"" if wanted.is_head else variant.body


_TRANSFER = frozenset(
    {b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-match", b"if-unmodified-since", b"if-range", b"range"}
)
_WISHES = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"if-none-match",
        b"if-modified-since",
        b"x-request-id",
        b"host",
        b"content-length",
        b"transfer-encoding",
    }
)


def find_target(scope: Scope) -> bytes | None:
    """Path and query as sent, without the root path, of a request whose answer may be kept; None for others."""
    if scope["method"] not in {"GET", "HEAD"}:
        return None
    root = scope.get("root_path", "").encode()
    path: bytes = (scope.get("raw_path") or scope["path"].encode()).removeprefix(root)
    if path.decode("latin-1").startswith(UNPREPARED):
        return None
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def _has_body(wishes: dict[bytes, bytes]) -> bool:
    return wishes.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in wishes


def _read_wishes(scope: Scope) -> dict[bytes, bytes]:
    """The headers that decide what is sent; those that stand more than once are joined, as HTTP has it."""
    wishes: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _WISHES:
            wishes[name] = wishes[name] + b", " + value if name in wishes else value
    return wishes


class _Telling:
    """Names the release in answers that are not kept, and lets redirects be cached."""

    def __init__(self, send: Send, release: ReleaseStore | None) -> None:
        self.send = send
        self.release = release

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self.release is not None:
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Release", self.release.name)
            if message["status"] == 308:
                headers.setdefault("Cache-Control", CACHE_CONTROL.decode())
        await self.send(message)


class _Collect:
    """Holds an answer back that can be kept (status 200, not `no-store`, not too long); passes others on."""

    def __init__(self, send: Send, release: ReleaseStore, *, is_head: bool) -> None:
        self.start: Message | None = None
        self.body = bytearray()
        self.request_id = ""
        self.is_head = is_head
        self._pass = _Telling(send, release)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self.request_id = headers.get("x-request-id", "")
            if message["status"] == 200 and "no-store" not in headers.get("cache-control", ""):
                self.start = message
            else:
                await self._pass(message)
        elif self.start is None:
            await self._pass({**message, "body": b""} if self.is_head else message)
        else:
            self.body += message.get("body", b"")
            if len(self.body) > MOST_BYTES:
                await self._give_up(more=message.get("more_body", False))

    async def _give_up(self, *, more: bool) -> None:
        """Send what was held back after all."""
        start, self.start = self.start, None
        if start is not None:
            await self._pass(start)
            await self._pass({"type": "http.response.body", "body": b"" if self.is_head else bytes(self.body), "more_body": more})
