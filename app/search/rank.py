"""Ranking: which statements answer a question best."""

import sqlite3
import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from app.search.embedder import SIZE, Embedder, Vectors
from app.search.index import ASK, SCALE
from app.search.words import STOP, split_words, stem

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

MOST_WORDS = 60
"""Words of a question that are looked at."""


@dataclass(frozen=True)
class Reading:
    """What is understood of a question."""

    text: str
    terms: tuple[str, ...]
    """Stems that say something, each once, spelling mended."""
    unknown: tuple[str, ...]
    """Words that the catalogue does not have, even when mended."""
    treatments: frozenset[str]
    """Treatments that it names."""
    vector: Vectors | None


@dataclass(frozen=True)
class Signals:
    """How each statement fits, one number a statement."""

    words_ask: Floats
    """Share of the question's weight of words found in the statement's best question."""
    words_text: Floats
    """The same for its texts."""
    meaning_ask: Floats
    """Nearness in meaning to its nearest question."""
    meaning_text: Floats
    """Nearness in meaning to its nearer text."""
    named: Floats
    """1 where the question names the statement's treatment, -1 where it names another one, else 0."""


class Ranker:
    """The index of one release, in memory but for the postings."""

    def __init__(self, connection: sqlite3.Connection, embedder: Embedder | None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        arrays = dict(connection.execute("SELECT name, data FROM search_array"))
        facts = np.frombuffer(arrays["unit_fact"], dtype=np.int32)
        kinds = np.frombuffer(arrays["unit_kind"], dtype=np.int8)
        self.positions: Ints = np.unique(facts)
        """Positions of the statements in the release, in order."""
        self._fact_of = np.searchsorted(self.positions, facts)
        self._is_ask = kinds == ASK
        self._starts = {ask: self._segments(self._is_ask == ask) for ask in (True, False)}
        vectors = np.frombuffer(arrays["vectors"], dtype=np.int8).reshape(-1, SIZE) if embedder and "vectors" in arrays else None
        self.embedder = embedder if vectors is not None else None
        self._vectors: Vectors | None = None if vectors is None else vectors.astype(np.float32) / np.float32(SCALE)
        self._vocabulary = [term for (term,) in connection.execute("SELECT term FROM word")]
        self._known = frozenset(self._vocabulary)
        self._entities = self._read_entities()
        self.owners = self._read_owners()
        self._mended: OrderedDict[str, str | None] = OrderedDict()

    def read(self, question: str) -> Reading:
        """Understand a question."""
        words = split_words(question)[:MOST_WORDS]
        terms: dict[str, None] = {}
        unknown: list[str] = []
        for word in words:
            if word in STOP:
                continue
            term = stem(word)
            if term not in self._known:
                mended = self._mend(word)
                if mended is None:
                    unknown.append(word)
                    continue
                term = mended
            terms[term] = None
        vector = self.embedder.embed([question])[0] if self.embedder is not None else None
        return Reading(question, tuple(terms), tuple(unknown), self._find_treatments(question, tuple(terms)), vector)

    def measure(self, reading: Reading) -> Signals:
        """How every statement fits a question."""
        scores = np.zeros(len(self._fact_of), dtype=np.float32)
        most = 1e-6
        with self._lock:
            rows = [
                self._connection.execute("SELECT units, weights FROM word WHERE term = ?", (term,)).fetchone() for term in reading.terms
            ]
        for row in rows:
            weights = np.frombuffer(row[1], dtype=np.float32)
            scores[np.frombuffer(row[0], dtype=np.int32)] += weights
            most += float(weights.max())
        most += 6.0 * len(reading.unknown)
        scores /= np.float32(most)
        near = np.zeros_like(scores) if reading.vector is None or self._vectors is None else self._vectors @ reading.vector
        named = np.zeros(len(self.positions), dtype=np.float32)
        if reading.treatments:
            for index, owner in enumerate(self.owners):
                if owner is not None:
                    named[index] = 1.0 if owner in reading.treatments else -1.0
        return Signals(
            self._best(scores, ask=True), self._best(scores, ask=False), self._best(near, ask=True), self._best(near, ask=False), named
        )

    def likeness(self, one: int, other: int) -> float:
        """How near the texts of two statements are in meaning; 0 without a model."""
        if self._vectors is None:
            return 0.0
        units, starts = self._starts[False]
        return float(self._vectors[units[starts[one]]] @ self._vectors[units[starts[other]]])

    def _segments(self, chosen: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Units of one kind, and where each statement's begin among them."""
        units = np.flatnonzero(chosen).astype(np.int32)
        owners = self._fact_of[units]
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(units) else np.array([], dtype=np.int64)
        return units, starts.astype(np.int32)

    def _best(self, scores: Floats, *, ask: bool) -> Floats:
        units, starts = self._starts[ask]
        return np.maximum.reduceat(scores[units], starts) if len(units) else np.zeros(len(self.positions), dtype=np.float32)

    def _mend(self, word: str) -> str | None:
        """The known word that a misspelt one most likely stands for."""
        if word in self._mended:
            return self._mended[word]
        found: str | None = None
        if len(word) >= 4 and word.isalpha():
            most = 1 if len(word) < 7 else 2
            stemmed = stem(word)
            choices = [term for term in self._vocabulary if term[0] == word[0] and abs(len(term) - len(stemmed)) <= most]
            match = process.extractOne(stemmed, choices, scorer=DamerauLevenshtein.distance, score_cutoff=most)
            found = match[0] if match is not None else None
        self._mended[word] = found
        if len(self._mended) > 10_000:
            self._mended.popitem(last=False)
        return found

    def _read_entities(self) -> dict[tuple[str, ...], frozenset[str]]:
        names: dict[tuple[str, ...], set[str]] = {}
        for name, treatment in self._connection.execute("SELECT name, treatment FROM entity"):
            names.setdefault(tuple(stem(word) for word in split_words(name)), set()).add(treatment)
        return {name: frozenset(found) for name, found in names.items()}

    def _find_treatments(self, question: str, terms: tuple[str, ...]) -> frozenset[str]:
        """Treatments whose names stand in the question, longest names first; a misspelt single word counts as mended."""
        words = [stem(word) for word in split_words(question)]
        found: set[str] = set()
        used: set[int] = set()
        for size in (4, 3, 2, 1):
            for start in range(len(words) - size + 1):
                span = range(start, start + size)
                treatments = self._entities.get(tuple(words[index] for index in span))
                if treatments and used.isdisjoint(span):
                    found |= treatments
                    used |= set(span)
        for term in terms:
            if term not in words:
                found |= self._entities.get((term,), frozenset())
        return frozenset(found)

    def _read_owners(self) -> list[str | None]:
        rows = self._connection.execute("SELECT position, collection, owner FROM fact WHERE status = 'active' ORDER BY position")
        return [owner if collection == "treatments" else None for _, collection, owner in rows]
