"""Comparing one vector with many in whole numbers."""

import numpy as np
import pytest

from app.search.embedder import SIZE, Vectors
from app.search.nearness import Nearness, round_rows


def make_vectors(count: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, SIZE)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [1, 7, 3000])
def test_products_are_those_of_floats_to_the_third_digit(count: int) -> None:
    rows = make_vectors(count, 1)
    asked = rows[0] + 0.5 * make_vectors(1, 2)[0]
    asked /= np.linalg.norm(asked)
    error = Nearness(round_rows(rows)).find(asked) - rows @ asked
    assert float(np.abs(error).max()) < 0.003
    assert float(error.std()) < 0.001


def test_the_nearest_of_near_ones_is_found_as_with_floats() -> None:
    rows = make_vectors(500, 3)
    nearness = Nearness(round_rows(rows))
    for place in (0, 250, 499):
        assert int(nearness.find(rows[place]).argmax()) == place


def test_rows_of_nothing_and_no_rows_give_nothing() -> None:
    rows = np.vstack([np.zeros((1, SIZE), dtype=np.float32), make_vectors(1, 4)])
    nothing, same = Nearness(round_rows(rows)).find(rows[1])
    assert nothing == 0
    assert same == pytest.approx(1, abs=0.003)
    assert Nearness(round_rows(rows[:0])).find(rows[1]).shape == (0,)


def test_two_rows_are_multiplied_as_in_floats() -> None:
    rows = make_vectors(20, 5)
    assert round_rows(rows).multiply(3, 11) == pytest.approx(float(rows[3] @ rows[11]), abs=0.003)
