"""uvicorn's HTTP protocol with limits: on headers, bodies, connections, and on clients that are slow to send or to read."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any, Final, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from app.api.problems import KINDS, write_problem
from app.api.statuses import MEDIA_TYPE
from app.logs import Exchange
from app.settings import Settings

REFUSED: Final = "-"
"""Stands for the method of a request that was refused before it was read."""
NOT_YET: Final = -1
MOST_HEADERS: Final = 100
MOST_HEADER_BYTES: Final = 32_768
LINGER_SECONDS: Final = 0.25
"""How long a connection stays open at the end of the server, for a request that is on its way."""
MOST_BODY_BYTES: Final = 1_000_000
"""Longest body read: questions of chatbots to /mcp have some hundred bytes."""


class ArmouredProtocol(HttpToolsProtocol):
    """A connection. Whoever breaks a limit gets a problem, if an answer can still be sent, and is cut off."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        settings: Settings = app_state["settings"]
        self._slow_seconds = settings.slow_client_seconds
        self._most_connections = settings.max_connections
        self._most_url = settings.max_url + 1024  # a little more reaches the application, which tells the limit politely
        self._slow_timer: asyncio.TimerHandle | None = None
        self._read_timer: asyncio.TimerHandle | None = None
        self._refused: Callable[[Exchange], None] = app_state["refused"]
        self._header_bytes = 0
        self._unread_bytes = NOT_YET
        """Bytes of a head that is not complete, beyond the data with which it began."""
        self._is_in_head = False
        self._body_bytes = 0
        self._is_cut_off = False
        self._is_receiving = False
        self._is_last = False
        """Whether the connection is closed after the next answer, because the server stops."""
        self.url = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._most_connections:
            self.refuse("overloaded", "There are too many connections.")
            return
        self._slow_timer = self.loop.call_later(self._slow_seconds, self._give_up_waiting)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_cut_off:
            return
        super().data_received(data)
        if self._is_in_head:
            self._bound_head(len(data))
        if self._slow_timer is None and self._is_receiving:
            self._slow_timer = self.loop.call_later(self._slow_seconds, self._give_up_waiting)

    def _bound_head(self, size: int) -> None:
        """See that a field without an end is not gathered for ever: the parser tells of a field when it has come in whole."""
        self._unread_bytes = 0 if self._unread_bytes == NOT_YET else self._unread_bytes + size
        if self._unread_bytes > MOST_HEADER_BYTES + self._most_url and not self._is_cut_off:
            self.refuse("headers-too-large", f"The head of a request may have {MOST_HEADER_BYTES} bytes beside its address.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        self._unread_bytes = NOT_YET
        self._header_bytes = 0
        self._body_bytes = 0
        self._is_receiving = True

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self._most_url:
            self.refuse("uri-too-long", "Path and query together are too long.")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value)
        if self._is_cut_off:
            return
        super().on_header(name, value)
        if len(self.headers) > MOST_HEADERS or self._header_bytes > MOST_HEADER_BYTES:
            self.refuse("headers-too-large", f"A request may have {MOST_HEADERS} header fields of {MOST_HEADER_BYTES} bytes together.")

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        if self._is_cut_off:
            return
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        if int(length) > MOST_BODY_BYTES:  # the parser has seen to it that it is a number
            self.refuse("body-too-large", f"A request may have a body of {MOST_BODY_BYTES} bytes.")
        else:
            super().on_headers_complete()
            if self._is_last:
                self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._is_cut_off:
            return
        if self._body_bytes > MOST_BODY_BYTES:
            self.refuse("body-too-large", f"A request may have a body of {MOST_BODY_BYTES} bytes.")
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.end_receiving()
        if not self._is_cut_off:
            super().on_message_complete()

    def end_receiving(self) -> None:
        """The request has come in whole: the client was fast enough."""
        self._is_receiving = self._is_in_head = False
        if self._slow_timer is not None:
            self._slow_timer.cancel()
            self._slow_timer = None

    def has_answer_under_way(self) -> bool:
        """Whether the application is answering an earlier request of this connection."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # uvicorn declares it as always there, and sets it with the first request
        return cycle is not None and not cycle.response_complete

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's text; ours is a problem
        if not self._is_cut_off:
            self.refuse("malformed-request", "This is not HTTP/1.1 as it is written in RFC 9112.")

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_timer = self.loop.call_later(3 * self._slow_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._read_timer is not None:
            self._read_timer.cancel()
            self._read_timer = None

    def shutdown(self) -> None:
        """The server stops: what is coming in, or on its way, is still answered; then the connection is closed."""
        self._is_last = True
        if self.has_answer_under_way():
            super().shutdown()
        elif not self._is_receiving:
            self.loop.call_later(LINGER_SECONDS, self._close_unless_used)

    def _close_unless_used(self) -> None:
        if not self._is_receiving and not self.has_answer_under_way():
            self.transport.close()

    def refuse(self, code: str, detail: str) -> None:
        """Answer with a problem, unless another answer is on its way, and cut the client off."""
        self._is_cut_off = True
        self._stop_timers()
        request_id = secrets.token_hex(8)
        path = self.url.partition(b"?")[0][:200].decode("latin-1") or "/"
        answer = b"" if self.has_answer_under_way() else _render_refusal(code, detail, path, request_id)
        if answer:
            self.transport.write(answer)
        self.transport.close()
        self._refused(Exchange(REFUSED, path, KINDS[code].status, 0.0, len(answer), request_id, ""))

    def _give_up_waiting(self) -> None:
        self._slow_timer = None
        if self._is_receiving:
            self.refuse("request-timeout", f"The request did not come in whole within {self._slow_seconds:g} seconds.")
        else:
            self._is_cut_off = True
            self.transport.close()

    def _stop_timers(self) -> None:
        for timer in (self._slow_timer, self._read_timer):
            if timer is not None:
                timer.cancel()
        self._slow_timer = self._read_timer = None


def _render_refusal(code: str, detail: str, path: str, request_id: str) -> bytes:
    kind = KINDS[code]
    body = write_problem(kind, detail, path).encode()
    fields = {
        "content-type": MEDIA_TYPE, "content-length": str(len(body)), "connection": "close", "cache-control": "no-store",
        "x-content-type-options": "nosniff", "x-request-id": request_id, "access-control-allow-origin": "*",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return STATUS_LINE[kind.status] + head.encode() + b"\r\n" + body
