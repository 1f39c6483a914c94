"""The catalogue as a whole: index, look-up and changes."""

import re
from datetime import date
from typing import Annotated

from fastapi import Query as FromQuery
from fastapi import Response
from pydantic import BeforeValidator, Field

from app.api.answers import ReadingDep, page_of
from app.api.parameters import Listing, Selecting, check_values, values_from
from app.api.routing import Router
from app.errors import NotFound
from app.schemas.v1 import API_VERSION
from app.schemas.v1.catalogue import Change, Collection, Index, LookupResult
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.values.coding import SYSTEMS

router = Router(tags=["Catalogue"])

TITLE = "Treatment information"

DESCRIPTIONS = {
    "treatments": "Treatments, each a document of ten sections.",
    "drugs": "Active substances: codes, forms, affinities, pharmacokinetics.",
    "conditions": "Illnesses that treatments are described for.",
    "studies": "Studies with arms, outcomes and adverse events.",
    "syntheses": "Pooled results of studies, or why there is none.",
    "claims": "What is often said about treatments, with verdicts.",
    "facts": "Every statement of the catalogue, with sources and certainty.",
    "sources": "The bibliography.",
    "terms": "The glossary.",
}


class LookupQuery(Listing):
    """A code and its system."""

    system: Annotated[str, Field(json_schema_extra=values_from("systems"))]
    """Code system: its short name, such as `rxnorm`, or its FHIR address."""
    code: Annotated[str, Field(min_length=1, max_length=200)]
    """The code; upper and lower case are alike."""


def _day(text: object) -> object:
    """Dates are written out: a bare number is no day."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("give a day as YYYY-MM-DD")
    return text


class ChangesQuery(Listing):
    """Since when."""

    since: Annotated[date | None, BeforeValidator(_day)] = None
    """First day, as YYYY-MM-DD; without it, from the beginning."""


@router.get("", response_model=Envelope[Index], operation_id="get_index", summary="What the API holds")
async def read_index(reading: ReadingDep, query: Annotated[Selecting, FromQuery()]) -> Response:
    """Every collection with its number of records and its address, and the content release that is being served."""
    store = reading.store
    index = Index(
        title=TITLE, api_version=API_VERSION, release=store.name, released=store.released, digest=store.digest,
        collections=[
            Collection(name=name, description=text, count=store.counts[name], href=f"/v1/{name}") for name, text in DESCRIPTIONS.items()
        ],
        documentation="/docs",
        openapi="/openapi.json",
    )  # fmt: skip
    return reading.one(index, query)


@router.get("/lookup", response_model=ListEnvelope[LookupResult], operation_id="lookup_code", summary="Find records by a code")
async def list_by_code(reading: ReadingDep, query: Annotated[LookupQuery, FromQuery()]) -> Response:
    """The drugs, conditions, studies and sources that carry a code of RxNorm, ATC, UNII, ICD-10, SNOMED CT, ChEMBL, PubMed, DOI, a
    trial registry or another system. Superseded codes answer too and say so."""
    check_values("system", [query.system], [*SYSTEMS, *SYSTEMS.values()])
    system = next(name for name, address in SYSTEMS.items() if query.system in {name, address})
    found = reading.store.list_by_code(system, query.code)
    if not found:
        raise NotFound(f"No record carries the {system} code `{query.code}`.", reading.store.find_near_codes(system, query.code))
    return reading.page(found[query.offset : query.offset + query.limit], len(found), query, LookupResult)


@router.get("/changes", response_model=ListEnvelope[Change], operation_id="list_changes", summary="What changed, newest first")
async def list_changes(reading: ReadingDep, query: Annotated[ChangesQuery, FromQuery()]) -> Response:
    """What was added, corrected, updated and withdrawn since a day, for those who keep a copy of the content. Ask with the day of your
    last answer; entries of that day come again."""
    rows, total = reading.store.list_changes(query.since, page_of(query))
    return reading.page(rows, total, query, Change)
