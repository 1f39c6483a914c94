"""Claims with their verdicts, and words of the glossary."""

from collections.abc import Iterable, Sequence

from app.formats.jsonld.statement import render_record
from app.formats.jsonld.vocabulary import address, own, render_reference
from app.formats.tree import Node, dump
from app.schemas.v1.claim import Claim
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactDetail
from app.schemas.v1.source import Source
from app.schemas.v1.term import Term


def render_claim(claim: Claim, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """A claim under review. The verdict is a word: there is no scale that a number could stand on."""
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{claim.links.self}?format=jsonld", "lastReviewed": claim.reviewed.isoformat(),
        "name": f"Is it true? {claim.claim} Verdict: {claim.verdict.replace('-', ' ')}",
    }  # fmt: skip
    record: Node = {
        "@type": "ClaimReview",
        "@id": claim.links.self,
        "identifier": claim.id,
        "url": claim.links.self,
        "claimReviewed": claim.claim,
        "reviewRating": {"@type": "Rating", "alternateName": claim.verdict.replace("-", " "), "ratingExplanation": claim.findings[0].text},
        "reviewBody": [fact.text for fact in claim.findings],
        "about": [render_reference(treatment, "MedicalTherapy") for treatment in claim.treatments],
        "isBasedOn": [
            *(address("facts", name) for name in claim.rests_on), *(address("studies", name) for name in claim.studies),
            *(address("syntheses", name) for name in claim.syntheses),
        ],
        **own(dump(claim, "verdict", "version", "added", "reviewed", "next_review", "changes")),
    }  # fmt: skip
    return render_record(page, record, facts, sources, meta)


def render_term(term: Term, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """A word with its definition."""
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{term.links.self}?format=jsonld", "name": term.name, "lastReviewed": term.reviewed.isoformat(),
    }  # fmt: skip
    record: Node = {
        "@type": "DefinedTerm",
        "@id": term.links.self,
        "identifier": term.id,
        "name": term.name,
        "termCode": term.abbreviation,
        "alternateName": term.other_names,
        "description": [fact.text for fact in term.definition],
        "inDefinedTermSet": "/v1/terms",
        "ti:related": [render_reference(other, "DefinedTerm") for other in term.related],
        **own(dump(term, "version", "added", "reviewed", "next_review", "changes")),
    }
    return render_record(page, record, facts, sources, meta)
