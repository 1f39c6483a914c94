"""The search index of a release, written when it is built.

What is found are *units*: each question that a statement answers, its professional and its plain text. Words are kept as postings with
their BM25 weights (Robertson and Zaragoza, Found Trends Inf Retr 2009;3:333), meanings as vectors of a small sentence model. All of it
is arrays in the release file, read as they are."""

import hashlib
import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.search.danger import fit_all
from app.search.embedder import SIZE, Vectors, find_embedder
from app.search.words import find_terms, fold, split_words, stem

K1, B = 1.2, 0.6
"""BM25: how fast repetition saturates, and how much long units are held back."""

ASK, TEXT, PLAIN = 0, 1, 2
"""Kinds of unit."""

SCALE = 127.0
"""Vectors are kept as whole numbers of this size."""

KNOWN = Path(__file__).parent / "vectors.bin"
"""Vectors of the published texts, so that a build need not work them out again; only speed depends on it (`python -m app vectors`)."""
DIGEST = 16

SCHEMA = (
    "CREATE TABLE word (term TEXT PRIMARY KEY, spelt TEXT NOT NULL, units BLOB NOT NULL, weights BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE search_array (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entity (name TEXT NOT NULL, treatment TEXT NOT NULL, PRIMARY KEY (name, treatment)) WITHOUT ROWID",
)
"""`word` holds for each stem its commonest spelling and the units that have it, `search_array` what belongs to all units, `entity` the
names of treatments."""


@dataclass(frozen=True)
class Unit:
    """A text that can be matched."""

    fact: int
    kind: int
    text: str


def write_index(connection: sqlite3.Connection) -> None:
    """Index every active statement of the release that is being written."""
    for statement in SCHEMA:
        connection.execute(statement)
    units = list(_find_units(connection))
    _write_words(connection, units)
    _save(connection, "unit_fact", np.array([unit.fact for unit in units], dtype=np.int32))
    _save(connection, "unit_kind", np.array([unit.kind for unit in units], dtype=np.int8))
    _write_vectors(connection, units)
    connection.executemany("INSERT OR IGNORE INTO entity VALUES (?, ?)", find_entities(connection))
    _write_notices(connection, [*(unit.text for unit in units if unit.kind == ASK), *find_subjects(connection)])


def _find_units(connection: sqlite3.Connection) -> Iterator[Unit]:
    rows = connection.execute("SELECT position, doc FROM fact WHERE status = 'active' ORDER BY position")
    for position, doc in rows:
        fact = json.loads(doc)
        yield from (Unit(position, ASK, ask) for ask in fact["asks"])
        yield Unit(position, TEXT, fact["text"])
        yield Unit(position, PLAIN, fact["plain"])


def _write_words(connection: sqlite3.Connection, units: list[Unit]) -> None:
    """A text bears the topics of its statement and the names of the studies behind it, too."""
    extra = _extra_words(connection)
    counts = [Counter(find_terms(f"{unit.text} {extra.get(unit.fact, '') if unit.kind == TEXT else ''}")) for unit in units]
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / max(1, len(lengths))
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for index, (count, length) in enumerate(zip(counts, lengths, strict=True)):
        for term, times in count.items():
            postings[term].append((index, times * (K1 + 1) / (times + K1 * (1 - B + B * length / mean))))
    spelt = _find_spellings(units)
    rows = (
        (term, spelt.get(term, term), np.array([unit for unit, _ in found], dtype=np.int32).tobytes(), _weigh(found, len(units)).tobytes())
        for term, found in sorted(postings.items())
    )
    connection.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", rows)


def _find_spellings(units: list[Unit]) -> dict[str, str]:
    """The commonest full word of each stem."""
    words = Counter(word for unit in units for word in split_words(unit.text))
    spelt: dict[str, str] = {}
    for word, _ in words.most_common():
        spelt.setdefault(stem(word), word)
    return spelt


def _weigh(found: list[tuple[int, float]], units: int) -> NDArray[np.float32]:
    rarity = math.log(1 + (units - len(found) + 0.5) / (len(found) + 0.5))
    return np.array([rarity * weight for _, weight in found], dtype=np.float32)


def _extra_words(connection: sqlite3.Connection) -> dict[int, str]:
    words: dict[int, list[str]] = defaultdict(list)
    for position, value in connection.execute("SELECT position, value FROM fact_value WHERE key = 'topic'"):
        words[position].append(value.replace("-", " "))
    linked = "SELECT link.position, item.name FROM fact_link AS link JOIN item USING (collection, id) WHERE link.collection = 'studies'"
    for position, name in connection.execute(linked):
        words[position].append(name)
    return {position: " ".join(found) for position, found in words.items()}


