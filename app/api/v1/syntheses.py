"""Syntheses."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import Reading, ReadingDep, page_of, rendered_as
from app.api.parameters import Listing, Pictured, Selecting, check_values, comes_as, values_from
from app.api.routing import Router
from app.formats import figures
from app.formats.fhir import study as fhir
from app.formats.forest import render_forest
from app.formats.jsonld import study as jsonld
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.schemas.v1.source import Source
from app.schemas.v1.study import Study
from app.schemas.v1.synthesis import Synthesis, SynthesisCard

router = Router(prefix="/syntheses", tags=["Syntheses"])


class SynthesesQuery(Listing):
    """Which syntheses."""

    treatment: Annotated[str | None, Field(json_schema_extra=values_from("syntheses:treatment"))] = None
    """Only those of this treatment."""
    comparator: Annotated[str | None, Field(json_schema_extra=values_from("syntheses:comparator"))] = None
    """Only those that compare with this."""
    outcome: Annotated[str | None, Field(json_schema_extra=values_from("syntheses:outcome"))] = None
    """Only those of this outcome."""
    timepoint: Annotated[str | None, Field(json_schema_extra=values_from("syntheses:timepoint"))] = None
    """Only those at this time since the start of treatment, an ISO 8601 duration such as `P1D`."""


class SynthesisQuery(Selecting, Pictured):
    """Which rendition of a synthesis."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld", "fhir", "svg", note="The picture is the forest plot.")] = None


@router.get("", response_model=ListEnvelope[SynthesisCard], operation_id="list_syntheses", summary="All syntheses")
async def list_syntheses(reading: ReadingDep, query: Annotated[SynthesesQuery, FromQuery()]) -> Response:
    """Pooled results with estimate, interval and certainty; where nothing could be pooled, `result` is null."""
    store = reading.store
    filters: dict[str, list[str]] = {}
    for name in ("treatment", "comparator", "outcome", "timepoint"):
        value: str | None = getattr(query, name)
        if value is not None:
            check_values(name, [value], store.find_values("syntheses", name))
            filters[name] = [value]
    rows, total = store.list_items("syntheses", SynthesisCard, filters, page_of(query))
    return reading.page(rows, total, query, SynthesisCard)


@router.get(
    "/{synthesis_id}", response_model=Envelope[Synthesis], operation_id="get_synthesis", summary="A synthesis",
    responses=rendered_as("md", "jsonld", "fhir", "svg"),
)  # fmt: skip
async def read_synthesis(
    reading: ReadingDep,
    synthesis_id: Annotated[
        str,
        Path(
            description="Id of a synthesis; aliases redirect.",
            examples=["esketamine-madrs-day-28"],
            json_schema_extra=values_from("syntheses"),
        ),
    ],
    query: Annotated[SynthesisQuery, FromQuery()],
) -> Response:
    """The question as PICO, every result that entered with its weight, the pooled effect, what other models give, what each study changes,
    who was left out and why, and the certainty; or the reason why nothing is pooled. `format=svg` is the forest plot."""
    synthesis = reading.store.get_item("syntheses", synthesis_id, Synthesis)
    sources = _find_sources(reading, synthesis) if reading.format != "json" else {}
    match reading.format:
        case "svg":
            return reading.picture(render_forest(synthesis, query.width), query, Synthesis)
        case "md":
            return reading.markdown(figures.render_synthesis(synthesis, sources, reading.store.name), query, Synthesis)
        case "jsonld":
            facts = reading.list_details(synthesis.facts)
            return reading.graph(jsonld.render_synthesis(synthesis, facts, sources.values(), reading.meta()), query, Synthesis)
        case "fhir":
            return reading.bundle(fhir.render_synthesis(synthesis, sources.values(), reading.meta()), query, Synthesis)
        case _:
            return reading.one(synthesis, query)


def _find_sources(reading: Reading, synthesis: Synthesis) -> dict[str, Source]:
    """What a synthesis rests on: the sources of its facts, of the studies that entered, and of what others pooled."""
    entered = {entry.figure.partition("/")[0]: None for entry in synthesis.entries}
    studies = reading.store.list_records("studies", list(entered), Study)
    stated = [ref.id for fact in synthesis.facts for ref in fact.sources]
    return reading.find_bibliography([*(study.source for study in studies), *(pool.source for pool in synthesis.published), *stated])
