# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportAttributeAccessIssue=false, reportUnknownVariableType=false
"""The sentence model with few steps and products in whole numbers.

The package brings all-MiniLM-L6-v2 (a BERT: Devlin et al., NAACL 2019) as 385 steps that turn its 8-bit weights into floats before every
product, so that nothing is won but the size of the file. Here its weights stay, and the graph is written anew: query, key and value of a
layer are one product, attention is one step, and products are ONNX Runtime's `DynamicQuantizeMatMul`, which rounds the other factor to
8 bits as well. Vectors have a cosine of about 0.99 to those in floats, and a question is read in half the time or less. The model comes in
two halves, for who goes on from the first one in another way (`app/search/second.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.onnx import EXTRA, FLOAT, INT64, MIDDLE, PRODUCT, UINT8, add_value, find_model, start_model

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

LAYERS, HEADS, SIZE = 6, 12, 384
SHARED = 3
"""Layers after which another reading of a text may begin."""
LAST, HALFWAY = "last_hidden_state", "halfway"
"""Names of what comes out."""
WORDS, PLACES = "inner.embeddings.word_embeddings.weight", "inner.embeddings.position_embeddings.weight"
START_NORM = "inner.embeddings.LayerNorm"
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""Products of a layer with weights."""
PRODUCTS = len(PARTS)
EPSILON = 1e-12
"""Of the layers' normalisation."""


@dataclass(frozen=True)
class Product:
    """8-bit weights, moved by 128 so that they are not negative, the scale of each column, and what is added to it."""

    weights: Bytes
    scales: Floats
    bias: Floats


@dataclass(frozen=True)
class Layer:
    """The weights of one layer."""

    products: Sequence[Product]
    """Query, key, value, what attention gives, and the two of the feed-forward part."""
    norms: Sequence[tuple[Floats, Floats]]
    """Weights and bias of the normalisation after attention, and of that after the feed-forward part."""


@dataclass(frozen=True)
class Words:
    """The vectors of word pieces. They are looked up here and not in the model, which would hold the largest of all tables twice while it
    is read."""

    rows: NDArray[np.int8]
    """One for each word piece."""
    scales: Floats
    """Of the rows."""

    def look_up(self, ids: NDArray[np.int64]) -> Floats:
        """The vectors of some word pieces."""
        return self.rows[ids] * self.scales[ids]


@dataclass(frozen=True)
class Fused:
    """The model written anew."""

    words: Words
    first: Any
    """The first `SHARED` layers: takes the vectors of word pieces, `words`, and gives their states, `halfway`."""
    last: Any
    """The others: takes these states and gives those in the end."""


def fuse(data: bytes) -> Fused:
    """The model written anew. Raises `ValueError` for a model that is not built like all-MiniLM-L6-v2 with signed 8-bit weights."""
    weights = read_weights(data)
    first, last = Graph("words", HALFWAY), Graph(HALFWAY, LAST)
    for graph, states, numbers in ((first, _embed(first, weights), range(SHARED)), (last, HALFWAY, range(SHARED, LAYERS))):
        graph.add_layers([weights.read_layer(number) for number in numbers], states)
    return Fused(Words(weights.whole(f"{WORDS}_q"), weights.floats(f"{WORDS}_scale")), first.model, last.model)


def read_weights(data: bytes) -> "Weights":
    """The weights of the model as it is brought. Raises `ValueError` when it is not built like all-MiniLM-L6-v2."""
    source = find_model()()
    source.ParseFromString(data)
    weights = Weights(source.graph)
    if len(weights.products) != LAYERS * PRODUCTS:
        raise ValueError(f"a model of {LAYERS} layers has {LAYERS * PRODUCTS} products with scaled weights, not {len(weights.products)}")
    return weights


class Weights:
    """The weights of the model as it is brought."""

    def __init__(self, graph: Any) -> None:
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}
        makers = {name: node for node in graph.node for name in node.output}
        factors = (self._find_scaled(makers, node.input[1]) for node in graph.node if node.op_type == "MatMul")
        self.products = [found for found in factors if found is not None]
        """Those of all layers, in order."""

    def read_places(self) -> Floats:
        """A row for each place in a text, to be added to the word piece there."""
        rows = self.whole(f"{PLACES}_q").astype(np.float32) * self.floats(f"{PLACES}_scale")
        return (rows + self.floats("inner.embeddings.token_type_embeddings.weight")[0]).astype(np.float32)

    def read_layer(self, number: int) -> Layer:
        """One of the layers."""
        name = f"inner.encoder.layer.{number}"
        products = zip(self.products[number * PRODUCTS : (number + 1) * PRODUCTS], PARTS, strict=True)
        return Layer(
            [Product(*factors, self.floats(f"{name}.{part}.bias")) for factors, part in products],
            [self.read_norm(f"{name}.{part}.LayerNorm") for part in ("attention.output", "output")],
        )

    def read_norm(self, name: str) -> tuple[Floats, Floats]:
        """Weights and bias of a normalisation."""
        return self.floats(f"{name}.weight"), self.floats(f"{name}.bias")

    def floats(self, name: str) -> Floats:
        """A tensor of floats."""
        return self._read(name, np.float32)

    def whole(self, name: str) -> NDArray[np.int8]:
        """A tensor of signed bytes."""
        return self._read(name, np.int8)

    def _read(self, name: str, kind: type[Any]) -> NDArray[Any]:
        if name not in self._tensors:
            raise ValueError(f"the model has no {name}")
        tensor = self._tensors[name]
        return np.frombuffer(tensor.raw_data, dtype=kind).reshape(tensor.dims)

    def _find_scaled(self, makers: dict[str, Any], name: str) -> tuple[Bytes, Floats] | None:
        """Weights and scales, where a factor is the product of scales and of weights that are cast to floats."""
        product = makers.get(name)
        if product is None or product.op_type != "Mul":
            return None
        cast = makers.get(product.input[0])
        if cast is None or cast.op_type != "Cast" or cast.input[0] not in self._tensors:
            return None
        return np.bitwise_xor(self.whole(cast.input[0]).view(np.uint8), np.uint8(MIDDLE)), self.floats(product.input[1]).ravel()


