"""Noticing when the person who asks may be in danger, or asks what only someone who knows them can answer.

Two ways, joined by "or": phrases, which people who review the content can read, and a linear model over sentence vectors, which is fitted
at build from the examples that the content gives for each notice against its harmless examples and every question of the catalogue."""

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors
from app.search.words import split_words, stem

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


class Watcher:
    """Reads the notices and models of one release."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT kind, signs FROM notice ORDER BY position").fetchall()
        self.phrases = {kind: [_stems(phrase) for phrase in json.loads(signs)] for kind, signs in rows}
        self.models: dict[str, Floats] = {}
        for name, data in connection.execute("SELECT name, data FROM search_array WHERE name LIKE 'notice:%'"):
            self.models[name.partition(":")[2]] = np.frombuffer(data, dtype=np.float64)

    def find(self, question: str, *vectors: Vectors | None) -> dict[str, float]:
        """How likely each notice is called for, by kind; only those that are. Of several readings of the question the gravest counts."""
        stems = _stems(question)
        found: dict[str, float] = {}
        for kind, phrases in self.phrases.items():
            told = any(_contains(stems, phrase) for phrase in phrases)
            likely = max(self._judge(kind, vector) for vector in vectors)
            if told or likely >= SURE.get(kind, 0.5):
                found[kind] = max(likely, 1.0 if told else 0.0)
        return found

    def _judge(self, kind: str, vector: Vectors | None) -> float:
        model = self.models.get(kind)
        if model is None or vector is None:
            return 0.0
        return 1 / (1 + math.exp(-float(model[:SIZE] @ vector + model[SIZE])))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in split_words(text.replace("'", "")))


def _contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return size > 0 and any(tuple(words[start : start + size]) == tuple(phrase) for start in range(len(words) - size + 1))
