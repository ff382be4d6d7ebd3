"""One entry a layer: how it is written into an ONNX graph."""

from __future__ import annotations

from collections.abc import Callable

from rnncomp.convert.onnx_activations import write_activation
from rnncomp.convert.onnx_graph import Graph
from rnncomp.convert.onnx_recurrent import fits_operator, write_operator
from rnncomp.convert.onnx_tensor import Tensor, Weights
from rnncomp.errors import UnsupportedError
from rnncomp.nn.layer import Layer

Writer = Callable[[Graph, Layer, Tensor], Tensor]


def write_layer(graph: Graph, layer: Layer, x: Tensor) -> Tensor:
    """Add what a layer computes from `x`, and return its output.

    Raises:
        UnsupportedError: The layer, or an option of it, has no exact form in ONNX here.
    """
    kind = type(layer).__name__
    if kind not in WRITERS:
        known = ", ".join(WRITERS)
        raise UnsupportedError(f"to_onnx has no {kind} (layer {layer.name!r}); it has {known}")
    graph.scope = layer.name
    return WRITERS[kind](graph, layer, x)


def _dense(graph: Graph, layer: Layer, x: Tensor) -> Tensor:
    """Write activation(x @ kernel + bias), at every step if there are several."""
    weights = weights_of(layer)
    z = graph.add("MatMul", x.name, graph.number(weights["kernel"], "kernel"))
    if "bias" in weights:
        z = graph.add("Add", z, graph.number(weights["bias"], "bias"))
    y = write_activation(graph, layer.name, layer.spec.activation, z)
    return Tensor(y, (*x.shape[:-1], layer.units))


def _recurrent(graph: Graph, layer: Layer, x: Tensor) -> Tensor:
    if not fits_operator(graph, layer):
        raise UnsupportedError(
            f"to_onnx writes recurrent layers in float32 alone, got {graph.dtype} (layer "
            f"{layer.name!r}); use Sequential(dtype='float32') with the same weights"
        )
    return write_operator(graph, layer, weights_of(layer), x)


def weights_of(layer: Layer) -> Weights:
    """Return a layer's weights by Keras's names."""
    return {weight.name.rpartition("/")[2]: weight.value for weight in layer.weights}


WRITERS: dict[str, Writer] = {
    "Dense": _dense,
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "SimpleRNN": _recurrent,
}
