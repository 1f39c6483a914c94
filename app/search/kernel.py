"""Telling sentences apart by examples: penalised kernel logistic regression (Zhu and Hastie, J Comput Graph Stat 2005;14:185) over sentence
vectors.

A straight cut through the sentence model's space takes "my boss will kill me" for a threat; nearness to single examples does not."""

import math

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import Vectors
from app.search.nearness import Nearness

Floats = NDArray[np.float64]

SHARPNESS = 3.0
"""How fast likeness falls with distance in meaning."""
PENALTY = 2e-5
"""Weight of the penalty on rough functions, for each example."""
ROUNDS = 8
"""Newton steps; fewer do when nothing changes any more."""
MORE_ROUNDS = 3
"""Those from a known start."""
LEAST_STEP = 1e-3
"""Change of a weight that counts as none."""


def fit(basis: Vectors, vectors: Vectors, labels: NDArray[np.bool_], weights: Floats, start: Floats | None = None) -> Floats:
    """How much likeness to each vector of the basis speaks for the label, the constant last. `start`: what is known of it; a few steps lead
    from there to the end."""
    size = len(basis)
    likeness = np.hstack([_compare(vectors, basis), np.ones((len(vectors), 1), dtype=np.float32)])
    penalty = np.zeros((size + 1, size + 1))
    penalty[:size, :size] = PENALTY * float(weights.sum()) * (_compare(basis, basis) + 1e-6 * np.eye(size))
    beta = np.zeros(size + 1) if start is None else start.copy()
    for _ in range(ROUNDS if start is None else MORE_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(likeness @ beta, -30, 30)))
        gradient = (weights * (labels - p)) @ likeness - penalty @ beta
        spread = likeness * np.sqrt(weights * p * (1 - p)).astype(np.float32)[:, None]
        step = np.linalg.solve((spread.T @ spread).astype(np.float64) + penalty + 1e-8 * np.eye(size + 1), gradient)
        beta += step
        if float(np.abs(step).max()) < LEAST_STEP:
            break
    return beta


SETTINGS = (SHARPNESS, PENALTY, float(ROUNDS), float(MORE_ROUNDS), LEAST_STEP)
"""What a fit depends on beside what it is given."""


class Judge:
    """Fitted models over one basis."""

    def __init__(self, basis: Vectors, models: dict[str, Vectors]) -> None:
        self.size = len(basis)
        """Examples that are compared with."""
        self._nearness = Nearness(basis)
        self._models = models

    def find(self, vector: Vectors) -> dict[str, float]:
        """For each model the logarithm of the odds that its label fits a vector."""
        likeness = _liken(self._nearness.find(vector))
        return {name: float(model[:-1] @ likeness + model[-1]) for name, model in self._models.items()}


def chance(odds: float) -> float:
    """The chance that goes with the logarithm of odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def _compare(vectors: Vectors, basis: Vectors) -> Vectors:
    return _liken(vectors @ basis.T)


def _liken(products: Vectors) -> Vectors:
    return np.exp(np.float32(SHARPNESS) * (products - 1))
