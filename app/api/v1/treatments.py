"""Treatments and their sections."""

from typing import Annotated

from fastapi import Path, Response
from fastapi import Query as FromQuery
from pydantic import Field

from app.api.answers import Reading, ReadingDep, page_of, rendered_as
from app.api.parameters import Including, Listing, Pictured, check_values, comes_as, list_of, parse_list, values_from
from app.api.routing import Router
from app.errors import Moved, NotFound
from app.formats import markdown
from app.formats.course import render_course
from app.formats.fhir import treatment as fhir
from app.formats.jsonld import treatment as jsonld
from app.release.store import Page
from app.schemas.v1.common import Reference
from app.schemas.v1.drug import Drug
from app.schemas.v1.envelope import IncludingEnvelope, ListEnvelope
from app.schemas.v1.study import Study, StudyCard
from app.schemas.v1.treatment import SectionDocument, Treatment, TreatmentCard
from app.values.near import find_near_names
from app.values.quantity import DURATION, read_hours
from app.values.sections import SECTIONS, find_section

router = Router(prefix="/treatments", tags=["Treatments"])

MOST_STUDIES = 500
"""Studies that one picture shows at most."""

TreatmentId = Annotated[
    str, Path(description="Id of a treatment; aliases redirect.", examples=["ketamine"], json_schema_extra=values_from("treatments"))
]


class TreatmentsQuery(Listing):
    """Which treatments."""

    condition: Annotated[str | None, Field(json_schema_extra=values_from("treatments:condition"))] = None
    """Only those described for this condition."""
    drug: Annotated[str | None, Field(json_schema_extra=values_from("treatments:drug"))] = None
    """Only those that use this drug."""
    kind: Annotated[str | None, Field(json_schema_extra=values_from("treatments:kind"))] = None
    """Only those of this kind."""
    status: Annotated[str | None, Field(json_schema_extra=values_from("treatments:status"))] = None
    """Only those with this legal status in some jurisdiction: `licensed`, `off-label`, `investigational` or `not-a-drug`."""
    route: Annotated[str | None, Field(json_schema_extra=values_from("treatments:route"))] = None
    """Only those given by this route."""
    onset_within: Annotated[str | None, Field(pattern=rf"^{DURATION}$", max_length=40, examples=["P1D"])] = None
    """Only those of which trials saw an effect within this time, an ISO 8601 duration: `P1D` one day, `P2W` two weeks."""


class TreatmentQuery(Including):
    """Which parts of a treatment."""

    sections: Annotated[str | None, Field(json_schema_extra=list_of(*SECTIONS))] = None
    """Only these sections, with commas; the others are null."""
    format: Annotated[str | None, comes_as("json", "md", "jsonld", "fhir")] = None


class SectionQuery(Including, Pictured):
    """Which rendition of a section."""

    format: Annotated[
        str | None,
        comes_as(
            "json", "md", "jsonld", "fhir", "svg", only={"svg": ("section", "efficacy")},
            note="Only `efficacy` has a picture: the time course of response.",
        ),
    ] = None  # fmt: skip


@router.get("", response_model=ListEnvelope[TreatmentCard], operation_id="list_treatments", summary="All treatments")
async def list_treatments(reading: ReadingDep, query: Annotated[TreatmentsQuery, FromQuery()]) -> Response:
    """Treatments with what a card needs: name, kind, summary, certainty of the main effect, legal status, onset, review."""
    store = reading.store
    filters: dict[str, list[str]] = {}
    for name in ("condition", "drug", "kind", "status", "route"):
        value: str | None = getattr(query, name)
        if value is not None:
            check_values(name, [value], store.find_values("treatments", name))
            filters[name] = [value]
    if query.onset_within is not None:
        longest = read_hours(query.onset_within)
        filters["onset"] = [onset for onset in store.find_values("treatments", "onset") if read_hours(onset) <= longest] or ["none"]
    rows, total = store.list_items("treatments", TreatmentCard, filters, page_of(query))
    return reading.page(rows, total, query, TreatmentCard)


