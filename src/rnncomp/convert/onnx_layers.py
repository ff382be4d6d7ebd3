"""One entry a layer: how it is written into an ONNX graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncomp.convert.onnx_activations import activated
from rnncomp.convert.onnx_graph import Graph
from rnncomp.convert.onnx_recurrent import fits_operator, write_operator
from rnncomp.convert.onnx_scan import write_scan
from rnncomp.convert.onnx_tensor import Tensor, Weights
from rnncomp.convert.onnx_terms import Term
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.layer_specs import (
    ActivationSpec,
    BidirectionalSpec,
    DenseSpec,
    DropoutSpec,
    EmbeddingSpec,
    FlattenSpec,
    LayerSpec,
    MaskingSpec,
    RecurrentSpec,
    RepeatVectorSpec,
)
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
    if layer.stateful:
        raise UnsupportedError(
            f"to_onnx does not write stateful=True (layer {layer.name!r}): a run of an ONNX model "
            "begins anew; make the layer without it, and pass the whole sequence as one window"
        )
    graph.scope = layer.name
    own = f"{layer.name}/"
    weights = {weight.name.removeprefix(own): weight.value for weight in layer.weights}
    y = write(graph, layer.spec, weights, x)
    return y._replace(shape=layer.spec.output_shape(x.shape))


def _dense(graph: Graph, spec: DenseSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write activation(x @ kernel + bias), at every step if there are several."""
    z = Term(graph, x.name) @ weights["kernel"]
    if spec.use_bias:
        z = z.plus_row(weights["bias"])
    return x._replace(name=activated(spec.activation, z).name)


def _activation(graph: Graph, spec: ActivationSpec, weights: Weights, x: Tensor) -> Tensor:
    return x._replace(name=activated(spec.activation, Term(graph, x.name)).name)


def _dropout(graph: Graph, spec: DropoutSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write nothing: numbers are dropped in training alone."""
    return x


def _embedding(graph: Graph, spec: EmbeddingSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write rows of the table for the whole numbers x (B, T)."""
    table = graph.number(weights["embeddings"], "embeddings")
    rows = graph.add("Gather", table, x.name)
    if not spec.mask_zero:
        return x._replace(name=rows)
    zero = graph.add("Equal", x.name, graph.integers(0))
    return x._replace(name=rows, mask=graph.add("Not", zero))


def _masking(graph: Graph, spec: MaskingSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write the mask, false where all features of a step are the mask's value, and zeros there."""
    steps = Term(graph, x.name)
    same = steps.apply("Equal", spec.mask_value).as_type(np.int32)
    absent = same.apply("ReduceMin", axes=[-1], keepdims=1).as_type(bool)
    there = absent.apply("Not")
    mask = graph.add("Squeeze", there.name, graph.integers(-1))
    return x._replace(name=there.where(steps, 0.0).name, mask=mask)


def _repeat_vector(graph: Graph, spec: RepeatVectorSpec, weights: Weights, x: Tensor) -> Tensor:
    step = Term(graph, x.name).unsqueezed(1)
    return Tensor(graph.add("Expand", step.name, graph.integers(1, spec.count, 1)), x.shape)


def _flatten(graph: Graph, spec: FlattenSpec, weights: Weights, x: Tensor) -> Tensor:
    return Tensor(graph.add("Reshape", x.name, graph.integers(0, -1)), x.shape)


def _recurrent(graph: Graph, spec: RecurrentSpec, weights: Weights, x: Tensor) -> Tensor:
    y = _in_order_of_time(graph, spec, weights, x)
    return _turned(graph, y) if spec.return_sequences and spec.go_backwards else y


def _turned(graph: Graph, y: Tensor) -> Tensor:
    """Write the steps in the other order; the mask stays as it is, as in Keras."""
    return y._replace(name=Term(graph, y.name).backwards(1).name)


def _in_order_of_time(graph: Graph, spec: RecurrentSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write the layer, as an operator if there is one; backwards is still in the order of x."""
    write = write_operator if fits_operator(graph, spec, x) else write_scan
    y = write(graph, spec, weights, x)
    return y._replace(mask=x.mask if spec.return_sequences else "")


def _bidirectional(graph: Graph, spec: BidirectionalSpec, weights: Weights, x: Tensor) -> Tensor:
    """Write both layers and what merges them; steps that are not there are zeros, as in Keras."""
    scope, outputs = graph.scope, []
    for word, child in zip(("forward", "backward"), spec.children, strict=True):
        graph.scope = f"{scope}/{word}"
        own = f"{word}/"
        of_child = {k.removeprefix(own): w for k, w in weights.items() if k.startswith(own)}
        y = _in_order_of_time(graph, child, of_child, x)
        if y.mask:
            there = Term(graph, y.mask).unsqueezed(-1)
            y = y._replace(name=there.where(Term(graph, y.name), 0.0).name)
        if child.return_sequences and child.go_backwards != (word == "backward"):
            y = _turned(graph, y)  # the layers' directions are swapped
        outputs.append(y)
    graph.scope = scope
    return outputs[0]._replace(name=_merged(graph, spec.merge, *(y.name for y in outputs)))


def _merged(graph: Graph, merge: str, forward: str, backward: str) -> str:
    if merge == "concat":
        return graph.add("Concat", forward, backward, axis=-1)
    if merge == "mul":
        return graph.add("Mul", forward, backward)
    total = Term(graph, forward) + Term(graph, backward)
    return (total if merge == "sum" else total / 2.0).name


WRITERS: dict[type[LayerSpec], Callable[[Graph, Any, Weights, Tensor], Tensor]] = {
    ActivationSpec: _activation,
    BidirectionalSpec: _bidirectional,
    DenseSpec: _dense,
    DropoutSpec: _dropout,
    EmbeddingSpec: _embedding,
    FlattenSpec: _flatten,
    MaskingSpec: _masking,
    RecurrentSpec: _recurrent,
    RepeatVectorSpec: _repeat_vector,
}
