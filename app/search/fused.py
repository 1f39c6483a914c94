# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportAttributeAccessIssue=false, reportUnknownVariableType=false
"""The sentence model with few steps and products in whole numbers.

The package brings all-MiniLM-L6-v2 (a BERT: Devlin et al., NAACL 2019) as 385 steps that turn its 8-bit weights into floats before every
product, so that nothing is won but the size of the file. Here its weights stay, and the graph is written anew: query, key and value of a
layer are one product, attention is one step, and products are ONNX Runtime's `DynamicQuantizeMatMul`, which rounds the other factor to
8 bits as well. Vectors have a cosine of about 0.99 to those in floats, and a question is read in half the time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.onnx import FLOAT, INT32, INT64, MIDDLE, UINT8, find_model

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

LAYERS, HEADS, SIZE = 6, 12, 384
PRODUCTS = 6
"""Of a layer with weights: query, key, value, what attention gives, and the two of the feed-forward part."""
EPSILON = 1e-12
"""Of the layers' normalisation."""
FILE_VERSION, OPERATORS, EXTRA_OPERATORS = 8, 17, 1


@dataclass(frozen=True)
class _Product:
    """8-bit weights, moved by 128 so that they are not negative, and the scale of each column."""

    weights: Bytes
    scales: Floats


@dataclass(frozen=True)
class Fused:
    """The model written anew: it takes `words` and `attention_mask`, and gives `last_hidden_state`."""

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
    source = find_model()()
    source.ParseFromString(data)
    weights = _Weights(source.graph)
    if len(weights.products) != LAYERS * PRODUCTS:
        raise ValueError(f"a model of {LAYERS} layers has {LAYERS * PRODUCTS} products with scaled weights, not {len(weights.products)}")
    graph = _Graph(source.graph)
    states = _embed(graph, weights)
    for layer in range(LAYERS):
        states = _add_layer(graph, weights, layer, states, "last_hidden_state" if layer == LAYERS - 1 else f"states_{layer}")
    words = "inner.embeddings.word_embeddings.weight"
    return Fused(graph.write(), weights.whole(f"{words}_q"), weights.floats(f"{words}_scale"))


class _Weights:
    """The weights of the model as it is brought."""

    def __init__(self, graph: Any) -> None:
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}
        makers = {name: node for node in graph.node for name in node.output}
        factors = (self._find_scaled(makers, node.input[1]) for node in graph.node if node.op_type == "MatMul")
        self.products = [found for found in factors if found is not None]
        """Those of all layers, in order."""

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

    def _find_scaled(self, makers: dict[str, Any], name: str) -> _Product | None:
        """Weights and scales, where a factor is the product of scales and of weights that are cast to floats."""
        product = makers.get(name)
        if product is None or product.op_type != "Mul":
            return None
        cast = makers.get(product.input[0])
        if cast is None or cast.op_type != "Cast" or cast.input[0] not in self._tensors:
            return None
        return _Product(np.bitwise_xor(self.whole(cast.input[0]).view(np.uint8), np.uint8(MIDDLE)), self.floats(product.input[1]).ravel())


class _Graph:
    """The graph that is written."""

    def __init__(self, source: Any) -> None:
        self._model = find_model()()
        self._model.ir_version = FILE_VERSION
        self._model.opset_import.add(version=OPERATORS)
        self._model.opset_import.add(domain="com.microsoft", version=EXTRA_OPERATORS)
        self._graph = self._model.graph
        self._graph.name = "fused"
        self._graph.output.extend(source.output)
        self._graph.input.extend(value for value in source.input if value.name == "attention_mask")
        self._graph.input.add().CopyFrom(source.output[0])
        self._graph.input[-1].name = "words"  # which have the shape of what comes out

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

    def multiply(self, states: str, products: list[_Product], biases: list[Floats], output: str) -> str:
        """Add a product with weights, several side by side, and their biases."""
        weights: Bytes = np.hstack([product.weights for product in products])
        factors = [
            states,
            self.keep(f"{output}_weights", weights, UINT8),
            self.keep(f"{output}_scales", np.concatenate([product.scales for product in products])),
            self.keep(f"{output}_middle", np.full(len(weights.T), MIDDLE, dtype=np.uint8), UINT8),
            self.keep(f"{output}_bias", np.concatenate(biases)),
        ]
        return self.add_extra("DynamicQuantizeMatMul", factors, output)

    def normalise(self, states: str, weights: _Weights, name: str, output: str) -> str:
        """Add the normalisation of a layer."""
        parts = [self.keep(f"{name}.{part}", weights.floats(f"{name}.{part}")) for part in ("weight", "bias")]
        return self.add("LayerNormalization", [states, *parts], output, axis=-1, epsilon=EPSILON)

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


def _embed(graph: _Graph, weights: _Weights) -> str:
    """Add the places of the word pieces to them."""
    places = "inner.embeddings.position_embeddings.weight"
    kinds = weights.floats("inner.embeddings.token_type_embeddings.weight")
    at = weights.whole(f"{places}_q").astype(np.float32) * weights.floats(f"{places}_scale") + kinds[0]
    graph.keep("places", at.astype(np.float32))
    graph.keep("start", np.array([0], dtype=np.int64), INT64)
    graph.add("Shape", ["words"], "length", start=1, end=2)
    graph.add("Slice", ["places", "start", "length", "start"], "place")
    graph.add("Add", ["words", "place"], "embedded")
    graph.add("Cast", ["attention_mask"], "mask", to=INT32)
    graph.keep("split", np.full(3, SIZE, dtype=np.int64), INT64)
    return graph.normalise("embedded", weights, "inner.embeddings.LayerNorm", "states")


def _add_layer(graph: _Graph, weights: _Weights, layer: int, states: str, output: str) -> str:
    """Add attention and the feed-forward part, each with what went in added and normalised."""
    name = f"inner.encoder.layer.{layer}"
    *attending, attended, wide, narrow = weights.products[layer * PRODUCTS : (layer + 1) * PRODUCTS]
    biases = [weights.floats(f"{name}.attention.self.{part}.bias") for part in ("query", "key", "value")]
    graph.multiply(states, attending, biases, f"attending_{layer}")
    parts = [f"{part}_{layer}" for part in ("query", "key", "value")]
    graph.add("Split", [f"attending_{layer}", "split"], parts, axis=2)
    graph.add_extra("MultiHeadAttention", [*parts, "", "mask"], f"heads_{layer}", num_heads=HEADS)
    graph.multiply(f"heads_{layer}", [attended], [weights.floats(f"{name}.attention.output.dense.bias")], f"attended_{layer}")
    graph.add("Add", [f"attended_{layer}", states], f"attended_sum_{layer}")
    between = graph.normalise(f"attended_sum_{layer}", weights, f"{name}.attention.output.LayerNorm", f"between_{layer}")
    graph.multiply(between, [wide], [weights.floats(f"{name}.intermediate.dense.bias")], f"wide_{layer}")
    graph.add_extra("Gelu", [f"wide_{layer}"], f"bent_{layer}")
    graph.multiply(f"bent_{layer}", [narrow], [weights.floats(f"{name}.output.dense.bias")], f"narrow_{layer}")
    graph.add("Add", [f"narrow_{layer}", between], f"narrow_sum_{layer}")
    return graph.normalise(f"narrow_sum_{layer}", weights, f"{name}.output.LayerNorm", output)
