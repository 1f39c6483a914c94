"""Drugs, conditions, claims, words of the glossary and sources as Markdown, with numbered citations."""

from collections.abc import Iterable, Mapping, Sequence

from app.formats.markdown import BRIEF, Citations, finish, tell_facts, tell_ids, tell_number, tell_number_of_source, tell_source_in_brief
from app.schemas.v1.claim import Claim
from app.schemas.v1.common import Code, Reference
from app.schemas.v1.condition import Condition
from app.schemas.v1.drug import Drug, DrugValue, Formulation, Metabolite, Structure
from app.schemas.v1.source import Source
from app.schemas.v1.term import Term
from app.values.coding import SYSTEMS
from app.values.quantity import Quantity, Range

NAMES = {address: name for name, address in SYSTEMS.items()}
"""Short names of the code systems."""


def render_drug(drug: Drug, sources: Mapping[str, Source], release: str) -> str:
    """A drug with codes, molecule, forms, figures and statements."""
    citations = Citations()
    lines = [*_head(drug.name, release), f"{drug.kind}; {', '.join(drug.classes)}", *_named("Also called", drug.other_names)]
    lines += [*_codes(drug.codes), *_pointed("Treatments", drug.treatments), *_pointed("Related", drug.related)]
    if drug.structure is not None:
        lines.append(_structure(drug.structure, citations))
    lines += [*_part("Forms", (_form(form, citations) for form in drug.formulations))]
    lines += [*_part("Targets", (_figure(value, citations) for value in drug.targets))]
    lines += [*_part("In the body", (_figure(value, citations) for value in drug.pharmacokinetics))]
    lines += [*_part("Metabolites", (_metabolite(metabolite, citations) for metabolite in drug.metabolites))]
    lines += [*_part("Facts", tell_facts(drug.sections.listed(), citations))]
    return finish(lines, citations, sources, tell_source_in_brief)


def render_condition(condition: Condition, sources: Mapping[str, Source], release: str) -> str:
    """A condition with codes, treatments and statements."""
    citations = Citations()
    lines = [*_head(condition.name, release), *_named("Also called", condition.other_names), *_codes(condition.codes)]
    lines += [*_pointed("Part of", [condition.broader] if condition.broader else []), *_pointed("Treatments", condition.treatments)]
    lines += [*_part("What it is", tell_facts(condition.sections.definition, citations))]
    lines += [*_part("Burden", tell_facts(condition.sections.burden, citations))]
    return finish(lines, citations, sources, tell_source_in_brief)


def render_claim(claim: Claim, sources: Mapping[str, Source], release: str) -> str:
    """A claim, never without its verdict."""
    citations = Citations()
    lines = [*_head(f"Claim: {claim.claim}", release), f"Verdict: **{claim.verdict.replace('-', ' ')}**"]
    lines += [*_part("Why", tell_facts(claim.findings, citations, named=claim.rests_on))]
    lines += _ids("Facts", claim.rests_on) + _named("Studies", claim.studies) + _named("Pooled results", claim.syntheses)
    return finish(lines, citations, sources, tell_number_of_source)


def render_term(term: Term, sources: Mapping[str, Source], release: str) -> str:
    """A word with its definition."""
    citations = Citations()
    title = f"{term.name} ({term.abbreviation})" if term.abbreviation else term.name
    lines = [f"# {title}", "", f"Release {release}.", *_named("Also called", term.other_names), ""]
    lines += [*tell_facts(term.definition, citations), *_pointed("See also", term.related)]
    return finish(lines, citations, sources, tell_source_in_brief)


