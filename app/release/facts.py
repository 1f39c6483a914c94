"""Statements in their public shapes."""

import re
from typing import Any, TypeVar

from app.content.library import Library, PlacedStatement
from app.content.source import Source
from app.content.statement import SourceRef, Statement
from app.schemas.v1.fact import FactDetail, FactInSection, FactLinks, Owner, SourceCitation, SourceInSection
from app.values.coding import SYSTEMS
from app.values.model import Value
from app.values.sections import CollectionName

PublicT = TypeVar("PublicT", bound=Value)

COLLECTION_OF: dict[str, CollectionName] = {
    "treatment": "treatments", "drug": "drugs", "condition": "conditions", "term": "terms", "claim": "claims",
    "study": "studies", "synthesis": "syntheses",
}  # fmt: skip
"""Collection of the owner, by the first part of a fact's id."""


def render_as(model: type[PublicT], item: Value, **own: object) -> PublicT:
    """`item` in the public shape `model`: members of the same name are carried over, `own` ones are added or replace them."""
    carried: dict[str, Any] = item.model_dump(mode="json", include=set(model.model_fields) - set(own))
    return model.model_validate({**carried, **own})


def render_fact_in_section(statement: Statement) -> FactInSection:
    """A statement as it stands inside a document; its own day of review must be given."""
    sources = [SourceInSection(id=ref.id, locator=ref.locator) for ref in statement.sources]
    return render_as(FactInSection, statement, sources=sources)


def render_fact(placed: PlacedStatement, library: Library) -> FactDetail:
    """A statement on its own, with citations."""
    collection = COLLECTION_OF[placed.kind]
    owner = Owner(collection=collection, id=placed.owner, name=find_name(library, collection, placed.owner))
    record = f"/v1/{collection}/{placed.owner}"
    return render_as(
        FactDetail, placed.statement,
        owner=owner,
        treatment=placed.owner if placed.kind == "treatment" else None,
        drug=placed.owner if placed.kind == "drug" else None,
        section=placed.section,
        sources=[_render_citation(ref, library) for ref in placed.statement.sources],
        added=placed.added,
        reviewed=placed.reviewed,
        next_review=placed.next_review,
        links=FactLinks(
            self=f"/v1/facts/{placed.statement.id}",
            context=f"{record}/{placed.section}" if placed.kind == "treatment" else record,
        ),
    )  # fmt: skip


def find_name(library: Library, collection: CollectionName, item_id: str) -> str:
    """What an item is called; its id where it has no name."""
    item = library.find_collection(collection)[item_id].item
    for key in ("name", "claim", "title"):
        name = getattr(item, key, None)
        if isinstance(name, str):
            return name
    return item_id


INITIALS = re.compile(r" [A-Z]{1,4}( Jr)?$")
"""What follows the family name of an author."""


def render_citation(source: Source) -> str:
    """Short citation: first author or body, year, where it appeared."""
    lead = (
        INITIALS.sub("", source.authors[0])
        if source.authors and (source.pmid or source.doi)
        else (source.authors or (source.container or source.title,))[0]
    )
    year = f" {source.year}" if source.year else ""
    rest = source.container if source.container and source.container != lead else source.title
    return f"{lead}{year}, {rest}"


def find_url(source: Source) -> str | None:
    """The best address of a source: DOI, PubMed record, official page, registry record."""
    if source.doi:
        return f"https://doi.org/{source.doi}"
    if source.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/"
    if source.url:
        return source.url
    for coding in source.registration:
        if coding.system == "nct":
            return f"https://clinicaltrials.gov/study/{coding.code}"
    return None


def _render_citation(ref: SourceRef, library: Library) -> SourceCitation:
    source = library.sources[ref.id].item
    return render_as(SourceCitation, ref, citation=render_citation(source), url=find_url(source))


def render_system(name: str) -> str:
    """Address of a code system."""
    return SYSTEMS[name]
