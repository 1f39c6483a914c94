"""Drugs as `MedicationKnowledge`: one for the substance and one for each form."""

from collections.abc import Iterable

from app.formats.fhir.bundle import render_bundle, render_resource
from app.formats.fhir.citation import render_citations
from app.formats.fhir.element import Sources, concept, extend_members, refer, render_coding, render_quantity, render_range
from app.formats.fhir.statement import render_facts
from app.formats.tree import Node, Tree, dump
from app.schemas.v1.drug import Drug, DrugValue, Formulation, Metabolite, Structure
from app.schemas.v1.envelope import Meta
from app.schemas.v1.source import Source


def render_drug(drug: Drug, sources: Iterable[Source], meta: Meta) -> str:
    """A drug with its forms, figures, statements and sources."""
    cited = list(sources)
    return render_bundle(drug.links.self, [*render_medications(drug, Sources(cited)), *render_citations(cited)], meta)


def render_medications(drug: Drug, sources: Sources) -> list[Node]:
    """The substance, its forms, and the resources of its statements."""
    issues, statements = render_facts(drug.sections.listed(), _subject(drug), sources)
    figures = [*drug.targets, *drug.pharmacokinetics]
    members: Node = {
        "status": "active",
        "code": concept(drug.name, *map(render_coding, drug.codes)),
        "name": [drug.name, *drug.other_names],
        "productType": [concept(drug.kind)],
        "medicineClassification": [{"type": concept("pharmacological class"), "classification": [concept(name)]} for name in drug.classes],
        "relatedMedicationKnowledge": [
            {"type": concept("related drug"), "reference": [refer("drugs", other.id, other.name) for other in drug.related]}
        ]
        if drug.related
        else [],
        "definitional": {
            "drugCharacteristic": [
                *(_structure(drug.structure, sources) if drug.structure is not None else []),
                *(_figure(figure, sources) for figure in figures),
                *(_metabolite(metabolite, sources) for metabolite in drug.metabolites),
            ]
        },
        "extension": [*extend_members(dump(drug, "relations", "version", "reviewed", "next_review")), *statements],
    }
    substance = render_resource("MedicationKnowledge", "drugs", drug.id, members)
    return [substance, *(_form(drug, form, sources) for form in drug.formulations), *issues]


def _subject(drug: Drug) -> Node:
    """A clinical use is about a `Medication`, which is named here by its id alone."""
    return {"identifier": refer("drugs", drug.id)["identifier"], "type": "Medication", "display": drug.name}


def _form(drug: Drug, form: Formulation, sources: Sources) -> Node:
    members: Node = {
        "status": "active",
        "code": concept(f"{drug.name}, {form.form}"),
        "name": form.brands,
        "relatedMedicationKnowledge": [{"type": concept("form of"), "reference": [refer("drugs", drug.id, drug.name)]}],
        "definitional": {
            "doseForm": concept(form.form),
            "intendedRoute": [concept(form.route)],
            "drugCharacteristic": [{"type": concept("strength"), "valueQuantity": render_quantity(value)} for value in form.strengths],
        },
        "extension": [*extend_members(dump(form, "status", "note")), *sources.extend(form.sources)],
    }
    return render_resource("MedicationKnowledge", "formulations", f"{drug.id}/{form.id}", members)


def _structure(structure: Structure, sources: Sources) -> list[Node]:
    backed = sources.extend(structure.sources)
    texts = {"molecular formula": structure.formula, "SMILES": structure.smiles, "stereochemistry": structure.stereochemistry}
    return [
        {"type": concept("molar mass"), "valueQuantity": render_quantity(structure.molar_mass), "extension": backed},
        *({"type": concept(name), "valueString": text, "extension": backed} for name, text in texts.items() if text),
    ]


def _figure(figure: DrugValue, sources: Sources) -> Node:
    """A measured property. A characteristic can be a quantity but not a range, so a range stands in an extension beside its text."""
    value: dict[str, Tree] = {"valueQuantity": render_quantity(figure.value)} if figure.value is not None else {}
    extensions = [*extend_members(dump(figure, "id", "route", "target", "action", "note")), *sources.extend(figure.sources)]
    if figure.range is not None:
        between = figure.range
        ends = " to ".join(f"{end:g}" for end in (between.low, between.high) if end is not None)
        value["valueString"] = f"{ends} {between.unit}"
        extensions.append({"url": "urn:treatment-information:range", "valueRange": render_range(between)})
    return {"type": concept(figure.name), **value, "extension": extensions}


def _metabolite(metabolite: Metabolite, sources: Sources) -> Node:
    return {
        "type": concept("metabolite"),
        "valueString": metabolite.name,
        "extension": [*extend_members(dump(metabolite, "enzymes", "active", "note")), *sources.extend(metabolite.sources)],
    }