class Graph:
    """A graph that is written. What goes in and comes out are floats: for each text and each of its word pieces so many numbers."""

    def __init__(self, given: str, found: str, size: int = SIZE) -> None:
        """`given` goes in, `found` comes out, so many numbers."""
        self.model = start_model("layers")
        """As ONNX's format has it."""
        self._graph = self.model.graph
        self._found = found
        for values, name, numbers in ((self._graph.input, given, SIZE), (self._graph.output, found, size)):
            add_value(values, name, numbers, rows=2)
        self.keep("split", np.full(3, SIZE, dtype=np.int64), INT64)

    def keep(self, name: str, array: NDArray[Any], kind: int = FLOAT) -> str:
        """Add a tensor."""
        self._graph.initializer.add(name=name, dims=array.shape, data_type=kind, raw_data=array.tobytes())
        return name

    def add(self, step: str, inputs: list[str], output: str | list[str], **attributes: float) -> str:
        """Add a step of ONNX itself; returns the (first) output."""
        return self._add("", step, inputs, output, attributes)

    def add_extra(self, step: str, inputs: list[str], output: str, **attributes: float) -> str:
        """Add a step that ONNX Runtime has beside those of ONNX."""
        return self._add(EXTRA, step, inputs, output, attributes)

    def multiply(self, states: str, products: Sequence[Product], output: str) -> str:
        """Add a product with weights, several side by side, and their biases."""
        weights: Bytes = np.hstack([product.weights for product in products])
        factors = [
            states,
            self.keep(f"{output}_weights", weights, UINT8),
            self.keep(f"{output}_scales", np.concatenate([product.scales for product in products])),
            self.keep(f"{output}_middle", np.full(len(weights.T), MIDDLE, dtype=np.uint8), UINT8),
            self.keep(f"{output}_bias", np.concatenate([product.bias for product in products])),
        ]
        return self.add_extra(PRODUCT, factors, output)

    def normalise(self, states: str, norm: tuple[Floats, Floats], output: str) -> str:
        """Add the normalisation of a layer."""
        parts = [self.keep(f"{output}_{part}", values) for part, values in zip(("weight", "bias"), norm, strict=True)]
        return self.add("LayerNormalization", [states, *parts], output, axis=-1, epsilon=EPSILON)

    def add_layers(self, layers: Sequence[Layer], states: str, output: str = "") -> str:
        """Add layers, one on the other. What the last one gives is called `output`, or what comes out of the graph."""
        for number, layer in enumerate(layers):
            states = self._add_layer(layer, number, states, (output or self._found) if number == len(layers) - 1 else f"states_{number}")
        return states

    def _add_layer(self, layer: Layer, number: int, states: str, output: str) -> str:
        """Add attention and the feed-forward part, each with what went in added and normalised."""
        *attending, attended, wide, narrow = layer.products
        self.multiply(states, attending, f"attending_{number}")
        parts = [f"{part}_{number}" for part in ("query", "key", "value")]
        self.add("Split", [f"attending_{number}", "split"], parts, axis=2)
        self.add_extra("MultiHeadAttention", parts, f"heads_{number}", num_heads=HEADS)
        self.multiply(f"heads_{number}", [attended], f"attended_{number}")
        self.add("Add", [f"attended_{number}", states], f"attended_sum_{number}")
        between = self.normalise(f"attended_sum_{number}", layer.norms[0], f"between_{number}")
        self.multiply(between, [wide], f"wide_{number}")
        self.add_extra("Gelu", [f"wide_{number}"], f"bent_{number}")
        self.multiply(f"bent_{number}", [narrow], f"narrow_{number}")
        self.add("Add", [f"narrow_{number}", between], f"narrow_sum_{number}")
        return self.normalise(f"narrow_sum_{number}", layer.norms[1], output)

    def _add(self, domain: str, step: str, inputs: list[str], output: str | list[str], attributes: dict[str, float]) -> str:
        outputs = [output] if isinstance(output, str) else output
        node = self._graph.node.add(op_type=step, domain=domain, input=inputs, output=outputs)
        for name, value in attributes.items():
            if isinstance(value, int):
                node.attribute.add(name=name, i=value, type=2)
            else:
                node.attribute.add(name=name, f=value, type=1)
        return outputs[0]


def _embed(graph: Graph, weights: Weights) -> str:
    """Add the places of the word pieces to them."""
    graph.keep("places", weights.read_places())
    graph.keep("start", np.array([0], dtype=np.int64), INT64)
    graph.add("Shape", ["words"], "length", start=1, end=2)
    graph.add("Slice", ["places", "start", "length", "start"], "place")
    graph.add("Add", ["words", "place"], "embedded")
    return graph.normalise("embedded", weights.read_norm(START_NORM), "states")
