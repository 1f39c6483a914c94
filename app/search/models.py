"""The models that a build fits to examples: which questions call for a notice, and which lie beyond the catalogue.

Examples of notices and harmless questions are content (`notices.yaml`), those that lie beyond stand in `beyond_questions.txt`. What speaks
against them are the questions of the catalogue, and those in `covered_questions.txt`, which sound as people type. Each model comes twice:
with the sentence model, and by words alone for where there is none."""

import itertools
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import Vectors, find_embedder
from app.search.fitted import Fitted, find_key
from app.search.grams import SETTINGS as GRAMS
from app.search.grams import Grams, Ints, find_grams, weigh_grams
from app.search.judge import ALONE
from app.search.kernel import SETTINGS, Floats, Meaning, compare, fit
from app.search.known import SCALE, embed_known
from app.search.nearness import round_rows, write_rows

MOST_AGAINST = 2000
"""Statements whose questions, and subjects that, the models are fitted against."""
MOST_QUESTIONS = 1800
"""Questions of the catalogue that a model is fitted against; of more, every second or third."""
MOST_SUBJECTS = 400
"""Subjects that the model of scope is fitted against."""
MOST_COMPARED = 1400
"""Examples that questions are compared with in meaning, taken evenly from all; the models are fitted to all."""
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


@dataclass(frozen=True)
class Side:
    """What one model is to tell: for each text whether it is of the kind, and how much it counts."""

    labels: NDArray[np.bool_]
    weights: Floats


@dataclass(frozen=True)
class Lesson:
    """Texts that models are fitted to."""

    texts: Sequence[str]
    compared: Sequence[int]
    """Places of those that questions will be compared with."""
    sides: Mapping[str, Side]

    @cached_property
    def buckets(self) -> list[Ints]:
        """Those of each text."""
        return [find_grams(text) for text in self.texts]

    @cached_property
    def rarity(self) -> Vectors:
        """How much each bucket weighs."""
        return weigh_grams(self.buckets)

    @cached_property
    def grams(self) -> Grams:
        """The words of all texts."""
        return Grams(self.buckets, self.rarity)

    @cached_property
    def vectors(self) -> NDArray[np.int8]:
        """The meaning of all texts."""
        return embed_known(list(self.texts))

    @cached_property
    def meaning(self) -> Meaning:
        """How alike the texts are to those that they are compared with."""
        vectors = self.vectors.astype(np.float32) / np.float32(SCALE)
        return compare(vectors[self.compared], vectors)


def write_models(connection: sqlite3.Connection, fitted: Fitted) -> None:
    """Fit the models to what the release that is being written holds, unless they are `fitted` already."""
    _write(connection, "notice", learn_notices(connection), fitted)
    questions = [*thin_out(_read_asks(connection), MOST_QUESTIONS), *thin_out(find_subjects(connection), MOST_SUBJECTS)]
    _write(connection, "scope", _learn_scope(questions), fitted)


def _read_asks(connection: sqlite3.Connection) -> list[str]:
    docs = connection.execute("SELECT doc FROM fact WHERE status = 'active' ORDER BY position LIMIT ?", (MOST_AGAINST,))
    return [ask for (doc,) in docs for ask in json.loads(doc)["asks"]]


def learn_notices(connection: sqlite3.Connection) -> Lesson:
    """Each notice against the others, harmless examples, what lies beyond the catalogue, and questions that it covers."""
    questions = thin_out([*_read_asks(connection), *find_subjects(connection)], MOST_QUESTIONS)
    rows = connection.execute("SELECT kind, examples FROM notice ORDER BY position")
    examples = {kind: texts for kind, texts in ((kind, json.loads(texts)) for kind, texts in rows) if texts}
    harmless = [text for (text,) in connection.execute("SELECT text FROM harmless")] if examples else []
    own = np.array([*(kind for kind, texts in examples.items() for _ in texts), *("" for _ in harmless)])
    beyond, covered = read_beyond(), [*read_covered(), *questions]
    against = np.zeros(len(beyond) + len(covered), dtype=np.bool_)
    sides: dict[str, Side] = {}
    for kind, texts in examples.items():
        others = max(1, len(own) - len(texts))
        weights = np.concatenate([
            np.where(own == kind, 1.0, len(texts) / others),
            np.full(len(beyond), len(texts) / max(others, len(beyond), 1)),
            np.full(len(covered), QUESTIONS_WEIGHT * len(texts) / max(1, len(against))),
        ])  # fmt: skip
        sides[kind] = Side(np.concatenate([own == kind, against]), weights)
    texts = [*(text for some in examples.values() for text in some), *harmless]
    return Lesson([*texts, *beyond, *covered], thin_out(range(len(texts)), MOST_COMPARED), sides)


def _learn_scope(questions: Sequence[str]) -> Lesson:
    """What lies beyond the catalogue against questions that it covers."""
    beyond, covered = read_beyond(), [*read_covered(), *questions]
    labels = np.arange(len(beyond) + len(covered)) < len(beyond)
    weights = np.where(labels, 1.0, COVERED_WEIGHT * len(beyond) / max(1, len(covered)))
    return Lesson([*beyond, *covered], thin_out(range(len(labels)), MOST_COMPARED), {"beyond": Side(labels, weights)})


def _write(connection: sqlite3.Connection, name: str, lesson: Lesson, fitted: Fitted) -> None:
    """Write the models of a lesson, with the sentence model if it is there, and by words alone."""
    if not lesson.sides:
        return
    spoken = np.frombuffer(json.dumps(lesson.texts).encode(), dtype=np.uint8)
    _save(connection, f"{name}_rarity", fitted.get(find_key(spoken, *GRAMS), lambda: lesson.rarity))
    has_model = find_embedder() is not None
    if has_model:
        write_rows(connection, name, round_rows(lesson.vectors[lesson.compared].astype(np.float32) / np.float32(SCALE)))
    for with_model in (False, True) if has_model else (False,):
        given = (spoken, lesson.vectors, np.array(lesson.compared)) if with_model else (spoken,)
        for kind, side in lesson.sides.items():

            def fit_side(side: Side = side, *, with_model: bool = with_model) -> Floats:
                return fit(lesson.meaning if with_model else None, lesson.grams, side.labels, side.weights)

            key = find_key(*given, side.labels, side.weights, *GRAMS, *SETTINGS)
            _save(connection, f"{name}:{kind}" if with_model else f"{name}-{ALONE}:{kind}", fitted.get(key, fit_side))


ItemT = TypeVar("ItemT")


def thin_out(items: Sequence[ItemT], most: int) -> Sequence[ItemT]:
    """At most so many, evenly."""
    return items[:: max(1, -(-len(items) // most))]


def _save(connection: sqlite3.Connection, name: str, array: Vectors) -> None:
    connection.execute("INSERT INTO search_array VALUES (?, ?)", (name, array.tobytes()))
