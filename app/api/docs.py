"""Pages for developers: OpenAPI, interactive documentation, and what each kind of problem means. Nothing is loaded from elsewhere."""

import html
import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from app.api.current import bind, get_bound
from app.api.openapi import add_examples, find_example_queries, render_contract, render_for_release
from app.api.problems import KINDS
from app.errors import NotFound
from app.release.store import ReleaseStore
from app.values.near import find_near_names

STATIC: Final = Path(__file__).parent / "static"

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


class Description:
    """The OpenAPI description of the release being served, made when first asked for."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._store: ReleaseStore | None = None
        self._document: dict[str, Any] = {}

    async def get(self, store: ReleaseStore, host: str) -> dict[str, Any]:
        """The description with the values and examples of a release. `host`: a name under which the service may be reached."""
        if self._store is not store:
            contract = await anyio.to_thread.run_sync(self._app.openapi)  # half a second that others need not wait for
            document = await anyio.to_thread.run_sync(render_for_release, contract, store)
            transport = httpx.ASGITransport(bind(self._app, store))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers={"Host": host}) as client:
                await add_examples(document, find_example_queries(store), lambda address: _fetch(client, address))
            self._document, self._store = document, store
        return self._document


async def _fetch(client: httpx.AsyncClient, address: str) -> bytes | None:
    answer = await client.get(address)
    return answer.content if answer.status_code == 200 else None


def add_docs(app: FastAPI) -> None:
    """Serve the description, the documentation and its files."""
    app.state.description = Description(app)
    contract: dict[str, Any] = {}

    def get_contract() -> dict[str, Any]:
        if not contract:
            contract.update(render_contract(app))
        return contract

    app.openapi = get_contract
    app.include_router(router)
    app.mount("/docs/assets", StaticFiles(directory=STATIC), name="docs-assets")
    app.mount("/docs/swagger-ui", StaticFiles(directory=str(files("fastapi_offline") / "static")), name="swagger-ui")


@router.get("/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The OpenAPI 3.1 description."""
    return Response(json.dumps(await _describe(request), ensure_ascii=False), media_type="application/json")


@router.get("/openapi.yaml")
async def read_openapi_yaml(request: Request) -> Response:
    """The OpenAPI 3.1 description as YAML; JSON is YAML 1.2, so it is the same text."""
    return Response(json.dumps(await _describe(request), ensure_ascii=False, indent=1), media_type="application/yaml")


@router.get("/docs")
async def read_docs(request: Request) -> Response:
    """The interactive documentation."""
    root = request.scope.get("root_path", "")
    page = (STATIC / "docs.html").read_text(encoding="utf-8").replace("{root}", html.escape(root, quote=True))
    return _page(page)


@router.get("/problems/{code}")
async def read_problem_kind(code: str) -> Response:
    """What a kind of problem means."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound(f"There is no kind of problem `{code}`.", find_near_names(code, KINDS))
    rows = {"Code": kind.code, "HTTP status": str(kind.status), "What it means": kind.meaning, "What to do": kind.remedy}
    body = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in rows.items())
    page = (STATIC / "problem.html").read_text(encoding="utf-8")
    return _page(page.replace("{title}", html.escape(kind.title)).replace("{rows}", body))


def _page(text: str) -> Response:
    return Response(text, media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})


async def _describe(request: Request) -> dict[str, Any]:
    description: Description = request.app.state.description
    document = await description.get(get_bound(request), request.headers.get("host", "localhost"))
    root: str = request.scope.get("root_path", "")
    return {**document, "servers": [{"url": root, "description": "This server"}]} if root else document
