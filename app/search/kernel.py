"""Telling sentences apart by examples: penalised logistic regression on likeness to examples in meaning (kernel logistic regression: Zhu
and Hastie, J Comput Graph Stat 2005;14:185) and on words and runs of letters (`app/search/grams.py`).

A straight cut through the sentence model's space takes "my boss will kill me" for a threat; nearness to single examples does not, and the
words say what the sentence model blurs."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import Vectors
from app.search.grams import BUCKETS, Grams

Floats = NDArray[np.float64]

SHARPNESS = 3.0
"""How fast likeness falls with distance in meaning."""
WORDS = 2.0
"""Weight of what two sentences have in common in words, next to likeness in meaning."""
PENALTY = 2e-5
"""Weight of the penalty on rough functions, for each example."""
ROUNDS = 10
"""Newton steps; fewer do when little changes any more."""
STEPS = 60
"""Of conjugate gradients within a Newton step."""
LEAST_GAIN = 1e-4
"""Share of what is minimised that counts as little."""
LEAST_STEP = 1e-3
"""Share of a Newton step below which it is not shortened any more."""
LEAST_LEFT = 1e-6
"""Share of what conjugate gradients begin with that counts as solved."""
CONSTANT_PENALTY = 1e-8
"""Weight of the penalty on the constant, which is there for the sake of the numbers only."""
JITTER = 1e-4
"""Added to the likeness of each example to itself, so that doubles among them do no harm."""
SETTINGS = (SHARPNESS, WORDS, PENALTY, ROUNDS, STEPS, LEAST_GAIN, LEAST_STEP, LEAST_LEFT, CONSTANT_PENALTY, JITTER)
"""What a fit depends on beside what it is given."""


@dataclass(frozen=True)
class Meaning:
    """How alike sentences are to examples in meaning."""

    features: Vectors
    """A row for each sentence. The product of two rows is their likeness, as far as the examples show it (Williams and Seeger, Advances in
    Neural Information Processing Systems 2000;13:682)."""
    turn: Floats
    """From weights of these features to weights of likeness to each example."""


def compare(basis: Vectors, vectors: Vectors) -> Meaning:
    """The likeness of sentences to the examples of a basis."""
    likeness = liken(basis @ basis.T).astype(np.float64)
    inverse = np.linalg.inv(np.linalg.cholesky(likeness + JITTER * np.eye(len(basis))))
    turn = inverse.T.astype(np.float64)
    return Meaning(liken(vectors @ basis.T) @ turn.astype(np.float32), turn)


@dataclass(frozen=True)
class _Task:
    """What is to be told apart, as a function of weights of features, of buckets, and a constant."""

    meaning: Vectors
    grams: Grams
    labels: NDArray[np.bool_]
    weights: Floats

    @property
    def size(self) -> int:
        """How many numbers are looked for."""
        return self.meaning.shape[1] + BUCKETS + 1

    def score(self, x: Floats) -> Floats:
        """The logarithm of the odds of each sentence."""
        size = self.meaning.shape[1]
        return self.meaning @ x[:size].astype(np.float32) + math.sqrt(WORDS) * self.grams.multiply(x[size:-1]) + x[-1]

    def gather(self, values: Floats) -> Floats:
        """The transpose of `score`."""
        grams = math.sqrt(WORDS) * self.grams.gather(values)
        return np.concatenate([self.meaning.T @ values.astype(np.float32), grams, [values.sum()]])

    def find_loss(self, scores: Floats) -> float:
        """How badly the sentences are told apart."""
        return float((self.weights * (np.logaddexp(0, scores) - self.labels * scores)).sum())


def fit(meaning: Meaning | None, grams: Grams, labels: NDArray[np.bool_], weights: Floats) -> Floats:
    """How much likeness to each example of the basis speaks for the label, then how much each bucket does, the constant last. Without
    meaning by words alone. Newton steps by conjugate gradients (Komarek and Moore, ICDM 2005)."""
    features = meaning.features if meaning is not None else np.zeros((grams.count, 0), dtype=np.float32)
    task = _Task(features, grams, labels, weights)
    ridge = np.full(task.size, PENALTY * float(weights.sum()))
    ridge[-1] = CONSTANT_PENALTY
    x = np.zeros(task.size)
    scores = task.score(x)
    loss = task.find_loss(scores)
    for _ in range(ROUNDS):
        chances = 1 / (1 + np.exp(-scores))
        gradient = task.gather(weights * (chances - labels)) + ridge * x
        step = _solve(lambda v, spread=weights * chances * (1 - chances): task.gather(spread * task.score(v)) + ridge * v, -gradient)
        share = 1.0
        while True:
            moved = x + share * step
            scores = task.score(moved)
            reached = task.find_loss(scores) + float((ridge * moved * moved).sum()) / 2
            if reached <= loss or share < LEAST_STEP:
                break
            share /= 2
        gain, x, loss = loss - reached, moved, reached
        if gain < LEAST_GAIN * loss:
            break
    size = features.shape[1]
    likeness = meaning.turn @ x[:size] if meaning is not None else x[:0]
    return np.concatenate([likeness, math.sqrt(WORDS) * x[size:-1], x[-1:]])


def _solve(apply: Callable[[Floats], Floats], target: Floats) -> Floats:
    """What a symmetric positive matrix turns into the target, nearly (conjugate gradients: Hestenes and Stiefel 1952)."""
    found = np.zeros_like(target)
    rest, way = target.copy(), target.copy()
    left = first = float(rest @ rest)
    for _ in range(STEPS):
        if left <= LEAST_LEFT * first:
            break
        turned = apply(way)
        step = left / float(way @ turned)
        found += step * way
        rest -= step * turned
        now = float(rest @ rest)
        way = rest + now / left * way
        left = now
    return found


def liken(products: Vectors) -> Vectors:
    """The likeness of sentences from the products of their vectors."""
    return np.exp(np.float32(SHARPNESS) * (products - 1))
