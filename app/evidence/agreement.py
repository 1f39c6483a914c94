"""Whether statements agree with each other where they tell the same result of the same study.

Statements that name a record under `figures` are held to that record, and so to each other. This check is for the rest: numbers that two
treatments declare from the same source, the certainty and direction that statements resting on the same results give, and the cells of
profiles, which comparisons show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.content.library import Library, PlacedStatement, list_statements
from app.content.problem import Problem
from app.evidence.data import Data, Datum
from app.evidence.numbers import NEARLY, find_numbers
from app.values.details import FindingDetails

MIRRORED = {"favours-treatment": "favours-comparator", "favours-comparator": "favours-treatment"}
"""A direction as the other side of a comparison tells it."""


class Told(NamedTuple):
    """Who told something."""

    owner: str
    statement: str


_Key = tuple[str, str | None]
"""A source and what was measured; None where that is not said."""


class _Declared(NamedTuple):
    """The numbers that a treatment declares of a source, and where it does so first."""

    placed: PlacedStatement
    place: int
    values: set[str]


@dataclass(frozen=True)
class _Verdict:
    """What a statement makes of the results that it rests on."""

    told: Told
    certainty: str
    direction: str


class Agreement:
    """Takes statements one by one, those of a treatment after each other, and remembers of each shared result how it was told first."""

    def __init__(self, library: Library) -> None:
        self._sides = {name: {*study.item.treatments, *study.item.comparators} for name, study in library.studies.items()}
        self._owner = ""
        self._own: dict[_Key, _Declared] = {}
        self._numbers: dict[_Key, dict[frozenset[str], Told]] = {}
        self._verdicts: dict[tuple[str, frozenset[str]], _Verdict] = {}

    def check(self, placed: PlacedStatement) -> Iterator[Problem]:
        """Where this statement, or the numbers of the treatment before it, contradict earlier ones."""
        if placed.owner != self._owner:
            yield from self.finish()
            self._owner = placed.owner
        if placed.statement.status == "active" and placed.kind == "treatment":
            for index, declared in enumerate(placed.statement.numbers):
                own = self._own.setdefault((declared.source, declared.outcome), _Declared(placed, index, set()))
                own.values.update(declared.values)
            yield from self._check_verdict(placed)

    def finish(self) -> Iterator[Problem]:
        """Where the numbers that the last treatment declares differ from those that others declare of the same source."""
        for key, own in self._own.items():
            values = frozenset(own.values)
            known = self._numbers.setdefault(key, {})
            for others, told in known.items():
                if not _fit(values, others):
                    source, outcome = key
                    what = f"`{outcome}` of `{source}`" if outcome else f"`{source}`"
                    yield own.placed.document.problem(
                        (*own.placed.path, "numbers", own.place),
                        f"numbers from {what} differ from those in `{told.statement}`",
                        "correct one of them; where they measure different things, declare them apart and name each `outcome`",
                    )
            known.setdefault(values, Told(own.placed.owner, own.placed.statement.id))
        self._own = {}

    def _check_verdict(self, placed: PlacedStatement) -> Iterator[Problem]:
        """Against the first statement of other treatments that rests on the same sources alone and tells one of the same results."""
        statement, details = placed.statement, placed.statement.details
        if statement.certainty == "not-graded" or not isinstance(details, FindingDetails):
            return
        own = _Verdict(Told(placed.owner, statement.id), statement.certainty, details.direction)
        declared = {f"{number.source}#{number.outcome}" for number in statement.numbers if number.outcome}
        behind = frozenset({figure.partition("/")[0] for figure in statement.figures} | {number.source for number in statement.numbers})
        firsts = [self._verdicts.setdefault((result, behind), own) for result in sorted({*statement.figures, *declared})]
        for first in dict.fromkeys(first for first in firsts if first.told.owner != placed.owner):
            yield from _check_certainty(placed, own, first)
            seen = self._as_seen_by(placed.owner, first, behind)
            if seen != own.direction:
                message = (
                    f"direction `{own.direction}`, but `{first.direction}` in `{first.told.statement}`, which rests on the same results"
                )
                remedy = f"one of them is wrong: seen from {placed.owner} that is `{seen}`"
                yield placed.document.problem((*placed.path, "details", "direction"), message, remedy)

    def _as_seen_by(self, owner: str, first: _Verdict, behind: frozenset[str]) -> str:
        """The direction of `first` as `owner` tells it: the other way round where a study set the two against each other."""
        opposed = any({owner, first.told.owner} <= self._sides.get(study, set()) for study in behind)
        return MIRRORED.get(first.direction, first.direction) if opposed else first.direction


def _check_certainty(placed: PlacedStatement, own: _Verdict, first: _Verdict) -> Iterator[Problem]:
    if first.certainty != own.certainty:
        message = f"certainty `{own.certainty}`, but `{first.certainty}` in `{first.told.statement}`, which tells the same results"
        remedy = "grade both alike, or name the results that only one of them rests on"
        yield placed.document.problem((*placed.path, "certainty"), message, remedy)


def _fit(values: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one list of numbers stands in the other, rounding and signs aside."""
    return _holds(values, others) or _holds(others, values)


def _holds(longer: frozenset[str], shorter: frozenset[str]) -> bool:
    return all(any(_alike(one, other) for other in longer) for one in shorter)


def _alike(one: str, other: str) -> bool:
    step = max(0.5 * 10.0 ** -len(text.partition(".")[2]) for text in (one, other))
    return abs(abs(float(one)) - abs(float(other))) <= step + NEARLY


def check_profiles(library: Library, data: Data) -> Iterator[Problem]:
    """Numbers in the cells of profiles that neither the statements nor the pooled results behind them hold."""
    for owner, files in library.treatments.items():
        own = {placed.statement.id: placed for placed in list_statements(owner, files)}
        told: dict[str, frozenset[Datum]] = {}
        for index, cell in enumerate(files.head.item.profile):
            numbers = find_numbers(cell.value or "")
            if not numbers:
                continue
            for fact in set(cell.facts) - set(told):
                placed = own.get(fact) or library.find_statement(fact)
                told[fact] = frozenset() if placed is None else frozenset(data.told_by(placed))
            known = [*(told[fact] for fact in cell.facts), *(data.of_figure(f"{synthesis}/result") for synthesis in cell.syntheses)]
            for number in numbers:
                if not any(number.fits(datum.value, datum.kind, datum.unit) for found in known for datum in found):
                    yield files.head.document.problem(
                        ("profile", index, "value"),
                        f"no statement behind the number `{number.text}`",
                        "name the statement that tells it under `facts`, or correct it",
                    )
