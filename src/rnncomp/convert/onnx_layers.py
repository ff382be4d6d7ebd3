"""One entry a layer: how it is written into an ONNX graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rnncomp.convert.onnx_activations import activated
from rnncomp.convert.onnx_graph import Graph
from rnncomp.convert.onnx_recurrent import fits_operator, write_operator
from rnncomp.convert.onnx_scan import write_scan
from rnncomp.convert.onnx_tensor import Tensor, Weights
from rnncomp.convert.onnx_terms import Term
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.layer_specs import DenseSpec, LayerSpec, RecurrentSpec
from rnncomp.nn.layer import Layer


def write_layer(graph: Graph, layer: Layer, x: Tensor) -> Tensor:
    """Add what a layer computes from `x`, and return its output.

    Raises:
        UnsupportedError: The layer, or an option of it, has no exact form in ONNX here.
    """
    write = WRITERS.get(type(layer.spec))
    if write is None:
        raise UnsupportedError(
            f"to_onnx does not write {type(layer).__name__} (layer {layer.name!r}); leave it out"
        )
    graph.scope = layer.name
    weights = {weight.name.rpartition("/")[2]: weight.value for weight in layer.weights}
    return write(graph, layer.spec, weights, x)


def _dense(graph: Graph, spec: DenseSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write activation(x @ kernel + bias), at every step if there are several."""
    z = Term(graph, x.name) @ weights["kernel"]
    if spec.use_bias:
        z = z.plus_row(weights["bias"])
    return Tensor(activated(spec.activation, z).name, spec.output_shape(x.shape))


def _recurrent(graph: Graph, spec: RecurrentSpec, weights: Weights, x: Tensor) -> Tensor:
    write = write_operator if fits_operator(graph, spec) else write_scan
    return write(graph, spec, weights, x)


WRITERS: dict[type[LayerSpec], Callable[[Graph, Any, Weights, Tensor], Tensor]] = {
    DenseSpec: _dense,
    RecurrentSpec: _recurrent,
}
