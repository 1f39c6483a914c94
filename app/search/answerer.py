"""Search and answers over one release: the functions behind the routes and the chatbots' tools."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import numpy as np

from app.release.file import find_address
from app.release.store import Filters, ReleaseStore
from app.schemas.v1.answer import Answer, FoundFact, QuotedFact, Span
from app.schemas.v1.fact import FactDetail
from app.search.candidates import Candidates, Hit, Scope
from app.search.danger import Watcher
from app.search.embedder import find_quick_embedder, has_vectors
from app.search.judge import read_judge
from app.search.rank import Ranker, Signals
from app.search.reading import Reading
from app.search.words import STOP, find_stems, find_word_stems

Audience = Literal["public", "professional"]

CANDIDATES = 40
"""Statements that are looked at closely."""
SAME = 0.82
"""Nearness from which two statements say the same."""
SHOWN = 0.2
"""Score from which a statement counts as a search result."""
LETTERS_PER_TOKEN = 4
"""Rule of thumb for the length of a token in English JSON."""
NOT_READ = {"quote", "highlights", "links"}
"""What takes no room: the quote says again what `text` or `plain` says, the others are for programs."""
MOST_KEPT = 1000
"""Questions of the catalogue whose stems are remembered."""
FIRST = 3
"""Statements of which one must be likely to answer the question."""
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


class Searcher:
    """Search and answers for one release. Safe to use from several threads."""

    def __init__(self, store: ReleaseStore, *, with_model: bool = True) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(find_address(store.path), uri=True, check_same_thread=False)
        self.ranker = Ranker(self._connection, find_quick_embedder() if with_model and has_vectors(self._connection) else None)
        has_model = self.ranker.embedder is not None
        self.calibration = load_calibration(with_model=has_model)
        self._watcher = Watcher(self._connection, self.ranker.vocabulary, self.ranker.embedder)
        self._notices = store.list_notices()
        self.scope = Scope(read_judge(self._connection, "scope", with_model=has_model))

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
        called = self._watcher.find(question, reading)
        notices = [self._notices[kind] for kind in NOTICE_ORDER if kind in called and kind in self._notices]
        found = Candidates(self.store, self.ranker, self.scope, reading, self._rank(reading, self._allow(filters), CANDIDATES))
        chosen = self._choose(found, limit)
        quoted = [
            self._quote(found.get(place), Hit(found.hits[place].index, chance), reading, audience) for place, chance in chosen.items()
        ]
        kept = cut_to_fit(quoted, max_tokens)
        rest = [int(self.ranker.positions[hit.index]) for place, hit in enumerate(found.hits[: SUGGESTED + limit]) if place not in chosen]
        return Answer(
            question=question, status="answered" if kept else "no_answer", facts=kept, left_out=len(quoted) - len(kept), notices=notices,
            suggestions=[nearest_ask(asks, reading) for asks in self.store.read_asks(rest[:SUGGESTED])],
        )  # fmt: skip

    def _rank(self, reading: Reading, allowed: frozenset[int] | None, most: int) -> tuple[list[Hit], Signals]:
        signals = self.ranker.measure(reading)
        scores = np.zeros(len(signals), dtype=np.float32)
        for column, weight in enumerate(self.calibration.rank):
            if weight:  # without a model half of the signals are nothing
                scores += np.float32(weight) * signals[:, column]
        if allowed is not None:
            outside = ~np.isin(self.ranker.positions, np.fromiter(allowed, dtype=np.int32, count=len(allowed)))
            scores = np.where(outside, np.float32(-1), scores)
        most = min(most, len(scores))
        best = np.argpartition(-scores, most - 1)[:most] if most else np.array([], dtype=np.int64)
        ordered = sorted((int(index) for index in best if scores[index] > 0), key=lambda index: (-float(scores[index]), index))
        return [Hit(index, round(min(1.0, float(scores[index])), 4)) for index in ordered], signals

    def _allow(self, filters: Filters) -> frozenset[int] | None:
        return self.store.find_positions(filters) if any(filters.values()) else None

    def _choose(self, found: Candidates, limit: int) -> dict[int, float]:
        """Places of the facts to give, with the chance that each answers the question: the best, then others that are nearly as good and
        do not say the same. None when the first ones are unlikely to answer it."""
        weights, threshold = self.calibration.answer, self.calibration.threshold
        chances = [found.judge(place, weights) for place in range(min(FIRST, len(found.hits)))]
        chosen: dict[int, float] = {}
        if max(chances, default=0) < threshold:
            return chosen
        for place, hit in enumerate(found.hits):
            if len(chosen) == limit:
                break
            if any(self.ranker.likeness(hit.index, found.hits[other].index) >= SAME for other in chosen):
                continue
            chance = chances[place] if place < len(chances) else found.judge(place, weights)
            if not chosen or chance >= 0.25 * threshold:
                chosen[place] = chance
        return self._bring_all(found, chosen, limit)

    def _bring_all(self, found: Candidates, chosen: dict[int, float], limit: int) -> dict[int, float]:
        """A question that names several treatments is about each: the best fact of one that none of the chosen belongs to comes second."""
        wanted = found.reading.treatments
        if len(wanted) < 2 or limit < 2 or not chosen:
            return chosen
        first, *rest = chosen
        missing = set(wanted) - {self.ranker.get_treatment(found.hits[first].index)}
        brought: list[int] = []
        for place in (*rest, *range(len(found.hits))):
            treatment = self.ranker.get_treatment(found.hits[place].index) if missing else None
            if treatment in missing:
                missing.remove(treatment)
                brought.append(place)
        places = [first, *brought, *(place for place in rest if place not in brought)][:limit]
        return {place: chosen[place] if place in chosen else found.judge(place, self.calibration.answer) for place in places}

    def _show(self, fact: FactDetail, hit: Hit, reading: Reading) -> FoundFact:
        return FoundFact.model_validate(self._found(fact, hit, reading))

    def _quote(self, fact: FactDetail, hit: Hit, reading: Reading, audience: Audience) -> QuotedFact:
        words = fact.plain if audience == "public" else fact.text
        return QuotedFact.model_validate({**self._found(fact, hit, reading), "quote": words})

    def _found(self, fact: FactDetail, hit: Hit, reading: Reading) -> dict[str, object]:
        own = {name: getattr(fact, name) for name in FoundFact.model_fields if name in FactDetail.model_fields}
        spans = [*find_spans("text", fact.text, reading.terms), *find_spans("plain", fact.plain, reading.terms)]
        return {**own, "score": round(hit.score, 4), "question": nearest_ask(fact.asks, reading), "highlights": spans}


def nearest_ask(asks: Sequence[str], reading: Reading) -> str:
    """The question of a statement that has most words in common with the one asked; its first one when none has any."""
    wanted = set(reading.terms)
    return max(asks, key=lambda ask: len(wanted & find_own_stems(ask)) / (3 + len(ask.split())))


@lru_cache(MOST_KEPT)
def find_own_stems(ask: str) -> frozenset[str]:
    """The stems of one of the catalogue's questions, which come again."""
    return frozenset(find_stems(ask))


def find_spans(field: Literal["text", "plain"], text: str, terms: Iterable[str]) -> list[Span]:
    """Where words with these stems stand in a text."""
    wanted = set(terms)
    letters = {term[0] for term in wanted}
    if "e" in letters:
        letters.add("o")  # oestrogen
    spans: list[Span] = []
    for match in re.finditer(r"[^\W_]+(?:['\u2019][^\W_]+)?", text):
        word = match.group().lower()
        if (word[0] in letters or not word.isascii()) and word not in STOP and not wanted.isdisjoint(find_word_stems(word)):
            spans.append(Span(field=field, start=match.start(), end=match.end()))
    return spans


def cut_to_fit(facts: Sequence[QuotedFact], max_tokens: int) -> list[QuotedFact]:
    """As many whole facts, from the first, as fit into so many tokens; the first one always does."""
    kept: list[QuotedFact] = []
    used = 0
    for fact in facts:
        used += len(fact.model_dump_json(exclude=NOT_READ)) // LETTERS_PER_TOKEN
        if kept and used > max_tokens:
            break
        kept.append(fact)
    return kept
