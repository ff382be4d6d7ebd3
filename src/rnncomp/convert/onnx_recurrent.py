"""SimpleRNN, LSTM and GRU as ONNX's operators RNN, LSTM and GRU.

Both pack the gates side by side; ONNX orders them otherwise, has a row where Keras has a column,
and a bias for the input and one for the state, of which Keras's GRU alone has both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.convert.onnx_activations import IN_OPERATORS
from rnncomp.convert.onnx_graph import Graph
from rnncomp.convert.onnx_tensor import Tensor, Weights
from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.samples import FloatArray


class Operator(NamedTuple):
    """A recurrent operator: for each of its gates, where Keras has that gate."""

    op: str
    gates: tuple[int, ...]


OPERATORS = {
    "simple_rnn": Operator("RNN", (0,)),
    "lstm": Operator("LSTM", (0, 3, 1, 2)),  # i f c o becomes i o f c
    "gru": Operator("GRU", (0, 1, 2)),  # z r h in both
}


def activations_of(spec: RecurrentSpec) -> tuple[str, ...]:
    """Return the activations of a layer in ONNX's order: gates, candidate, and an LSTM's output."""
    of_kind = {
        "simple_rnn": (spec.activation,),
        "lstm": (spec.recurrent_activation, spec.activation, spec.activation),
        "gru": (spec.recurrent_activation, spec.activation),
    }
    return of_kind[spec.kind]


def fits_operator(graph: Graph, spec: RecurrentSpec, x: Tensor) -> bool:
    """Return whether the operator computes this layer.

    onnxruntime has it in float32 alone. It knows lengths, not masks with gaps.
    """
    known = all(name in IN_OPERATORS for name in activations_of(spec))
    return known and graph.dtype == np.float32 and not x.mask


def write_operator(graph: Graph, spec: RecurrentSpec, weights: Weights, x: Tensor) -> Tensor:
    """Add the operator that computes a layer over `x` (B, T, F).

    Returns:
        The last output (B, U), or all (B, T, U), in the order of time also if it goes backwards.
    """
    operator = OPERATORS[spec.kind]
    steps = graph.add("Transpose", x.name, perm=[1, 0, 2])  # (T, B, F), all that is implemented
    outputs = ("y", "") if spec.return_sequences else ("", "y_h")
    every, last = graph.add_many(
        operator.op,
        steps,
        graph.number(_rows(weights["kernel"], operator), "W"),
        graph.number(_rows(weights["recurrent_kernel"], operator), "R"),
        graph.number(_biases(weights["bias"], operator), "B") if spec.use_bias else "",
        outputs=outputs,
        hidden_size=spec.units,
        direction="reverse" if spec.go_backwards else "forward",
        **_activation_attributes(spec),
        **({"linear_before_reset": int(spec.reset_after)} if spec.kind == "gru" else {}),
    )
    if not spec.return_sequences:
        return Tensor(graph.add("Squeeze", last, graph.integers(0)), spec.output_shape(x.shape))
    flat = graph.add("Squeeze", every, graph.integers(1))  # (T, 1, B, U), 1 direction
    return Tensor(graph.add("Transpose", flat, perm=[1, 0, 2]), spec.output_shape(x.shape))


def _activation_attributes(spec: RecurrentSpec) -> dict[str, list[str] | list[float]]:
    """Return names and constants; an operator takes the constants up in the order of the names."""
    known = [IN_OPERATORS[name] for name in activations_of(spec)]
    attributes: dict[str, list[str] | list[float]] = {"activations": [a.name for a in known]}
    if alpha := [number for a in known for number in a.alpha]:
        attributes["activation_alpha"] = alpha
    if beta := [number for a in known for number in a.beta]:
        attributes["activation_beta"] = beta
    return attributes


def _rows(kernel: FloatArray, operator: Operator) -> FloatArray:
    """Return Keras's (F, G U) as (1, G U, F), the gates in ONNX's order."""
    return np.ascontiguousarray(_ordered(kernel, operator).T)[None]


def _biases(bias: FloatArray, operator: Operator) -> FloatArray:
    """Return Keras's (G U,) or (2, G U) as (1, 2 G U): that of the input, that of the state."""
    two = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    return _ordered(two, operator).reshape(1, -1)


def _ordered(packed: FloatArray, operator: Operator) -> FloatArray:
    gates = np.split(packed, len(operator.gates), axis=-1)
    return np.concatenate([gates[i] for i in operator.gates], axis=-1)
