"""Search and answers over one release: the functions behind the routes and the chatbots' tools."""

import json
import math
import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal
from urllib.parse import quote

import numpy as np

from app.release.store import Filters, ReleaseStore
from app.schemas.v1.answer import Answer, FoundFact, QuotedFact, Span
from app.schemas.v1.fact import FactDetail
from app.search.danger import Watcher
from app.search.embedder import find_embedder
from app.search.rank import Ranker, Signals
from app.search.reading import Reading
from app.search.words import STOP, split_words, stem

Audience = Literal["public", "professional"]

CANDIDATES = 40
"""Statements that are looked at closely."""
SAME = 0.84
"""Nearness from which two statements say the same."""
SHOWN = 0.2
"""Score from which a statement counts as a search result."""
LETTERS_PER_TOKEN = 4
"""Rule of thumb for the length of a token in English JSON."""
SUGGESTED = 3

NOTICE_ORDER = ("emergency", "crisis", "personal-advice")


@dataclass(frozen=True)
class Calibration:
    """Weights of the signals, fitted on a development set (`bench/answers.py`)."""

    rank: tuple[float, ...]
    """Weights of the signals in the ranking, in the order of `SIGNALS`."""
    answer: tuple[float, ...]
    """Weights of the chance that the first statement answers the question, the constant last."""
    threshold: float
    """Chance from which it is given as an answer."""


def load_calibration(*, with_model: bool) -> Calibration:
    """The weights for ranking with the sentence model, or by words alone."""
    data = json.loads((files("app.search") / "calibration.json").read_text(encoding="utf-8"))["model" if with_model else "words"]
    return Calibration(tuple(data["rank"]), tuple(data["answer"]), data["threshold"])


@dataclass(frozen=True)
class Hit:
    """A statement that was found, by its place in the ranker."""

    index: int
    score: float


