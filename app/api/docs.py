"""Documentation for developers: the OpenAPI description, and the pages. Nothing is loaded from elsewhere."""

import json
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from app.api.description import Description, describe
from app.api.openapi30 import render_openapi30
from app.api.pages.landing import router as landing
from app.api.pages.reference import Reference
from app.api.pages.routes import router as pages
from app.api.pages.template import ASSETS

router = APIRouter(include_in_schema=False)


def add_docs(app: FastAPI) -> None:
    """Serve the description, the documentation and its files."""
    description = app.state.description = Description(app)
    app.state.reference = Reference()
    app.openapi = description.get_contract
    app.include_router(router)
    app.include_router(landing)
    app.include_router(pages)
    app.mount("/docs/assets", StaticFiles(directory=ASSETS), name="docs-assets")


@router.get("/openapi.json")
async def read_openapi(request: Request) -> Response:
    """The OpenAPI 3.1 description."""
    return Response(json.dumps(await _describe(request), ensure_ascii=False), media_type="application/json")


@router.get("/openapi-3.0.json")
async def read_openapi30(request: Request) -> Response:
    """The same description in the words of OpenAPI 3.0, for generators that do not read 3.1."""
    return Response(json.dumps(render_openapi30(await _describe(request)), ensure_ascii=False), media_type="application/json")


@router.get("/openapi.yaml")
async def read_openapi_yaml(request: Request) -> Response:
    """The OpenAPI 3.1 description as YAML; JSON is YAML 1.2, so it is the same text."""
    return Response(json.dumps(await _describe(request), ensure_ascii=False, indent=1), media_type="application/yaml")


async def _describe(request: Request) -> dict[str, Any]:
    document = await describe(request)
    root: str = request.scope.get("root_path", "")
    return {**document, "servers": [{"url": root, "description": "This server"}]} if root else document
