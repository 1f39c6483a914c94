"""uvicorn's HTTP protocol, answering from the store as soon as a request's headers have come in.

A request that is not as simple as can be (another method, a body, an upgrade, a wish that the store cannot fulfil, an answer still
under way before it) goes the ordinary way, through ASGI, where `PreparedDoor` asks the same store.

The same bytes are the same request: what was parsed and answered once as a whole is remembered by its bytes (`PreparedStore.known`) and
answered without parsing it again, as long as the answer is kept."""

import time
from typing import Any, Final, cast

from httptools import HttpRequestParser
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.server import ServerState

from app.api.armour import ArmouredProtocol
from app.api.hosts import has_host
from app.api.prepared.door import Served, make_request_id, read_request_id
from app.api.prepared.store import Known, PreparedStore
from app.logs import Exchange

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
        self._answered: list[Known | None] = []
        """What was answered from the store within the data at hand; None for what was not, or may not be remembered."""
        self._defaults: tuple[object, bytes] = (None, b"")
        self._active_at = 0.0

    def data_received(self, data: bytes) -> None:
        if self._is_receiving:
            super().data_received(data)
        else:
            known = self._store.known.get(data)
            if known is not None and self._may_write() and not self._is_last:
                self._send(known, make_request_id(), began=time.perf_counter())
                self._store.touch(known.key)
                self.end_receiving()
            else:
                self._answered = []
                super().data_received(data)
                if len(self._answered) == 1 and self._answered[0] is not None and not self._is_receiving:
                    self._store.remember(data, self._answered[0])
        self._active_at = self.loop.time()
        self._wait_for_next()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._wait_for_next()

    def _wait_for_next(self) -> None:
        """See that a connection on which nothing is going on is closed in time."""
        if self.timeout_keep_alive_task is None and not self._is_receiving and self._may_write():
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing happened for long; look again later at one that was answered from the store meanwhile."""
        left = self._active_at + self.timeout_keep_alive - self.loop.time()
        if left > 0.01:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def on_headers_complete(self) -> None:
        self._is_answered = not self._is_cut_off and self._answer()
        if not self._is_answered:
            self._answered.append(None)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_answered:
            self.end_receiving()
        else:
            super().on_message_complete()

    def _may_write(self) -> bool:
        return not (self.has_answer_under_way() or self.flow.write_paused or self.transport.is_closing())

    def _answer(self) -> bool:
        """Answer the request at hand from the store, if that can be done at once."""
        began = time.perf_counter()
        parser = cast("HttpRequestParser", self.parser)
        method = parser.get_method()
        is_head = method == b"HEAD"
        if (method != b"GET" and not is_head) or parser.should_upgrade() or parser.get_http_version() != "1.1" or not self._may_write():
            return False
        wishes = self._read_wishes()
        release = self._store.release
        if wishes is None or release is None:
            return False
        found = self._store.find(self.url, wishes.get(b"accept", b""))
        coding = wishes.get(b"accept-encoding", b"")
        if found is None or found[1].needs_packing(coding):
            return False
        key, answer = found
        variant = answer.get(coding)
        is_fresh = answer.is_fresh(variant, wishes.get(b"if-none-match"), wishes.get(b"if-modified-since"))
        body = b"" if is_fresh or is_head else variant.body
        head = variant.head_304 if is_fresh else variant.head
        path = self.url.partition(b"?")[0].decode("latin-1")
        known = Known(key, method.decode(), path, 304 if is_fresh else 200, head, body, release.name)
        given_id = wishes.get(b"x-request-id")
        keep_alive = parser.should_keep_alive() and not self._is_last
        self._send(known, read_request_id(given_id), began=began, keep_alive=keep_alive)
        self._answered.append(known if keep_alive and given_id is None else None)
        return True

    def _read_wishes(self) -> dict[bytes, bytes] | None:
        """The headers that decide what is sent, or None when the request goes the ordinary way."""
        wishes: dict[bytes, bytes] = {}
        for name, value in self.headers:
            if name in _WISHES:
                if name in wishes:
                    return None
                wishes[name] = value
            elif name in _OTHER_WAY:
                return None
        return wishes if has_host(self._hosts, wishes.get(b"host", b"")) else None

    def _send(self, known: Known, request_id: str, *, began: float, keep_alive: bool = True) -> None:
        given = self.server_state.default_headers  # another list object each second
        if self._defaults[0] is not given:
            self._defaults = (given, b"".join([b"%s: %s\r\n" % pair for pair in given]))
        last = b"\r\n\r\n" if keep_alive else b"\r\nconnection: close\r\n\r\n"
        start = b"%b%bx-request-id: %b%b" % (known.head, self._defaults[1], request_id.encode(), last)
        body = known.body
        if len(body) < HIGH_WATER_LIMIT:
            self.transport.write(start + body)
        else:
            self.transport.writelines((start, body))
        if not keep_alive:
            self.transport.close()
        self._store.counts.hits += 1
        self.server_state.total_requests += 1
        seconds = time.perf_counter() - began
        self._served(Exchange(known.method, known.path, known.status, seconds, len(body), request_id, known.release))


def is_tested(version: str) -> bool:
    """Whether this protocol may be used with a version of uvicorn."""
    return version.startswith(f"{TESTED}.")
