"""Studies as `ResearchStudy`, and what they and syntheses found as `Evidence`."""

from collections.abc import Iterable

from app.formats.fhir.bundle import render_bundle, render_resource
from app.formats.fhir.citation import render_citations
from app.formats.fhir.element import Sources, coded, concept, extend_members, refer
from app.formats.fhir.statement import ROLES, grade, render_facts, variable
from app.formats.fhir.statistic import render_arm, render_computed, render_contrast, render_entry, render_estimate, render_without
from app.formats.tree import Node, Tree, dump
from app.schemas.v1.envelope import Meta
from app.schemas.v1.source import Source
from app.schemas.v1.study import AdverseEvent, Arm, Outcome, Study
from app.schemas.v1.synthesis import Domain, Synthesis

DOMAINS = {
    "risk-of-bias": ("RiskOfBias", "Risk of bias"),
    "inconsistency": ("Inconsistency", "Inconsistency"),
    "indirectness": ("Indirectness", "Indirectness"),
    "imprecision": ("Imprecision", "Imprecision"),
    "publication-bias": ("PublicationBias", "Publication bias"),
}
CONCERNS = {
    "not-serious": ("no-concern", "no serious concern"),
    "serious": ("serious-concern", "serious concern"),
    "very-serious": ("very-serious-concern", "very serious concern"),
}


def render_study(study: Study, sources: Iterable[Source], meta: Meta) -> str:
    """A study, and evidence for each of its outcomes and adverse events."""
    cited = Sources(sources)
    found = [_evidence(study, part, cited) for part in (*study.outcomes, *study.adverse_events)]
    issues, statements = render_facts(study.findings, refer("studies", study.id, study.name), cited)
    research = _research(study, [*found, *issues], statements, cited)
    resources = [research, *found, *issues, *render_citations(cited.by_id.values())]
    return render_bundle(study.links.self, resources, meta)


def render_synthesis(synthesis: Synthesis, sources: Iterable[Source], meta: Meta) -> str:
    """A pooled result, or why there is none."""
    cited = Sources(sources)
    treatment = refer("treatments", synthesis.treatment)
    issues, statements = render_facts(synthesis.facts, treatment, cited)
    pooled = [] if synthesis.result is None else [render_estimate(synthesis.result, synthesis.effect, "pooled")]
    asked = dump(synthesis.question)
    members: Node = {
        "status": "active",
        "version": str(synthesis.version),
        "title": synthesis.title,
        "assertion": synthesis.reason,
        "lastReviewDate": synthesis.reviewed.isoformat(),
        "synthesisType": concept("meta-analysis" if synthesis.pooled else "no synthesis"),
        "variableDefinition": [entry for name, role in ROLES.items() for entry in variable(role, str(asked[name]))],
        "statistic": [
            *pooled,
            *(render_estimate(estimate, synthesis.effect, "sensitivity") for estimate in synthesis.sensitivity),
            *(render_without(without, synthesis.effect) for without in synthesis.leave_one_out),
            *(render_entry(entry, synthesis.effect) for entry in synthesis.entries),
        ],
        "certainty": grade(synthesis.certainty, None, [_domain(domain) for domain in synthesis.domains]),
        "relatedArtifact": [*cited.cite_each(), *(_entered(entry.figure) for entry in synthesis.entries)],
        "extension": [
            *extend_members(
                dump(
                    synthesis,
                    "pooled",
                    "hartung_knapp",
                    "comparator",
                    "outcome",
                    "timepoint",
                    "excluded",
                    "method",
                    "absolute",
                    "published",
                    "next_review",
                )
            ),
            *extend_members({"treatment": synthesis.treatment, "certainty": synthesis.certainty}),
            *statements,
        ],
    }
    evidence = render_resource("Evidence", "syntheses", synthesis.id, members)
    return render_bundle(synthesis.links.self, [evidence, *issues, *render_citations(cited.by_id.values())], meta)


def _entered(figure: str) -> Node:
    study = figure.partition("/")[0]
    return {
        "type": "derived-from",
        "label": figure,
        "document": {"url": f"/v1/studies/{study}"},
        "resourceReference": refer("studies", study),
    }