def _write_vectors(connection: sqlite3.Connection, units: list[Unit]) -> None:
    if find_embedder() is not None:
        _save(connection, "vectors", embed_known([unit.text for unit in units]))


def find_subjects(connection: sqlite3.Connection) -> list[str]:
    """Treatments with what their statements are about, as people type into a search box: "ketamine headache"."""
    rows = connection.execute(
        "SELECT DISTINCT fact.owner || ' ' || fact_value.value FROM fact JOIN fact_value USING (position) "
        "WHERE fact_value.key = 'topic' AND fact.collection = 'treatments' ORDER BY 1"
    )
    return [text.replace("-", " ") for (text,) in rows]


def _write_notices(connection: sqlite3.Connection, questions: list[str]) -> None:
    """The models that call for notices, fitted to the examples of the content."""
    examples = {kind: json.loads(texts) for kind, texts in connection.execute("SELECT kind, examples FROM notice")}
    examples = {kind: texts for kind, texts in examples.items() if texts}
    harmless = [text for (text,) in connection.execute("SELECT text FROM harmless")]
    if find_embedder() is None or not examples:
        return
    texts = [*(text for own in examples.values() for text in own), *harmless, *questions]
    vectors = dict(zip(texts, embed_known(texts).astype(np.float32) / SCALE, strict=True))
    own = {kind: _stack(vectors, found) for kind, found in examples.items()}
    for kind, model in fit_all(own, _stack(vectors, harmless), _stack(vectors, questions)).items():
        connection.execute("INSERT INTO search_array VALUES (?, ?)", (f"notice:{kind}", model.tobytes()))


def _stack(vectors: dict[str, Vectors], texts: list[str]) -> Vectors:
    return np.stack([vectors[text] for text in texts]) if texts else np.empty((0, SIZE), dtype=np.float32)


def embed_known(texts: list[str], file: Path = KNOWN) -> NDArray[np.int8]:
    """Vectors of texts as whole numbers; those that the file of known vectors holds are taken from it, the others are worked out."""
    known = read_known(file)
    rows = np.zeros((len(texts), SIZE), dtype=np.int8)
    missing = [index for index, text in enumerate(texts) if _digest(text) not in known]
    for index, text in enumerate(texts):
        row = known.get(_digest(text))
        if row is not None:
            rows[index] = row
    embedder = find_embedder(2)
    if missing and embedder is not None:
        rows[missing] = np.rint(embedder.embed([texts[index] for index in missing]) * SCALE).astype(np.int8)
    return rows


def read_known(file: Path = KNOWN) -> dict[bytes, NDArray[np.int8]]:
    """The file of known vectors: for each text 16 bytes of its SHA-256, then its vector."""
    data = file.read_bytes() if file.is_file() else b""
    size = DIGEST + SIZE
    return {
        data[start : start + DIGEST]: np.frombuffer(data, dtype=np.int8, count=SIZE, offset=start + DIGEST)
        for start in range(0, len(data) - size + 1, size)
    }


def write_known(texts: Iterable[str], file: Path = KNOWN) -> int:
    """Write the file of known vectors anew for these texts; returns how many it holds."""
    unique = sorted(set(texts), key=_digest)
    rows = embed_known(unique, file)
    file.write_bytes(b"".join(_digest(text) + row.tobytes() for text, row in zip(unique, rows, strict=True)))
    return len(unique)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:DIGEST]


def _save(connection: sqlite3.Connection, name: str, array: NDArray[np.int8] | NDArray[np.int32]) -> None:
    connection.execute("INSERT INTO search_array VALUES (?, ?)", (name, array.tobytes()))


def find_entities(connection: sqlite3.Connection) -> Iterable[tuple[str, str]]:
    """Names that treatments go by: their own, their aliases, and those of their drugs and conditions' abbreviations."""
    rows = connection.execute("SELECT id, doc FROM item WHERE collection = 'treatments' AND status = 'active'").fetchall()
    drugs = {
        key: json.loads(doc)
        for key, doc in connection.execute("SELECT id, doc FROM item WHERE collection = 'drugs' AND status = 'active'")
    }  # fmt: skip
    for treatment_id, doc in rows:
        treatment = json.loads(doc)
        names = {treatment_id, *treatment["other_names"], *treatment["aliases"]}
        for reference in treatment["drugs"]:
            drug = drugs.get(reference["id"])
            names |= {drug["name"], *drug["other_names"]} if drug else set()
        for name in names:
            folded = " ".join(fold(name).replace("-", " ").split())
            if len(folded) > 1:
                yield folded, treatment_id
