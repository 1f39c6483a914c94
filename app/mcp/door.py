"""The MCP server as an ASGI application at one path: stateless streamable HTTP with JSON answers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class McpDoor:
    """Open while the application runs. Requests whose `Host` is not allowed are turned away, so that no web page can reach a service on
    somebody's own machine by a name of its own (DNS rebinding)."""

    def __init__(self, server: MCPServer, hosts: list[str]) -> None:
        self._server = server
        self._hosts = hosts
        self._app: ASGIApp | None = None

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Answer requests as long as the context is open."""
        allow_all = self._hosts == ["*"]
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection=not allow_all,
            allowed_hosts=[] if allow_all else self._hosts,
            allowed_origins=[] if allow_all else [f"{scheme}://{host}" for host in self._hosts for scheme in ("http", "https")],
        )
        app = self._server.streamable_http_app(json_response=True, stateless_http=True, transport_security=security)
        async with self._server.session_manager.run():
            self._app = app
            yield
        self._app = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            await JSONResponse({"error": "The service is starting or stopping."}, status_code=503)(scope, receive, send)
            return
        await self._app(scope, receive, send)
