# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""A second reading of questions that may call for a notice.

The sentence model tells what a text is about; whether "I've sold the car and paid the rent to the end of the month" is a farewell or a
journey it was never asked. The second half of its layers was trained to tell on the examples of the notices, on harmless ones and on
questions of the catalogue, alone and mixed with each other (fine-tuning: Devlin et al., NAACL 2019; `tools/tune.py` did it and wrote
`second.onnx`; it derives from all-MiniLM-L6-v2, Apache-2.0). It goes on from where the first half of the layers has brought a question
anyway. Danger is often told in a few words of many: beside the mean over all word pieces the one that speaks most for a notice counts."""

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from app.search.fused import HALFWAY, SIZE, Bytes, Floats, Graph, Layer, Product
from app.search.nearness import LARGEST
from app.search.onnx import MIDDLE, find_model, open_written

log = logging.getLogger(__name__)

FILE = Path(__file__).parent / "second.onnx"
KINDS = ("crisis", "emergency", "personal-advice")
"""Notices that it knows, in the order in which their odds come out."""
ODDS = "odds"
"""Name of what comes out: for each word piece what goes into the mean and what into the largest, each for all notices."""


class Second:
    """The trained half of the layers."""

    def __init__(self, model: bytes) -> None:
        """`model`: as `write` gives it. Raises `ValueError` for anything else."""
        try:
            written = find_model()()
            written.ParseFromString(model)
            self._session = open_written(written)
        except Exception as error:  # each fault of a file has a class of its own there
            raise ValueError(f"not a model: {error}") from error
        found = [(value.name, value.shape[-1]) for value in (*self._session.get_inputs(), *self._session.get_outputs())]
        wanted = [(HALFWAY, SIZE), (ODDS, 2 * len(KINDS))]
        if found != wanted:
            raise ValueError(f"not a model for these notices: it has {found}, not {wanted}")

    def find(self, halfway: Floats) -> dict[str, float]:
        """The logarithm of the odds of each notice, from what half of the layers makes of one text."""
        odds: Floats = self._session.run([ODDS], {HALFWAY: halfway})[0]  # pyright: ignore[reportAssignmentType]
        means, largest = odds[0, :, : len(KINDS)].mean(axis=0), odds[0, :, len(KINDS) :].max(axis=0)
        return {kind: float(value) for kind, value in zip(KINDS, means + largest, strict=True)}


@cache
def find_second(file: Path = FILE) -> Second | None:
    """The trained half, or None with a word in the log where it cannot be read: then the notices rest on phrases and examples alone."""
    try:
        return Second(file.read_bytes())
    except (OSError, ValueError) as error:
        log.warning("no second reading of questions that may call for a notice: %s: %s", file, error)
        return None


def write(layers: Sequence[Layer], weights: Floats, bias: Floats) -> bytes:
    """A model of these layers, which go on from half of the sentence model's, and of a last product that gives the odds."""
    graph = Graph(HALFWAY, ODDS, 2 * len(KINDS))
    states = graph.add_layers(layers, HALFWAY, "states")
    graph.keep("weights", weights)
    graph.keep("bias", bias)
    graph.add("Add", [graph.add("MatMul", [states, "weights"], "parts"), "bias"], ODDS)
    data: bytes = graph.model.SerializeToString()
    return data


def round_product(weights: Floats, bias: Floats) -> Product:
    """Weights as whole numbers, each column with a scale of its own."""
    scales = np.maximum(np.abs(weights).max(axis=0), np.finfo(np.float32).tiny).astype(np.float32) / LARGEST
    whole: Bytes = (np.rint(weights / scales) + MIDDLE).astype(np.uint8)
    return Product(whole, scales, bias)
