"""Sources."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import ReadingDep, page_of
from app.api.parameters import Listing, Selecting, check_values, values_from
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.schemas.v1.source import Source

router = APIRouter(prefix="/sources", tags=["Sources"])


class SourcesQuery(Listing):
    """Which sources."""

    kind: Annotated[str | None, Field(json_schema_extra=values_from("sources:kind"))] = None
    """Only documents of this kind: `trial`, `meta-analysis`, `guideline`, `label` and others."""


@router.get("", response_model=ListEnvelope[Source], operation_id="list_sources", summary="The bibliography")
async def list_sources(reading: ReadingDep, query: Annotated[SourcesQuery, FromQuery()]) -> Response:
    """Every document that a statement rests on, with the facts that cite it."""
    if query.kind is not None:
        check_values("kind", [query.kind], reading.store.find_values("sources", "kind"))
    rows, total = reading.store.list_items("sources", Source, {"kind": [query.kind]} if query.kind else {}, page_of(query))
    return reading.page(rows, total, query, Source)


@router.get("/{source_id}", response_model=Envelope[Source], operation_id="get_source", summary="A source")
async def read_source(
    reading: ReadingDep,
    source_id: Annotated[
        str, Path(description="Id of a source; aliases redirect.", examples=["zarate-2006"], json_schema_extra=values_from("sources"))
    ],
    query: Annotated[Selecting, FromQuery()],
) -> Response:
    """One document with its numbers, address and the facts that cite it."""
    return reading.one(reading.store.get_item("sources", source_id, Source), query)
