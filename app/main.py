"""The application: wiring only."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from app import __version__
from app.api.current import CurrentRelease
from app.api.docs import add_docs
from app.api.guard import Guard
from app.api.health import router as health
from app.api.llms import router as llms
from app.api.prepared.door import PreparedDoor
from app.api.prepared.store import PreparedStore
from app.api.problems import add_problem_handlers
from app.api.v1.router import build_router, list_addresses
from app.mcp.door import McpDoor
from app.mcp.server import build_server
from app.release.folder import ReleaseFolder
from app.search.searching import Searching
from app.settings import Settings

log = logging.getLogger("app.access")


def create_app(settings: Settings) -> FastAPI:
    """The service over the current release of `settings.releases`. Nothing is opened before the application starts or is asked."""
    current = CurrentRelease(ReleaseFolder(settings.releases))
    searching = Searching(with_model=settings.model)
    prepared = PreparedStore(settings.prepared_mb * 1_000_000)
    current.on_swap.append(prepared.reset)
    door = McpDoor(build_server(current.get, searching), [host.strip() for host in settings.mcp_hosts.split(",")])

    def served(method: str, path: str, status: int, _seconds: float, _size: int, request_id: str, _release: str) -> None:
        if settings.access_log:
            log.info("%s %s %s %s", method, quote(path), status, request_id)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[dict[str, Any]]:
        current.refresh()
        store = current.find()
        if store is not None:
            await searching.get(store)
        async with current.watched(settings.poll_seconds, searching.get), door.open():
            yield {"prepared": prepared, "served": served, "settings": settings, "hosts": None}

    app = FastAPI(
        title="Treatment information API", version=__version__, lifespan=lifespan,
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.current = current
    app.state.searching = searching
    app.state.prepared = prepared
    app.include_router(build_router())
    app.include_router(health)
    app.include_router(llms)
    app.router.routes.append(Route("/mcp", endpoint=door, include_in_schema=False))
    add_docs(app)
    add_problem_handlers(app, (*list_addresses(), "/docs", "/openapi.json", "/llms.txt", "/healthz", "/readyz"))
    app.add_middleware(Guard, router=app.router, settings=settings)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "OPTIONS"], allow_headers=["*"])
    app.add_middleware(PreparedDoor, current=current, store=prepared, served=served)
    return app
