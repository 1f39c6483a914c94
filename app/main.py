"""The application: wiring only."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import __version__
from app.api.crowd import Crowd
from app.api.current import CurrentRelease
from app.api.docs import add_docs
from app.api.guard import Guard
from app.api.health import router as health
from app.api.hosts import parse_hosts
from app.api.llms import router as llms
from app.api.metrics import Metrics, find_operation, read_metrics
from app.api.pages.guide import NAMES
from app.api.prepared.door import FrontDoor, PreparedDoor
from app.api.prepared.store import PreparedStore
from app.api.problems import add_problem_handlers
from app.api.v1.router import build_router, list_addresses
from app.api.warm import warm_up
from app.logs import AccessLog, Exchange
from app.mcp.door import McpDoor
from app.memory import give_memory_back
from app.release.folder import ReleaseFolder
from app.repeating import repeat
from app.search.searching import Searching
from app.settings import Settings

if TYPE_CHECKING:
    from mcp.server import MCPServer

FLUSH_SECONDS = 0.2
"""How long what was counted and logged waits to be put down."""
TIDY_SECONDS = 2.0
"""How long memory that some document needed for a moment stays with the process. Giving it back takes half a millisecond."""


def create_app(settings: Settings, ready: Callable[[], None] = lambda: None) -> FastAPI:
    """The service over the current release of `settings.releases`. Nothing is opened before the application starts or is asked.

    `ready` is called when it can answer."""
    current = CurrentRelease(ReleaseFolder(settings.releases))
    prepared = PreparedStore(settings.prepared_mb * 1_000_000)
    current.on_swap.append(prepared.reset)
    metrics = Metrics(prepared)
    access = AccessLog(settings.log_format, is_on=settings.access_log)
    searching = Searching(with_model=settings.model, answered=metrics.count_answer)

    def build_mcp() -> "MCPServer":
        from app.mcp.server import build_server

        return build_server(current.get, searching)

    door = McpDoor(build_mcp, [host.strip() for host in settings.mcp_hosts.split(",")])
    hosts = parse_hosts(settings.hosts)

    def served(exchange: Exchange) -> None:
        metrics.count_prepared(exchange.status)
        access.add(exchange)

    def refused(exchange: Exchange) -> None:
        metrics.count_request(exchange.method, "refused", exchange.status, exchange.seconds)
        access.add(exchange._replace(release=prepared.release.name if prepared.release is not None else ""))

    def answered(scope: Scope, exchange: Exchange) -> None:
        if "is_internal" in scope:
            return
        metrics.count_request(exchange.method, find_operation(scope), exchange.status, exchange.seconds)
        access.add(exchange)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[dict[str, Any]]:
        current.refresh()
        store = current.find()
        if store is not None:
            await searching.get(store)
            await warm_up(app, store, min(hosts) if hosts else "localhost")
        async with current.watched(settings.poll_seconds, searching.get), _chores(metrics, access), door.open():
            ready()
            yield {"prepared": prepared, "served": served, "refused": refused, "settings": settings, "hosts": hosts}

    app = FastAPI(
        title="Treatment information API", version=__version__, lifespan=lifespan,
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.current, app.state.searching, app.state.prepared = current, searching, prepared
    app.state.metrics, app.state.access = metrics, access
    app.include_router(build_router())
    app.include_router(health)
    app.include_router(llms)
    app.router.routes += [Route("/mcp", endpoint=door, include_in_schema=False), Route("/metrics", read_metrics, include_in_schema=False)]
    add_docs(app)
    add_problem_handlers(
        app,
        (
            *list_addresses(),
            "/docs",
            "/docs/reference",
            *(f"/docs/guide/{name}" for name in NAMES),
            "/openapi.json",
            "/llms.txt",
            "/healthz",
            "/readyz",
            "/metrics",
        ),
    )
    if settings.max_concurrency:
        app.add_middleware(Crowd, most=settings.max_concurrency)
    app.add_middleware(Guard, router=app.router, settings=settings, answered=answered)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "OPTIONS"], allow_headers=["*"])
    app.add_middleware(PreparedDoor, current=current, store=prepared, served=served, hosts=hosts)
    if settings.rate_limit:  # whoever is counted has to pass the middlewares
        from app.api.limits import RateLimit  # which takes its time to load

        app.add_middleware(RateLimit, settings=settings, answered=answered)
    inside = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=settings.forwarded_allow_ips)
    front = cast("ASGIApp", inside)
    app.state.front = front if settings.rate_limit else FrontDoor(front, PreparedDoor(app, current, prepared, served, hosts))
    return app


@asynccontextmanager
async def _chores(metrics: Metrics, access: AccessLog) -> AsyncGenerator[None]:
    """What is done every so often as long as the context is open: putting down what was counted and logged, at its end too, and giving
    memory that is free back to the operating system."""

    async def flush() -> None:
        access.flush()
        metrics.flush()

    async def tidy() -> None:
        await anyio.to_thread.run_sync(give_memory_back)

    try:
        async with (
            repeat(flush, FLUSH_SECONDS, "what was counted and logged could not be put down"),
            repeat(tidy, TIDY_SECONDS, "free memory could not be given back"),
        ):
            yield
    finally:
        await flush()