@router.get(
    "/{treatment_id}",
    response_model=IncludingEnvelope[Treatment],
    operation_id="get_treatment",
    summary="The document of a treatment",
    responses=rendered_as("md", "jsonld", "fhir"),
)
async def read_treatment(reading: ReadingDep, treatment_id: TreatmentId, query: Annotated[TreatmentQuery, FromQuery()]) -> Response:
    """The whole document: ten sections of statements, each with sources, certainty and review date. `sections` picks parts of it;
    `include=sources` adds the citations once."""
    store = reading.store
    if reading.format == "json" and query.sections is query.include is query.fields is None:
        return reading.one_written(store.get_document_text(treatment_id))
    wanted = parse_list(query.sections, "sections", SECTIONS) or SECTIONS
    document = store.get_document(treatment_id, wanted)
    facts = [fact for section in document.sections.listed() for fact in section.facts]
    if reading.format == "json":
        return reading.one_including(document, query, [fact.id for fact in facts])
    sources = store.find_cited(document.sections.listed())
    match reading.format:
        case "md":
            return reading.markdown(markdown.render_treatment(document, sources, store.name), query, Treatment)
        case "jsonld":
            text = jsonld.render_treatment(document, reading.list_details(facts), sources.values(), reading.meta())
            return reading.graph(text, query, Treatment)
        case _:
            drugs = store.list_records("drugs", [drug.id for drug in document.drugs], Drug)
            sources |= reading.find_sources(ref for drug in drugs for ref in drug.cited())
            return reading.bundle(fhir.render_treatment(document, drugs, sources.values(), reading.meta()), query, Treatment)


@router.get(
    "/{treatment_id}/{section}",
    response_model=IncludingEnvelope[SectionDocument],
    operation_id="get_treatment_section",
    summary="One section of a treatment",
    responses=rendered_as("md", "jsonld", "fhir", "svg"),
)
async def read_section(
    reading: ReadingDep,
    treatment_id: TreatmentId,
    section: Annotated[str, Path(description="Name of the section.", examples=["safety"], json_schema_extra={"enum": list(SECTIONS)})],
    query: Annotated[SectionQuery, FromQuery()],
) -> Response:
    """The statements of one section: a small answer for one part of a page. `efficacy` with `format=svg` is the time course of response
    from the trials' time points."""
    store = reading.store
    try:
        treatment = store.get_item("treatments", treatment_id, Treatment)
    except Moved as moved:
        raise Moved(f"{moved.location}/{section}") from moved
    name = find_section(section)
    if name is None:
        raise NotFound(f"A treatment has no section `{section}`.", find_near_names(section, SECTIONS))
    found = store.get_section(treatment_id, name)
    if reading.format == "json":
        owner = Reference(id=treatment.id, name=treatment.name, href=treatment.links.self)
        return reading.one_including(SectionDocument(**dict(found), treatment=owner), query, [fact.id for fact in found.facts])
    sources = store.find_cited([found])
    match reading.format:
        case "svg":
            return reading.picture(_draw_course(reading, treatment, query.width), query, SectionDocument)
        case "md":
            return reading.markdown(markdown.render_section(found, treatment.name, sources, store.name), query, SectionDocument)
        case "jsonld":
            text = jsonld.render_section(treatment, found, reading.list_details(found.facts), sources.values(), reading.meta())
            return reading.graph(text, query, SectionDocument)
        case _:
            return reading.bundle(fhir.render_section(treatment, found, sources.values(), reading.meta()), query, SectionDocument)


def _draw_course(reading: Reading, treatment: Treatment, width: int) -> str:
    """The time course of response, from every study of a treatment."""
    store, address = reading.store, f"/v1/studies?treatment={treatment.id}"
    found: dict[str, None] = {}
    for filtered in ("treatment", "comparator"):
        cards, _ = store.list_items("studies", StudyCard, {filtered: [treatment.id]}, Page(MOST_STUDIES))
        found |= {card.id: None for card in cards}
    studies = store.list_records("studies", list(found), Study)
    return render_course(treatment.name, treatment.id, studies, address, width)
