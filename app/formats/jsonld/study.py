"""Studies as medical trials or observational studies, and syntheses as data sets made from them."""

from collections.abc import Iterable, Sequence

from app.formats.jsonld.statement import render_record
from app.formats.jsonld.vocabulary import address, find_license, own, render_code
from app.formats.tree import Node, dump
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactDetail
from app.schemas.v1.source import Source
from app.schemas.v1.study import Study
from app.schemas.v1.synthesis import Synthesis

BLINDING = {
    "double-blind": "DoubleBlindedTrial", "single-blind": "SingleBlindedTrial", "triple-masked": "TripleBlindedTrial",
    "open-label": "OpenTrial",
}  # fmt: skip
"""Trial designs of schema.org."""


def render_study(study: Study, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """A study with every number; what schema.org has no word for stands under the names it has in JSON."""
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{study.links.self}?format=jsonld", "name": study.name,
        "lastReviewed": study.reviewed.isoformat(),
    }  # fmt: skip
    observational = study.design.type == "cohort"
    record: Node = {
        "@type": "MedicalObservationalStudy" if observational else "MedicalTrial",
        "@id": study.links.self,
        "identifier": [study.id, *map(render_code, study.registration)],
        "name": study.name,
        "trialDesign": [] if observational else [f"https://schema.org/{name}" for name in _designs(study)],
        "healthCondition": [
            {"@type": "MedicalCondition", "@id": address("conditions", name), "name": study.population.condition}
            for name in study.population.conditions
        ],
        "studySubject": [{"@type": "MedicalTherapy", "@id": address("treatments", name)} for name in study.treatments],
        "studyLocation": [{"@type": "Country", "name": name} for name in study.design.countries],
        "sponsor": {"@type": "Organization", "name": study.funding} if study.funding else None,
        "isBasedOn": address("sources", study.source),
        "ti:outcomes": [_backed(outcome.source, dump(outcome)) for outcome in study.outcomes],
        "ti:adverse_events": [_backed(event.source, dump(event)) for event in study.adverse_events],
        **own(dump(
            study, "comparators", "design", "population", "arms", "risk_of_bias", "limits", "gaps", "version", "added", "reviewed",
            "next_review", "changes",
        )),
    }  # fmt: skip
    return render_record(page, record, facts, sources, meta)


def render_synthesis(synthesis: Synthesis, facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta) -> str:
    """A pooled result with all that entered."""
    question = synthesis.question
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{synthesis.links.self}?format=jsonld", "name": synthesis.title,
        "lastReviewed": synthesis.reviewed.isoformat(),
    }  # fmt: skip
    record: Node = {
        "@type": "Dataset",
        "@id": synthesis.links.self,
        "identifier": synthesis.id,
        "name": synthesis.title,
        "description": f"In {question.population}: {question.intervention} against {question.comparator}. Outcome: {question.outcome}.",
        "url": synthesis.links.self,
        "license": find_license(meta),
        "distribution": {"@type": "DataDownload", "encodingFormat": "application/json", "contentUrl": synthesis.links.self},
        "about": address("treatments", synthesis.treatment),
        "measurementTechnique": "meta-analysis" if synthesis.pooled else None,
        "isBasedOn": [address("studies", entry.figure.partition("/")[0]) for entry in synthesis.entries],
        **own(dump(
            synthesis, "question", "comparator", "outcome", "timepoint", "effect", "pooled", "reason", "hartung_knapp",
            "result", "method", "absolute", "sensitivity", "leave_one_out", "entries", "excluded", "published", "certainty", "domains",
            "version", "added", "reviewed", "next_review", "changes",
        )),
    }  # fmt: skip
    return render_record(page, record, facts, sources, meta)


def _designs(study: Study) -> list[str]:
    design = study.design
    placebo = any(arm.role.endswith("placebo") for arm in study.arms)
    found = [
        "RandomizedTrial" if design.randomised else None,
        BLINDING.get(design.blinding),
        "PlaceboControlledTrial" if placebo else None,
        "MultiCenterTrial" if (design.sites or 0) > 1 else "SingleCenterTrial" if design.sites == 1 else None,
        "InternationalTrial" if len(design.countries) > 1 else None,
    ]
    return [name for name in found if name is not None]


def _backed(source: str, members: Node) -> Node:
    return {**own({name: value for name, value in members.items() if name != "source"}), "citation": address("sources", source)}
