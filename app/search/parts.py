"""Which part of the catalogue a question asks for: a section of the treatments, or terms, claims, drugs and so on.

"How long does an infusion take" asks how a treatment is given, whatever the treatment; words and nearness to single statements say that
badly. Parts are told apart by linear discriminants with one covariance for all (Hastie, Tibshirani and Friedman, The Elements of
Statistical Learning, 2009, section 4.3), fitted at build to the vectors of the catalogue's own questions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors

PRIOR = 1.0
"""Weight of the assumption that all directions vary alike, against what the questions show."""


def find_part(collection: str, section: str) -> str:
    """The part that a statement belongs to."""
    return section if collection == "treatments" else collection


def fit_parts(vectors: Vectors, labels: NDArray[np.int32]) -> Vectors:
    """Coefficients of each part in a column, the constant in the last row. `labels` says which part each question belongs to, from 0."""
    counts = np.bincount(labels)
    means = np.stack([vectors[labels == part].mean(axis=0, dtype=np.float64) for part in range(len(counts))])
    within = vectors - means[labels]
    covariance = within.T @ within / len(vectors)
    covariance += (PRIOR * float(np.trace(covariance)) / SIZE + 1e-9) * np.eye(SIZE)
    slopes = np.linalg.solve(covariance, means.T)
    constants = np.log(counts / len(labels)) - (means.T * slopes).sum(axis=0) / 2
    return np.vstack([slopes, constants]).astype(np.float32)


def judge_parts(vector: Vectors, coefficients: Vectors) -> Vectors:
    """The logarithm of the chance of each part, divided by 5, so that it is as large as the other signals."""
    scores = vector @ coefficients[:-1] + coefficients[-1]
    scores -= scores.max()
    return (scores - np.log(np.exp(scores).sum())) / 5


def number_parts(parts: Sequence[str]) -> NDArray[np.int32]:
    """Parts as numbers, in order of their names."""
    known = {name: number for number, name in enumerate(sorted(set(parts)))}
    return np.array([known[name] for name in parts], dtype=np.int32)
