"""Making different wordings of one statement alike.

The questions, text and plain text of a statement mean the same in different styles. In which directions of the sentence model's space they
differ from each other is learnt from the catalogue itself, and these directions are made to count less (within-class covariance
normalisation: Hatch, Kajarekar and Stolcke, Interspeech 2006)."""

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors

PRIOR = 200
"""Texts that the assumption that all directions are alike counts for: a small catalogue says little."""


def fit_projection(vectors: Vectors, owners: NDArray[np.int32]) -> Vectors:
    """The matrix that question and texts are multiplied by; `owners` says which statement each text belongs to, in order."""
    starts = find_starts(owners)
    counts = np.diff(np.append(starts, len(owners)))
    means = np.add.reduceat(vectors.astype(np.float64), starts, axis=0) / counts[:, None]
    within = vectors - np.repeat(means, counts, axis=0)
    covariance = within.T @ within
    spread = float(np.trace(covariance)) / (SIZE * len(vectors))
    if spread == 0:
        return np.eye(SIZE, dtype=np.float32)
    values, directions = np.linalg.eigh((covariance + PRIOR * spread * np.eye(SIZE)) / (len(vectors) + PRIOR))
    return (directions @ np.diag(np.sqrt(spread / values)) @ directions.T).astype(np.float32)


def project(vectors: Vectors, projection: Vectors) -> Vectors:
    """Vectors of length one in the space where wordings are alike."""
    turned = vectors @ projection
    turned /= np.linalg.norm(turned, axis=-1, keepdims=True)
    return turned


def find_starts(owners: NDArray[np.integer]) -> NDArray[np.intp]:
    """Where each new owner begins among owners that stand in order."""
    return np.flatnonzero(np.append(True, owners[1:] != owners[:-1])[: len(owners)])