def render_source(source: Source, release: str) -> str:
    """A source, as it is to be cited, and the facts that rest on it."""
    numbers = [("PMID ", source.pmid), ("", source.pmcid), ("DOI ", source.doi), *(("", code.code) for code in source.registration)]
    issue = f"({source.issue})" if source.issue else ""
    place = " ".join(part for part in (source.container, str(source.year or "")) if part)
    printed = ":".join(part for part in (f"{source.volume or ''}{issue}", source.pages) if part)
    title = "" if source.citation.endswith(source.title) else source.title
    told = [_tell_authors(source.authors), title, f"{place}{f';{printed}' if printed else ''}"]
    lines = [f"# {source.citation.removesuffix(f', {source.container}')}", "", " ".join(f"{part}." for part in told if part)]
    lines += ["; ".join(f"{name}{value}" for name, value in numbers if value)]
    checked = "; citation secondary" if source.check == "secondary" else ""
    lines += ["" if source.doi or source.pmid else source.url or ""]
    lines += [f"{source.kind.capitalize()}{checked}; release {release}", source.note or ""]
    return "\n".join([line for line in lines if line] + _ids("Cited by", source.cited_by)) + "\n"


def _tell_authors(authors: Sequence[str]) -> str:
    """All of up to three, else the first three."""
    return ", ".join(authors if len(authors) <= 3 else [*authors[:3], "et al"])


def tell_range(between: Range) -> str:
    """A range with its unit; one figure where both ends are the same."""
    match between.low, between.high:
        case None, high:
            told = f"up to {tell_number(high or 0)}"
        case low, None:
            told = f"from {tell_number(low)}"
        case low, high:
            told = tell_number(low) if low == high else f"{tell_number(low)} to {tell_number(high)}"
    return f"{told} {between.unit}"


def _head(title: str, release: str) -> list[str]:
    return [f"# {title}", "", f"{BRIEF} Release {release}.", ""]


def _part(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return ["", f"## {title}", "", *found] if found else []


def _named(name: str, values: Iterable[str]) -> list[str]:
    told = ", ".join(values)
    return [f"{name}: {told}"] if told else []


def _ids(name: str, ids: Sequence[str]) -> list[str]:
    return [f"{name}: {tell_ids(ids)}"] if ids else []


def _pointed(name: str, references: Iterable[Reference]) -> list[str]:
    return _named(name, (f"{reference.name} (`{reference.id}`)" for reference in references))


def _codes(codes: Iterable[Code]) -> list[str]:
    return _named(
        "Codes",
        (f"{NAMES.get(code.system, code.system)} {code.code}{' (superseded)' if code.status != 'current' else ''}" for code in codes),
    )


def _structure(structure: Structure, citations: Citations) -> str:
    parts = [
        structure.formula,
        _quantity(structure.molar_mass),
        structure.stereochemistry,
        structure.smiles and f"SMILES `{structure.smiles}`",
    ]
    return f"Molecule: {'; '.join(part for part in parts if part)} {citations.cite(source.id for source in structure.sources)}"


def _quantity(quantity: Quantity) -> str:
    return f"{tell_number(quantity.value)} {quantity.unit}"


def _form(form: Formulation, citations: Citations) -> str:
    parts = [form.route, ", ".join(map(_quantity, form.strengths)), ", ".join(form.brands), form.status, form.note]
    return f"- {form.form}: {'; '.join(part for part in parts if part)} {citations.cite(source.id for source in form.sources)}"


def _figure(value: DrugValue, citations: Citations) -> str:
    figure = _quantity(value.value) if value.value is not None else tell_range(value.range) if value.range is not None else "not known"
    parts = [figure, value.route, value.target, value.action, value.note]
    return f"- {value.name}: {'; '.join(part for part in parts if part)} {citations.cite(source.id for source in value.sources)}"


def _metabolite(metabolite: Metabolite, citations: Citations) -> str:
    made = f"by {', '.join(metabolite.enzymes)}" if metabolite.enzymes else ""
    parts = [made, f"active: {metabolite.active}", metabolite.note]
    return f"- {metabolite.name}: {'; '.join(part for part in parts if part)} {citations.cite(source.id for source in metabolite.sources)}"
