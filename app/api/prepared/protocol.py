"""uvicorn's HTTP protocol, answering from the store as soon as a request's headers have come in.

A request that is not as simple as can be (another method, a body, an upgrade, a wish that the store cannot fulfil, an answer still
under way before it) goes the ordinary way, through ASGI, where `PreparedDoor` asks the same store."""

import time
from typing import Any, Final, cast

from httptools import HttpRequestParser
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.server import ServerState

from app.api.armour import ArmouredProtocol
from app.api.prepared.door import Served, read_request_id
from app.api.prepared.store import PreparedStore

TESTED: Final = "0.54"
"""The line of uvicorn whose internals this was written for; a test compares them."""

_OTHER_WAY: Final = frozenset({b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"range", b"http2-settings"})
_WISHES: Final = frozenset({b"accept", b"accept-encoding", b"if-none-match", b"if-modified-since", b"x-request-id", b"host"})


class PreparedProtocol(ArmouredProtocol):
    """A connection that is answered from the store where possible."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._store: PreparedStore = app_state["prepared"]
        self._served: Served = app_state["served"]
        self._hosts: frozenset[str] | None = app_state["hosts"]
        self._is_answered = False

    def on_headers_complete(self) -> None:
        self._is_answered = not self._is_cut_off and self._answer()
        if not self._is_answered:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_answered:
            self.end_receiving()
        else:
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        is_idle = not self._is_receiving and not self.has_answer_under_way()
        if is_idle and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _answer(self) -> bool:
        """Answer the request at hand from the store, if that can be done at once."""
        parser = cast("HttpRequestParser", self.parser)
        method = parser.get_method()
        is_head = method == b"HEAD"
        if (
            (method != b"GET" and not is_head)
            or self.has_answer_under_way()
            or self.flow.write_paused
            or self.transport.is_closing()
            or parser.should_upgrade()
            or parser.get_http_version() != "1.1"
        ):
            return False
        began = time.perf_counter()
        wishes: dict[bytes, bytes] = {}
        for name, value in self.headers:
            if name in _WISHES:
                if name in wishes:
                    return False
                wishes[name] = value
            elif name in _OTHER_WAY:
                return False
        if self._hosts is not None and wishes.get(b"host", b"").decode("latin-1").lower() not in self._hosts:
            return False
        answer = self._store.find(self.url, wishes.get(b"accept", b""))
        coding = wishes.get(b"accept-encoding", b"")
        release = self._store.release
        if answer is None or release is None or answer.needs_packing(coding):
            return False
        variant = answer.get(coding)
        request_id = read_request_id(wishes.get(b"x-request-id"))
        is_fresh = answer.is_fresh(variant, wishes.get(b"if-none-match"), wishes.get(b"if-modified-since"))
        body = b"" if is_fresh or is_head else variant.body
        keep_alive = parser.should_keep_alive()
        self._write(variant.head_304 if is_fresh else variant.head, request_id, body, keep_alive=keep_alive)
        self._store.counts.hits += 1
        self.server_state.total_requests += 1
        path = self.url.partition(b"?")[0].decode("latin-1")
        seconds = time.perf_counter() - began
        self._served(method.decode(), path, 304 if is_fresh else 200, seconds, len(body), request_id, release.name)
        if not keep_alive:
            self.transport.close()
        return True

    def _write(self, head: bytes, request_id: str, body: bytes, *, keep_alive: bool) -> None:
        defaults = b"".join([b"%s: %s\r\n" % pair for pair in self.server_state.default_headers])
        last = b"\r\n" if keep_alive else b"connection: close\r\n\r\n"
        start = b"%s%sx-request-id: %s\r\n%s" % (head, defaults, request_id.encode(), last)
        if len(body) < HIGH_WATER_LIMIT:
            self.transport.write(start + body)
        else:
            self.transport.writelines((start, body))


def is_tested(version: str) -> bool:
    """Whether this protocol may be used with a version of uvicorn."""
    return version.startswith(f"{TESTED}.")
