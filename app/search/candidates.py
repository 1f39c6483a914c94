"""The statements that come nearest to a question. They are read and judged when they are looked at, which few of them are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from app.release.store import ReleaseStore
from app.schemas.v1.fact import FactDetail
from app.search.judge import Judge
from app.search.rank import Ranker, Signals
from app.search.reading import Reading
from app.search.words import find_stems

Run = tuple[str, ...]
"""Stems that stand together."""

LONGEST_RUN = 3
"""Words of a name of what lies beyond the catalogue."""


@dataclass(frozen=True)
class Hit:
    """A statement that was found, by its place in the ranker."""

    index: int
    score: float


class Scope:
    """What lies beyond the catalogue: names of other illnesses, drugs and things, and a model of such questions."""

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge = judge
        lines = (files("app.search") / "beyond.txt").read_text(encoding="utf-8").splitlines()
        self._beyond = frozenset(tuple(find_stems(line)) for line in lines if line.strip() and not line.startswith("#"))

    def find(self, text: str) -> frozenset[Run]:
        """Those that a text has."""
        stems = find_stems(text)
        return frozenset(run for size in range(1, LONGEST_RUN + 1) for run in _runs(stems, size) if run in self._beyond)

    def judge(self, reading: Reading) -> float:
        """How foreign a question sounds: a third of the logarithm of the odds, between -1 and 1; 0 where the release has no model of it."""
        if self._judge is None:
            return 0.0
        return max(-1.0, min(1.0, self._judge.find(reading.grams, reading.vector)["beyond"] / 3))


def is_beyond(names: frozenset[Run], fact: FactDetail) -> bool:
    """Whether a statement lacks any of these names."""
    if not names:
        return False
    stems = find_stems(" ".join((fact.text, fact.plain, *fact.asks)))
    return any(name not in _runs(stems, len(name)) for name in names)


def describe(reading: Reading, row: Signals, hit: Hit, *, beyond: bool, foreign: float) -> tuple[float, ...]:
    """What the chance of an answer rests on: the signals of the statement, the share of words that the catalogue does not know, whether
    the question names something that lies beyond the catalogue and is not in the statement, how short it is, and how foreign it sounds."""
    words = max(1, len(reading.terms) + len(reading.unknown))
    return (*row.tolist(), len(reading.unknown) / words, float(beyond), 1.0 / words, hit.score, foreign)


class Candidates:
    """The statements that come nearest to one question, best first."""

    def __init__(self, store: ReleaseStore, ranker: Ranker, scope: Scope, reading: Reading, ranked: tuple[list[Hit], Signals]) -> None:
        self.reading = reading
        self.hits, self._signals = ranked
        self._store, self._ranker, self._scope = store, ranker, scope
        self._facts: dict[int, FactDetail] = {}

    @cached_property
    def _beyond(self) -> frozenset[Run]:
        return self._scope.find(self.reading.text)

    @cached_property
    def _foreign(self) -> float:
        return self._scope.judge(self.reading)

    def get(self, place: int) -> FactDetail:
        """The statement at a place."""
        if place not in self._facts:
            (self._facts[place],) = self._store.read_facts([int(self._ranker.positions[self.hits[place].index])])
        return self._facts[place]

    def judge(self, place: int, weights: Sequence[float]) -> float:
        """The chance that the statement at a place answers the question; the last weight is the constant."""
        hit = self.hits[place]
        beyond = bool(self._beyond) and is_beyond(self._beyond, self.get(place))
        values = (*describe(self.reading, self._signals[hit.index], hit, beyond=beyond, foreign=self._foreign), 1.0)
        return 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(weights, values, strict=True))))


def _runs(words: Sequence[str], size: int) -> set[Run]:
    """All runs of so many words."""
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}
