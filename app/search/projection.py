"""Making different wordings of one statement alike, and different statements unlike.

The questions, text and plain text of a statement mean the same in different styles. In which directions of the sentence model's space they
differ from each other is learnt from the catalogue itself, and these directions are made to count less (within-class covariance
normalisation: Hatch, Kajarekar and Stolcke, Interspeech 2006). From there the matrix is led on so that each question is nearer to the other
questions and the texts of its own statement than to those of others (neighbourhood components analysis: Goldberger, Roweis, Hinton and
Salakhutdinov, NIPS 2004), by steps as in Adam (Kingma and Ba, ICLR 2015)."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors

Places = NDArray[np.intp]

PRIOR = 200
"""Texts that the assumption that all directions are alike counts for: a small catalogue says little. Steps are as much shorter there."""
ROUNDS = 3
"""How often each question is looked at; with more, the catalogue's own wordings are learnt by heart."""
BATCH = 250
"""Questions that are looked at together."""
MOST_RIVALS = 600
"""Statements that questions are told from at a time, those of the questions among them; they are drawn anew for each batch."""
SHARPNESS = 16.0
"""How fast the chance of a statement falls with its distance from the question."""
RATE = 3e-3
"""Length of a step in each number of the matrix, at first; it falls to nothing in the course of the rounds."""
MOMENTUM, MEMORY, LEAST = 0.9, 0.999, 1e-8
"""How slowly the direction and the size of steps change, and what keeps small ones finite: the values that Adam's authors give."""
SETTINGS = (PRIOR, ROUNDS, BATCH, MOST_RIVALS, SHARPNESS, RATE, MOMENTUM, MEMORY, LEAST)
"""What a matrix depends on beside the texts."""


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


class _Choice(NamedTuple):
    """What one batch is to tell apart: places of units, sorted by statement."""

    asked: Places
    """The questions that are looked at."""
    own: Places
    """For each the number of its statement among those that it is told from."""
    asks: Places
    """The questions of all these statements."""
    texts: Places
    """Their texts."""


def sharpen(projection: Vectors, vectors: Vectors, owners: NDArray[np.int32], is_ask: NDArray[np.bool_]) -> Vectors:
    """Lead a matrix on so that questions find their own statements.

    `owners` says which statement each text belongs to, in order, `is_ask` which of them are questions. A question is compared with the
    nearest other question and the nearest text of each statement. Statements without a text, or with less than two questions, are left
    out."""
    usable = np.intersect1d(_find_repeated(owners[is_ask]), owners[~is_ask])
    matrix = projection.astype(np.float32)
    direction, size = np.zeros_like(matrix), np.zeros_like(matrix)
    asks = np.flatnonzero(is_ask & np.isin(owners, usable))
    batches = ROUNDS * -(-len(asks) // BATCH)
    rate = RATE * len(owners) / (len(owners) + PRIOR)
    for number, choice in enumerate(_choose(owners, asks, np.flatnonzero(~is_ask & np.isin(owners, usable)), usable)):
        slope = _find_slope(matrix, vectors, owners, choice)
        direction = MOMENTUM * direction + (1 - MOMENTUM) * slope
        size = MEMORY * size + (1 - MEMORY) * slope * slope
        step = direction / (1 - MOMENTUM ** (number + 1)) / (np.sqrt(size / (1 - MEMORY ** (number + 1))) + LEAST)
        matrix -= np.float32(rate * (1 - number / batches)) * step
    return matrix


def _find_repeated(owners: NDArray[np.int32]) -> NDArray[np.int32]:
    """Those that stand more than once."""
    found, counts = np.unique(owners, return_counts=True)
    return found[counts > 1]


def _choose(owners: NDArray[np.int32], asks: Places, texts: Places, usable: NDArray[np.int32]) -> Iterator[_Choice]:
    """The batches of all rounds from the questions and texts of usable statements; the same for the same texts."""
    chance = np.random.default_rng(0)
    for _ in range(ROUNDS):
        shuffled = chance.permutation(asks)
        for start in range(0, len(shuffled), BATCH):
            asked = np.sort(shuffled[start : start + BATCH])
            own = np.unique(owners[asked])
            others = np.setdiff1d(usable, own)
            rivals = np.union1d(own, chance.permutation(others)[: max(0, MOST_RIVALS - len(own))])
            told = (kind[np.isin(owners[kind], rivals)] for kind in (asks, texts))
            yield _Choice(asked, np.searchsorted(rivals, owners[asked]), *told)


def _find_slope(matrix: Vectors, vectors: Vectors, owners: NDArray[np.int32], choice: _Choice) -> Vectors:
    """In which direction the matrix makes questions find their own statements less often: the derivative of their mean surprise."""
    known = np.concatenate([choice.asks, choice.texts])
    turned = vectors[known] @ matrix
    lengths = np.linalg.norm(turned, axis=1, keepdims=True)
    turned /= lengths
    places = np.searchsorted(choice.asks, choice.asked)
    products = turned[places] @ turned.T
    products[np.arange(len(places)), places] = -1  # no question is compared with itself
    asks = len(choice.asks)
    parts = [(at, find_starts(owners[known[at]])) for at in (slice(0, asks), slice(asks, None))]
    best = [np.maximum.reduceat(products[:, at], starts, axis=1) for at, starts in parts]
    scores = np.float32(SHARPNESS) * (best[0] + best[1])
    scores -= scores.max(axis=1, keepdims=True)
    surprise = np.exp(scores)
    surprise /= surprise.sum(axis=1, keepdims=True)
    surprise[np.arange(len(places)), choice.own] -= 1
    surprise *= np.float32(SHARPNESS / len(places))
    for found, (at, starts) in zip(best, parts, strict=True):
        counts = np.diff(np.append(starts, len(known[at])))
        products[:, at] = np.where(products[:, at] == np.repeat(found, counts, axis=1), np.repeat(surprise, counts, axis=1), 0)
    slope = products.T @ turned[places]
    slope[places] += products @ turned
    slope = (slope - (slope * turned).sum(axis=1, keepdims=True) * turned) / lengths
    return vectors[known].T @ slope


def project(vectors: Vectors, projection: Vectors) -> Vectors:
    """Vectors of length one in the space where wordings are alike."""
    turned = vectors @ projection
    turned /= np.linalg.norm(turned, axis=-1, keepdims=True)
    return turned


def find_starts(owners: NDArray[np.integer]) -> Places:
    """Where each new owner begins among owners that stand in order."""
    return np.flatnonzero(np.append(True, owners[1:] != owners[:-1])[: len(owners)])
