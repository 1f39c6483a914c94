"""Conditions."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Query as FromQuery

from app.api.answers import ReadingDep, page_of
from app.api.parameters import Including, Listing, values_from
from app.schemas.v1.condition import Condition, ConditionCard
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope

router = APIRouter(prefix="/conditions", tags=["Conditions"])


@router.get("", response_model=ListEnvelope[ConditionCard], operation_id="list_conditions", summary="All conditions")
async def list_conditions(reading: ReadingDep, query: Annotated[Listing, FromQuery()]) -> Response:
    """Illnesses that treatments are described for, with codes and a plain definition."""
    rows, total = reading.store.list_items("conditions", ConditionCard, {}, page_of(query))
    return reading.page(rows, total, query, ConditionCard)


@router.get("/{condition_id}", response_model=IncludingEnvelope[Condition], operation_id="get_condition", summary="A condition")
async def read_condition(
    reading: ReadingDep,
    condition_id: Annotated[
        str,
        Path(
            description="Id of a condition; aliases redirect.", examples=["major-depression"], json_schema_extra=values_from("conditions")
        ),
    ],
    query: Annotated[Including, FromQuery()],
) -> Response:
    """Definition, burden, codes, and the treatments described for it."""
    condition = reading.store.get_item("conditions", condition_id, Condition)
    facts = [*condition.sections.definition, *condition.sections.burden]
    return reading.one_including(condition, query, [fact.id for fact in facts])
