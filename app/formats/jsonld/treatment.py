"""Treatments and their sections as medical therapies."""

from collections.abc import Iterable, Sequence

from app.formats.jsonld.statement import render_record
from app.formats.jsonld.vocabulary import address, own, render_reference
from app.formats.tree import Node, Tree, dump
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactDetail
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import ProfileCell, Section, Treatment
from app.values.details import AdverseEffectDetails, CautionDetails, DoseDetails, InteractionDetails

TYPES = {"psychotherapy": "PsychologicalTreatment"}
"""Types of treatments that are not medical therapies."""


def render_treatment(treatment: Treatment, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """The document with the sections that it holds; `facts` are theirs."""
    sections = treatment.sections.listed()
    page = _page(treatment, treatment.name, treatment.links.self)
    record: Node = {
        **_therapy(treatment, facts),
        "alternateName": treatment.other_names,
        "description": [treatment.summary, treatment.plain_summary],
        "disambiguatingDescription": treatment.plain_sentence,
        "legalStatus": [_legal_status(cell) for cell in treatment.profile if cell.attribute == "legal-status"],
        "subjectOf": [_render_section(section) for section in sections],
        "ti:relations": [
            {
                "ti:kind": relation.kind,
                "ti:treatment": render_reference(relation.treatment, "MedicalTherapy"),
                "ti:facts": [{"@id": f"/v1/facts/{fact}"} for fact in relation.facts],
            }
            for relation in treatment.relations
        ],
        "ti:drugRelations": [
            {"ti:kind": relation.kind, "ti:drug": render_reference(relation.drug, "Drug")} for relation in treatment.drug_relations
        ],
        "ti:profile": [own(dump(cell)) for cell in treatment.profile],
        **own(dump(treatment, "kind", "routes", "main_effect", "fact_count", "version", "added", "reviewed", "next_review", "changes")),
    }
    return render_record(page, record, facts, sources, meta)


def render_section(treatment: Treatment, section: Section, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """One section by itself."""
    page = _page(treatment, f"{treatment.name}: {section.title}", section.links.self)
    return render_record(page, {**_therapy(treatment, facts), "subjectOf": [_render_section(section)]}, facts, sources, meta)


def _page(treatment: Treatment, name: str, self: str) -> Node:
    return {
        "@type": "MedicalWebPage", "@id": f"{self}?format=jsonld", "name": name, "lastReviewed": treatment.reviewed.isoformat(),
        "about": [condition.href for condition in treatment.conditions],
    }  # fmt: skip


def _therapy(treatment: Treatment, facts: Sequence[FactDetail]) -> Node:
    """What every answer about a treatment says of it, with those facts that schema.org has properties for."""
    return {
        "@type": TYPES.get(treatment.kind, "MedicalTherapy"),
        "@id": treatment.links.self,
        "identifier": treatment.id,
        "name": treatment.name,
        "drug": [render_reference(drug, "Drug") for drug in treatment.drugs],
        "ti:conditions": [render_reference(condition, "MedicalCondition") for condition in treatment.conditions],
        "contraindication": [_caution(fact) for fact in facts if fact.kind == "contraindication"],
        "adverseOutcome": _effects(facts, serious=False),
        "seriousAdverseOutcome": _effects(facts, serious=True),
        "doseSchedule": [_dose(fact, fact.details) for fact in facts if isinstance(fact.details, DoseDetails)],
        "ti:interactions": [_interaction(fact, fact.details) for fact in facts if isinstance(fact.details, InteractionDetails)],
    }


def _render_section(section: Section) -> Node:
    """A section as a part of the page: the order of its facts, and the accounts of the mechanism."""
    return {
        "@type": "WebPageElement",
        "@id": section.links.self,
        "name": section.title,
        "hasPart": {"@list": [{"@id": address("facts", fact.id)} for fact in section.facts]},
        "ti:name": section.name,
        "ti:hypotheses": [own(dump(hypothesis)) for hypothesis in section.hypotheses],
    }


def _legal_status(cell: ProfileCell) -> Node:
    place: Node | None = {"@type": "AdministrativeArea", "name": cell.jurisdiction} if cell.jurisdiction else None
    return {
        "@type": "DrugLegalStatus", "name": cell.value or cell.reason, "applicableLocation": place, "ti:status": cell.status,
        "subjectOf": [address("facts", name) for name in cell.facts],
    }  # fmt: skip


def _effects(facts: Iterable[FactDetail], *, serious: bool) -> list[Tree]:
    return [
        {"@type": "MedicalEntity", "name": fact.details.name, "subjectOf": fact.links.self}
        for fact in facts
        if isinstance(fact.details, AdverseEffectDetails) and (fact.details.seriousness == "serious") is serious
    ]


def _caution(fact: FactDetail) -> Node:
    """A contraindication. How strict it is belongs to it: some are only exclusions from trials."""
    told = {"name": fact.details.condition, "ti:strength": fact.details.strength} if isinstance(fact.details, CautionDetails) else {}
    return {"@type": "MedicalContraindication", **told, "description": fact.text, "subjectOf": fact.links.self}


def _interaction(fact: FactDetail, details: InteractionDetails) -> Node:
    return {"@type": "Drug", "name": details.with_agent, "description": details.effect, "subjectOf": fact.links.self}


def _dose(fact: FactDetail, details: DoseDetails) -> Node:
    """A dose as it was studied or labelled, tied to the fact that says so and to its warnings."""
    amount = details.amount
    exact = amount.low if amount is not None and amount.low == amount.high else None
    between: Node | None = (
        {"@type": "QuantitativeValue", "minValue": amount.low, "maxValue": amount.high, "unitText": amount.unit}
        if amount is not None and exact is None
        else None
    )
    return {
        "@type": "DoseSchedule",
        "name": f"{details.drug}, {details.route}, {details.status}",
        "doseValue": exact if exact is not None else between,
        "doseUnit": amount.unit if amount is not None else None,
        "frequency": details.schedule,
        "subjectOf": fact.links.self,
        "ti:see_also": [address("facts", name) for name in fact.see_also],
    }
