"""Drugs."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import ReadingDep, page_of, rendered_as
from app.api.parameters import Including, Listing, check_values, comes_as, values_from
from app.api.routing import Router
from app.formats import records
from app.formats.fhir import drug as fhir
from app.formats.jsonld import drug as jsonld
from app.schemas.v1.drug import Drug, DrugCard
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope
from app.schemas.v1.treatment import Treatment

router = Router(prefix="/drugs", tags=["Drugs"])


class DrugsQuery(Listing):
    """Which drugs."""

    drug_class: Annotated[str | None, Field(alias="class", json_schema_extra=values_from("drugs:class"))] = None
    """Only those of this pharmacological class."""


class DrugQuery(Including):
    """Which rendition of a drug."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld", "fhir")] = None


@router.get("", response_model=ListEnvelope[DrugCard], operation_id="list_drugs", summary="All drugs")
async def list_drugs(reading: ReadingDep, query: Annotated[DrugsQuery, FromQuery()]) -> Response:
    """Active substances with their classes and codes."""
    wanted = query.drug_class
    if wanted is not None:
        check_values("class", [wanted], reading.store.find_values("drugs", "class"))
    rows, total = reading.store.list_items("drugs", DrugCard, {"class": [wanted]} if wanted else {}, page_of(query))
    return reading.page(rows, total, query, DrugCard)


@router.get(
    "/{drug_id}", response_model=IncludingEnvelope[Drug], operation_id="get_drug", summary="A drug",
    responses=rendered_as("md", "jsonld", "fhir"),
)  # fmt: skip
async def read_drug(
    reading: ReadingDep,
    drug_id: Annotated[
        str, Path(description="Id of a drug; aliases redirect.", examples=["ketamine"], json_schema_extra=values_from("drugs"))
    ],
    query: Annotated[DrugQuery, FromQuery()],
) -> Response:
    """Codes in other systems, molecule, forms, affinities and pharmacokinetics by route, metabolites, and statements about them."""
    drug = reading.store.get_item("drugs", drug_id, Drug)
    if reading.format == "json":
        return reading.one_including(drug, query, [fact.id for fact in drug.sections.listed()])
    sources = reading.find_sources(drug.cited())
    match reading.format:
        case "md":
            return reading.markdown(records.render_drug(drug, sources, reading.store.name), query, Drug)
        case "jsonld":
            treatments = reading.store.list_records("treatments", [treatment.id for treatment in drug.treatments], Treatment)
            facts = reading.list_details(drug.sections.listed())
            return reading.graph(jsonld.render_drug(drug, treatments, facts, sources.values(), reading.meta()), query, Drug)
        case _:
            return reading.bundle(fhir.render_drug(drug, sources.values(), reading.meta()), query, Drug)
