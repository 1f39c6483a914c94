"""The models that a build fits to examples: which questions call for a notice, and which lie beyond the catalogue.

Examples of notices and harmless questions are content (`notices.yaml`), those that lie beyond stand in `beyond_questions.txt`. What speaks
against them are the questions of the catalogue, and those in `covered_questions.txt`, which sound as people type."""

import itertools
import json
import sqlite3
from functools import partial
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors, find_embedder
from app.search.fitted import Fitted, find_key
from app.search.kernel import SETTINGS, Floats, Judge, fit
from app.search.known import SCALE, embed_known, load_vectors

MOST_AGAINST = 2000
"""Statements whose questions, and subjects that, the models are fitted against."""
MOST_QUESTIONS = 1800
"""Questions of the catalogue that a model is fitted against; of more, every second or third."""
MOST_SUBJECTS = 400
"""Subjects that the model of scope is fitted against."""
MOST_BASIS = 600
"""Questions and subjects of the catalogue, and as many questions beside it, that the model of scope compares with."""
MOST_NOTICED = 1300
"""Examples of notices and harmless questions that their models compare with at first; they are fitted to all."""
MANY = 1000
"""A notice with more examples than this is compared with all of them: what calls for it is said in many ways."""
QUESTIONS_WEIGHT = 0.8
"""Weight of all questions of the catalogue together, next to the examples of a notice."""
COVERED_WEIGHT = 1.5
"""Weight of all questions of the catalogue together, next to those that lie beyond it."""

TREATMENTS = (
    "ketamine", "sertraline", "psilocybin", "venlafaxine", "TMS", "esketamine", "fluoxetine", "ECT", "quetiapine", "bupropion",
    "duloxetine", "CBT", "mirtazapine", "lithium", "Spravato", "paroxetine", "aripiprazole", "zuranolone", "citalopram",
    "dextromethorphan", "an SSRI",
)  # fmt: skip
ASKED_OF = 4
"""Treatments of which a question that names none is asked."""


def read_beyond() -> list[str]:
    """Questions that lie beyond the catalogue. One that holds `{treatment}` is asked of several treatments in turn."""
    names = itertools.cycle(TREATMENTS)
    asked = _read_lines("beyond_questions.txt")
    return [line.replace("{treatment}", next(names)) for line in asked for _ in range(ASKED_OF if "{treatment}" in line else 1)]


def read_covered() -> list[str]:
    """Questions that the catalogue covers, beside those of its statements."""
    return _read_lines("covered_questions.txt")


