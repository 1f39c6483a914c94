"""Models that are kept beside the code are those that a build would fit."""

from functools import partial
from pathlib import Path

import numpy as np

from app.content.checks import get_checked_library
from app.release.build import build_release
from app.search.fitted import Fitted, find_key
from app.search.index import write_index
from tests.conftest import DATA, SAMPLE, TODAY

KEY = b"0123456789abcdef"


def _build(data: Path, folder: Path, fitted: Fitted) -> bytes:
    return build_release(get_checked_library(data, TODAY), folder, finish=partial(write_index, fitted=fitted)).path.read_bytes()


def test_a_model_is_fitted_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "fitted.bin"
    first = Fitted(file)
    assert first.get(KEY, lambda: np.array([0.5, -2.0])).tolist() == [0.5, -2.0]
    first.get(KEY[::-1], lambda: np.array([3.0]))
    first.write(file)
    again = Fitted(file)
    assert [again.get(KEY, lambda: np.zeros(1)).tolist(), again.new, list(again.used)] == [[0.5, -2.0], 0, [KEY]]
    again.write(file)
    assert len(file.read_bytes()) == 16 + 4 + 2 * 4, "a model that nothing asked for is dropped"


def test_what_a_model_is_fitted_to_makes_its_key() -> None:
    ones = np.ones((2, 3), dtype=np.float32)
    keys = [
        find_key(ones, 1.0),
        find_key(ones.reshape(3, 2), 1.0),
        find_key(ones.astype(np.float64), 1.0),
        find_key(ones * 2, 1.0),
        find_key(ones, 2.0),
    ]
    assert len(set(keys)) == len(keys)
    assert find_key(ones.copy(), 1.0) == keys[0]


def test_a_release_is_the_same_with_models_kept_as_with_models_fitted(tmp_path: Path) -> None:
    file = tmp_path / "fitted.bin"
    fresh = Fitted(file)
    first = _build(SAMPLE, tmp_path / "first", fresh)
    fresh.write(file)
    kept = Fitted(file)
    assert _build(SAMPLE, tmp_path / "second", kept) == first
    assert (fresh.new, kept.new) == (len(fresh.used), 0)


def test_the_models_of_the_published_content_are_kept(tmp_path: Path) -> None:
    fitted = Fitted()
    _build(DATA, tmp_path, fitted)
    assert (len(fitted.used), fitted.new) == (11, 0), "questions or examples have changed: run `python -m app vectors`"
