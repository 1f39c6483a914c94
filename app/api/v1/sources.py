"""Sources."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import ReadingDep, page_of, rendered_as
from app.api.parameters import Listing, Selecting, check_values, comes_as, values_from
from app.api.routing import Router
from app.formats import records
from app.formats.bibliography import render_bibtex, render_csl, render_ris
from app.formats.fhir.bundle import render_bundle
from app.formats.fhir.citation import render_citation
from app.formats.jsonld import source as jsonld
from app.release.store import Page
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.schemas.v1.source import Source

router = Router(prefix="/sources", tags=["Sources"])

RENDER = {"csl": render_csl, "bibtex": render_bibtex, "ris": render_ris}
SUFFIXES = {"csl": "json", "bibtex": "bib", "ris": "ris"}
MOST = 100_000
"""Sources in one file at most."""


class SourcesQuery(Listing):
    """Which sources."""

    kind: Annotated[str | None, Field(json_schema_extra=values_from("sources:kind"))] = None
    """Only documents of this kind: `trial`, `meta-analysis`, `guideline`, `label` and others."""
    format: Annotated[
        str | None, comes_as("json", "csl", "bibtex", "ris", note="All but JSON hold every source unless `limit` is given.")
    ] = None


class SourceQuery(Selecting):
    """Which rendition of a source."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld", "fhir", "csl", "bibtex", "ris")] = None


@router.get(
    "", response_model=ListEnvelope[Source], operation_id="list_sources", summary="The bibliography",
    responses=rendered_as("csl", "bibtex", "ris"),
)  # fmt: skip
async def list_sources(reading: ReadingDep, query: Annotated[SourcesQuery, FromQuery()]) -> Response:
    """Every document that a statement rests on, with the facts that cite it. CSL-JSON, BibTeX and RIS hold everything that passes the
    filter unless `limit` is given."""
    if query.kind is not None:
        check_values("kind", [query.kind], reading.store.find_values("sources", "kind"))
    filters = {"kind": [query.kind]} if query.kind else {}
    name = reading.format
    if name != "json":
        page = page_of(query) if "limit" in query.model_fields_set else Page(MOST, query.offset)
        found, _ = reading.store.list_items("sources", Source, filters, page)
        return reading.bibliography(RENDER[name](found), name, f"sources.{SUFFIXES[name]}", query, Source)
    rows, total = reading.store.list_items("sources", Source, filters, page_of(query))
    return reading.page(rows, total, query, Source)


@router.get(
    "/{source_id}", response_model=Envelope[Source], operation_id="get_source", summary="A source",
    responses=rendered_as("md", "jsonld", "fhir", "csl", "bibtex", "ris"),
)  # fmt: skip
async def read_source(
    reading: ReadingDep,
    source_id: Annotated[
        str, Path(description="Id of a source; aliases redirect.", examples=["zarate-2006"], json_schema_extra=values_from("sources"))
    ],
    query: Annotated[SourceQuery, FromQuery()],
) -> Response:
    """One document with its numbers, address and the facts that cite it."""
    source = reading.store.get_item("sources", source_id, Source)
    match reading.format:
        case "json":
            return reading.one(source, query)
        case "md":
            return reading.markdown(records.render_source(source, reading.store.name), query, Source)
        case "jsonld":
            return reading.graph(jsonld.render_source_page(source, reading.meta()), query, Source)
        case "fhir":
            return reading.bundle(render_bundle(source.links.self, [render_citation(source)], reading.meta()), query, Source)
        case name:
            return reading.bibliography(RENDER[name]([source]), name, f"{source.id}.{SUFFIXES[name]}", query, Source)
