"""Drugs."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import ReadingDep, page_of
from app.api.parameters import Including, Listing, check_values, values_from
from app.schemas.v1.drug import Drug, DrugCard
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope

router = APIRouter(prefix="/drugs", tags=["Drugs"])


class DrugsQuery(Listing):
    """Which drugs."""

    drug_class: Annotated[str | None, Field(alias="class", json_schema_extra=values_from("drugs:class"))] = None
    """Only those of this pharmacological class."""


@router.get("", response_model=ListEnvelope[DrugCard], operation_id="list_drugs", summary="All drugs")
async def list_drugs(reading: ReadingDep, query: Annotated[DrugsQuery, FromQuery()]) -> Response:
    """Active substances with their classes and codes."""
    wanted = query.drug_class
    if wanted is not None:
        check_values("class", [wanted], reading.store.find_values("drugs", "class"))
    rows, total = reading.store.list_items("drugs", DrugCard, {"class": [wanted]} if wanted else {}, page_of(query))
    return reading.page(rows, total, query, DrugCard)


@router.get("/{drug_id}", response_model=IncludingEnvelope[Drug], operation_id="get_drug", summary="A drug")
async def read_drug(
    reading: ReadingDep,
    drug_id: Annotated[
        str, Path(description="Id of a drug; aliases redirect.", examples=["ketamine"], json_schema_extra=values_from("drugs"))
    ],
    query: Annotated[Including, FromQuery()],
) -> Response:
    """Codes in other systems, molecule, forms, affinities and pharmacokinetics by route, metabolites, and statements about them."""
    drug = reading.store.get_item("drugs", drug_id, Drug)
    sections = drug.sections
    groups = (sections.identity, sections.pharmacodynamics, sections.pharmacokinetics, sections.formulations)
    return reading.one_including(drug, query, [fact.id for group in groups for fact in group])
