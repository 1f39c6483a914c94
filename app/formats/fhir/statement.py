"""Facts: as `ClinicalUseDefinition` or `Evidence` where FHIR has a resource for what they say, else as an extension of what they
are about."""

from collections.abc import Iterable, Sequence
from typing import Final

from app.formats.fhir.bundle import render_resource
from app.formats.fhir.element import OWN, Sources, coded, concept, extend, extend_members
from app.formats.tree import Node, dump
from app.schemas.v1.fact import FactInSection
from app.values.certainty import Certainty
from app.values.details import (
    AdverseEffectDetails,
    CautionDetails,
    FindingDetails,
    InteractionDetails,
    MonitoringDetails,
    RegulatoryDetails,
)

ROLES: Final = {
    "population": "population", "intervention": "exposure", "comparator": "referenceExposure", "outcome": "measuredVariable",
}  # fmt: skip
"""Roles of the parts of a question (PICO) in HL7's code system `variable-role`."""

RATINGS: Final = {"high": "High quality", "moderate": "Moderate quality", "low": "Low quality", "very-low": "Very low quality"}


def render_facts(facts: Iterable[FactInSection], subject: Node, sources: Sources) -> tuple[list[Node], list[Node]]:
    """Resources for those facts that FHIR has resources for, and extensions of their subject for all others."""
    resources: list[Node] = []
    extensions: list[Node] = []
    for fact in facts:
        issue = _render_issue(fact)
        if issue is not None:
            resources.append(_clinical_use(fact, subject, issue, sources))
        elif isinstance(fact.details, FindingDetails):
            resources.append(_evidence(fact, fact.details, sources))
        else:
            extensions.append(
                {"url": f"{OWN}statement", "extension": [extend("id", fact.id, prefix=""), *_describe(fact, sources, prefix="")]}
            )
    return resources, extensions


def grade(certainty: Certainty, reason: str | None = None, parts: Sequence[Node] = ()) -> list[Node]:
    """GRADE certainty; nothing for statements that are not graded."""
    if certainty == "not-graded":
        return []
    rating = coded("certainty-rating", certainty, RATINGS[certainty])
    return [
        {"type": coded("certainty-type", "Overall", "Overall certainty"), "rating": rating, "description": reason, "subcomponent": parts}
    ]


def variable(role: str, text: str | None) -> list[Node]:
    """A part of the question that evidence answers."""
    return [{"variableRole": coded("variable-role", role, role), "description": text}] if text else []


def _describe(fact: FactInSection, sources: Sources, *, prefix: str = OWN) -> list[Node]:
    """What every statement has, as extensions."""
    carried = dump(
        fact, "kind", "text", "plain", "known", "reason", "certainty", "certainty_reason", "figures", "see_also", "details", "reviewed"
    )  # fmt: skip
    return [*extend_members(carried, prefix=prefix), *sources.extend(fact.sources, prefix=prefix)]


def _clinical_use(fact: FactInSection, subject: Node, issue: Node, sources: Sources) -> Node:
    members = {"subject": [subject], **issue, "extension": _describe(fact, sources)}
    return render_resource("ClinicalUseDefinition", "facts", fact.id, members)


def _render_issue(fact: FactInSection) -> Node | None:
    """The part of a `ClinicalUseDefinition` that tells what kind it is, or None for other statements."""
    match fact.details:
        case AdverseEffectDetails():
            return {"type": "undesirable-effect", "undesirableEffect": _effect(fact.details)}
        case CautionDetails(kind="contraindication"):
            return {
                "type": "contraindication",
                "category": [concept(fact.details.strength)],
                "contraindication": {"diseaseSymptomProcedure": {"concept": concept(fact.details.condition)}},
            }
        case CautionDetails() | MonitoringDetails():
            return {"type": "warning", "category": [concept(fact.kind)], "warning": {"description": fact.text}}
        case InteractionDetails():
            return {"type": "interaction", "interaction": _interaction(fact.details)}
        case RegulatoryDetails(status="licensed", indication=str()):
            place = f"licensed: {fact.details.authority}, {fact.details.jurisdiction}"
            return {
                "type": "indication",
                "category": [concept(place)],
                "indication": {"diseaseSymptomProcedure": {"concept": concept(fact.details.indication)}},
            }
        case _:
            return {"type": "warning", "warning": {"description": fact.text}} if fact.kind in {"contraindication", "caution"} else None


def _effect(details: AdverseEffectDetails) -> Node:
    bands = dict.fromkeys(frequency.category for frequency in details.frequency if frequency.category)
    return {
        "symptomConditionEffect": {"concept": concept(details.name)},
        "classification": concept(f"{details.body_system}, {details.seriousness}"),
        "frequencyOfOccurrence": concept(" to ".join(bands)) if bands else None,
    }


def _interaction(details: InteractionDetails) -> Node:
    return {
        "interactant": [{"itemCodeableConcept": concept(details.with_agent)}],
        "type": concept(details.mechanism),
        "effect": {"concept": concept(details.effect)},
    }


def _evidence(fact: FactInSection, details: FindingDetails, sources: Sources) -> Node:
    """A finding: PICO as variables, the statement as the assertion. Its figures stand in the studies that `figures` names."""
    asked = dump(details, *ROLES)
    members: Node = {
        "status": "active",
        "assertion": fact.text,
        "description": fact.plain,
        "lastReviewDate": fact.reviewed.isoformat(),
        "variableDefinition": [entry for name, role in ROLES.items() if asked[name] for entry in variable(role, str(asked[name]))],
        "certainty": grade(fact.certainty, fact.certainty_reason),
        "relatedArtifact": sources.cite_all(fact.sources),
        "extension": [
            extend("known", fact.known),
            *extend_members(dump(fact, "kind", "reason", "certainty", "figures", "see_also")),
            *extend_members({"details": dump(details, "timepoint", "direction")}),
        ],
    }
    return render_resource("Evidence", "facts", fact.id, members)
