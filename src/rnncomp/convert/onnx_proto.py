"""From plain data to ONNX's protobuf: the one file that imports onnx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp._check import needs
from rnncomp._version import version
from rnncomp.convert.onnx_graph import Graph, Node, Value
from rnncomp.errors import UnsupportedError

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, ValueInfoProto

OPSET = 17  # of 2022: the recurrent operators of version 14, read by every onnxruntime since 1.12
IR_VERSION = 8
SIZE_LIMIT = 2**31 - 2**20  # protobuf holds no message of 2 GiB; the names need some room


def to_bytes(graph: Graph, name: str) -> bytes:
    """Return a graph as the bytes of an ONNX model, checked by onnx's own checker.

    Args:
        graph: What the model computes.
        name: Of the model.

    Raises:
        MissingExtraError: onnx is not installed.
        UnsupportedError: The weights are too large for one file.
    """
    needs("to_onnx", "onnx", "onnx")
    from onnx import checker, helper  # noqa: PLC0415 - an extra

    size = sum(array.nbytes for array in graph.constants.values())
    if size > SIZE_LIMIT:
        raise UnsupportedError(
            f"to_onnx must have weights of less than 2 GiB, got {size:,} bytes; use float32, "
            "or fewer units"
        )
    model = helper.make_model(
        _graph(graph, name),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="rnncomp",
        producer_version=version(),
    )
    checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _graph(graph: Graph, name: str) -> GraphProto:
    from onnx import helper, numpy_helper  # noqa: PLC0415

    return helper.make_graph(
        [_node(node) for node in graph.nodes],
        name,
        [_value(value) for value in graph.inputs],
        [_value(value) for value in graph.outputs],
        [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
    )


def _node(node: Node) -> NodeProto:
    from onnx import helper  # noqa: PLC0415

    attributes = {key: _attribute(key, value) for key, value in node.attributes.items()}
    return helper.make_node(node.op, node.inputs, node.outputs, name=node.name, **attributes)


def _attribute(key: str, value: Any) -> Any:
    """Return a body as a graph, and a dtype by ONNX's number for it."""
    from onnx import helper  # noqa: PLC0415

    if isinstance(value, np.dtype):
        return helper.np_dtype_to_tensor_dtype(value)
    return _graph(value, key) if isinstance(value, Graph) else value


def _value(value: Value) -> ValueInfoProto:
    from onnx import helper  # noqa: PLC0415

    kind = helper.np_dtype_to_tensor_dtype(value.dtype)
    return helper.make_tensor_value_info(value.name, kind, value.shape)
