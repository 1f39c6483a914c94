"""Ranking: which statements answer a question best."""

import sqlite3
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, QuickEmbedder
from app.search.nearness import Nearness, Rows, read_rows
from app.search.parts import judge_parts
from app.search.projection import project
from app.search.reading import MOST_LETTERS, Reader, Reading, Understood
from app.search.slots import TEXT, TEXTS, Ints, count_rows

Floats = NDArray[np.float32]

UNKNOWN_WEIGHT = 6.0
"""Weight of a word that the catalogue does not have: that of a rare one."""
POSTINGS_KB = 16_000
"""Kilobytes of postings of a large catalogue that are kept at hand; a small one has less than one thousand."""
NOBODY = -2
"""Number of an owner that has no statements."""
SUBJECTS = ("drugs", "terms", "conditions")
"""Collections whose records own statements, beside treatments."""

SIGNALS = (
    "meaning_ask", "meaning_asks", "meaning_text", "meaning_plain", "words_ask", "words_text", "words_plain", "words_all", "named", "other",
    "asked", "words_rest", "study", "subject", "introduces", "part", "meaning_raw",
)  # fmt: skip
"""How a statement fits a question: nearness in meaning to its nearest question, to all its questions on average, to its professional and
its plain text; share of the question's weight of words in its best question, its two texts, and all of them together; whether the question
names its treatment, or only others; how far its nearest question is the one asked (0 from a nearness of 0.7 down, 1 for the same); share of
the weight of the words that are no names; whether the question names a study that it rests on, or the drug, term or condition that it is
about; whether it says what something is when that is all that is asked; how likely the question asks for the part of the catalogue that it
stands in; and nearness in meaning to its texts before wordings are made alike."""

Signals = NDArray[np.float32]
"""A row for each statement, a column for each signal."""


class _Meaning(NamedTuple):
    """What the vector of a question is compared with."""

    slots: Ints
    """The slot of each unit."""
    alike: Nearness
    """All units where wordings are alike, and after them the mean of each statement's questions."""
    texts: Nearness
    """Texts and plain texts as the model gives them."""
    compared: Rows
    """Texts where wordings are alike, which are compared with each other."""


