"""Conditions."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery

from app.api.answers import ReadingDep, page_of, rendered_as
from app.api.parameters import Including, Listing, comes_as, values_from
from app.api.routing import Router
from app.formats import records
from app.formats.fhir import treatment as fhir
from app.formats.jsonld import condition as jsonld
from app.schemas.v1.condition import Condition, ConditionCard
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope

router = Router(prefix="/conditions", tags=["Conditions"])


class ConditionQuery(Including):
    """Which rendition of a condition."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld", "fhir")] = None


@router.get("", response_model=ListEnvelope[ConditionCard], operation_id="list_conditions", summary="All conditions")
async def list_conditions(reading: ReadingDep, query: Annotated[Listing, FromQuery()]) -> Response:
    """Illnesses that treatments are described for, with codes and a plain definition."""
    rows, total = reading.store.list_items("conditions", ConditionCard, {}, page_of(query))
    return reading.page(rows, total, query, ConditionCard)


@router.get(
    "/{condition_id}", response_model=IncludingEnvelope[Condition], operation_id="get_condition", summary="A condition",
    responses=rendered_as("md", "jsonld", "fhir"),
)  # fmt: skip
async def read_condition(
    reading: ReadingDep,
    condition_id: Annotated[
        str,
        Path(
            description="Id of a condition; aliases redirect.", examples=["major-depression"], json_schema_extra=values_from("conditions")
        ),
    ],
    query: Annotated[ConditionQuery, FromQuery()],
) -> Response:
    """Definition, burden, codes, and the treatments described for it."""
    condition = reading.store.get_item("conditions", condition_id, Condition)
    facts = condition.sections.listed()
    if reading.format == "json":
        return reading.one_including(condition, query, [fact.id for fact in facts])
    sources = reading.find_sources(ref for fact in facts for ref in fact.sources)
    match reading.format:
        case "md":
            return reading.markdown(records.render_condition(condition, sources, reading.store.name), query, Condition)
        case "jsonld":
            text = jsonld.render_condition(condition, reading.list_details(facts), sources.values(), reading.meta())
            return reading.graph(text, query, Condition)
        case _:
            return reading.bundle(fhir.render_condition(condition, sources.values(), reading.meta()), query, Condition)
