"""What every request passes before it reaches a route: one pure ASGI middleware."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.deprecation import add_deprecation
from app.api.hosts import has_host, parse_hosts
from app.api.prepared.door import read_request_id
from app.api.problems import KINDS, render_problem
from app.logs import Exchange
from app.release.store import ReleaseStore
from app.settings import Settings

log = logging.getLogger(__name__)

Answered = Callable[[Scope, Exchange], None]
"""Told of each answer that does not come from the store, with the scope of its request."""

ALLOW = "GET, HEAD, OPTIONS"
EXPOSED = (
    "Link, X-Request-Id, Retry-After, ETag, Last-Modified, Content-Release, RateLimit, RateLimit-Policy, Deprecation, Sunset, "
    "Accept-Ranges, Content-Range, Repr-Digest"
)
"""Headers that scripts of other sites may read."""
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Guard:
    """Gives each answer a request id and security headers, answers HEAD and OPTIONS, and turns away requests that cannot be
    read: too long, not UTF-8, or with a body."""

    def __init__(self, app: ASGIApp, router: Router, settings: Settings, answered: Answered) -> None:
        """`answered` is told of each answer."""
        self.app = app
        self.router = router
        self.max_url = settings.max_url
        self.hosts = parse_hosts(settings.hosts)
        self.more_headers = {"Strict-Transport-Security": f"max-age={settings.hsts_seconds}"} if settings.hsts_seconds else {}
        self.answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        inner = {**scope, "method": "GET", "state": {**scope.get("state", {}), "is_head": True}} if scope["method"] == "HEAD" else scope
        finish = _Finish(send, scope["method"], inner, read_request_id(given.encode("latin-1")), self.more_headers)
        began = time.perf_counter()
        await self._handle(inner, receive, finish, headers)
        store: ReleaseStore | None = scope.get("state", {}).get("store")
        release = store.name if store is not None else ""
        seconds = time.perf_counter() - began
        method = scope.get("asked_method", finish.method)  # the door asks for a HEAD by a GET
        self.answered(inner, Exchange(method, scope["path"], finish.status, seconds, finish.size, finish.request_id, release))

    async def _handle(self, scope: Scope, receive: Receive, finish: "_Finish", headers: Headers) -> None:
        refusal = self._refuse(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, finish)
        elif scope["method"] == "OPTIONS" and self._has_route(scope):
            await Response(status_code=204, headers={"Allow": ALLOW})(scope, receive, finish)
        else:
            await self._ask(scope, receive, finish)

    async def _ask(self, scope: Scope, receive: Receive, finish: "_Finish") -> None:
        try:
            await self.app(scope, receive, finish)
        except Exception:
            if finish.has_begun:
                raise
            log.exception("unexpected error at %s, request %s", quote(scope["path"]), finish.request_id)
            await render_problem(Request(scope), KINDS["internal-error"], "Something went wrong on our side.")(scope, receive, finish)

    def _refuse(self, scope: Scope, headers: Headers) -> Response | None:
        request = Request(scope)
        if not has_host(self.hosts, headers.get("host", "").encode("latin-1")):
            return render_problem(request, KINDS["invalid-host"], "The service is not reached under this name.")
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope["query_string"]
        if len(path) + len(query) > self.max_url:
            return render_problem(request, KINDS["uri-too-long"], f"Path and query may have {self.max_url} bytes together.")
        if scope["method"] != "GET":
            return None
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return render_problem(request, KINDS["invalid-request"], "A GET or HEAD request carries no body here; leave it out.")
        if not _is_readable(path) or not _is_readable(query):
            return render_problem(request, KINDS["invalid-request"], "The address is not percent-encoded UTF-8.")
        return None

    def _has_route(self, scope: Scope) -> bool:
        return any(route.matches({**scope, "method": "GET"})[0] is Match.FULL for route in self.router.routes)


class _Finish:
    """Adds the headers that every answer has, and leaves the body out for HEAD."""

    def __init__(self, send: Send, method: str, scope: Scope, request_id: str, more_headers: Mapping[str, str]) -> None:
        """`scope`: the one that the application is given, in which it notes the route."""
        self.send = send
        self.scope = scope
        self.method = method
        self.request_id = request_id
        self.more_headers = more_headers
        self.status = 0
        self.size = 0

    @property
    def has_begun(self) -> bool:
        return self.status > 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")
            headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            headers["Access-Control-Allow-Origin"] = "*"  # to everybody alike, so that a kept answer suits all
            headers["Access-Control-Expose-Headers"] = EXPOSED
            headers.update(self.more_headers)
            add_deprecation(headers, self.scope)
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        self.size += len(message.get("body", b""))
        await self.send(message)


def _is_readable(part: bytes) -> bool:
    """Whether a part of the address is percent-encoded UTF-8 without control characters."""
    if _BROKEN_ESCAPE.search(part):
        return False
    try:
        text = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return False
    return "\x00" not in text