class Ranker:
    """The index of one release, in memory but for the postings."""

    def __init__(self, connection: sqlite3.Connection, embedder: QuickEmbedder | None) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.positions: Ints = np.frombuffer(_read_array(connection, "fact_position"), dtype=np.int32)
        """Positions of the statements in the release, in order."""
        slots: Ints = np.frombuffer(_read_array(connection, "unit_slot"), dtype=np.int32)
        self._rows = count_rows(slots, len(self.positions))
        self._projection = np.frombuffer(_read_array(connection, "projection"), dtype=np.float32).reshape(-1, SIZE)
        self._parts = np.frombuffer(_read_array(connection, "parts"), dtype=np.float32).reshape(SIZE + 1, -1)
        self._part_of = np.frombuffer(_read_array(connection, "fact_part"), dtype=np.int32)
        self._meaning = self._read_meaning(slots) if embedder is not None else None
        self.embedder = embedder if self._meaning is not None else None
        self._reader = Reader(connection)
        self._owner_of, self._owners = self._read_owners()
        self._treatments = {number: name for name, number in self._owners.items()}
        self._about = self._read_about()
        self._introduces = self._read_introductions()
        connection.execute("PRAGMA shrink_memory")
        connection.execute(f"PRAGMA cache_size = -{POSTINGS_KB}")

    @property
    def vocabulary(self) -> Mapping[str, str]:
        """The commonest spelling of every word that the catalogue has, by its stem."""
        return self._reader.spelt

    def understand(self, question: str) -> Understood:
        """What the words of a question say."""
        return self._reader.understand(question)

    def read(self, question: str) -> Reading:
        """Understand a question, words and meaning."""
        understood = self.understand(question)
        text = question[:MOST_LETTERS]
        if self.embedder is None:
            return Reading(text, understood)
        half = self.embedder.begin(understood.mended)
        return Reading(text, understood, self.embedder.end(half), half)

    def measure(self, reading: Reading) -> Signals:
        """How every statement fits a question."""
        signals = np.zeros((len(self.positions), len(SIGNALS)), dtype=np.float32, order="F")
        if reading.vector is not None and self._meaning is not None:
            vector = project(reading.vector, self._projection) if len(self._projection) else reading.vector
            products = self._meaning.alike.find(vector)
            near = np.full((self._rows, len(self.positions)), -1, dtype=np.float32)
            near.ravel()[self._meaning.slots] = products[: len(self._meaning.slots)]
            signals[:, 0], signals[:, 2], signals[:, 3] = self._find_best(near)
            signals[:, 10] = np.clip((signals[:, 0] - 0.7) / 0.3, 0, 1)
            signals[:, 1] = products[len(self._meaning.slots) :]
            signals[:, 16] = self._meaning.texts.find(reading.vector).reshape(2, -1).max(axis=0)
            if len(self._part_of):
                signals[:, 15] = np.maximum(judge_parts(reading.vector, self._parts), -1)[self._part_of]
        for column, found in zip((4, 5, 6, 7, 11), self._weigh_words(reading), strict=True):
            signals[:, column] = found
        if reading.treatments:
            signals[:, 8] = self._belongs(reading.treatments)
            signals[:, 9] = (self._owner_of >= 0) & (signals[:, 8] == 0)
        for column, named in ((12, self._find_about(reading.named, ("studies",))), (13, self._find_about(reading.named, SUBJECTS))):
            signals[named, column] = 1
        if reading.asks_what:
            signals[:, 14] = self._introduces * np.maximum(signals[:, 8], signals[:, 13])
        return signals

    def _find_about(self, named: Mapping[str, frozenset[str]], collections: Iterable[str]) -> Ints:
        """Statements about what a question names."""
        found = [self._about[name, item] for name in collections for item in named.get(name, ()) if (name, item) in self._about]
        return np.concatenate(found) if found else np.array([], dtype=np.int32)

    def _weigh_words(self, reading: Reading) -> tuple[Floats, ...]:
        """The share of the question's weight of words that the best question, the text, the plain text and all of each statement have; at
        last that of the weight of words that are no names."""
        size = len(self.positions)
        scores = np.zeros((self._rows, size), dtype=np.float32)
        together = np.zeros(size, dtype=np.float32)
        rest = np.zeros(size, dtype=np.float32)
        whole = whole_rest = np.float32(UNKNOWN_WEIGHT * len(reading.unknown) + 1e-6)
        for term, slots, weights, facts in self._read_postings(reading.terms):
            scores.ravel()[slots] += weights
            most = weights.max()
            whole += most
            together[facts] += most
            if term not in reading.spoken:
                whole_rest += most
                rest[facts] += most
        best = [found / whole for found in self._find_best(scores)]
        return (*best, together / whole, np.ones_like(rest) if whole_rest < 1e-3 else rest / whole_rest)

    def _find_best(self, spread: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each statement the best question, the text and the plain text."""
        best = spread[:-TEXTS].max(axis=0) if self._rows > TEXTS else np.zeros_like(spread[0])
        return best, spread[-2], spread[-1]

    def _read_postings(self, terms: Iterable[str]) -> Iterator[tuple[str, Ints, Floats, Ints]]:
        """The slots of units that have a word, their weights, and its statements; one word after the other, for those of frequent words are
        large."""
        for term in terms:
            with self._lock:
                row = self._connection.execute("SELECT slots, weights, facts FROM word WHERE term = ?", (term,)).fetchone()
            slots, weights, facts = row
            yield term, np.frombuffer(slots, dtype=np.int32), np.frombuffer(weights, dtype=np.float32), np.frombuffer(facts, dtype=np.int32)

    def _read_meaning(self, slots: Ints) -> "_Meaning | None":
        """What questions are compared with; None where the release has it not."""
        alike, texts = read_rows(self._connection, "alike", SIZE), read_rows(self._connection, "texts", SIZE)
        if alike is None or texts is None:
            return None
        is_text = np.flatnonzero(np.frombuffer(_read_array(self._connection, "unit_kind"), dtype=np.int8) == TEXT)
        return _Meaning(slots, Nearness(alike), Nearness(texts), Rows(alike.whole[is_text], alike.scales[is_text]))

    def _belongs(self, treatments: frozenset[str]) -> NDArray[np.bool_]:
        found = np.zeros(len(self._owner_of), dtype=np.bool_)
        for name in treatments:
            found |= self._owner_of == self._owners.get(name, NOBODY)
        return found

    def likeness(self, one: int, other: int) -> float:
        """How near the texts of two statements are in meaning; 0 without a model."""
        return 0.0 if self._meaning is None else self._meaning.compared.multiply(one, other)

    def get_treatment(self, index: int) -> str | None:
        """The treatment that a statement belongs to, if it does."""
        number = int(self._owner_of[index])
        return self._treatments[number] if number >= 0 else None

    def _read_owners(self) -> tuple[Ints, dict[str, int]]:
        """For each statement the number of its treatment, -1 where it belongs to something else; and the numbers by id."""
        numbers: dict[str, int] = {}
        rows = self._connection.execute("SELECT collection, owner FROM fact WHERE status = 'active' ORDER BY position")
        of = array("i", (numbers.setdefault(owner, len(numbers)) if collection == "treatments" else -1 for collection, owner in rows))
        return np.array(of, dtype=np.int32), numbers

    def _read_about(self) -> dict[tuple[str, str], Ints]:
        """The statements that rest on a study, and those of a drug, term or condition."""
        found: dict[tuple[str, str], array[int]] = {}
        linked = "SELECT collection, id, position FROM fact_link WHERE collection = 'studies'"
        owned = "SELECT collection, owner, position FROM fact WHERE status = 'active' AND collection IN ('drugs', 'terms', 'conditions')"
        rows: Iterable[tuple[str, str, int]] = chain(self._connection.execute(linked), self._connection.execute(owned))
        for collection, item, position in rows:
            place = int(np.searchsorted(self.positions, position))
            if place < len(self.positions) and self.positions[place] == position:
                found.setdefault((collection, item), array("i")).append(place)
        return {key: np.array(places, dtype=np.int32) for key, places in found.items()}

    def _read_introductions(self) -> Floats:
        """1 for statements that say what something is: the first one of a term, and those that are called so."""
        firsts = "SELECT min(position) FROM fact WHERE status = 'active' AND collection = 'terms' GROUP BY owner"
        rows = self._connection.execute(
            f"SELECT position IN ({firsts}) OR id LIKE '%.what-it-is' FROM fact WHERE status = 'active' ORDER BY position"
        )
        return np.fromiter((row[0] for row in rows), dtype=np.float32)


def _read_array(connection: sqlite3.Connection, name: str) -> bytes:
    row = connection.execute("SELECT data FROM search_array WHERE name = ?", (name,)).fetchone()
    return row[0] if row is not None else b""
