"""The search index of a release, written when it is built.

What is found are *units*: each question that a statement answers, its professional and its plain text. Words are kept as postings with
their BM25 weights (Robertson and Zaragoza, Found Trends Inf Retr 2009;3:333), meanings as vectors of a small sentence model. All of it
is arrays in the release file, read as they are."""

import json
import math
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors, find_embedder
from app.search.fitted import Fitted, find_key
from app.search.known import SCALE, embed_known
from app.search.models import write_models
from app.search.nearness import round_rows, write_rows
from app.search.parts import find_part, fit_parts, number_parts
from app.search.projection import SETTINGS, find_starts, fit_projection, project, sharpen
from app.search.slots import ASK, PLAIN, TEXT, Ints, Layout, lay_out
from app.search.words import find_terms, fold, split_words, stem

K1, B = 1.2, 0.6
"""BM25: how fast repetition saturates, and how much long units are held back."""

MOST_FACTS = 15_000
"""Statements up to which meaning is kept: comparing a question with every vector costs time and memory that grow with their number, so that
larger catalogues are searched by words alone."""
CHUNK = 2048
"""Units whose vectors are worked out and written together."""
MOST_WORDS = 20_000
"""Different words that are counted before the counts are written."""
GATHERING = (
    "CREATE TEMP TABLE gathered (term TEXT NOT NULL, unit INTEGER NOT NULL, times INTEGER NOT NULL)",
    "CREATE TEMP TABLE spelling (term TEXT NOT NULL, word TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (term, word)) WITHOUT ROWID",
)

SCHEMA = (
    (
        "CREATE TABLE word (term TEXT PRIMARY KEY, spelt TEXT NOT NULL, slots BLOB NOT NULL, weights BLOB NOT NULL, facts BLOB NOT NULL) "
        "WITHOUT ROWID"
    ),
    "CREATE TABLE search_array (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE entity (name TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, called TEXT NOT NULL, "
        "PRIMARY KEY (name, collection, id)) WITHOUT ROWID"
    ),
)
"""`word` holds for each stem its commonest spelling and the units that have it, `search_array` what belongs to all units, `entity` the
names of records."""


@dataclass(frozen=True)
class Unit:
    """A text that can be matched."""

    fact: int
    kind: int
    text: str
    extra: str = ""
    """What else it is found by."""


def write_index(connection: sqlite3.Connection, fitted: Fitted | None = None) -> None:
    """Index every active statement of the release that is being written. What grows with the catalogue is gathered in temporary tables,
    not in memory. `fitted`: models to be taken as they are; those kept beside the code unless said otherwise."""
    for statement in (*SCHEMA, *GATHERING):
        connection.execute(statement)
    kept = fitted or Fitted()
    _write_words(connection, *_gather(connection, kept))
    for table in ("gathered", "spelling"):
        connection.execute(f"DROP TABLE temp.{table}")
    connection.executemany("INSERT OR IGNORE INTO entity VALUES (?, ?, ?, ?)", find_entities(connection))
    write_models(connection, kept)


def _gather(connection: sqlite3.Connection, fitted: Fitted) -> tuple[Layout, Ints]:
    """Take the words of all units apart; returns where units stand and how many words each has. Writes the arrays that belong to units."""
    facts, kinds, lengths = array("i"), array("b"), array("i")
    spelling: Counter[str] = Counter()
    vectors = _VectorWriter(connection)
    for unit in _find_units(connection):
        counts = Counter(find_terms(f"{unit.text} {unit.extra}"))
        number = len(facts)
        connection.executemany("INSERT INTO temp.gathered VALUES (?, ?, ?)", ((term, number, times) for term, times in counts.items()))
        spelling.update(split_words(unit.text))
        if len(spelling) > MOST_WORDS:
            _write_spelling(connection, spelling)
        facts.append(unit.fact)
        kinds.append(unit.kind)
        lengths.append(sum(counts.values()))
        vectors.add(unit.text)
    vectors.finish()
    _write_spelling(connection, spelling)
    of, kind = np.array(facts, dtype=np.int32), np.array(kinds, dtype=np.int8)
    layout = lay_out(of, kind)
    _write_meaning(connection, of, kind, fitted)
    _save(connection, "fact_position", layout.positions)
    _save(connection, "unit_slot", layout.slots)
    _save(connection, "unit_kind", kind)
    return layout, np.array(lengths, dtype=np.int32)


