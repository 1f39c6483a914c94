"""Noticing when the person who asks may be in danger, or asks what only someone who knows them can answer.

Two ways, joined by "or": phrases, which people who review the content can read, and a linear model over sentence vectors, which is fitted
at build from the examples that the content gives for each notice against its harmless examples and every question of the catalogue."""

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors
from app.search.phrases import Lexicon, Phrases

Floats = NDArray[np.float64]

SURE = {"crisis": 0.45, "emergency": 0.5, "personal-advice": 0.5}
"""Probability from which the model alone raises a notice: a crisis that is missed weighs more than a needless notice."""
STRENGTH = 2e-3
"""Weight of the penalty on large coefficients, for each example."""
ROUNDS = 25
"""Newton steps; fewer do when nothing changes any more."""


def fit(vectors: Vectors, labels: NDArray[np.bool_], weights: Floats) -> Floats:
    """Coefficients, the constant last, of a penalised logistic regression by Newton's method (Hastie, Tibshirani and Friedman, The
    Elements of Statistical Learning, 2009, section 4.4)."""
    x = np.hstack([vectors.astype(np.float64), np.ones((len(vectors), 1))])
    y = labels.astype(np.float64)
    beta = np.zeros(x.shape[1])
    penalty = STRENGTH * float(weights.sum()) * np.ones(x.shape[1])
    penalty[-1] = 0
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-(x @ beta)))
        gradient = x.T @ (weights * (y - p)) - penalty * beta
        curvature = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(penalty) + 1e-9 * np.eye(x.shape[1])
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-6:
            break
    return beta


def fit_all(examples: Mapping[str, Vectors], harmless: Vectors, questions: Vectors) -> dict[str, Floats]:
    """A model for each kind of notice. Its examples count as much as all else together, harmless ones more than the many questions."""
    models: dict[str, Floats] = {}
    for kind, own in examples.items():
        others = [vectors for other, vectors in examples.items() if other != kind]
        against = np.vstack([*others, harmless])
        vectors = np.vstack([own, against, questions])
        labels = np.arange(len(vectors)) < len(own)
        weights = np.concatenate([
            np.full(len(own), 1.0), np.full(len(against), len(own) / max(1, len(against))),
            np.full(len(questions), len(own) / max(1, len(questions)) * 0.8),
        ])  # fmt: skip
        models[kind] = fit(vectors, labels, weights)
    return models


@dataclass(frozen=True)
class Signs:
    """The phrases of one notice."""

    call: Phrases
    unless: Phrases
    never: Phrases


class Watcher:
    """Reads the notices and models of one release."""

    def __init__(self, connection: sqlite3.Connection, known: Mapping[str, str] | None = None) -> None:
        """`known`: words that are no misspellings of the phrases' words, by their stems."""
        families = {name: json.loads(words) for name, words in connection.execute("SELECT name, words FROM family")}
        rows = [
            (kind, [json.loads(texts) for texts in phrases])
            for kind, *phrases in connection.execute("SELECT kind, signs, unless, never FROM notice ORDER BY position")
        ]
        self._lexicon = Lexicon(families, (phrase for _, lists in rows for phrases in lists for phrase in phrases), known)
        someone = [name for (name,) in connection.execute("SELECT name FROM family WHERE someone")]
        self._someone = self._phrases(["{" + ",".join(someone) + "}"] if someone else [])
        self._signs = {kind: Signs(*(self._phrases(phrases) for phrases in lists)) for kind, lists in rows}
        self.models: dict[str, Floats] = {}
        for name, data in connection.execute("SELECT name, data FROM search_array WHERE name LIKE 'notice:%'"):
            self.models[name.partition(":")[2]] = np.frombuffer(data, dtype=np.float64)

    def find(self, question: str, *vectors: Vectors | None) -> dict[str, float]:
        """How likely each notice is called for, by kind; only those that are. Of several readings of the question the gravest counts."""
        stems = self._lexicon.read(question)
        found: dict[str, float] = {}
        for kind, signs in self._signs.items():
            told = self._is_told(signs, stems)
            likely = max(self._judge(kind, vector) for vector in vectors) if vectors else 0.0
            if told or likely >= SURE.get(kind, 0.5):
                found[kind] = max(likely, 1.0 if told else 0.0)
        return found

    def _is_told(self, signs: Signs, stems: Sequence[str]) -> bool:
        """Whether the words of a question call for a notice."""
        if not signs.call.find(stems) or signs.never.find(stems):
            return False
        return self._someone.find(stems) or not signs.unless.find(stems)

    def _phrases(self, phrases: Iterable[str]) -> Phrases:
        return Phrases(self._lexicon.compile(phrase) for phrase in phrases)

    def _judge(self, kind: str, vector: Vectors | None) -> float:
        model = self.models.get(kind)
        if model is None or vector is None:
            return 0.0
        return 1 / (1 + math.exp(-float(model[:SIZE] @ vector + model[SIZE])))
