"""Models that multiply in whole numbers."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from app.search.embedder import FILES, find_embedder
from app.search.integers import use_integers

SENTENCES = (
    "ketamine", "how fast does ketamine work for depression", "i want to end it all tonight", "can I take my tablets with wine?",
    "what is the remission rate in STAR*D for people who did not get better with citalopram first", "Wie wirkt Ketamin?", "?!",
)  # fmt: skip


@pytest.fixture(scope="module")
def model() -> bytes:
    package, name, _ = FILES["model"]
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / name).read_bytes()


def test_vectors_stay_near_those_of_floats_and_order_texts_alike() -> None:
    exact, quick = find_embedder(exact=True), find_embedder()
    assert exact is not None
    assert quick is not None
    floats, whole = exact.embed(SENTENCES), np.vstack([quick.embed([text]) for text in SENTENCES])
    assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
    assert (floats * whole).sum(axis=1).min() > 0.97
    assert np.abs(floats @ floats.T - whole @ whole.T).max() < 0.06
    assert [*(floats @ floats[1]).argsort()[-2:]] == [*(whole @ whole[1]).argsort()[-2:]]


def test_every_product_with_weights_and_both_look_ups_are_replaced_once(model: bytes) -> None:
    done = use_integers(model)
    assert done.count(b"DynamicQuantizeMatMul") == 6 * 6
    assert b"com.microsoft" in done
    assert use_integers(done) == done
    assert abs(len(done) - len(model)) < len(model) / 100


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(Exception, match="parsing"):
        use_integers(b"\xff\xff\xff\xff")
