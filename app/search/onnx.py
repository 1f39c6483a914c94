# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
"""What is needed of ONNX's file format (onnx.proto), so that models can be changed and made without the package, and of sessions."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FLOAT, UINT8, INT32, INT64 = 1, 2, 6, 7
"""Numbers of the types in ONNX's `TensorProto.DataType`."""
MIDDLE = 128
"""Added to signed weights: processors without VNNI multiply unsigned bytes without overflow."""

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


def open_session(model: bytes, *, threads: int = 1, as_it_stands: bool = True) -> "InferenceSession":
    """A session that runs a model. `as_it_stands`: the model is written for this runtime and not to be rearranged, which takes long."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    if as_it_stands:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