class Searcher:
    """Search and answers for one release. Safe to use from several threads."""

    def __init__(self, store: ReleaseStore, *, with_model: bool = True) -> None:
        uri = f"file:{quote(str(store.path))}?mode=ro&immutable=1"
        self.store = store
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        has_vectors = self._connection.execute("SELECT 1 FROM search_array WHERE name LIKE 'vectors:%'").fetchone() is not None
        self.ranker = Ranker(self._connection, find_embedder() if with_model and has_vectors else None)
        self.calibration = load_calibration(with_model=self.ranker.embedder is not None)
        self._watcher = Watcher(self._connection, self.ranker.vocabulary)
        self._notices = store.list_notices()
        scope = (word for word in (files("app.search") / "beyond.txt").read_text(encoding="utf-8").splitlines() if not word.startswith("#"))
        self._beyond = frozenset(tuple(stem(word) for word in split_words(line)) for line in scope if line.strip())

    def search(self, question: str, filters: Filters, limit: int, offset: int) -> tuple[list[FoundFact], int]:
        """A page of the statements that fit a question and pass the filters, best first, and how many there are."""
        reading = self.ranker.read(question)
        hits = [hit for hit in self._rank(reading, self._allow(filters), CANDIDATES * 5)[0] if hit.score >= SHOWN]
        page = hits[offset : offset + limit]
        facts = self.store.read_facts([int(self.ranker.positions[hit.index]) for hit in page])
        found = [self._show(fact, hit, reading) for fact, hit in zip(facts, page, strict=True)]
        return found, len(hits)

    def answer(self, question: str, *, filters: Filters, audience: Audience = "public", limit: int = 3, max_tokens: int = 1500) -> Answer:
        """The statements that answer a question, or none, with the notices that it calls for."""
        reading = self.ranker.read(question)
        called = self._watcher.find(question, reading.vector, reading.raw)
        notices = [self._notices[kind] for kind in NOTICE_ORDER if kind in called and kind in self._notices]
        hits, signals = self._rank(reading, self._allow(filters), CANDIDATES)
        facts = self.store.read_facts([int(self.ranker.positions[hit.index]) for hit in hits])
        chances = [self.judge(reading, signals, hit, fact) for hit, fact in zip(hits, facts, strict=True)]
        covered = bool(chances) and max(chances[:3]) >= self.calibration.threshold
        chosen = self._choose(hits, chances, limit) if covered else []
        quoted = [self._quote(facts[place], Hit(hits[place].index, chances[place]), reading, audience) for place in chosen]
        kept = cut_to_fit(quoted, max_tokens)
        rest = [facts[place] for place in range(len(facts)) if place not in chosen]
        return Answer(
            question=question, status="answered" if kept else "no_answer", facts=kept, left_out=len(quoted) - len(kept), notices=notices,
            suggestions=[self._nearest_ask(fact, reading) for fact in rest[:SUGGESTED]],
        )  # fmt: skip

    def judge(self, reading: Reading, signals: Signals, hit: Hit, fact: FactDetail) -> float:
        """The chance that a statement answers the question."""
        values = (*self.describe(reading, signals, hit, fact), 1.0)
        return 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(self.calibration.answer, values, strict=True))))

    def describe(self, reading: Reading, signals: Signals, hit: Hit, fact: FactDetail) -> tuple[float, ...]:
        """What the chance of an answer rests on: the signals of the statement, the share of words that the catalogue does not know, and
        whether the question names something that lies beyond the catalogue and is not in the statement, and how short it is."""
        words = max(1, len(reading.terms) + len(reading.unknown))
        own = (len(reading.unknown) / words, float(self._is_beyond(reading, fact)), 1.0 / words, hit.score)
        return (*(float(value) for value in signals[hit.index]), *own)

    def _rank(self, reading: Reading, allowed: frozenset[int] | None, most: int) -> tuple[list[Hit], Signals]:
        signals = self.ranker.measure(reading)
        scores = signals @ np.array(self.calibration.rank, dtype=np.float32)
        if allowed is not None:
            outside = ~np.isin(self.ranker.positions, np.fromiter(allowed, dtype=np.int32, count=len(allowed)))
            scores = np.where(outside, np.float32(-1), scores)
        most = min(most, len(scores))
        best = np.argpartition(-scores, most - 1)[:most] if most else np.array([], dtype=np.int64)
        ordered = sorted((int(index) for index in best if scores[index] > 0), key=lambda index: (-float(scores[index]), index))
        return [Hit(index, round(min(1.0, float(scores[index])), 4)) for index in ordered], signals

    def _allow(self, filters: Filters) -> frozenset[int] | None:
        return self.store.find_positions(filters) if any(filters.values()) else None

    def _choose(self, hits: Sequence[Hit], chances: Sequence[float], limit: int) -> list[int]:
        """Places of the facts to give: the best, then others that are nearly as good and do not say the same."""
        chosen: list[int] = []
        for place in range(len(hits)):
            if len(chosen) == limit:
                break
            weak = chosen and chances[place] < 0.25 * self.calibration.threshold
            if not weak and not any(self.ranker.likeness(hits[place].index, hits[other].index) >= SAME for other in chosen):
                chosen.append(place)
        return chosen

    def _is_beyond(self, reading: Reading, fact: FactDetail) -> bool:
        words = _stems(reading.text)
        phrases = {phrase for size in (1, 2, 3) for phrase in _runs(words, size) if phrase in self._beyond}
        if not phrases:
            return False
        own = _stems(" ".join((fact.text, fact.plain, *fact.asks)))
        return any(phrase not in _runs(own, len(phrase)) for phrase in phrases)

    def _show(self, fact: FactDetail, hit: Hit, reading: Reading) -> FoundFact:
        return FoundFact.model_validate(self._found(fact, hit, reading))

    def _quote(self, fact: FactDetail, hit: Hit, reading: Reading, audience: Audience) -> QuotedFact:
        words = fact.plain if audience == "public" else fact.text
        return QuotedFact.model_validate({**self._found(fact, hit, reading), "quote": words})

    def _found(self, fact: FactDetail, hit: Hit, reading: Reading) -> dict[str, object]:
        own = {name: getattr(fact, name) for name in FoundFact.model_fields if name in FactDetail.model_fields}
        spans = [*find_spans("text", fact.text, reading.terms), *find_spans("plain", fact.plain, reading.terms)]
        return {**own, "score": round(hit.score, 4), "question": self._nearest_ask(fact, reading), "highlights": spans}

    def _nearest_ask(self, fact: FactDetail, reading: Reading) -> str:
        """The question of a statement that has most words in common with the one asked; its first one when none has any."""
        wanted = set(reading.terms)
        return max(fact.asks, key=lambda ask: len(wanted & {stem(word) for word in split_words(ask)}) / (3 + len(ask.split())))


def _stems(text: str) -> list[str]:
    return [stem(word) for word in split_words(text)]


def _runs(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    """All runs of so many words."""
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


def find_spans(field: Literal["text", "plain"], text: str, terms: Iterable[str]) -> list[Span]:
    """Where words with these stems stand in a text."""
    wanted = set(terms)
    found = (match for match in re.finditer(r"[^\W_]+(?:['\u2019][^\W_]+)?", text) if match.group().lower() not in STOP)
    return [
        Span(field=field, start=match.start(), end=match.end())
        for match in found
        if any(stem(word) in wanted for word in split_words(match.group()))
    ]


def cut_to_fit(facts: Sequence[QuotedFact], max_tokens: int) -> list[QuotedFact]:
    """As many whole facts, from the first, as fit into so many tokens; the first one always does."""
    kept: list[QuotedFact] = []
    used = 0
    for fact in facts:
        used += len(fact.model_dump_json()) // LETTERS_PER_TOKEN
        if kept and used > max_tokens:
            break
        kept.append(fact)
    return kept
