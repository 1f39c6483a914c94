# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
"""What is needed of ONNX's file format (onnx.proto), so that models can be changed and made without the package, and of sessions.

Products in whole numbers are ONNX Runtime's `DynamicQuantizeMatMul`. Models are written with unsigned weights, which all processors
multiply rightly. Those that can do so with signed ones too get those: with AMX that takes half the time, and the numbers are the same."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FLOAT, UINT8, INT8, INT64 = 1, 2, 3, 7
"""Numbers of the types in ONNX's `TensorProto.DataType`."""
MIDDLE = 128
"""Added to signed weights."""
PRODUCT = "DynamicQuantizeMatMul"
"""The step that multiplies in whole numbers: with weights, their scales and what was added to them."""
FILE_VERSION, OPERATORS, EXTRA_OPERATORS = 8, 17, 1
"""Of the format, of ONNX's steps, and of those that ONNX Runtime has beside them."""
EXTRA = "com.microsoft"
LONG = 384
"""Numbers of a vector of which the product is tried out."""

PARTS = {
    "Attribute": {"name": (1, "string"), "f": (2, "float"), "i": (3, "int64"), "type": (20, "int32")},
    "Opset": {"domain": (1, "string"), "version": (2, "int64")},
    "Node": {
        "input": (1, "string*"), "output": (2, "string*"), "name": (3, "string"), "op_type": (4, "string"), "attribute": (5, "Attribute*"),
        "domain": (7, "string"),
    },
    "Tensor": {"dims": (1, "int64*"), "data_type": (2, "int32"), "name": (8, "string"), "raw_data": (9, "bytes")},
    "Dimension": {"dim_value": (1, "int64")},
    "Shape": {"dim": (1, "Dimension*")},
    "TensorType": {"elem_type": (1, "int32"), "shape": (2, "Shape")},
    "Type": {"tensor_type": (1, "TensorType")},
    "Value": {"name": (1, "string"), "type": (2, "Type")},
    "Graph": {
        "node": (1, "Node*"), "name": (2, "string"), "initializer": (5, "Tensor*"), "input": (11, "Value*"), "output": (12, "Value*"),
    },
    "Model": {"ir_version": (1, "int64"), "graph": (7, "Graph"), "opset_import": (8, "Opset*")},
}  # fmt: skip
"""What is needed of onnx.proto: numbers and types of members, `*` for lists. Protobuf carries the others along unread."""


@cache
def find_model() -> Any:
    """The class of models; `find_model()()` is an empty one."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="parts-of-onnx.proto", package="parts", syntax="proto2")
    for name, members in PARTS.items():
        message = file.message_type.add(name=name)
        for member, (number, kind) in members.items():
            bare = kind.removesuffix("*")
            field = message.field.add(name=member, number=number, label=3 if kind.endswith("*") else 1)
            if bare in PARTS:
                field.type, field.type_name = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE, f".parts.{bare}"
            else:
                field.type = getattr(descriptor_pb2.FieldDescriptorProto, f"TYPE_{bare.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("parts.Model"))


def start_model(name: str) -> Any:
    """An empty model that steps can be added to."""
    model = find_model()()
    model.ir_version = FILE_VERSION
    model.opset_import.add(version=OPERATORS)
    model.opset_import.add(domain=EXTRA, version=EXTRA_OPERATORS)
    model.graph.name = name
    return model


def write_product(weights: NDArray[np.uint8], scales: NDArray[np.float32]) -> Any:
    """A model of one product: of `vectors`, a row for each, with weights, which stand in columns; it gives `products`."""
    size, count = weights.shape
    model = start_model("product")
    for name, kind, dims, data in (
        ("weights", UINT8, [size, count], weights.tobytes()),
        ("scales", FLOAT, [count], scales.tobytes()),
        ("middles", UINT8, [count], bytes([MIDDLE]) * count),
    ):
        model.graph.initializer.add(name=name, data_type=kind, dims=dims, raw_data=data)
    model.graph.node.add(op_type=PRODUCT, domain=EXTRA, input=["vectors", "weights", "scales", "middles"], output=["products"])
    add_value(model.graph.input, "vectors", size)
    add_value(model.graph.output, "products", count)
    return model


def add_value(values: Any, name: str, size: int, *, rows: int = 1) -> None:
    """Describe floats that go in or come out: in any number of rows, or of rows of rows, so many numbers each."""
    tensor = values.add(name=name).type.tensor_type
    tensor.elem_type = FLOAT
    for _ in range(rows):
        tensor.shape.dim.add()
    tensor.shape.dim.add(dim_value=size)


def open_session(model: bytes, *, threads: int = 1, as_it_stands: bool = False) -> "InferenceSession":
    """A session that runs a model. `as_it_stands`: the model is not to be rearranged, which takes long."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    if as_it_stands:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def open_written(model: Any) -> "InferenceSession":
    """A session that runs a model which is written for this runtime. Its weights become signed where that is right, in the model too."""
    if multiplies_signed_weights():
        sign_weights(model)
    return open_session(model.SerializeToString(), as_it_stands=True)


def sign_weights(model: Any) -> None:
    """Let weights be signed bytes again."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    names = {node.input[place] for node in model.graph.node if node.op_type == PRODUCT for place in (1, 3)}
    for tensor in (tensors[name] for name in names):
        if tensor.data_type == UINT8:
            tensor.raw_data = np.bitwise_xor(np.frombuffer(tensor.raw_data, dtype=np.uint8), np.uint8(MIDDLE)).tobytes()
            tensor.data_type = INT8


@cache
def multiplies_signed_weights() -> bool:
    """Whether products with signed weights come out right here. It is tried out: processors without VNNI or its like add two products in 16
    bits, which overflow."""
    most = np.full((LONG, 16), 2 * MIDDLE - 1, dtype=np.uint8)  # 127 each
    model = write_product(most, np.ones(most.shape[1], dtype=np.float32))
    sign_weights(model)
    session = open_session(model.SerializeToString(), as_it_stands=True)
    right = LONG * (MIDDLE - 1)
    return all(
        np.allclose(np.asarray(session.run(None, {"vectors": np.ones((rows, LONG), dtype=np.float32)})[0]), right) for rows in (1, 16)
    )
