"""Claims."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import ReadingDep, page_of, rendered_as
from app.api.parameters import Including, Listing, check_values, comes_as, values_from
from app.api.routing import Router
from app.formats import records
from app.formats.jsonld import claim as jsonld
from app.schemas.v1.claim import Claim, ClaimCard
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope

router = Router(prefix="/claims", tags=["Claims"])


class ClaimsQuery(Listing):
    """Which claims."""

    treatment: Annotated[str | None, Field(json_schema_extra=values_from("claims:treatment"))] = None
    """Only those about this treatment."""
    verdict: Annotated[str | None, Field(json_schema_extra=values_from("claims:verdict"))] = None
    """Only those with this verdict."""


class ClaimQuery(Including):
    """Which rendition of a claim."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld")] = None


@router.get("", response_model=ListEnvelope[ClaimCard], operation_id="list_claims", summary="All claims")
async def list_claims(reading: ReadingDep, query: Annotated[ClaimsQuery, FromQuery()]) -> Response:
    """What is often said about treatments, each with a verdict: supported, partly supported, not supported, contradicted or
    unverifiable. A claim is never to be shown without its verdict."""
    filters = {"treatment": query.treatment, "verdict": query.verdict}
    for name, value in filters.items():
        check_values(name, [value], reading.store.find_values("claims", name) if value is not None else ())
    rows, total = reading.store.list_items("claims", ClaimCard, {k: [v] for k, v in filters.items() if v is not None}, page_of(query))
    return reading.page(rows, total, query, ClaimCard)


@router.get(
    "/{claim_id}", response_model=IncludingEnvelope[Claim], operation_id="get_claim", summary="A claim with its verdict",
    responses=rendered_as("md", "jsonld"),
)  # fmt: skip
async def read_claim(
    reading: ReadingDep,
    claim_id: Annotated[str, Path(description="Id of a claim; aliases redirect.", json_schema_extra=values_from("claims"))],
    query: Annotated[ClaimQuery, FromQuery()],
) -> Response:
    """The verdict, why, and the facts and studies that decide it."""
    claim = reading.store.get_item("claims", claim_id, Claim)
    if reading.format == "json":
        return reading.one_including(claim, query, [fact.id for fact in claim.findings] + claim.rests_on)
    sources = reading.find_sources(ref for fact in claim.findings for ref in fact.sources)
    if reading.format == "md":
        return reading.markdown(records.render_claim(claim, sources, reading.store.name), query, Claim)
    text = jsonld.render_claim(claim, reading.list_details(claim.findings), sources.values(), reading.meta())
    return reading.graph(text, query, Claim)
