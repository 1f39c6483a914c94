"""Sources as scholarly articles and other works."""

from collections.abc import Iterable

from app.formats.jsonld.vocabulary import own, render_code, render_graph
from app.formats.tree import Node, dump
from app.schemas.v1.envelope import Meta
from app.schemas.v1.source import Source

ARTICLES = ("trial", "meta-analysis", "review", "observational-study", "laboratory-study", "case-report", "survey")

TYPES = {
    **dict.fromkeys(ARTICLES, "ScholarlyArticle"),
    "book": "Book", "database": "Dataset", "law": "Legislation", "guideline": "Report", "regulator": "Report",
}  # fmt: skip
"""Type of work by kind of document; all others are plain creative works."""


def render_source(source: Source) -> Node:
    """A source as a node of a graph."""
    numbers = {"PMID": source.pmid, "PMCID": source.pmcid, "DOI": source.doi}
    identifiers: list[Node] = [
        {"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in numbers.items() if value is not None
    ]
    return {
        "@type": TYPES.get(source.kind, "CreativeWork"),
        "@id": source.links.self,
        "identifier": [source.id, *identifiers, *map(render_code, source.registration)],
        "name": source.title,
        "author": [{"@type": "Person" if _is_person(name) else "Organization", "name": name} for name in source.authors],
        "isPartOf": {"@type": "CreativeWork", "name": source.container} if source.container else None,
        "datePublished": str(source.year) if source.year is not None else None,
        "pagination": source.pages,
        "sameAs": source.url,
        "ti:citation": source.citation,
        **{f"ti:{name}": value for name, value in dump(source, "kind", "year", "volume", "issue", "check", "note", "version").items()},
        "ti:reviewed": source.reviewed.isoformat(),
    }  # fmt: skip


def render_sources(sources: Iterable[Source]) -> list[Node]:
    """Sources in the order of the catalogue."""
    return [render_source(source) for source in sources]


def render_source_page(source: Source, meta: Meta) -> str:
    """A source by itself, with the facts that rest on it."""
    page: Node = {
        "@type": "WebPage", "@id": f"{source.links.self}?format=jsonld", "name": source.citation, "mainEntity": source.links.self,
        "lastReviewed": source.reviewed.isoformat(),
    }  # fmt: skip
    alone = {
        **own(dump(source, "added", "next_review", "changes")),
        "ti:cited_by": [{"@id": f"/v1/facts/{name}"} for name in source.cited_by],
    }
    return render_graph(page, [{**render_source(source), **alone}], meta)


def _is_person(name: str) -> bool:
    """Authors are written "Family AB"; everything else is a body."""
    *family, initials = name.split(" ")
    return bool(family) and initials.isalpha() and initials.isupper() and len(initials) <= 4
