# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportAttributeAccessIssue=false, reportUnknownVariableType=false
"""Lets a sentence model multiply in whole numbers.

Packages that bring a model with 8-bit weights often turn them into floats before every product (`Cast`, `Mul`, `MatMul` in ONNX), so that
nothing is won but the size of the file: four times the memory is read for each question. Here the products are replaced by ONNX Runtime's
`DynamicQuantizeMatMul`, which rounds the other factor to 8 bits as well, and rows of embeddings are looked up before they become floats.
The weights stay what they are; vectors come out with a cosine of about 0.995 to those before."""

from typing import Any

import numpy as np

from app.search.onnx import MIDDLE, UINT8, find_model


def use_integers(data: bytes) -> bytes:
    """The model with all products and look-ups done in whole numbers where its weights are 8-bit, signed, symmetric and scaled by column
    (products) or by row (look-ups). Others stay as they are."""
    model = find_model()()
    model.ParseFromString(data)
    rewriting = _Rewriting(model.graph)
    nodes = [new for node in model.graph.node for new in rewriting.replace(node)]
    used = {name for node in nodes for name in node.input}
    results = rewriting.results
    del model.graph.node[:]
    model.graph.node.extend(node for node in nodes if node.op_type not in {"Cast", "Mul"} or node.output[0] in used | results)
    if rewriting.products:
        model.opset_import.add(domain="com.microsoft", version=1)
    done: bytes = model.SerializeToString()
    return done


class _Rewriting:
    """The nodes of a graph, one after the other."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.products = 0
        self.results = {name for node in graph.node for name in node.output} - {name for node in graph.node for name in node.input}
        """What no node takes: the answers of the model."""
        self._makers = {name: node for node in graph.node for name in node.output}
        self._weights = {tensor.name: tensor for tensor in graph.initializer}

    def replace(self, node: Any) -> list[Any]:
        """What stands in place of a node."""
        place = {"MatMul": 1, "Gather": 0}.get(node.op_type)
        found = self._find_scaled(node.input[place]) if place is not None else None
        if found is None:
            return [node]
        weights, scale, cast = found
        if place == 0 and [*scale.dims] == [weights.dims[0], 1]:
            return self._look_up(node, weights, scale, cast)
        if place == 1 and [*scale.dims] == [1, weights.dims[1]]:
            return [self._multiply(node, weights, scale)]
        return [node]

    def _find_scaled(self, name: str) -> tuple[Any, Any, Any] | None:
        """Weights, scale and cast, where a factor is the product of a scale and of weights that are cast to floats."""
        product = self._makers.get(name)
        if product is None or product.op_type != "Mul":
            return None
        casts = [self._makers[part] for part in product.input if part in self._makers]
        scales = [self._weights[part] for part in product.input if part in self._weights]
        if len(casts) != 1 or len(scales) != 1 or casts[0].op_type != "Cast" or casts[0].input[0] not in self._weights:
            return None
        return self._weights[casts[0].input[0]], scales[0], casts[0]

    def _multiply(self, node: Any, weights: Any, scale: Any) -> Any:
        middle = f"{weights.name}_middle"
        weights.raw_data = (np.frombuffer(weights.raw_data, dtype=np.uint8) ^ MIDDLE).tobytes()
        weights.data_type = UINT8
        columns = scale.dims[1]
        del scale.dims[0]
        self.graph.initializer.add(name=middle, dims=[columns], data_type=UINT8, raw_data=bytes([MIDDLE]) * columns)
        self.products += 1
        factors = [node.input[0], weights.name, scale.name, middle]
        return type(node)(name=node.name, op_type="DynamicQuantizeMatMul", domain="com.microsoft", input=factors, output=node.output)

    def _look_up(self, node: Any, weights: Any, scale: Any, cast: Any) -> list[Any]:
        make, result, indices = type(node), node.output[0], node.input[1]
        return [
            make(op_type="Gather", input=[weights.name, indices], output=[f"{result}_rows"], attribute=node.attribute),
            make(op_type="Gather", input=[scale.name, indices], output=[f"{result}_scales"], attribute=node.attribute),
            make(op_type="Cast", input=[f"{result}_rows"], output=[f"{result}_floats"], attribute=cast.attribute),
            make(op_type="Mul", input=[f"{result}_floats", f"{result}_scales"], output=[result]),
        ]
