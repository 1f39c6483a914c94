"""The sentence model written anew."""

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from app.search.embedder import FILES, find_embedder, find_quick_embedder
from app.search.fused import fuse
from app.search.onnx import find_model

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
    exact, quick = find_embedder(), find_quick_embedder()
    assert exact is not None
    assert quick is not None
    floats, whole = exact.embed(SENTENCES), np.vstack([quick.end(quick.begin(text)) for text in SENTENCES])
    assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
    assert (floats * whole).sum(axis=1).min() > 0.97
    assert np.abs(floats @ floats.T - whole @ whole.T).max() < 0.06
    assert [*(floats @ floats[1]).argsort()[-2:]] == [*(whole @ whole[1]).argsort()[-2:]]


def test_texts_read_together_come_out_as_alone() -> None:
    exact = find_embedder()
    assert exact is not None
    alone, together = np.vstack([exact.embed([text]) for text in SENTENCES]), exact.embed(SENTENCES)
    assert (alone * together).sum(axis=1).min() > 0.9999


def test_all_products_with_weights_are_done_in_whole_numbers_and_few_steps_are_left(model: bytes) -> None:
    fused = fuse(model)
    halves = (fused.first, fused.last)
    steps = Counter(node.op_type for half in halves for node in half.graph.node)
    assert steps["DynamicQuantizeMatMul"] == 6 * 4
    assert steps["MatMul"] == 0
    assert steps.total() < 80
    sizes = [len(tensor.raw_data) for half in halves for tensor in half.graph.initializer]
    assert sum(sizes) + fused.words.rows.nbytes < len(model) * 1.03  # places of words stand in floats


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(Exception, match="parsing"):
        fuse(b"\xff\xff\xff\xff")


def test_a_model_that_is_built_otherwise_is_refused(model: bytes) -> None:
    with pytest.raises(ValueError, match="36 products with scaled weights, not 0"):
        fuse(b"")
    other = find_model()()
    other.ParseFromString(model)
    for tensor in other.graph.initializer:
        tensor.name = tensor.name.replace("LayerNorm", "Norm")
    with pytest.raises(ValueError, match=r"the model has no inner\.embeddings\.LayerNorm\.weight"):
        fuse(other.SerializeToString())
