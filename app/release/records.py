"""Treatments, drugs, conditions, terms, claims, sources and studies in their public shapes: the document and the card."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.content.condition import Claim, Condition, Term
from app.content.drug import Drug
from app.content.library import Library, PlacedStatement, TreatmentFiles
from app.content.source import Source
from app.content.study import AdverseEvent, Contrast, Outcome, Study
from app.content.synthesis import Synthesis
from app.evidence.study import ADJUSTED, Worked, audit_study, work_out_effects
from app.release.facts import find_name, find_url, render_as, render_citation, render_fact_in_section, render_system
from app.release.syntheses import render_synthesis, round_computed
from app.schemas.v1 import claim as claims
from app.schemas.v1 import condition as conditions
from app.schemas.v1 import drug as drugs
from app.schemas.v1 import source as sources
from app.schemas.v1 import study as studies
from app.schemas.v1 import term as terms
from app.schemas.v1 import treatment as treatments
from app.schemas.v1.common import Code, ItemLinks, Reference
from app.schemas.v1.fact import FactInSection
from app.values.coding import Coding
from app.values.model import Value
from app.values.sections import SECTIONS, CollectionName, SectionName

INVERSE = {
    "racemate-of": "enantiomer-of", "enantiomer-of": "racemate-of", "member-of-class": "has-member", "augmentation-of": "augmented-by",
    "compared-with": "compared-with", "contraindicated-with": "contraindicated-with",
}  # fmt: skip
"""How a relation reads from the other side."""
CLASS, MEMBER = "drug-class", "member-of-class"
"""The kind of treatment that is a class of drugs, and how each of its drugs stands to it."""


@dataclass(frozen=True)
class Record:
    """An item as it is stored: its document, its entry in lists, and what lists filter by."""

    doc: Value
    card: Value
    values: dict[str, Iterable[str]]


class Renderer:
    """Turns the items of one library into records."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.facts: dict[tuple[str, str, str], list[PlacedStatement]] = {}
        """Statements of all records but treatments, which are read one at a time."""
        self.cited_by: dict[str, list[str]] = {}
        self.main_effects: dict[str, treatments.MainEffect] = {}
        self.relations = find_relations(library)
        self.users = find_users(library)
        wanted = {files.head.item.main_effect for files in library.treatments.values()}
        for placed in library.statements():
            statement = placed.statement
            if statement.id in wanted:
                self.main_effects[statement.id] = treatments.MainEffect(fact=statement.id, certainty=statement.certainty)
            if statement.status == "active":
                if placed.kind != "treatment":
                    self.facts.setdefault((placed.kind, placed.owner, placed.section), []).append(placed)
                for ref in placed.statement.sources:
                    self.cited_by.setdefault(ref.id, []).append(placed.statement.id)

    def treatment(self, treatment_id: str, files: TreatmentFiles) -> Record:
        """The head of a treatment; its sections are stored beside it."""
        head = files.head.item
        own = {
            "main_effect": self.main_effects[head.main_effect],
            "fact_count": sum(fact.status == "active" for section in files.sections.values() for fact in section.item.facts),
        }
        self_link = f"/v1/treatments/{treatment_id}"
        relations = [
            treatments.Relation(kind=kind, treatment=self._reference("treatments", other), facts=facts)
            for (kind, other), facts in self.relations[treatment_id].items()
        ]
        profile = [render_as(treatments.ProfileCell, cell) for cell in head.profile]
        doc = render_as(
            treatments.Treatment, head, **own,
            conditions=self._references("conditions", head.conditions),
            drugs=self._references("drugs", head.drugs),
            relations=relations,
            drug_relations=[
                treatments.DrugRelation(kind=INVERSE[MEMBER], drug=self._reference("drugs", drug))
                for drug in head.drugs if head.kind == CLASS
            ],
            profile=profile,
            sections=treatments.Sections.model_validate(dict.fromkeys(SECTIONS)),
            links=treatments.TreatmentLinks(self=self_link, sections={name: f"{self_link}/{name}" for name in files.sections}),
        )  # fmt: skip
        legal = [cell for cell in profile if cell.status is not None and cell.value is not None]
        onset = next((cell.within for cell in profile if cell.within is not None), None)
        card = render_as(
            treatments.TreatmentCard, head, **own,
            legal_status=[render_as(treatments.LegalStatus, cell) for cell in legal],
            onset_within=onset,
            links=ItemLinks(self=self_link),
        )  # fmt: skip
        values: dict[str, Iterable[str]] = {
            "condition": head.conditions,
            "drug": head.drugs,
            "kind": [head.kind],
            "route": head.routes,
            "status": {cell.status for cell in legal if cell.status is not None},
            "onset": [onset] if onset is not None else [],
        }
        return Record(doc, card, values)

    def section(self, treatment_id: str, name: SectionName, files: TreatmentFiles) -> treatments.Section:
        """A section with its statements."""
        section = files.sections[name].item
        return render_as(
            treatments.Section, section,
            name=name,
            facts=[
                render_fact_in_section(fact.model_copy(update={"reviewed": fact.reviewed or section.reviewed}))
                for fact in section.facts if fact.status == "active"
            ],
            links=ItemLinks(self=f"/v1/treatments/{treatment_id}/{name}"),
        )  # fmt: skip

    def drug(self, drug: Drug) -> Record:
        """A drug."""
        links = ItemLinks(self=f"/v1/drugs/{drug.id}")
        codes = [render_code(coding) for coding in drug.codes]
        used_in = self.users["drugs"].get(drug.id, [])
        sections = {name: self._facts("drug", drug.id, name) for name in drugs.DrugSections.model_fields}
        doc = render_as(
            drugs.Drug, drug, codes=codes, links=links, sections=sections,
            related=self._references("drugs", drug.related),
            treatments=self._references("treatments", used_in),
            relations=[
                drugs.ClassRelation(kind=MEMBER, treatment=self._reference("treatments", user))
                for user in used_in if self.library.treatments[user].head.item.kind == CLASS
            ],
        )  # fmt: skip
        return Record(doc, render_as(drugs.DrugCard, drug, codes=codes, links=links), {"class": drug.classes})

    def condition(self, condition: Condition) -> Record:
        """A condition."""
        links = ItemLinks(self=f"/v1/conditions/{condition.id}")
        codes = [render_code(coding) for coding in condition.codes]
        treated_by = self.users["conditions"].get(condition.id, [])
        sections = {name: self._facts("condition", condition.id, name) for name in conditions.ConditionSections.model_fields}
        doc = render_as(
            conditions.Condition, condition, codes=codes, links=links, sections=sections,
            broader=self._reference("conditions", condition.broader) if condition.broader else None,
            treatments=self._references("treatments", treated_by),
        )  # fmt: skip
        plain = condition.sections.definition[0].plain
        return Record(doc, render_as(conditions.ConditionCard, condition, codes=codes, links=links, plain=plain), {})

    def term(self, term: Term) -> Record:
        """A word of the glossary."""
        links = ItemLinks(self=f"/v1/terms/{term.id}")
        doc = render_as(
            terms.Term, term, links=links,
            definition=self._facts("term", term.id, "definition"),
            related=self._references("terms", term.related),
        )  # fmt: skip
        meaning = term.definition[0]
        return Record(doc, render_as(terms.TermCard, term, links=links, text=meaning.text, plain=meaning.plain), {})

    def claim(self, claim: Claim) -> Record:
        """A claim with its verdict."""
        links = ItemLinks(self=f"/v1/claims/{claim.id}")
        doc = render_as(
            claims.Claim, claim, links=links,
            findings=self._facts("claim", claim.id, "verdict"),
            treatments=self._references("treatments", claim.treatments),
        )  # fmt: skip
        summary = claim.findings[0]
        card = render_as(claims.ClaimCard, claim, links=links, text=summary.text, plain=summary.plain)
        return Record(doc, card, {"verdict": [claim.verdict], "treatment": claim.treatments})

    def source(self, source: Source) -> Record:
        """A source with what rests on it."""
        doc = render_as(
            sources.Source, source,
            registration=[render_code(coding) for coding in source.registration],
            url=find_url(source),
            citation=render_citation(source),
            cited_by=self.cited_by.get(source.id, []),
            links=ItemLinks(self=f"/v1/sources/{source.id}"),
        )  # fmt: skip
        return Record(doc, doc, {"kind": [source.kind]})

    def study(self, study: Study) -> Record:
        """A study with its numbers."""
        links = ItemLinks(self=f"/v1/studies/{study.id}")
        source = self.library.sources[study.source].item
        doc = render_as(
            studies.Study, study, links=links,
            registration=[render_code(coding) for coding in study.registration],
            outcomes=list(_with_sources(study, study.outcomes, studies.Outcome)),
            adverse_events=list(_with_sources(study, study.adverse_events, studies.AdverseEvent)),
            findings=self._facts("study", study.id, "findings"),
        )  # fmt: skip
        card = render_as(
            studies.StudyCard, study, links=links,
            citation=render_citation(source),
            year=source.year,
            design=study.design.type,
            condition=study.population.condition,
            n_randomised=study.population.n_randomised,
        )  # fmt: skip
        values: dict[str, Iterable[str]] = {
            "treatment": study.treatments,
            "comparator": study.comparators,
            "design": [study.design.type],
            "outcome": {outcome.measure for outcome in study.outcomes},
            "population": {*study.population.groups, *study.population.conditions},
            "year": [str(source.year)] if source.year else [],
        }
        return Record(doc, card, values)

    def synthesis(self, synthesis: Synthesis) -> Record:
        """A synthesis, computed from the studies that enter."""
        doc, card = render_synthesis(synthesis, self.library, self._facts("synthesis", synthesis.id, "result"))
        return Record(
            doc,
            card,
            {
                "treatment": [synthesis.treatment],
                "comparator": [synthesis.comparator],
                "outcome": [synthesis.outcome],
                "timepoint": [synthesis.timepoint.duration],
            },
        )

    def _facts(self, kind: str, owner: str, section: str) -> list[FactInSection]:
        return [
            render_fact_in_section(placed.statement.model_copy(update={"reviewed": placed.reviewed}))
            for placed in self.facts.get((kind, owner, section), ())
        ]

    def _reference(self, collection: CollectionName, item_id: str) -> Reference:
        return Reference(id=item_id, name=find_name(self.library, collection, item_id), href=f"/v1/{collection}/{item_id}")

    def _references(self, collection: CollectionName, ids: Iterable[str]) -> list[Reference]:
        return [self._reference(collection, item_id) for item_id in ids]


