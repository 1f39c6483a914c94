"""Sources as `Citation`."""

from collections.abc import Iterable

from app.formats.fhir.bundle import render_resource
from app.formats.fhir.element import concept, extend_members
from app.formats.tree import Node, dump
from app.schemas.v1.source import Source

SYSTEMS = {"doi": "https://doi.org", "pmid": "http://www.ncbi.nlm.nih.gov/pubmed", "pmcid": "http://www.ncbi.nlm.nih.gov/pmc"}


def render_citations(sources: Iterable[Source]) -> list[Node]:
    """Each source once."""
    return [render_citation(source) for source in sources]


def render_citation(source: Source) -> Node:
    """A document that statements rest on."""
    numbers = [{"system": system, "value": getattr(source, name)} for name, system in SYSTEMS.items() if getattr(source, name)]
    registered = [{"system": code.system, "value": code.code} for code in source.registration]
    return render_resource(
        "Citation",
        "sources",
        source.id,
        {
            "status": "active",
            "version": str(source.version),
            "title": source.citation,
            "lastReviewDate": source.reviewed.isoformat(),
            "note": [{"text": source.note}] if source.note else [],
            "extension": extend_members(dump(source, "check")),
            "citedArtifact": {
                "identifier": [*numbers, *registered],
                "title": [{"text": source.title}],
                "classification": [{"type": concept("kind of document"), "classifier": [concept(source.kind)]}],
                "contributorship": {
                    "entry": [{"contributor": {"display": name}, "rankingOrder": place} for place, name in enumerate(source.authors, 1)]
                },
                "publicationForm": [
                    {
                        "publishedIn": {"title": source.container},
                        "articleDate": str(source.year) if source.year is not None else None,
                        "volume": source.volume,
                        "issue": source.issue,
                        "pageString": source.pages,
                    }
                ],
                "webLocation": [{"url": source.url}] if source.url else [],
            },
        },
    )