def _domain(domain: Domain) -> Node:
    kind, known = DOMAINS.get(domain.domain), CONCERNS.get(domain.judgement)
    return {
        "type": coded("certainty-type", *kind) if kind else concept(domain.domain),
        "rating": {**coded("certainty-rating", *known), "text": domain.judgement} if known else concept(domain.judgement),
        "description": domain.reason,
    }


def _research(study: Study, found: Iterable[Node], statements: Iterable[Node], sources: Sources) -> Node:
    design, population = study.design, study.population
    registered: list[Tree] = [
        {"system": code.system, "value": code.code, "assigner": {"display": code.display}} for code in study.registration
    ]
    words = (design.type, "randomised" if design.randomised else "not randomised", design.blinding, design.allocation)
    members: Node = {
        "version": str(study.version),
        "title": study.name,
        "status": "active",
        "relatedArtifact": [sources.cite(study.source)],
        "studyDesign": [concept(word) for word in words if word],
        "phase": concept(design.phase) if design.phase else None,
        "focus": [{"reference": refer("treatments", name)} for name in study.treatments],
        "condition": [concept(population.condition)],
        "region": [concept(None, {"system": "urn:iso:std:iso:3166", "code": country}) for country in design.countries],
        "description": population.inclusion,
        "recruitment": {"actualNumber": population.n_randomised},
        "associatedParty": [{"name": study.funding, "role": concept("funding")}] if study.funding else [],
        "comparisonGroup": [_group(arm) for arm in study.arms],
        "outcomeMeasure": [_measure(outcome) for outcome in study.outcomes],
        "note": [{"text": text} for text in (*study.limits, *study.gaps)],
        "result": [{"reference": f"urn:uuid:{evidence['id']}"} for evidence in found],
        "extension": [
            *extend_members(
                dump(
                    study, "treatments", "comparators", "design", "population", "risk_of_bias", "limits", "gaps", "reviewed", "next_review"
                )
            ),
            *statements,
        ],
    }
    resource = render_resource("ResearchStudy", "studies", study.id, members)
    own = resource["identifier"]
    return {**resource, "identifier": [*(own if isinstance(own, list) else []), *registered]}


def _group(arm: Arm) -> Node:
    members = dump(arm, "id", "role", "drug", "treatment", "dose", "route", "given_over", "schedule", "n_randomised", "n_analysed")
    return {"name": arm.label, "type": concept(arm.role.replace("-", " ")), "extension": extend_members(members)}


def _measure(outcome: Outcome) -> Node:
    return {
        "name": f"{outcome.measure}, {outcome.timepoint.label}",
        "type": [concept("primary" if outcome.primary else "secondary")],
        "description": outcome.definition,
    }


def _evidence(study: Study, part: Outcome | AdverseEvent, sources: Sources) -> Node:
    """What a study found: arms, comparisons as published, and those worked out."""
    labels = {arm.id: arm.label for arm in study.arms}
    contrasts = part.contrasts if isinstance(part, Outcome) else []
    name = part.measure if isinstance(part, Outcome) else part.event
    told = [] if not part.note else [{"text": part.note}]
    groups = [entry for arm in study.arms for entry in variable("exposure" if _is_tested(arm) else "referenceExposure", arm.label)]
    names = ("scale", "definition", "timepoint", "period", "primary", "analysis_set", "unit", "timing", "check")
    members: Node = {
        "status": "active",
        "title": f"{study.name}: {name}",
        "assertion": part.finding,
        "note": told,
        "relatedArtifact": [sources.cite(part.source, part.locator, part.check)],
        "variableDefinition": [*variable("population", study.population.condition), *groups, *variable("measuredVariable", name)],
        "statistic": [
            *(entry for result in part.arms for entry in render_arm(result, labels.get(result.arm, result.arm), part.unit)),
            *(render_contrast(contrast) for contrast in contrasts),
            *(render_computed(computed) for computed in part.computed),
        ],
        "extension": extend_members(dump(part, *names)),
    }
    return render_resource("Evidence", "figures", f"{study.id}/{part.id}", members)


def _is_tested(arm: Arm) -> bool:
    return arm.role == "experimental"
