"""A deprecation, rehearsed on an operation that only this test has."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Response
from fastapi import Query as FromQuery

from app.api.answers import ReadingDep, rendered_as
from app.api.deprecation import deprecate
from app.api.parameters import JsonOnly, Selecting, StrictQuery, comes_as
from app.api.statuses import PROBLEMS
from app.main import create_app
from app.schemas.v1.envelope import Envelope
from app.schemas.v1.term import Term
from app.settings import Settings

pytestmark = pytest.mark.anyio
router = APIRouter(tags=["Glossary"], dependencies=[StrictQuery, JsonOnly], responses=PROBLEMS)

DEPRECATION = "@1798761600"
SUNSET = "Sat, 01 Jan 2028 00:00:00 GMT"


class WordQuery(Selecting):
    format: Annotated[str | None, comes_as("json", "md")] = None


@router.get(
    "/v1/words/{term_id}", response_model=Envelope[Term], operation_id="get_word", summary="A word", responses=rendered_as("md"),
    **deprecate(date(2027, 1, 1), date(2028, 1, 1), "/v1/terms/{term_id}"),
)  # fmt: skip
async def read_word(reading: ReadingDep, term_id: str, query: Annotated[WordQuery, FromQuery()]) -> Response:
    """A word under the address that terms had before."""
    return reading.one(reading.store.get_item("terms", term_id, Term), query)


@router.get(
    "/v1/soon", response_model=Envelope[Term], operation_id="get_soon", summary="Soon", **deprecate(date(2027, 1, 1), notice="/docs#soon")
)
async def read_soon(reading: ReadingDep, query: Annotated[Selecting, FromQuery()]) -> Response:
    """An operation of which nobody knows yet when it goes."""
    return reading.one(reading.store.get_item("terms", "response", Term), query)


@pytest.fixture
async def rehearsal(releases: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(releases=releases))
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_every_answer_of_a_deprecated_operation_says_so(rehearsal: httpx.AsyncClient) -> None:
    first = await rehearsal.get("/v1/words/response")
    kept = await rehearsal.get("/v1/words/response")
    fresh = await rehearsal.get("/v1/words/response", headers={"If-None-Match": first.headers["etag"]})
    head, missing = await rehearsal.head("/v1/words/response"), await rehearsal.get("/v1/words/nothing")
    wrong = await rehearsal.get("/v1/words/response?colour=blue")
    answers = (first, kept, fresh, head, missing, wrong)
    assert [answer.status_code for answer in answers] == [200, 200, 304, 200, 404, 422]
    for answer in answers:
        assert (answer.headers["deprecation"], answer.headers["sunset"]) == (DEPRECATION, SUNSET)
    for answer in (first, kept, head, missing, wrong):  # with 304 the client has this header already
        assert '</docs>; rel="deprecation"; type="text/html"' in answer.headers["link"]
    assert '</v1/terms/response>; rel="successor-version"' in first.headers["link"]
    assert 'rel="alternate"; type="text/markdown"' in first.headers["link"]
    assert "Deprecation, Sunset" in first.headers["access-control-expose-headers"]
    successor = await rehearsal.get("/v1/terms/response")
    assert successor.json()["data"] == first.json()["data"]


async def test_sunset_and_successor_are_told_once_they_are_known(rehearsal: httpx.AsyncClient) -> None:
    answer = await rehearsal.get("/v1/soon")
    assert answer.headers["deprecation"] == DEPRECATION
    assert "sunset" not in answer.headers
    assert answer.headers["link"] == '</docs#soon>; rel="deprecation"; type="text/html"'


async def test_description_marks_deprecated_operations_and_no_others(rehearsal: httpx.AsyncClient) -> None:
    paths = (await rehearsal.get("/openapi.json")).json()["paths"]
    marked = {path for path, item in paths.items() if item["get"].get("deprecated")}
    assert marked == {"/v1/words/{term_id}", "/v1/soon"}
    assert paths["/v1/soon"]["get"]["x-deprecation"]["since"] == "2027-01-01"


async def test_other_operations_say_nothing_of_it(rehearsal: httpx.AsyncClient) -> None:
    assert "deprecation" not in (await rehearsal.get("/v1/terms/response")).headers
    assert "deprecation" not in (await rehearsal.get("/v1/nothing")).headers
