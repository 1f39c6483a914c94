"""Studies."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import Reading, ReadingDep, page_of, rendered_as
from app.api.parameters import Listing, Pictured, Selecting, check_values, comes_as, values_from
from app.api.routing import Router
from app.errors import BadParameter, ParameterFault
from app.formats import figures
from app.formats.arms import render_arms
from app.formats.fhir import study as fhir
from app.formats.jsonld import study as jsonld
from app.formats.tables import TABLES, TableName, render_studies
from app.release.store import Page
from app.schemas.v1.envelope import Envelope, ListEnvelope
from app.schemas.v1.study import Study, StudyCard
from app.values.near import find_near_names

router = Router(prefix="/studies", tags=["Studies"])

MOST = 10_000
"""Studies in one table at most."""

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
    format: Annotated[str | None, comes_as("json", "csv", note="The table holds all studies that pass the filters.")] = None
    table: Annotated[str | None, Field(json_schema_extra={"enum": ["studies", "arms", "outcomes", "contrasts"]})] = None
    """Of `format=csv`, which table: `studies` (default), their `arms`, the `outcomes` with adverse events (a row for each arm), or the
    `contrasts` of arms, published and worked out. Columns join by `study`, `arm` and `outcome`. Without `format=csv` it changes nothing."""
    year_from: Year = None
    """Published in this year or later."""
    year_to: Year = None
    """Published in this year or earlier."""


class StudyQuery(Selecting, Pictured):
    """Which rendition of a study."""

    format: Annotated[str | None, comes_as("json", "md", "jsonld", "fhir", "svg", note="The picture shows the groups and the outcome.")] = (
        None
    )


@router.get("", response_model=ListEnvelope[StudyCard], operation_id="list_studies", summary="All studies", responses=rendered_as("csv"))
async def list_studies(reading: ReadingDep, query: Annotated[StudiesQuery, FromQuery()]) -> Response:
    """Studies with design, condition and size. `format=csv` gives studies, arms, outcomes or contrasts as a table that R and pandas read
    as it is; it holds everything that passes the filters unless `limit` is given."""
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
    table = find_table("studies" if query.table is None else query.table)
    if reading.format == "csv":
        return _answer_table(reading, query, filters, table)
    rows, total = store.list_items("studies", StudyCard, filters, page_of(query))
    return reading.page(rows, total, query, StudyCard)


def _answer_table(reading: Reading, query: StudiesQuery, filters: dict[str, list[str]], name: TableName) -> Response:
    """The studies that pass the filters as CSV."""
    page = page_of(query) if "limit" in query.model_fields_set else Page(MOST, query.offset)
    cards, _ = reading.store.list_items("studies", StudyCard, filters, page)
    studies = reading.store.list_records("studies", [card.id for card in cards], Study)
    return reading.table(render_studies(studies, name), f"{name}.csv", query, StudyCard)


def find_table(name: str) -> TableName:
    """The table that is asked for, or `BadParameter`."""
    for known in TABLES:
        if name == known:
            return known
    raise BadParameter([ParameterFault("query", "table", f"there is no table `{name}`", find_near_names(name, TABLES) or (*TABLES,))])


@router.get(
    "/{study_id}", response_model=Envelope[Study], operation_id="get_study", summary="A study",
    responses=rendered_as("md", "jsonld", "fhir", "svg"),
)  # fmt: skip
async def read_study(
    reading: ReadingDep,
    study_id: Annotated[
        str, Path(description="Id of a study; aliases redirect.", examples=["murrough-2013"], json_schema_extra=values_from("studies"))
    ],
    query: Annotated[StudyQuery, FromQuery()],
) -> Response:
    """Design, population, arms, outcomes and adverse events as published, with how each figure was checked and the effects worked out
    from the arms. `format=svg` shows the groups, person by person where the outcome was counted."""
    study = reading.store.get_item("studies", study_id, Study)
    sources = reading.find_bibliography(study.cited()) if reading.format != "json" else {}
    match reading.format:
        case "svg":
            return reading.picture(render_arms(study, query.width), query, Study)
        case "md":
            return reading.markdown(figures.render_study(study, sources, reading.store.name), query, Study)
        case "jsonld":
            facts = reading.list_details(study.findings)
            return reading.graph(jsonld.render_study(study, facts, sources.values(), reading.meta()), query, Study)
        case "fhir":
            return reading.bundle(fhir.render_study(study, sources.values(), reading.meta()), query, Study)
        case _:
            return reading.one(study, query)