def _write_spelling(connection: sqlite3.Connection, words: "Counter[str]") -> None:
    """Add what has been counted of words as they are written, and begin anew."""
    connection.executemany(
        "INSERT INTO temp.spelling VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET times = times + excluded.times",
        ((stem(word), word, times) for word, times in words.items()),
    )
    words.clear()


def _find_units(connection: sqlite3.Connection) -> Iterator[Unit]:
    rows = connection.execute("SELECT position, doc FROM fact WHERE status = 'active' ORDER BY position")
    for position, doc in rows:
        fact = json.loads(doc)
        yield from (Unit(position, ASK, ask) for ask in fact["asks"])
        yield Unit(position, TEXT, fact["text"], _extra_words(connection, position, fact["topics"]))
        yield Unit(position, PLAIN, fact["plain"])


def _write_words(connection: sqlite3.Connection, layout: Layout, lengths: Ints) -> None:
    """Postings of each word, with BM25 weights, and the places of the statements that have it. Units are told by their slots.
    The text of a statement bears its topics and the names of the studies behind it, too."""
    units, mean = len(lengths), float(lengths.sum()) / max(1, len(lengths))
    spelt = "SELECT word FROM temp.spelling WHERE term = ? ORDER BY times DESC, word LIMIT 1"
    rows = connection.execute("SELECT term, unit, times FROM temp.gathered ORDER BY term, unit")
    for term, found in groupby(rows, key=lambda row: str(row[0])):
        pairs = array("i", (number for _, *pair in found for number in pair))
        numbers = np.frombuffer(pairs, dtype=np.int32).reshape(-1, 2)
        times, length = numbers[:, 1].astype(np.float32), lengths[numbers[:, 0]]
        rarity = math.log(1 + (units - len(numbers) + 0.5) / (len(numbers) + 0.5))
        weights = (rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * length / mean))).astype(np.float32)
        word = connection.execute(spelt, (term,)).fetchone()
        slots = layout.slots[numbers[:, 0]]
        order = np.argsort(slots)
        having = np.unique(slots % len(layout.positions))
        row = (term, word[0] if word else term, slots[order].tobytes(), weights[order].tobytes(), having.tobytes())
        connection.execute("INSERT INTO word VALUES (?, ?, ?, ?, ?)", row)


def _extra_words(connection: sqlite3.Connection, position: int, topics: Iterable[str]) -> str:
    """The topics of a statement and the names of the studies behind it."""
    linked = (
        "SELECT item.name FROM fact_link AS link JOIN item USING (collection, id) WHERE link.position = ? AND link.collection = 'studies'"
    )
    studies = (name for (name,) in connection.execute(linked, (position,)))
    return " ".join((*(topic.replace("-", " ") for topic in topics), *studies))


