# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportAttributeAccessIssue=false, reportUnknownVariableType=false
"""The sentence model with few steps and products in whole numbers.

The package brings all-MiniLM-L6-v2 (a BERT: Devlin et al., NAACL 2019) as 385 steps that turn its 8-bit weights into floats before every
product, so that nothing is won but the size of the file. Here its weights stay, and the graph is written anew: query, key and value of a
layer are one product, attention is one step, and products are ONNX Runtime's `DynamicQuantizeMatMul`, which rounds the other factor to
8 bits as well. Vectors have a cosine of about 0.99 to those in floats, and a question is read in half the time. What half of the layers
make of a text comes out too, for who goes on from there in another way (`app/search/second.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.onnx import FLOAT, INT32, INT64, MIDDLE, UINT8, find_model

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
FILE_VERSION, OPERATORS, EXTRA_OPERATORS = 8, 17, 1


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
class Fused:
    """The model written anew: it takes `words` and `attention_mask`, and gives the states of word pieces after the last layer, and after
    the first `SHARED` ones."""

    model: bytes
    rows: NDArray[np.int8]
    """A row for each word piece."""
    scales: Floats
    """Of the rows."""

    def look_up(self, ids: NDArray[np.int64]) -> Floats:
        """The vectors of word pieces. They are looked up here and not in the model, which would hold the largest of all tables twice while
        it is read."""
        return self.rows[ids] * self.scales[ids]


def fuse(data: bytes) -> Fused:
    """The model written anew. Raises `ValueError` for a model that is not built like all-MiniLM-L6-v2 with signed 8-bit weights."""
    weights = read_weights(data)
    graph = Graph(["words"], [LAST, HALFWAY])
    graph.take(weights.get_input("attention_mask"))
    states = _embed(graph, weights)
    graph.add("Cast", ["attention_mask"], "mask", to=INT32)
    for number in range(LAYERS):
        name = {LAYERS - 1: LAST, SHARED - 1: HALFWAY}.get(number, f"states_{number}")
        states = graph.add_layer(weights.read_layer(number), number, states, name, mask="mask")
    return Fused(graph.write(), weights.whole(f"{WORDS}_q"), weights.floats(f"{WORDS}_scale"))


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
        self._inputs = {value.name: value for value in graph.input}
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}
        makers = {name: node for node in graph.node for name in node.output}
        factors = (self._find_scaled(makers, node.input[1]) for node in graph.node if node.op_type == "MatMul")
        self.products = [found for found in factors if found is not None]
        """Those of all layers, in order."""

    def get_input(self, name: str) -> Any:
        """How something that goes in is described."""
        return self._inputs[name]

    def read_words(self) -> Floats:
        """A row for each word piece."""
        return (self.whole(f"{WORDS}_q") * self.floats(f"{WORDS}_scale")).astype(np.float32)

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
    """A graph that is written. What goes in and comes out, but for what is taken from elsewhere, are floats: for each text and each of its
    word pieces so many numbers."""

    def __init__(self, inputs: Sequence[str], outputs: Sequence[str], given: int = SIZE) -> None:
        """`given`: how many numbers come out."""
        self._model = find_model()()
        self._model.ir_version = FILE_VERSION
        self._model.opset_import.add(version=OPERATORS)
        self._model.opset_import.add(domain="com.microsoft", version=EXTRA_OPERATORS)
        self._graph = self._model.graph
        self._graph.name = "fused"
        for values, names, size in ((self._graph.input, inputs, SIZE), (self._graph.output, outputs, given)):
            for name in names:
                shape = values.add(name=name).type.tensor_type
                shape.elem_type = FLOAT
                shape.shape.dim.add()
                shape.shape.dim.add()
                shape.shape.dim.add(dim_value=size)
        self.keep("split", np.full(3, SIZE, dtype=np.int64), INT64)

    def take(self, value: Any) -> None:
        """Let something else go in, as it is described in another graph."""
        self._graph.input.add().CopyFrom(value)

    def keep(self, name: str, array: NDArray[Any], kind: int = FLOAT) -> str:
        """Add a tensor."""
        self._graph.initializer.add(name=name, dims=array.shape, data_type=kind, raw_data=array.tobytes())
        return name

    def add(self, step: str, inputs: list[str], output: str | list[str], **attributes: float) -> str:
        """Add a step of ONNX itself; returns the (first) output."""
        return self._add("", step, inputs, output, attributes)

    def add_extra(self, step: str, inputs: list[str], output: str, **attributes: float) -> str:
        """Add a step that ONNX Runtime has beside those of ONNX."""
        return self._add("com.microsoft", step, inputs, output, attributes)

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
        return self.add_extra("DynamicQuantizeMatMul", factors, output)

    def normalise(self, states: str, norm: tuple[Floats, Floats], output: str) -> str:
        """Add the normalisation of a layer."""
        parts = [self.keep(f"{output}_{part}", values) for part, values in zip(("weight", "bias"), norm, strict=True)]
        return self.add("LayerNormalization", [states, *parts], output, axis=-1, epsilon=EPSILON)

    def add_layer(self, layer: Layer, number: int, states: str, output: str, mask: str = "") -> str:
        """Add attention and the feed-forward part, each with what went in added and normalised. Without a mask all word pieces are
        attended to."""
        *attending, attended, wide, narrow = layer.products
        self.multiply(states, attending, f"attending_{number}")
        parts = [f"{part}_{number}" for part in ("query", "key", "value")]
        self.add("Split", [f"attending_{number}", "split"], parts, axis=2)
        masked = ["", mask] if mask else []
        self.add_extra("MultiHeadAttention", [*parts, *masked], f"heads_{number}", num_heads=HEADS)
        self.multiply(f"heads_{number}", [attended], f"attended_{number}")
        self.add("Add", [f"attended_{number}", states], f"attended_sum_{number}")
        between = self.normalise(f"attended_sum_{number}", layer.norms[0], f"between_{number}")
        self.multiply(between, [wide], f"wide_{number}")
        self.add_extra("Gelu", [f"wide_{number}"], f"bent_{number}")
        self.multiply(f"bent_{number}", [narrow], f"narrow_{number}")
        self.add("Add", [f"narrow_{number}", between], f"narrow_sum_{number}")
        return self.normalise(f"narrow_sum_{number}", layer.norms[1], output)

    def write(self) -> bytes:
        """The model as a file."""
        data: bytes = self._model.SerializeToString()
        return data

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
