"""Treatments as `ActivityDefinition` with clinical uses and evidence, and conditions as `ConditionDefinition`."""

from collections.abc import Iterable, Sequence

from app.formats.fhir.bundle import render_bundle, render_resource
from app.formats.fhir.citation import render_citations
from app.formats.fhir.drug import render_medications
from app.formats.fhir.element import Sources, concept, extend_members, refer, render_coding
from app.formats.fhir.statement import render_facts
from app.formats.tree import Node, dump
from app.schemas.v1.condition import Condition
from app.schemas.v1.drug import Drug
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactInSection
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import Section, Treatment


def render_treatment(treatment: Treatment, drugs: Iterable[Drug], sources: Iterable[Source], meta: Meta) -> str:
    """The document with the sections that it holds, and its drugs."""
    cited = Sources(sources)
    facts = [fact for section in treatment.sections.listed() for fact in section.facts]
    medications = [resource for drug in drugs for resource in render_medications(drug, cited)]
    resources = [*_activity(treatment, facts, cited), *medications, *render_citations(cited.by_id.values())]
    return render_bundle(treatment.links.self, resources, meta)


def render_section(treatment: Treatment, section: Section, sources: Iterable[Source], meta: Meta) -> str:
    """One section by itself."""
    cited = Sources(sources)
    resources = [*_activity(treatment, section.facts, cited), *render_citations(cited.by_id.values())]
    return render_bundle(section.links.self, resources, meta)


def render_condition(condition: Condition, sources: Iterable[Source], meta: Meta) -> str:
    """A condition with its codes and statements."""
    cited = Sources(sources)
    issues, statements = render_facts(condition.sections.listed(), refer("conditions", condition.id), cited)
    members: Node = {
        "status": "active",
        "version": str(condition.version),
        "title": condition.name,
        "code": concept(condition.name, *map(render_coding, condition.codes)),
        "extension": [
            *extend_members(dump(condition, "other_names", "reviewed", "next_review", "broader", "treatments")),
            *statements,
        ],
    }
    definition = render_resource("ConditionDefinition", "conditions", condition.id, members)
    return render_bundle(condition.links.self, [definition, *issues, *render_citations(cited.by_id.values())], meta)


def _activity(treatment: Treatment, facts: Sequence[FactInSection], sources: Sources) -> list[Node]:
    """The treatment, and the resources of its facts."""
    issues, statements = render_facts(facts, refer("treatments", treatment.id, treatment.name), sources)
    members: Node = {
        "status": "active",
        "version": str(treatment.version),
        "title": treatment.name,
        "subtitle": treatment.kind,
        "description": treatment.summary,
        "lastReviewDate": treatment.reviewed.isoformat(),
        "topic": [concept(condition.name) for condition in treatment.conditions],
        "relatedArtifact": sources.cite_each(),
        "extension": [
            *extend_members(dump(treatment, "plain_summary", "plain_sentence", "kind", "routes", "other_names", "next_review")),
            *extend_members(dump(treatment, "main_effect", "fact_count", "conditions", "drugs", "relations", "drug_relations", "profile")),
            *statements,
        ],
    }
    return [render_resource("ActivityDefinition", "treatments", treatment.id, members), *issues]
