"""The MCP server as an ASGI application at one path: stateless streamable HTTP with JSON answers."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:
    from mcp.server import MCPServer

QUIET_SECONDS = 1.0
"""How long the first requests have the processor to themselves."""

log = logging.getLogger(__name__)


class McpDoor:
    """Open while the application runs. The official SDK takes half a second to import, so that this happens in a thread, a second after the
    service has begun to answer everything else or when it is first asked; who comes earlier waits for it.

    Requests whose `Host` is not allowed are turned away, so that no web page can reach a service on somebody's own machine by a name of its
    own (DNS rebinding)."""

    def __init__(self, build: "Callable[[], MCPServer]", hosts: list[str]) -> None:
        """`build` makes the server; it is called once, in a thread."""
        self._build = build
        self._hosts = hosts
        self._app: ASGIApp | None = None
        self._wanted = asyncio.Event()
        self._opening: asyncio.Event | None = None

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Answer requests as long as the context is open."""
        self._opening, closing = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(self._run(self._opening, closing))
        try:
            yield
        finally:
            closing.set()
            self._wanted.set()
            await task

    async def _run(self, opening: asyncio.Event, closing: asyncio.Event) -> None:
        try:
            with anyio.move_on_after(QUIET_SECONDS):
                await self._wanted.wait()
            if closing.is_set():
                return
            server, app = await anyio.to_thread.run_sync(self._make)
            async with server.session_manager.run():
                self._app = app
                opening.set()
                await closing.wait()
        except Exception:  # the rest of the service does without
            log.exception("the MCP server does not run")
        finally:
            self._app = self._opening = None
            opening.set()

    def _make(self) -> "tuple[MCPServer, ASGIApp]":
        from mcp.server.transport_security import TransportSecuritySettings

        server = self._build()
        allow_all = self._hosts == ["*"]
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection=not allow_all,
            allowed_hosts=[] if allow_all else self._hosts,
            allowed_origins=[] if allow_all else [f"{scheme}://{host}" for host in self._hosts for scheme in ("http", "https")],
        )
        return server, server.streamable_http_app(json_response=True, stateless_http=True, transport_security=security)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._opening is not None:
            self._wanted.set()
            await self._opening.wait()
        if self._app is None:
            await JSONResponse({"error": "The service is starting or stopping."}, status_code=503)(scope, receive, send)
            return
        await self._app(scope, receive, send)
