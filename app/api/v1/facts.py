"""Facts: every statement of the catalogue."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import Reading, ReadingDep, page_of, rendered_as
from app.api.parameters import Including, IncludingListing, Parameters, check_values, comes_as, values_from
from app.api.routing import Router
from app.errors import BadParameter, ParameterFault
from app.formats.facts import FACT_TABLES, FactTable, render_facts
from app.formats.jsonld import statement as jsonld
from app.formats.markdown import render_fact
from app.release.store import Page, ReleaseStore
from app.schemas.v1.envelope import IncludingEnvelope, IncludingListEnvelope
from app.schemas.v1.fact import Fact, FactDetail
from app.values.near import find_near_names

router = Router(prefix="/facts", tags=["Facts"])

FILTERS = ("treatment", "drug", "section", "topic", "certainty", "kind", "source")
MOST_IDS = 100
MOST = 100_000
"""Facts in one table at most."""


class FactFilters(Parameters):
    """Which facts, by what they are about and what they rest on."""

    treatment: Annotated[str | None, Field(json_schema_extra=values_from("facts:treatment"))] = None
    """Only those of this treatment, and the findings of studies and syntheses of it."""
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
    format: Annotated[str | None, comes_as("json", "csv", note="The table holds all facts that pass the filters.")] = None
    table: Annotated[str | None, Field(json_schema_extra={"enum": [*FACT_TABLES]})] = None
    """Of `format=csv`, which table: `facts` (default), their `sources` (a row for each source of a fact), the counts of `adverse-effects`
    (a row for each study or setting), or the typed `details` (a row for each field). Columns join by `fact`. Without `format=csv` it
    changes nothing."""


class FactQuery(Including):
    """Which rendition of a fact."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld")] = None


@router.get(
    "", response_model=IncludingListEnvelope[Fact], operation_id="list_facts", summary="Facts, filtered",
    responses=rendered_as("csv"),
)  # fmt: skip
async def list_facts(reading: ReadingDep, query: Annotated[FactsQuery, FromQuery()]) -> Response:
    """Every statement of the catalogue with sources and certainty, in catalogue order. Filters narrow it down together. `format=csv` gives
    facts, their sources, counts of adverse effects or typed details as a table that R and pandas read as it is; it holds everything that
    passes the filters unless `limit` is given."""
    store = reading.store
    filters = query.read(store)
    ids = _parse_ids(query.ids)
    known = store.find_fact_ids(ids)
    for fact_id in ids:
        if fact_id not in known:
            store.get_fact(fact_id)
    table = find_table("facts" if query.table is None else query.table)
    if reading.format == "csv":
        return _answer_table(reading, query, filters, ids, table)
    rows, total = store.list_facts(filters, ids, page_of(query))
    return reading.page_including(rows, total, query, Fact, [fact.id for fact in rows])


def _answer_table(reading: Reading, query: FactsQuery, filters: dict[str, list[str]], ids: tuple[str, ...], name: FactTable) -> Response:
    """The facts that pass the filters as CSV."""
    page = page_of(query) if "limit" in query.model_fields_set else Page(MOST, query.offset)
    rows, _ = reading.store.list_facts(filters, ids, page)
    return reading.table(render_facts(rows, name), f"{name}.csv", query, Fact)


def find_table(name: str) -> FactTable:
    """The table that is asked for, or `BadParameter`."""
    for known in FACT_TABLES:
        if name == known:
            return known
    near = find_near_names(name, FACT_TABLES) or (*FACT_TABLES,)
    raise BadParameter([ParameterFault("query", "table", f"there is no table `{name}`", near)])


@router.get(
    "/{fact_id}", response_model=IncludingEnvelope[FactDetail], operation_id="get_fact", summary="One fact",
    responses=rendered_as("md", "jsonld"),
)  # fmt: skip
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
    match reading.format:
        case "md":
            return reading.markdown(render_fact(fact), query, FactDetail)
        case "jsonld":
            sources = reading.find_sources(fact.sources)
            return reading.graph(jsonld.render_fact_page(fact, sources.values(), reading.meta()), query, FactDetail)
        case _:
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
