"""Drugs."""

from collections.abc import Iterable, Sequence

from app.formats.jsonld.statement import render_record
from app.formats.jsonld.vocabulary import address, own, render_code, render_reference
from app.formats.tree import Node, Tree, dump
from app.schemas.v1.common import Code
from app.schemas.v1.drug import Drug, DrugValue, Formulation, Metabolite, Structure
from app.schemas.v1.envelope import Meta
from app.schemas.v1.fact import FactDetail, SourceLocator
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import Treatment

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def render_drug(
    drug: Drug, treatments: Iterable[Treatment], facts: Sequence[FactDetail], sources: Iterable[Source], meta: Meta
) -> str:  # fmt: skip
    """A drug with its molecule, forms and figures. `treatments` are those that use it: they know the legal status."""
    page: Node = {
        "@type": "MedicalWebPage", "@id": f"{drug.links.self}?format=jsonld", "name": drug.name, "lastReviewed": drug.reviewed.isoformat(),
    }  # fmt: skip
    record: Node = {
        "@type": "Drug",
        "@id": drug.links.self,
        "identifier": drug.id,
        "name": drug.name,
        "nonProprietaryName": drug.name,
        "activeIngredient": drug.name,
        "alternateName": drug.other_names,
        "proprietaryName": sorted({brand for form in drug.formulations for brand in form.brands}),
        "code": [render_code(code) for code in drug.codes],
        "rxcui": [code.code for code in drug.codes if _is_rxcui(code)],
        "drugClass": [{"@type": "DrugClass", "name": name} for name in drug.classes],
        "relatedDrug": [render_reference(other, "Drug") for other in drug.related],
        "administrationRoute": list(dict.fromkeys(form.route for form in drug.formulations)),
        "dosageForm": list(dict.fromkeys(form.form for form in drug.formulations)),
        "availableStrength": [strength for form in drug.formulations for strength in _strengths(form)],
        "legalStatus": [status for treatment in treatments for status in _legal_status(treatment)],
        "mechanismOfAction": [fact.text for fact in facts if fact.kind == "mechanism"],
        "clinicalPharmacology": [fact.text for fact in facts if fact.section == "pharmacodynamics" and fact.kind != "mechanism"],
        "ti:treatments": [render_reference(treatment, "MedicalTherapy") for treatment in drug.treatments],
        "ti:relations": [
            {"ti:kind": relation.kind, "ti:treatment": render_reference(relation.treatment, "MedicalTherapy")}
            for relation in drug.relations
        ],
        "ti:structure": _backed(drug.structure) if drug.structure is not None else None,
        "ti:formulations": [_backed(form) for form in drug.formulations],
        "ti:targets": [_backed(value) for value in drug.targets],
        "ti:pharmacokinetics": [_backed(value) for value in drug.pharmacokinetics],
        "ti:metabolites": [_backed(metabolite) for metabolite in drug.metabolites],
        **own(dump(drug, "kind", "version", "added", "reviewed", "next_review", "changes")),
    }
    return render_record(page, record, facts, sources, meta)


def _is_rxcui(code: Code) -> bool:
    return code.system == RXNORM and code.status == "current"


def _strengths(form: Formulation) -> list[Tree]:
    return [
        {
            "@type": "DrugStrength",
            "name": form.form,
            "strengthValue": strength.value,
            "strengthUnit": strength.unit,
            "ti:status": form.status,
        }
        for strength in form.strengths
    ]


def _legal_status(treatment: Treatment) -> list[Tree]:
    """Legal status for the conditions of a treatment; elsewhere the drug may be licensed for something else."""
    return [
        {
            "@type": "DrugLegalStatus", "name": f"{treatment.name}: {cell.value or cell.reason}", "ti:status": cell.status,
            "applicableLocation": {"@type": "AdministrativeArea", "name": cell.jurisdiction} if cell.jurisdiction else None,
            "subjectOf": [address("facts", name) for name in cell.facts],
        }
        for cell in treatment.profile
        if cell.attribute == "legal-status"
    ]  # fmt: skip


def _backed(part: Structure | Formulation | DrugValue | Metabolite) -> Node:
    """A part of the record with all its members, and its sources as citations."""
    members = {name: value for name, value in dump(part).items() if name != "sources"}
    return {**own(members), "citation": [_cite(source) for source in part.sources], "ti:sources": [_locate(ref) for ref in part.sources]}


def _cite(source: SourceLocator) -> str:
    return address("sources", source.id)


def _locate(source: SourceLocator) -> Node:
    return {"ti:source": _cite(source), "ti:locator": source.locator, "ti:check": source.check}
