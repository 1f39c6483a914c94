"""The glossary."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery

from app.api.answers import ReadingDep, page_of, rendered_as
from app.api.parameters import Including, Listing, comes_as, values_from
from app.api.routing import Router
from app.formats import records
from app.formats.jsonld import claim as jsonld
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope
from app.schemas.v1.term import Term, TermCard

router = Router(prefix="/terms", tags=["Glossary"])


class TermQuery(Including):
    """Which rendition of a term."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld")] = None


@router.get("", response_model=ListEnvelope[TermCard], operation_id="list_terms", summary="The glossary")
async def list_terms(reading: ReadingDep, query: Annotated[Listing, FromQuery()]) -> Response:
    """Words that a reader may not know, each with a definition for professionals and one for everybody."""
    rows, total = reading.store.list_items("terms", TermCard, {}, page_of(query))
    return reading.page(rows, total, query, TermCard)


@router.get(
    "/{term_id}", response_model=IncludingEnvelope[Term], operation_id="get_term", summary="A word of the glossary",
    responses=rendered_as("md", "jsonld"),
)  # fmt: skip
async def read_term(
    reading: ReadingDep,
    term_id: Annotated[
        str, Path(description="Id of a term; aliases redirect.", examples=["madrs"], json_schema_extra=values_from("terms"))
    ],
    query: Annotated[TermQuery, FromQuery()],
) -> Response:
    """Definition with sources, and related terms."""
    term = reading.store.get_item("terms", term_id, Term)
    if reading.format == "json":
        return reading.one_including(term, query, [fact.id for fact in term.definition])
    sources = reading.find_sources(ref for fact in term.definition for ref in fact.sources)
    if reading.format == "md":
        return reading.markdown(records.render_term(term, sources, reading.store.name), query, Term)
    text = jsonld.render_term(term, reading.list_details(term.definition), sources.values(), reading.meta())
    return reading.graph(text, query, Term)
