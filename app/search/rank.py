"""Ranking: which statements answer a question best."""

import re
import sqlite3
import threading
from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from app.search.embedder import SIZE, Embedder, Vectors
from app.search.index import ASK, PLAIN, SCALE, TEXT
from app.search.words import STOP, fold, split_words, stem

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

UNKNOWN_WEIGHT = 6.0
"""Weight of a word that the catalogue does not have: that of a rare one."""
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
    """Of the question with names and spelling set right."""
    raw: Vectors | None
    """Of the question as it was asked."""


SIGNALS = (
    "meaning_ask", "meaning_asks", "meaning_text", "meaning_plain", "words_ask", "words_text", "words_plain", "words_all", "named", "other",
    "asked",
)  # fmt: skip
"""How a statement fits a question: nearness in meaning to its nearest question, to all its questions on average, to its professional and
its plain text; share of the question's weight of words in its best question, its two texts, and all of them together; whether the question
names its treatment, or only others; and how far its nearest question is the one asked (0 from a nearness of 0.7 down, 1 for the same)."""

Signals = NDArray[np.float32]
"""A row for each statement, a column for each signal."""


@dataclass(frozen=True)
class _Name:
    """What a name stands for."""

    treatments: frozenset[str]
    called: str


class Ranker:
    """The index of one release, in memory but for the postings."""

    def __init__(self, connection: sqlite3.Connection, embedder: Embedder | None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        arrays = dict(connection.execute("SELECT name, data FROM search_array WHERE name LIKE 'unit_%'"))
        facts = np.frombuffer(arrays["unit_fact"], dtype=np.int32)
        kinds = np.frombuffer(arrays["unit_kind"], dtype=np.int8)
        self.positions: Ints = np.unique(facts)
        """Positions of the statements in the release, in order."""
        self._fact_of = np.searchsorted(self.positions, facts)
        self._segments = {kind: self._segment(kinds == kind) for kind in (ASK, TEXT, PLAIN)}
        self._vectors: Vectors | None = _read_vectors(connection, len(facts)) if embedder is not None else None
        self.embedder = embedder if self._vectors is not None else None
        self._means = None if self._vectors is None else self._average(self._vectors)
        self._spelt: dict[str, str] = dict(connection.execute("SELECT term, spelt FROM word"))
        self._shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
        for term in self._spelt:
            self._shelves[term[0], len(term)].append(term)
        self._entities = self._read_entities()
        self._owner_of, self._owners = self._read_owners()
        self._mended: OrderedDict[str, str | None] = OrderedDict()

    @property
    def vocabulary(self) -> Iterable[str]:
        """The stems of all words that the catalogue has."""
        return self._spelt

    def read(self, question: str) -> Reading:
        """Understand a question: names become those that the catalogue uses, misspelt words are mended."""
        text, treatments = self._find_names(question)
        terms: dict[str, None] = {}
        unknown: list[str] = []
        spelling: dict[str, str] = {}
        for word in split_words(text)[:MOST_WORDS]:
            if word in STOP:
                continue
            term = stem(word)
            if term not in self._spelt:
                known = self._mend(word)
                if known is None:
                    unknown.append(word)
                    continue
                term = known
                spelling[word] = self._spelt[known]
                treatments |= self._entities.get((known,), _Name(frozenset(), "")).treatments
            terms[term] = None
        mended = mend_text(text, spelling)
        rows = self.embedder.embed([mended] if mended == question else [mended, question]) if self.embedder is not None else None
        vectors = (None, None) if rows is None else (rows[0], rows[-1])
        return Reading(question, tuple(terms), tuple(unknown), frozenset(treatments), *vectors)

    def measure(self, reading: Reading) -> Signals:
        """How every statement fits a question."""
        size = len(self.positions)
        signals = np.zeros((size, len(SIGNALS)), dtype=np.float32)
        if reading.vector is not None and self._vectors is not None and self._means is not None:
            near = self._vectors @ reading.vector
            signals[:, 0] = self._best(near, ASK)
            signals[:, 10] = np.clip((signals[:, 0] - 0.7) / 0.3, 0, 1)
            signals[:, 1] = self._means @ reading.vector
            signals[:, 2] = self._best(near, TEXT)
            signals[:, 3] = self._best(near, PLAIN)
        scores, together = self._weigh_words(reading)
        for column, kind in ((4, ASK), (5, TEXT), (6, PLAIN)):
            signals[:, column] = self._best(scores, kind)
        signals[:, 7] = together
        if reading.treatments:
            signals[:, 8] = self._belongs(reading.treatments)
            signals[:, 9] = (self._owner_of >= 0) & (signals[:, 8] == 0)
        return signals

    def _weigh_words(self, reading: Reading) -> tuple[Floats, Floats]:
        """For each unit, and for each statement as a whole, the share of the question's weight of words that it has."""
        scores = np.zeros(len(self._fact_of), dtype=np.float32)
        together = np.zeros(len(self.positions), dtype=np.float32)
        whole = UNKNOWN_WEIGHT * len(reading.unknown) + 1e-6
        with self._lock:
            rows = [
                self._connection.execute("SELECT units, weights FROM word WHERE term = ?", (term,)).fetchone() for term in reading.terms
            ]
        for row in rows:
            units, weights = np.frombuffer(row[0], dtype=np.int32), np.frombuffer(row[1], dtype=np.float32)
            scores[units] += weights
            most = float(weights.max())
            whole += most
            has = np.zeros(len(together), dtype=np.bool_)
            has[self._fact_of[units]] = True
            together += np.float32(most) * has
        return scores / np.float32(whole), together / np.float32(whole)

    def _average(self, vectors: Vectors) -> Vectors:
        """The mean vector of each statement's questions."""
        units, starts = self._segments[ASK]
        if not len(units):
            return np.zeros((len(self.positions), SIZE), dtype=np.float32)
        counts = np.diff(np.append(starts, np.int32(len(units)))).astype(np.float32)
        return (np.add.reduceat(vectors[units], starts, axis=0) / counts[:, None]).astype(np.float32)

    def _belongs(self, treatments: frozenset[str]) -> NDArray[np.bool_]:
        numbers = [self._owners[name] for name in treatments if name in self._owners]
        return np.isin(self._owner_of, np.array(numbers, dtype=np.int32))

    def likeness(self, one: int, other: int) -> float:
        """How near the texts of two statements are in meaning; 0 without a model."""
        if self._vectors is None:
            return 0.0
        units, _ = self._segments[TEXT]
        return float(self._vectors[units[one]] @ self._vectors[units[other]])

    def _segment(self, chosen: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Units of one kind, and where each statement's begin among them."""
        units = np.flatnonzero(chosen).astype(np.int32)
        owners = self._fact_of[units]
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(units) else np.array([], dtype=np.int64)
        return units, starts.astype(np.int32)

    def _best(self, scores: Floats, kind: int) -> Floats:
        """The best unit of a kind for each statement, all of which have one."""
        units, starts = self._segments[kind]
        return np.maximum.reduceat(scores[units], starts) if len(units) else np.zeros(len(self.positions), dtype=np.float32)

    def _mend(self, word: str) -> str | None:
        """The known word that a misspelt one most likely stands for."""
        if word in self._mended:
            return self._mended[word]
        found: str | None = None
        if len(word) >= 4 and word.isalpha():
            most = 1 if len(word) < 7 else 2
            stemmed = stem(word)
            sizes = range(len(stemmed) - most, len(stemmed) + most + 1)
            choices = [term for size in sizes for term in self._shelves.get((word[0], size), ())]
            match = process.extractOne(stemmed, choices, scorer=DamerauLevenshtein.distance, score_cutoff=most)
            found = match[0] if match is not None else None
        self._mended[word] = found
        if len(self._mended) > 10_000:
            self._mended.popitem(last=False)
        return found

    def _read_entities(self) -> dict[tuple[str, ...], "_Name"]:
        names: dict[tuple[str, ...], _Name] = {}
        rows: list[tuple[str, str, str]] = self._connection.execute("SELECT name, treatment, called FROM entity").fetchall()
        for name, treatment, called in rows:
            key = tuple(stem(word) for word in split_words(name))
            known = names.get(key)
            names[key] = _Name((known.treatments if known else frozenset[str]()) | {treatment}, known.called if known else called)
        return names

    def _find_names(self, question: str) -> tuple[str, frozenset[str]]:
        """The question with other names of treatments replaced by what the catalogue calls them, and the treatments; the longest names
        first."""
        words = [(match.start(), match.end(), stem(fold(match.group()))) for match in re.finditer(r"[^\W_]+", question)][:MOST_WORDS]
        found: frozenset[str] = frozenset()
        used: set[int] = set()
        changes: list[tuple[int, int, str]] = []
        for size in (5, 4, 3, 2, 1):
            for start in range(len(words) - size + 1):
                span = range(start, start + size)
                key = tuple(words[index][2] for index in span)
                name = self._entities.get(key)
                if name is not None and used.isdisjoint(span):
                    found |= name.treatments
                    used |= set(span)
                    if key != tuple(stem(word) for word in split_words(name.called)):
                        changes.append((words[start][0], words[start + size - 1][1], name.called))
        for begin, end, called in sorted(changes, reverse=True):
            question = question[:begin] + called + question[end:]
        return question, found

    def _read_owners(self) -> tuple[Ints, dict[str, int]]:
        """For each statement the number of its treatment, -1 where it belongs to something else; and the numbers by id."""
        numbers: dict[str, int] = {}
        rows = self._connection.execute("SELECT collection, owner FROM fact WHERE status = 'active' ORDER BY position")
        of = array("i", (numbers.setdefault(owner, len(numbers)) if collection == "treatments" else -1 for collection, owner in rows))
        return np.array(of, dtype=np.int32), numbers


def mend_text(text: str, spelling: Mapping[str, str]) -> str:
    """A text with its misspelt words replaced."""
    if not spelling:
        return text
    return re.sub(r"[^\W_]+", lambda match: spelling.get(fold(match.group()), match.group()), text)


def _read_vectors(connection: sqlite3.Connection, count: int) -> Vectors | None:
    """The vectors of all units, in order; None where the release has none."""
    rows = connection.execute("SELECT data FROM search_array WHERE name LIKE 'vectors:%' ORDER BY name").fetchall()
    if not rows and count:
        return None
    vectors = np.empty((count, SIZE), dtype=np.float32)
    filled = 0
    for (data,) in rows:
        chunk = np.frombuffer(data, dtype=np.int8).reshape(-1, SIZE)
        vectors[filled : filled + len(chunk)] = chunk
        filled += len(chunk)
    if filled != count:
        return None
    vectors /= np.float32(SCALE)
    return vectors
