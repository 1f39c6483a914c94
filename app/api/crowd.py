"""How many requests are worked on at once."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.problems import KINDS, render_problem

EXEMPT = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that are always answered, so that whoever watches the service still sees it."""


def is_exempt(scope: Scope) -> bool:
    """Whether a request is never limited."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) in EXEMPT


class Crowd:
    """Turns requests away with 503 while so many others are being worked on."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_exempt(scope):
            await self.app(scope, receive, send)
            return
        if self.inside >= self.most:
            problem = render_problem(Request(scope), KINDS["overloaded"], "The service has as much to do as it can. Try again in a second.")
            problem.headers["Retry-After"] = "1"
            await problem(scope, receive, send)
            return
        self.inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.inside -= 1
