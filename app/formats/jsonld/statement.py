"""Facts as claims with citations, and as questions with answers."""

from collections.abc import Iterable, Sequence

from app.formats.jsonld.source import render_sources
from app.formats.jsonld.vocabulary import address, own, render_graph
from app.formats.tree import Node, dump
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactDetail
from app.schemas.v1.source import Source


def render_fact(fact: FactDetail) -> Node:
    """A fact as a node of a graph: a claim that may be quoted, with all that belongs to it."""
    carried = dump(
        fact, "kind", "section", "plain", "known", "reason", "certainty", "certainty_reason", "figures", "status", "version", "added",
        "reviewed", "next_review", "details", "changes",
    )  # fmt: skip
    return {
        "@type": "Claim",
        "@id": fact.links.self,
        "identifier": fact.id,
        "text": fact.text,
        "keywords": fact.topics,
        "about": address(fact.owner.collection, fact.owner.id),
        "isPartOf": fact.links.context,
        "citation": [address("sources", source.id) for source in fact.sources],
        "ti:sources": [
            {"ti:source": address("sources", source.id), "ti:locator": source.locator, "ti:check": source.check} for source in fact.sources
        ],
        "ti:see_also": [address("facts", name) for name in fact.see_also],
        **own(carried),
    }


def render_questions(fact: FactDetail) -> list[Node]:
    """The questions that a fact answers. The answer says who it is for by being plain, gives the professional text beside it, and
    cites what the fact cites."""
    answer: Node = {
        "@type": "Answer",
        "@id": f"{fact.links.self}#answer",
        "text": fact.plain,
        "abstract": fact.text,
        "url": fact.links.self,
        "isBasedOn": fact.links.self,
        "citation": [address("sources", source.id) for source in fact.sources],
        "ti:certainty": fact.certainty,
        "ti:see_also": [address("facts", name) for name in fact.see_also],
    }
    again = {name: answer[name] for name in ("@type", "@id", "text", "url")}
    return [
        {"@type": "Question", "@id": f"{fact.links.self}#question-{place}", "name": ask, "acceptedAnswer": answer if place == 1 else again}
        for place, ask in enumerate(fact.asks, 1)
    ]


def render_faq(name: str, about: str, facts: Iterable[FactDetail]) -> Node:
    """The questions of some facts as a page of questions and answers; nothing when there is no question."""
    questions = [question for fact in facts for question in render_questions(fact)]
    if not questions:
        return {}
    return {
        "@type": "FAQPage",
        "@id": f"{about}#questions",
        "name": f"Questions and answers: {name}",
        "about": about,
        "mainEntity": questions,
    }


def render_record(page: Node, record: Node, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """A record with its facts, the questions that they answer, and what all of it rests on."""
    cited = render_sources(sources)
    named = {**page, "mainEntity": record["@id"], "citation": [node["@id"] for node in cited]}
    faq = render_faq(str(page["name"]), str(record["@id"]), facts)
    return render_graph(named, [record, *map(render_fact, facts), faq, *cited], meta)


def render_fact_page(fact: FactDetail, sources: Iterable[Source], meta: Meta) -> str:
    """A fact by itself, with its questions and sources."""
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{fact.links.self}?format=jsonld", "name": f"{fact.owner.name}: {fact.section}",
        "lastReviewed": fact.reviewed.isoformat(),
        "about": {"@id": address(fact.owner.collection, fact.owner.id), "name": fact.owner.name},
    }  # fmt: skip
    cited = render_sources(sources)
    named = {**page, "mainEntity": fact.links.self, "citation": [node["@id"] for node in cited]}
    return render_graph(named, [render_fact(fact), render_faq(fact.owner.name, fact.links.self, [fact]), *cited], meta)
