"""Requests from inside: the service asks itself, as any client would."""

from collections.abc import MutableMapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from app.api.current import bind
from app.release.store import ReleaseStore


class Answered(NamedTuple):
    """What came of it."""

    status: int
    body: bytes


async def ask_inside(app: ASGIApp, store: ReleaseStore, address: str, host: str) -> Answered:
    """GET an address, path and query, bound to one release, neither limited nor counted nor logged.

    `host`: a name under which the service may be reached."""
    path, _, query = address.partition("?")
    scope: MutableMapping[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", host.encode()), (b"accept-encoding", b"identity")], "client": None, "server": None,
    }  # fmt: skip
    status, pieces, has_asked = 0, bytearray(), False

    async def receive() -> Message:
        nonlocal has_asked
        first, has_asked = not has_asked, True
        return {"type": "http.request"} if first else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            pieces.extend(message.get("body", b""))

    await bind(app, store)(scope, receive, send)
    return Answered(status, bytes(pieces))
