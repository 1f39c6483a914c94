"""What every request passes before it reaches a route: one pure ASGI middleware."""

import logging
import re
from urllib.parse import quote, unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.prepared.door import read_request_id
from app.api.problems import KINDS, render_problem
from app.settings import Settings

log = logging.getLogger("app.access")

ALLOW = "GET, HEAD, OPTIONS"
EXPOSED = "Link, X-Request-Id, Retry-After, ETag, Last-Modified, Content-Release, RateLimit, RateLimit-Policy, Deprecation, Sunset"
"""Headers that scripts of other sites may read."""
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class Guard:
    """Gives each answer a request id and security headers, answers HEAD and OPTIONS, and turns away requests that cannot be
    read: too long, not UTF-8, or with a body."""

    def __init__(self, app: ASGIApp, router: Router, settings: Settings) -> None:
        self.app = app
        self.router = router
        self.max_url = settings.max_url
        self.access_log = settings.access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        finish = _Finish(send, scope, read_request_id(given.encode("latin-1")), log_access=self.access_log)
        refusal = self._refuse(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, finish)
        elif scope["method"] == "OPTIONS" and self._has_route(scope):
            await Response(status_code=204, headers={"Allow": ALLOW})(scope, receive, finish)
        else:
            await self._ask({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, finish)

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
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope["query_string"]
        if len(path) + len(query) > self.max_url:
            return render_problem(request, KINDS["uri-too-long"], f"Path and query may have {self.max_url} bytes together.")
        if scope["method"] not in {"GET", "HEAD"}:
            return None
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return render_problem(request, KINDS["invalid-request"], f"A {scope['method']} request carries no body here; leave it out.")
        if not _is_readable(path) or not _is_readable(query):
            return render_problem(request, KINDS["invalid-request"], "The address is not percent-encoded UTF-8.")
        return None

    def _has_route(self, scope: Scope) -> bool:
        return any(route.matches({**scope, "method": "GET"})[0] is Match.FULL for route in self.router.routes)


class _Finish:
    """Adds the headers that every answer has, and leaves the body out for HEAD."""

    def __init__(self, send: Send, scope: Scope, request_id: str, *, log_access: bool) -> None:
        self.send = send
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.request_id = request_id
        self.log_access = log_access
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "no-referrer")
            headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
            headers["Access-Control-Allow-Origin"] = "*"  # to everybody alike, so that a kept answer suits all
            headers["Access-Control-Expose-Headers"] = EXPOSED
            if self.log_access:  # the query may hold somebody's question about their health, so it is never logged
                log.info("%s %s %s %s", self.method, quote(self.path), message["status"], self.request_id)
        elif self.method == "HEAD":
            message = {**message, "body": b""}
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
