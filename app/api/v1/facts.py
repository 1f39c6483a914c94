"""Facts: every statement of the catalogue."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi import Query as FromQuery
from pydantic import BaseModel, ConfigDict, Field

from app.api.answers import MARKDOWN, ReadingDep, page_of
from app.api.parameters import Including, IncludingListing, check_values, find_format, values_from
from app.errors import BadParameter, ParameterFault
from app.formats.markdown import render_fact
from app.release.store import ReleaseStore
from app.schemas.v1.envelope import IncludingEnvelope, IncludingListEnvelope
from app.schemas.v1.fact import Fact, FactDetail

router = APIRouter(prefix="/facts", tags=["Facts"])

FILTERS = ("treatment", "drug", "section", "topic", "certainty", "kind", "source")
MOST_IDS = 100


class FactFilters(BaseModel):
    """Which facts, by what they are about and what they rest on."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    treatment: Annotated[str | None, Field(json_schema_extra=values_from("facts:treatment"))] = None
    """Only those of this treatment."""
    drug: Annotated[str | None, Field(json_schema_extra=values_from("facts:drug"))] = None
    """Only those of this drug's record."""
    section: Annotated[str | None, Field(json_schema_extra=values_from("facts:section"))] = None
    """Only those of this section or subject."""
    topic: Annotated[str | None, Field(json_schema_extra=values_from("facts:topic"))] = None
    """Only those about this topic."""
    certainty: Annotated[str | None, Field(json_schema_extra=values_from("facts:certainty"))] = None
    """Only those of this certainty."""
    kind: Annotated[str | None, Field(json_schema_extra=values_from("facts:kind"))] = None
    """Only those of this kind: `adverse-effect`, `finding`, `dose` and others."""
    source: Annotated[str | None, Field(json_schema_extra=values_from("facts:source"))] = None
    """Only those that rest on this source."""

    def read(self, store: ReleaseStore) -> dict[str, list[str]]:
        """The filters that are given; raises `BadParameter` for values that no fact has."""
        filters: dict[str, list[str]] = {}
        for name in FILTERS:
            value: str | None = getattr(self, name)
            if value is not None:
                check_values(name, [value], store.find_values(None, name))
                filters[name] = [value]
        return filters


class FactsQuery(IncludingListing, FactFilters):
    """Which facts."""

    ids: Annotated[str | None, Field(json_schema_extra={"x-fact-ids": MOST_IDS})] = None
    """Only these, named by id with commas; at most 100."""


class FactQuery(Including):
    """Which rendition of a fact."""

    format: Annotated[str | None, Field(json_schema_extra={"enum": ["json", "md"]})] = None
    """Format of the answer; wins over the `Accept` header: JSON, or `md` for Markdown."""


@router.get("", response_model=IncludingListEnvelope[Fact], operation_id="list_facts", summary="Facts, filtered")
async def list_facts(reading: ReadingDep, query: Annotated[FactsQuery, FromQuery()]) -> Response:
    """Every statement of the catalogue with sources and certainty, in catalogue order. Filters narrow it down together."""
    store = reading.store
    filters = query.read(store)
    ids = _parse_ids(query.ids)
    known = store.find_fact_ids(ids)
    for fact_id in ids:
        if fact_id not in known:
            store.get_fact(fact_id)
    rows, total = store.list_facts(filters, ids, page_of(query))
    return reading.page_including(rows, total, query, Fact, [fact.id for fact in rows])


@router.get("/{fact_id}", response_model=IncludingEnvelope[FactDetail], operation_id="get_fact", summary="One fact", responses=MARKDOWN)
async def read_fact(
    reading: ReadingDep,
    fact_id: Annotated[
        str,
        Path(description="Id of the fact.", examples=["treatment.ketamine.safety.dissociation"], json_schema_extra=values_from("facts")),
    ],
    query: Annotated[FactQuery, FromQuery()],
) -> Response:
    """One statement with its citations, the questions that it answers, and its history."""
    fact = reading.store.get_fact(fact_id)
    if find_format(reading.request) == "md":
        return reading.markdown(render_fact(fact), query, FactDetail)
    return reading.one_including(fact, query, [fact.id])


def _parse_ids(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    ids = tuple(dict.fromkeys(text.split(",")))
    if "" in ids:
        raise BadParameter([ParameterFault("query", "ids", "an id is empty; separate ids by single commas")])
    if len(ids) > MOST_IDS:
        raise BadParameter([ParameterFault("query", "ids", f"{len(ids)} ids are more than {MOST_IDS}; ask in several requests")])
    return ids
