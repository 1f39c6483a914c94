"""Studies."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import ReadingDep, page_of
from app.api.parameters import Listing, Selecting, check_values, values_from
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.schemas.v1.study import Study, StudyCard

router = APIRouter(prefix="/studies", tags=["Studies"])

Year = Annotated[int | None, Field(ge=1900, le=2100)]


class StudiesQuery(Listing):
    """Which studies."""

    treatment: Annotated[str | None, Field(json_schema_extra=values_from("studies:treatment"))] = None
    """Only those that tested this treatment."""
    comparator: Annotated[str | None, Field(json_schema_extra=values_from("studies:comparator"))] = None
    """Only those that compared with this."""
    design: Annotated[str | None, Field(json_schema_extra=values_from("studies:design"))] = None
    """Only those of this design."""
    outcome: Annotated[str | None, Field(json_schema_extra=values_from("studies:outcome"))] = None
    """Only those that measured this."""
    population: Annotated[str | None, Field(json_schema_extra=values_from("studies:population"))] = None
    """Only those in this group or with this condition."""
    year_from: Year = None
    """Published in this year or later."""
    year_to: Year = None
    """Published in this year or earlier."""


@router.get("", response_model=ListEnvelope[StudyCard], operation_id="list_studies", summary="All studies")
async def list_studies(reading: ReadingDep, query: Annotated[StudiesQuery, FromQuery()]) -> Response:
    """Studies with design, condition and size."""
    store = reading.store
    named = ("treatment", "comparator", "design", "outcome", "population")
    filters: dict[str, list[str]] = {}
    for name in named:
        value: str | None = getattr(query, name)
        if value is not None:
            check_values(name, [value], store.find_values("studies", name))
            filters[name] = [value]
    if query.year_from is not None or query.year_to is not None:
        filters["year"] = store.list_years(query.year_from, query.year_to) or ["none"]
    rows, total = store.list_items("studies", StudyCard, filters, page_of(query))
    return reading.page(rows, total, query, StudyCard)


@router.get("/{study_id}", response_model=Envelope[Study], operation_id="get_study", summary="A study")
async def read_study(
    reading: ReadingDep,
    study_id: Annotated[
        str, Path(description="Id of a study; aliases redirect.", examples=["murrough-2013"], json_schema_extra=values_from("studies"))
    ],
    query: Annotated[Selecting, FromQuery()],
) -> Response:
    """Design, population, arms, outcomes and adverse events as published, with how each figure was checked."""
    return reading.one(reading.store.get_item("studies", study_id, Study), query)
