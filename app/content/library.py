"""The library: every item of the content, linked to where it was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from app.content.condition import Claim, Condition, Term
from app.content.drug import Drug
from app.content.notice import Notices
from app.content.reader import Document, Path_
from app.content.review import Reviewed
from app.content.source import Source
from app.content.spool import View
from app.content.statement import Statement
from app.content.study import Study
from app.content.synthesis import Synthesis
from app.content.treatment import Section, Treatment
from app.values.model import Value
from app.values.sections import CollectionName, SectionName

ItemT_co = TypeVar("ItemT_co", bound=Value, covariant=True)


@dataclass(frozen=True)
class Located(Generic[ItemT_co]):
    """An item and the document it was read from."""

    item: ItemT_co
    document: Document


@dataclass(frozen=True)
class TreatmentFiles:
    """A treatment with its sections."""

    head: Located[Treatment]
    sections: Mapping[SectionName, Located[Section]]


@dataclass(frozen=True)
class PlacedStatement:
    """A statement with its place: whose it is, in which section, and where it was written."""

    statement: Statement
    kind: str
    """First part of its id: `treatment`, `drug`, `condition`, `term`, `claim`, `study`, `synthesis`."""
    owner: str
    """Id of the item it belongs to."""
    section: str
    """Section or subject."""
    document: Document
    path: Path_
    added: date
    reviewed: date
    next_review: date

    @property
    def prefix(self) -> str:
        """What its id begins with."""
        return f"{self.kind}.{self.owner}.{self.section}."


_FACT_ID_PARTS = 4


@dataclass(frozen=True)
class Library:
    """All content, by collection and id."""

    treatments: Mapping[str, TreatmentFiles]
    """Read back from disk as they are used; hold on to what is needed of one, not to the whole."""
    drugs: Mapping[str, Located[Drug]]
    conditions: Mapping[str, Located[Condition]]
    studies: Mapping[str, Located[Study]]
    syntheses: Mapping[str, Located[Synthesis]]
    claims: Mapping[str, Located[Claim]]
    sources: Mapping[str, Located[Source]]
    terms: Mapping[str, Located[Term]]
    notices: Located[Notices] | None
    unread: frozenset[str] = frozenset()
    """Names of files that exist but could not be read: an id, or `<treatment>/<section>`."""

    def may_hold(self, name: str) -> bool:
        """Whether `name`, an id, fact id or figure, may stand in a file that could not be read."""
        parts = name.split(".")
        owner = name.partition("/")[0] if len(parts) < _FACT_ID_PARTS else parts[1]
        return owner in self.unread or (len(parts) == _FACT_ID_PARTS and f"{parts[1]}/{parts[2]}" in self.unread)

    def find_collection(self, name: CollectionName) -> Mapping[str, Located[Reviewed]]:
        """The items of a collection; of treatments, their heads."""
        if name == "treatments":
            return View(self.treatments, lambda key: self.treatments[key].head)
        collections: dict[str, Mapping[str, Located[Reviewed]]] = {
            "drugs": self.drugs, "conditions": self.conditions, "studies": self.studies, "syntheses": self.syntheses,
            "claims": self.claims, "sources": self.sources, "terms": self.terms,
        }  # fmt: skip
        return collections[name]

    def find_statement(self, fact_id: str) -> PlacedStatement | None:
        """The statement of that id, if there is one; meant for few of them, since it reads all statements of its owner's kind."""
        kind, owner, *_ = fact_id.split(".")
        files = self.treatments.get(owner) if kind == "treatment" else None
        found = list_statements(owner, files) if files is not None else self._statements_of_records()
        return next((placed for placed in found if placed.statement.id == fact_id), None)

    def statements(self) -> Iterator[PlacedStatement]:
        """Every statement in catalogue order: treatments first, by section, then the other collections."""
        for owner, files in self.treatments.items():
            yield from list_statements(owner, files)
        yield from self._statements_of_records()

    def _statements_of_records(self) -> Iterator[PlacedStatement]:
        for owner, drug in self.drugs.items():
            yield from _subjects("drug", owner, drug, drug.item.sections)
        for owner, condition in self.conditions.items():
            yield from _subjects("condition", owner, condition, condition.item.sections)
        for owner, term in self.terms.items():
            yield from _list(("term", owner, "definition"), term.item.definition, term, "definition")
        for owner, claim in self.claims.items():
            yield from _list(("claim", owner, "verdict"), claim.item.findings, claim, "findings")
        for owner, study in self.studies.items():
            yield from _list(("study", owner, "findings"), study.item.findings, study, "findings")
        for owner, synthesis in self.syntheses.items():
            yield from _list(("synthesis", owner, "result"), synthesis.item.findings, synthesis, "findings")


def list_statements(owner: str, files: TreatmentFiles) -> Iterator[PlacedStatement]:
    """The statements of one treatment in reading order; withdrawn with it."""
    head = files.head.item
    for name, section in files.sections.items():
        for placed in _list(("treatment", owner, name), section.item.facts, section, "facts"):
            yield placed if head.withdrawal is None else replace(placed, statement=_withdraw_with(head, placed.statement))


def _subjects(kind: str, owner: str, located: Located[Reviewed], sections: Value) -> Iterator[PlacedStatement]:
    for subject in type(sections).model_fields:
        yield from _list((kind, owner, subject), getattr(sections, subject), located, "sections", subject)


def _list(
    place: tuple[str, str, str], statements: tuple[Statement, ...], located: Located[Reviewed | Section], *path: str
) -> Iterator[PlacedStatement]:
    kind, owner, section = place
    dates = located.item
    for index, statement in enumerate(statements):
        yield PlacedStatement(
            _withdraw_with(dates, statement), kind, owner, section, located.document, (*path, index),
            added=statement.added or dates.added,
            reviewed=statement.reviewed or dates.reviewed,
            next_review=statement.next_review or dates.next_review,
        )  # fmt: skip


def _withdraw_with(item: Reviewed | Section, statement: Statement) -> Statement:
    """The statement; withdrawn for the same reason where its record is. What replaces the record does not replace a statement of it."""
    if isinstance(item, Section) or item.withdrawal is None or statement.status != "active":
        return statement
    withdrawal = item.withdrawal.model_copy(update={"successor": None})
    return statement.model_copy(update={"status": "withdrawn", "withdrawal": withdrawal})
