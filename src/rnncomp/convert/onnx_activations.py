"""Activations in ONNX: as attributes of its recurrent operators, and as operations of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rnncomp.convert.onnx_graph import Graph
from rnncomp.errors import UnsupportedError


class InOperator(NamedTuple):
    """An activation as RNN, LSTM and GRU know it, with the constants that it takes."""

    name: str
    alpha: tuple[float, ...] = ()
    beta: tuple[float, ...] = ()


# Keras's constants are written out: ONNX's defaults are others (HardSigmoid 0.2, LeakyRelu 0.01).
IN_OPERATORS: dict[str, InOperator] = {
    "tanh": InOperator("Tanh"),
    "sigmoid": InOperator("Sigmoid"),
    "hard_sigmoid": InOperator("HardSigmoid", (1 / 6,), (0.5,)),
    "relu": InOperator("Relu"),
    "linear": InOperator("Affine", (1.0,), (0.0,)),
}


def _hard_sigmoid(graph: Graph, z: str) -> str:
    """Write clip(z / 6 + 1 / 2, 0, 1); onnxruntime's HardSigmoid has no float64."""
    scaled = graph.add("Add", graph.add("Div", z, graph.number(6.0)), graph.number(0.5))
    return graph.add("Clip", scaled, graph.number(0.0), graph.number(1.0))


WRITERS: dict[str, Callable[[Graph, str], str]] = {
    "tanh": lambda graph, z: graph.add("Tanh", z),
    "sigmoid": lambda graph, z: graph.add("Sigmoid", z),
    "hard_sigmoid": _hard_sigmoid,
    "relu": lambda graph, z: graph.add("Relu", z),
    "linear": lambda graph, z: z,
}


def write_activation(graph: Graph, activation: str, z: str) -> str:
    """Add an activation of `z` and return the name of the result.

    Raises:
        UnsupportedError: There is no exact form of it in ONNX here.
    """
    if activation not in WRITERS:
        raise UnsupportedError(
            f"to_onnx has no activation {activation!r} (layer {graph.scope!r}); use one of "
            + ", ".join(WRITERS)
        )
    return WRITERS[activation](graph, z)