def render_code(coding: Coding) -> Code:
    """A code with the address of its system."""
    return render_as(Code, coding, system=render_system(coding.system))


def _with_sources(study: Study, parts: Iterable[Outcome | AdverseEvent], model: type[Value]) -> Iterator[Value]:
    adjusted = [row.published for row in audit_study(study) if row.explanation == ADJUSTED]
    for part in parts:
        worked = [_render_worked(item) for item in work_out_effects(study, part)]
        own: dict[str, object] = {"source": part.source or study.source, "computed": worked}
        if isinstance(part, Outcome):
            own["contrasts"] = [_render_contrast(item, differs=any(item is one for one in adjusted)) for item in part.contrasts]
        yield render_as(model, part, **own)


def _render_contrast(contrast: Contrast, *, differs: bool) -> studies.Contrast:
    """A published contrast; where it differs from its arms because it was adjusted, the note says so."""
    note = " ".join(filter(None, [contrast.note, ADJUSTED if differs else None])) or None
    return render_as(studies.Contrast, contrast, note=note)


def _render_worked(item: Worked) -> studies.Computed:
    values = {name: None if value is None else round_computed(value) for name, value in (("low", item.low), ("high", item.high))}
    return studies.Computed(
        kind=item.kind, treatment=item.treatment, comparator=item.comparator, note=item.note,
        estimate=round_computed(item.estimate), low=values["low"], high=values["high"],
    )  # fmt: skip


def find_relations(library: Library) -> dict[str, dict[tuple[str, str], list[str]]]:
    """The relations of each treatment, by kind and other treatment, with the statements that tell of them; in both directions whichever of
    the two states them."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {treatment_id: {} for treatment_id in library.treatments}
    for treatment_id, files in library.treatments.items():
        for relation in files.head.item.relations:
            here = found[treatment_id].setdefault((relation.kind, relation.treatment), [])
            there = found[relation.treatment].setdefault((INVERSE[relation.kind], treatment_id), [])
            for told in (here, there):
                told += [fact for fact in relation.facts if fact not in told]
    return found


def find_users(library: Library) -> dict[str, dict[str, list[str]]]:
    """Treatments by the drugs they use and the conditions they are described for."""
    users: dict[str, dict[str, list[str]]] = {"drugs": {}, "conditions": {}}
    for treatment_id, files in library.treatments.items():
        head = files.head.item
        for key, ids in (("drugs", head.drugs), ("conditions", head.conditions)):
            for item_id in ids:
                users[key].setdefault(item_id, []).append(treatment_id)
    return users