def _read_lines(name: str) -> list[str]:
    lines = (files("app.search") / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def find_subjects(connection: sqlite3.Connection) -> list[str]:
    """Treatments with what their statements are about, as people type into a search box: "ketamine headache"; the first of many."""
    rows = connection.execute(
        "SELECT DISTINCT fact.owner || ' ' || fact_value.value FROM fact JOIN fact_value USING (position) "
        "WHERE fact_value.key = 'topic' AND fact.collection = 'treatments' ORDER BY 1 LIMIT ?",
        (MOST_AGAINST,),
    )
    return [text.replace("-", " ") for (text,) in rows]


def write_models(connection: sqlite3.Connection, fitted: Fitted) -> None:
    """Fit the models to what the release that is being written holds, unless they are `fitted` already."""
    if find_embedder(exact=True) is None:
        return
    docs = connection.execute("SELECT doc FROM fact WHERE status = 'active' ORDER BY position LIMIT ?", (MOST_AGAINST,))
    asks = [ask for (doc,) in docs for ask in json.loads(doc)["asks"]]
    subjects = find_subjects(connection)
    _write_notices(connection, [*asks, *subjects], fitted)
    _write_scope(connection, asks, subjects, fitted)


def _write_notices(connection: sqlite3.Connection, questions: list[str], fitted: Fitted) -> None:
    rows = connection.execute("SELECT kind, examples FROM notice ORDER BY position")
    examples = {kind: texts for kind, texts in ((kind, json.loads(texts)) for kind, texts in rows) if texts}
    if not examples:
        return
    harmless = [text for (text,) in connection.execute("SELECT text FROM harmless")]
    kinds = [kind for kind, texts in examples.items() for _ in texts]
    basis = embed_known([*(text for texts in examples.values() for text in texts), *harmless])
    beyond = read_beyond()
    against = load_vectors([*beyond, *read_covered(), *thin_out(questions, MOST_QUESTIONS)])
    own = np.array([*kinds, *("" for _ in harmless)])
    known = basis.astype(np.float32) / np.float32(SCALE)
    few = [int(place) for place in np.arange(0, len(basis), max(1.0, len(basis) / MOST_NOTICED))]
    _save(connection, "notice_basis", basis)
    for kind, texts in examples.items():
        others = max(1, len(own) - len(texts))
        weights = np.concatenate([
            np.where(own == kind, 1.0, len(texts) / others),
            np.full(len(beyond), len(texts) / max(others, len(beyond), 1)),
            np.full(len(against) - len(beyond), QUESTIONS_WEIGHT * len(texts) / max(1, len(against))),
        ])  # fmt: skip
        labels = np.concatenate([own == kind, np.zeros(len(against), dtype=np.bool_)])
        given = (np.vstack([known, against]), labels, weights)
        key = find_key(known, *given, float(len(few)), float(len(texts) > MANY), *SETTINGS)
        _save(connection, f"notice:{kind}", fitted.get(key, partial(_fit_in_steps, known, few, *given, thoroughly=len(texts) > MANY)))


def _fit_in_steps(known: Vectors, few: list[int], *given: Any, thoroughly: bool) -> Floats:
    """Compare with a few examples at first, then `thoroughly` with all."""
    model = np.zeros(len(known) + 1)
    model[[*few, -1]] = fit(known[few], *given)
    return fit(known, *given, model) if thoroughly else model


def _write_scope(connection: sqlite3.Connection, asks: list[str], subjects: list[str], fitted: Fitted) -> None:
    beyond, typed = read_beyond(), read_covered()
    basis = embed_known([*beyond, *thin_out(typed, MOST_BASIS), *thin_out([*asks, *subjects], MOST_BASIS)])
    known = basis.astype(np.float32) / np.float32(SCALE)
    covered = load_vectors([*typed, *thin_out(asks, MOST_QUESTIONS), *thin_out(subjects, MOST_SUBJECTS)])
    vectors = np.vstack([known[: len(beyond)], covered])
    labels = np.arange(len(vectors)) < len(beyond)
    weights = np.where(labels, 1.0, COVERED_WEIGHT * len(beyond) / max(1, len(covered)))
    _save(connection, "scope_basis", basis)
    key = find_key(known, vectors, labels, weights, *SETTINGS)
    _save(connection, "scope:beyond", fitted.get(key, partial(fit, known, vectors, labels, weights)))


def read_judge(connection: sqlite3.Connection, name: str) -> Judge | None:
    """The models of a name; None where the release has none."""
    basis = connection.execute("SELECT data FROM search_array WHERE name = ?", (f"{name}_basis",)).fetchone()
    if basis is None:
        return None
    rows = connection.execute("SELECT name, data FROM search_array WHERE name LIKE ?", (f"{name}:%",))
    models = {row.partition(":")[2]: np.frombuffer(data, dtype=np.float32) for row, data in rows}
    vectors: Vectors = np.frombuffer(basis[0], dtype=np.int8).reshape(-1, SIZE).astype(np.float32) / np.float32(SCALE)
    return Judge(vectors, models)


def thin_out(texts: list[str], most: int) -> list[str]:
    """At most so many texts, evenly."""
    return texts[:: max(1, -(-len(texts) // most))]


def _save(connection: sqlite3.Connection, name: str, array: NDArray[np.int8] | Vectors) -> None:
    connection.execute("INSERT INTO search_array VALUES (?, ?)", (name, array.tobytes()))
