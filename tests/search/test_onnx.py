# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Products in whole numbers."""

import numpy as np
import pytest

from app.search.onnx import INT8, MIDDLE, UINT8, multiplies_signed_weights, open_session, open_written, sign_weights, write_product

SIZE, COUNT = 96, 40


@pytest.mark.parametrize("rows", [1, 3, 64])
def test_products_come_out_the_same_whatever_this_processor_gets(rows: int) -> None:
    chance = np.random.default_rng(rows)
    weights, scales = chance.integers(0, 256, (SIZE, COUNT), dtype=np.uint8), chance.uniform(0.5, 2, COUNT).astype(np.float32)
    vectors = chance.normal(size=(rows, SIZE)).astype(np.float32)
    unsigned = open_session(write_product(weights, scales).SerializeToString(), as_it_stands=True).run(None, {"vectors": vectors})[0]
    chosen = open_written(write_product(weights, scales)).run(None, {"vectors": vectors})[0]
    assert np.array_equal(np.asarray(chosen), np.asarray(unsigned))
    right = vectors @ ((weights.astype(np.float32) - MIDDLE) * scales)
    assert np.abs(np.asarray(chosen) - right).max() < 0.02 * np.abs(right).max()


@pytest.mark.parametrize("most", [1, 2 * MIDDLE - 1])
def test_the_largest_products_do_not_overflow(most: int) -> None:
    weights = np.full((SIZE, COUNT), most, dtype=np.uint8)
    session = open_written(write_product(weights, np.ones(COUNT, dtype=np.float32)))
    for rows in (1, 2, 40):
        found = np.asarray(session.run(None, {"vectors": np.ones((rows, SIZE), dtype=np.float32)})[0])
        assert np.allclose(found, SIZE * (most - MIDDLE))


def test_weights_become_signed_once_and_only_where_that_is_right() -> None:
    weights = np.array([[0, 128, 255]], dtype=np.uint8)
    model = write_product(weights, np.ones(3, dtype=np.float32))
    for _ in range(2):
        sign_weights(model)
        kept = {tensor.name: tensor for tensor in model.graph.initializer}
        assert np.frombuffer(kept["weights"].raw_data, dtype=np.int8).tolist() == [-128, 0, 127]
        assert kept["middles"].raw_data == bytes(3)
        assert kept["weights"].data_type == kept["middles"].data_type == INT8
    model = write_product(weights, np.ones(3, dtype=np.float32))
    open_written(model)
    assert model.graph.initializer[0].data_type == (INT8 if multiplies_signed_weights() else UINT8)
