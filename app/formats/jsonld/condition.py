"""Conditions."""

from collections.abc import Iterable, Sequence

from app.formats.jsonld.statement import render_record
from app.formats.jsonld.vocabulary import own, render_code, render_reference
from app.formats.tree import Node, dump
from app.schemas.v1.condition import Condition
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactDetail
from app.schemas.v1.source import Source


def render_condition(condition: Condition, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """A condition with its codes, its treatments and what is known of its burden."""
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{condition.links.self}?format=jsonld", "name": condition.name,
        "lastReviewed": condition.reviewed.isoformat(),
    }  # fmt: skip
    record: Node = {
        "@type": "MedicalCondition",
        "@id": condition.links.self,
        "identifier": condition.id,
        "name": condition.name,
        "alternateName": condition.other_names,
        "description": [fact.plain for fact in condition.sections.definition[:1]],
        "code": [render_code(code) for code in condition.codes],
        "epidemiology": [fact.text for fact in condition.sections.burden],
        "possibleTreatment": [render_reference(treatment, "MedicalTherapy") for treatment in condition.treatments],
        "ti:broader": render_reference(condition.broader, "MedicalCondition") if condition.broader is not None else None,
        **own(dump(condition, "version", "added", "reviewed", "next_review", "changes")),
    }
    return render_record(page, record, facts, sources, meta)
