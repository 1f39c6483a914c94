"""Addresses of the documentation: guide, reference, kinds of problem."""

import json
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from app.api.description import Description, describe
from app.api.pages.guide import NAMES, get_guide_page, list_guide
from app.api.pages.reference import Entry, Reference, list_entries
from app.api.pages.template import add_root, find_root, render_page
from app.api.problems import KINDS, write_problem
from app.errors import NotFound
from app.values.near import find_near_names

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def read_docs(request: Request) -> Response:
    """Where to begin."""
    return render_page(request, "docs.html", **await _frame(request, "docs"))


@router.get("/docs/guide/{name}.md")
async def read_guide_text(request: Request, name: str) -> Response:
    """A page of the guide as Markdown."""
    return Response(add_root(get_guide_page(name).text, find_root(request)), media_type="text/markdown")


@router.get("/docs/guide/{name}")
async def read_guide_page(request: Request, name: str) -> Response:
    """A page of the guide."""
    page = get_guide_page(name)
    place = NAMES.index(name)
    following = get_guide_page(NAMES[place + 1]) if place + 1 < len(NAMES) else None
    body = Markup(add_root(page.rendered.html, find_root(request)))  # noqa: S704 -- rendered without raw HTML
    frame = await _frame(request, f"guide/{name}")
    return render_page(request, "guide.html", page=page, body=body, following=following, **frame)


@router.get("/docs/reference")
async def read_reference(request: Request) -> Response:
    """All operations."""
    return render_page(request, "reference.html", **await _frame(request, "reference"))


@router.get("/docs/reference/{operation_id}")
async def read_operation(request: Request, operation_id: str) -> Response:
    """An operation, to be read about and tried."""
    from app.api.pages.markdown import colour, render_inline, render_samples

    reference: Reference = request.app.state.reference
    groups = reference.get(await describe(request))
    operations = {operation.id: operation for group in groups for operation in group.operations}
    operation = operations.get(operation_id)
    if operation is None:
        raise NotFound(f"There is no operation `{operation_id}`.", find_near_names(operation_id, operations))
    return render_page(
        request, "operation.html", operation=operation, samples=render_samples("request", operation.samples),
        colour=colour, prose=render_inline, **await _frame(request, f"reference/{operation_id}"),
    )  # fmt: skip


@router.get("/problems")
async def read_problem_kinds(request: Request) -> Response:
    """All kinds of problem."""
    return render_page(request, "problems.html", kinds=KINDS.values(), **await _frame(request, "problems"))


@router.get("/problems/{code}")
async def read_problem_kind(request: Request, code: str) -> Response:
    """What a kind of problem means."""
    from app.api.pages.markdown import colour, render_inline

    kind = KINDS.get(code)
    if kind is None:
        raise NotFound(f"There is no kind of problem `{code}`.", find_near_names(code, KINDS))
    example = json.loads(write_problem(kind, "Here stands what went wrong with this request.", "/v1/…"))
    text = colour(json.dumps(example, indent=2, ensure_ascii=False), "json")
    return render_page(request, "problem.html", kind=kind, example=text, prose=render_inline, **await _frame(request, "problems"))


async def _frame(request: Request, here: str) -> dict[str, Any]:
    """What the frame of a page shows: everything that there is to read, and where the reader is."""
    return {"here": here, "guide": list_guide(), "navigation": await _list_entries(request)}


async def _list_entries(request: Request) -> dict[str, list[Entry]]:
    description: Description = request.app.state.description
    return list_entries(await anyio.to_thread.run_sync(description.get_contract))