def _write_meaning(connection: sqlite3.Connection, facts: NDArray[np.int32], kinds: NDArray[np.int8], fitted: Fitted) -> None:
    """What questions are compared with in meaning, what makes wordings of one statement alike and statements different, and what tells the
    parts of the catalogue apart."""
    chunks = connection.execute("SELECT data FROM search_array WHERE name LIKE 'vectors:%' ORDER BY name").fetchall()
    connection.execute("DELETE FROM search_array WHERE name LIKE 'vectors:%'")
    if chunks:
        units = np.vstack([np.frombuffer(data, dtype=np.int8).reshape(-1, SIZE) for (data,) in chunks]).astype(np.float32) / SCALE
        key = find_key(units, facts, kinds, *SETTINGS)
        turned = fitted.get(key, lambda: sharpen(fit_projection(units, facts), units, facts, kinds == ASK).ravel())
        projection = turned.reshape(SIZE, SIZE)
        _save(connection, "projection", projection)
        alike = project(units, projection)
        means = _average(alike[kinds == ASK], facts[kinds == ASK], np.unique(facts))
        write_rows(connection, "alike", round_rows(np.vstack([alike, means])))
        write_rows(connection, "texts", round_rows(np.vstack([units[kinds == TEXT], units[kinds == PLAIN]])))
        rows = connection.execute("SELECT position, collection, section FROM fact WHERE status = 'active' ORDER BY position").fetchall()
        parts = number_parts([find_part(collection, section) for _, collection, section in rows])
        of = dict(zip((position for position, _, _ in rows), parts, strict=True))
        _save(connection, "parts", fit_parts(units[kinds == ASK], np.array([of[fact] for fact in facts[kinds == ASK]], dtype=np.int32)))
        _save(connection, "fact_part", parts)


def _average(vectors: Vectors, owners: NDArray[np.int32], facts: NDArray[np.int32]) -> Vectors:
    """The mean vector of each statement's questions, which stand in order; nothing for one without."""
    sums = np.zeros((len(facts), SIZE), dtype=np.float32)
    places = np.searchsorted(facts, owners)
    if len(places):
        starts = find_starts(places)
        sums[places[starts]] = np.add.reduceat(vectors, starts, axis=0)
    counts = np.bincount(places, minlength=len(facts))
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)


class _VectorWriter:
    """Writes the vectors of units in chunks, so that few are in memory at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts: list[str] = []
        self._chunk = 0
        (facts,) = connection.execute("SELECT count(*) FROM fact WHERE status = 'active'").fetchone()
        self._works = facts <= MOST_FACTS and find_embedder() is not None

    def add(self, text: str) -> None:
        """Take the text of the next unit."""
        if self._works:
            self._texts.append(text)
            if len(self._texts) >= CHUNK:
                self.finish()

    def finish(self) -> None:
        """Write what has been taken."""
        if self._texts:
            _save(self._connection, f"vectors:{self._chunk:06}", embed_known(self._texts))
            self._chunk += 1
            self._texts = []


def _save(connection: sqlite3.Connection, name: str, array: NDArray[np.int8] | NDArray[np.int32] | Vectors) -> None:
    connection.execute("INSERT INTO search_array VALUES (?, ?)", (name, array.tobytes()))


def find_entities(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, str]]:
    """Names that records go by: the name, the collection, the id, and what a question is to say instead, if anything. Other names of a
    treatment's drug become its own, other names of a treatment are followed by its own."""
    drugs = dict(_find_named(connection, "drugs"))
    for treatment_id, treatment in _find_named(connection, "treatments"):
        known = treatment_id.replace("-", " ")
        names: dict[str, str] = {known: known}
        for name in (*treatment["other_names"], *treatment["aliases"]):
            names[name] = f"{name} ({known})"
        for reference in treatment["drugs"]:
            drug = drugs.get(reference["id"])
            if drug is not None:
                names |= dict.fromkeys((drug["name"], *drug["other_names"]), drug["name"])
        yield from ((_fold_name(name), "treatments", treatment_id, called) for name, called in names.items() if _fold_name(name))
    for collection in ("drugs", "terms", "conditions", "studies"):
        for item_id, item in _find_named(connection, collection):
            for name in (item_id, item["name"], item.get("abbreviation"), *item.get("other_names", ())):
                if name and _fold_name(name):
                    yield _fold_name(name), collection, item_id, ""


def _find_named(connection: sqlite3.Connection, collection: str) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = connection.execute("SELECT id, doc FROM item WHERE collection = ? AND status = 'active' ORDER BY position", (collection,))
    yield from ((key, json.loads(doc)) for key, doc in rows)


def _fold_name(name: str) -> str:
    return " ".join(fold(name).replace("-", " ").split())
