"""The matrix in which wordings of one statement are alike and different statements are not."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.search.embedder import SIZE, Vectors
from app.search.projection import fit_projection, project, sharpen

STATEMENTS, ASKS = 150, 5
PAIRED = 20
"""Directions in which statements differ from each other, and as many that say nothing but vary more."""


class Wordings(NamedTuple):
    """A made-up catalogue: five questions and two texts of each statement, and a question that it does not have."""

    vectors: Vectors
    owners: NDArray[np.int32]
    is_ask: NDArray[np.bool_]
    fresh: Vectors


def make_wordings() -> Wordings:
    """Each wording says its statement faintly, with a manner that some wordings of all statements share, and noise."""
    chance = np.random.default_rng(7)
    meanings = np.zeros((STATEMENTS, SIZE))
    meanings[:, :PAIRED] = chance.normal(size=(STATEMENTS, PAIRED))
    manners = np.zeros((6, SIZE))
    manners[:, PAIRED : 2 * PAIRED] = 2.5 * chance.normal(size=(6, PAIRED))

    def word(owner: int) -> NDArray[np.float64]:
        vector = meanings[owner] + manners[chance.integers(len(manners))] + 0.35 * chance.normal(size=SIZE)
        return vector / np.linalg.norm(vector)

    owners = np.repeat(np.arange(STATEMENTS), ASKS + 2).astype(np.int32)
    vectors = np.stack([word(int(owner)) for owner in owners]).astype(np.float32)
    fresh = np.stack([word(owner) for owner in range(STATEMENTS)]).astype(np.float32)
    return Wordings(vectors, owners, np.tile([True] * ASKS + [False] * 2, STATEMENTS), fresh)


def count_found(made: Wordings, matrix: Vectors) -> int:
    """How many questions that the catalogue does not have are nearest to a question of their own statement."""
    near = project(made.fresh, matrix) @ project(made.vectors[made.is_ask], matrix).T
    return int((made.owners[made.is_ask][near.argmax(axis=1)] == np.arange(STATEMENTS)).sum())


def test_more_unseen_questions_find_their_statement() -> None:
    made = make_wordings()
    start = fit_projection(made.vectors, made.owners)
    plain, alike, sharp = (
        count_found(made, matrix)
        for matrix in (np.eye(SIZE, dtype=np.float32), start, sharpen(start, made.vectors, made.owners, made.is_ask))
    )
    assert plain < alike < sharp, (plain, alike, sharp)


def test_the_same_texts_give_the_same_matrix() -> None:
    made = make_wordings()
    start = np.eye(SIZE, dtype=np.float32)
    one, other = (sharpen(start, made.vectors, made.owners, made.is_ask) for _ in range(2))
    assert np.array_equal(one, other)
    assert np.array_equal(start, np.eye(SIZE)), "the matrix that was given is left as it was"


def test_statements_with_one_question_or_no_text_teach_nothing() -> None:
    made = make_wordings()
    start = np.eye(SIZE, dtype=np.float32)
    lone = np.isin(np.arange(len(made.owners)) % (ASKS + 2), (0, ASKS, ASKS + 1))
    assert np.array_equal(sharpen(start, made.vectors[lone], made.owners[lone], made.is_ask[lone]), start)
    asks = made.is_ask
    assert np.array_equal(sharpen(start, made.vectors[asks], made.owners[asks], made.is_ask[asks]), start)


def test_few_texts_move_the_matrix_little() -> None:
    made = make_wordings()
    start = np.eye(SIZE, dtype=np.float32)
    few = made.owners < 5
    moved = [
        float(np.linalg.norm(sharpen(start, made.vectors[some], made.owners[some], made.is_ask[some]) - start))
        for some in (few, made.owners >= 0)
    ]
    assert 0 < 3 * moved[0] < moved[1]
