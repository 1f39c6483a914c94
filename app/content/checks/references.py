"""References: everything that is named exists."""

from collections.abc import Collection, Iterator

from app.content.drug import Drug, DrugValue, Formulation, Metabolite
from app.content.library import Library, Located
from app.content.problem import Problem
from app.content.reader import Document, Path_
from app.content.statement import SourceRef
from app.content.treatment import Section
from app.values.near import find_near_names

SYNTHESIS_PARTS = ("result",)
"""Parts of a synthesis that a figure may name."""


def check_references(library: Library) -> list[Problem]:
    """References that lead nowhere, with the names that may have been meant."""
    check = _References(library)
    return [
        *check.statements(),
        *check.treatments(),
        *check.drugs(),
        *check.records(),
        *check.studies(),
        *check.syntheses(),
        *check.notices(),
    ]


class _References:
    """Resolves names against everything that exists, and against files that exist but could not be read."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.facts = frozenset(placed.statement.id for placed in library.statements())
        self.figures = frozenset(_figures(library))

    def statements(self) -> Iterator[Problem]:
        for placed in self.library.statements():
            statement, document, path = placed.statement, placed.document, placed.path
            yield from self._sources(statement.sources, document, path)
            yield from self._each(document, (*path, "see_also"), statement.see_also, self.facts, "a statement")
            yield from self._each(document, (*path, "figures"), statement.figures, self.figures, "a figure")
            if statement.id in statement.see_also:
                yield document.problem((*path, "see_also"), "the statement refers to itself", "name the warnings that belong to it")

    def treatments(self) -> Iterator[Problem]:
        for files in self.library.treatments.values():
            head, document = files.head.item, files.head.document
            yield from self._each(document, ("conditions",), head.conditions, self.library.conditions, "a condition")
            yield from self._each(document, ("drugs",), head.drugs, self.library.drugs, "a drug")
            yield from self._one(document, ("main_effect",), head.main_effect, self.facts, "a statement")
            targets = tuple(relation.treatment for relation in head.relations)
            yield from self._each(document, ("relations",), targets, self.library.treatments, "a treatment")
            for index, relation in enumerate(head.relations):
                yield from self._each(document, ("relations", index, "facts"), relation.facts, self.facts, "a statement")
            for index, cell in enumerate(head.profile):
                yield from self._each(document, ("profile", index, "facts"), cell.facts, self.facts, "a statement")
                yield from self._each(document, ("profile", index, "syntheses"), cell.syntheses, self.library.syntheses, "a synthesis")
            for name, section in files.sections.items():
                yield from self._hypotheses(name, section)

    def drugs(self) -> Iterator[Problem]:
        for located in self.library.drugs.values():
            drug, document = located.item, located.document
            yield from self._each(document, ("related",), drug.related, self.library.drugs, "a drug")
            for key, parts in _sourced_parts(drug):
                for index, part in enumerate(parts):
                    yield from self._sources(part.sources, document, (key, index))
            if drug.structure is not None:
                yield from self._sources(drug.structure.sources, document, ("structure",))

    def records(self) -> Iterator[Problem]:
        for condition in self.library.conditions.values():
            broader = condition.item.broader
            if broader is not None:
                yield from self._one(condition.document, ("broader",), broader, self.library.conditions, "a condition")
        for term in self.library.terms.values():
            yield from self._each(term.document, ("related",), term.item.related, self.library.terms, "a term")
        for located in self.library.claims.values():
            claim, document = located.item, located.document
            yield from self._each(document, ("treatments",), claim.treatments, self.library.treatments, "a treatment")
            yield from self._each(document, ("rests_on",), claim.rests_on, self.facts, "a statement")
            yield from self._each(document, ("studies",), claim.studies, self.library.studies, "a study")
            yield from self._each(document, ("syntheses",), claim.syntheses, self.library.syntheses, "a synthesis")

    def studies(self) -> Iterator[Problem]:
        for located in self.library.studies.values():
            study, document = located.item, located.document
            yield from self._one(document, ("source",), study.source, self.library.sources, "a source")
            conditions = study.population.conditions
            yield from self._each(document, ("population", "conditions"), conditions, self.library.conditions, "a condition")
            for key, parts in (("outcomes", study.outcomes), ("adverse_events", study.adverse_events)):
                for index, part in enumerate(parts):
                    if part.source is not None:
                        yield from self._one(document, (key, index, "source"), part.source, self.library.sources, "a source")

    def syntheses(self) -> Iterator[Problem]:
        for located in self.library.syntheses.values():
            synthesis, document = located.item, located.document
            figures = tuple(entry.figure for entry in synthesis.entries)
            yield from self._each(document, ("entries",), figures, self.figures, "a figure")
            excluded = tuple(exclusion.study for exclusion in synthesis.excluded)
            yield from self._each(document, ("excluded",), excluded, self.library.studies, "a study")
            for index, pool in enumerate(synthesis.published):
                yield from self._one(document, ("published", index, "source"), pool.source, self.library.sources, "a source")

    def notices(self) -> Iterator[Problem]:
        located = self.library.notices
        for index, notice in enumerate(located.item.notices if located else ()):
            for at, contact in enumerate(notice.contacts):
                path = ("notices", index, "contacts", at, "source", "id")
                assert located is not None  # noqa: S101 -- the loop runs only then
                yield from self._one(located.document, path, contact.source.id, self.library.sources, "a source")

    def _hypotheses(self, section: str, located: Located[Section]) -> Iterator[Problem]:
        document, hypotheses = located.document, located.item.hypotheses
        if hypotheses and section != "mechanism":
            yield document.problem(("hypotheses",), "only the mechanism section has hypotheses", "move them to mechanism.yaml")
        for index, hypothesis in enumerate(hypotheses):
            parts = (("steps", hypothesis.steps), ("supporting", hypothesis.supporting), ("contradicting", hypothesis.contradicting))
            for key, names in parts:
                yield from self._each(document, ("hypotheses", index, key), names, self.facts, "a statement")

    def _sources(self, refs: tuple[SourceRef, ...], document: Document, path: Path_) -> Iterator[Problem]:
        for index, ref in enumerate(refs):
            yield from self._one(document, (*path, "sources", index, "id"), ref.id, self.library.sources, "a source")

    def _each(self, document: Document, path: Path_, names: tuple[str, ...], known: Collection[str], what: str) -> Iterator[Problem]:
        for index, name in enumerate(names):
            yield from self._one(document, (*path, index), name, known, what)

    def _one(self, document: Document, path: Path_, name: str, known: Collection[str], what: str) -> Iterator[Problem]:
        if name in known or self.library.may_hold(name):
            return
        near = find_near_names(name, known)
        remedy = f"did you mean {' or '.join(f'`{item}`' for item in near)}?" if near else f"add {what} or correct the name"
        yield document.problem(path, f"there is no {what.partition(' ')[2]} `{name}`", remedy)


def _sourced_parts(drug: Drug) -> Iterator[tuple[str, tuple[Formulation | DrugValue | Metabolite, ...]]]:
    yield "formulations", drug.formulations
    yield "targets", drug.targets
    yield "pharmacokinetics", drug.pharmacokinetics
    yield "metabolites", drug.metabolites


def _figures(library: Library) -> Iterator[str]:
    for study_id, study in library.studies.items():
        for part in (*study.item.outcomes, *study.item.adverse_events):
            yield f"{study_id}/{part.id}"
    for synthesis_id in library.syntheses:
        for part in SYNTHESIS_PARTS:
            yield f"{synthesis_id}/{part}"
    for drug_id, drug in library.drugs.items():
        for value in (*drug.item.targets, *drug.item.pharmacokinetics):
            yield f"{drug_id}/{value.id}"
