"""SimpleRNN, LSTM and GRU written out step by step, where ONNX's operators do not reach.

onnxruntime computes its recurrent operators in float32 alone, and they know some activations
only. A Scan is ONNX's loop over time: its body is the equations of one step, in Keras's packing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rnncomp.convert.onnx_activations import write_activation
from rnncomp.convert.onnx_graph import Graph
from rnncomp.convert.onnx_tensor import Tensor, Weights
from rnncomp.kernels.layer_specs import RecurrentSpec


class Step(NamedTuple):
    """What the equations of one step read: a body to write into, the cell, and its inputs."""

    graph: Graph
    spec: RecurrentSpec
    weights: Weights
    x: str  # x @ kernel + bias, shape (B, G U)
    states: tuple[str, ...]  # h, and an LSTM's c, shape (B, U)


def write_scan(graph: Graph, spec: RecurrentSpec, weights: Weights, x: Tensor) -> Tensor:
    """Add a Scan that computes a layer over `x` (B, T, F), and return its output."""
    projected = graph.add("MatMul", x.name, graph.number(weights["kernel"], "kernel"))
    if spec.use_bias:
        bias = weights["bias"]
        projected = graph.add("Add", projected, graph.number(bias[0] if bias.ndim == 2 else bias))
    zeros = _zeros(graph, spec, x)
    states = spec.state_size // spec.units
    finals = tuple("hc"[:states])
    outputs = graph.add_many(
        "Scan",
        *[zeros] * states,
        projected,
        outputs=(*finals, "y") if spec.return_sequences else finals,
        body=_body(graph, spec, weights, states),
        num_scan_inputs=1,
        scan_input_axes=[1],
        **({"scan_output_axes": [1]} if spec.return_sequences else {}),
    )
    chosen = outputs[-1] if spec.return_sequences else outputs[0]
    return Tensor(chosen, spec.output_shape(x.shape))


def _zeros(graph: Graph, spec: RecurrentSpec, x: Tensor) -> str:
    """Add the initial states, zeros of shape (B, U)."""
    batch = graph.add("Shape", x.name, start=0, end=1)
    shape = graph.add("Concat", batch, graph.integers(spec.units), axis=0)
    return graph.add("Expand", graph.number(0.0), shape)


def _body(graph: Graph, spec: RecurrentSpec, weights: Weights, states: int) -> Graph:
    """Return the graph of one step: states and the step's input in, states and output out."""
    body = graph.body()
    old = tuple(body.take(name, "batch", spec.units) for name in "hc"[:states])
    x = body.take("x", "batch", spec.width)
    new = STEPS[spec.kind](Step(body, spec, weights, x, old))
    for name, state in zip("hc", new, strict=False):
        body.give(state, f"{name}_new", "batch", spec.units)
    if spec.return_sequences:
        body.give(new[0], "y", "batch", spec.units)
    return body


def _simple_rnn(step: Step) -> tuple[str, ...]:
    """Write h = activation(x + h @ recurrent_kernel)."""
    z = step.graph.add("Add", step.x, _recurrent_product(step, step.states[0]))
    return (write_activation(step.graph, step.spec.activation, z),)


def _lstm(step: Step) -> tuple[str, ...]:
    """Write c = f * c + i * g, h = o * activation(c)."""
    graph, (h, c) = step.graph, step.states
    z = graph.add("Add", step.x, _recurrent_product(step, h))
    zi, zf, zg, zo = _split(step, z, 4)
    i, f, o = (_gate(step, gate) for gate in (zi, zf, zo))
    g = write_activation(graph, step.spec.activation, zg)
    c = graph.add("Add", graph.add("Mul", f, c), graph.add("Mul", i, g))
    return graph.add("Mul", o, write_activation(graph, step.spec.activation, c)), c


def _gru(step: Step) -> tuple[str, ...]:
    """Write h = z * h + (1 - z) * g, the reset gate in g where `reset_after` says."""
    graph, (h,) = step.graph, step.states
    parts = _reset_after(step, h) if step.spec.reset_after else _reset_before(step, h)
    z, zg = parts
    g = write_activation(graph, step.spec.activation, zg)
    rest = graph.add("Sub", graph.number(1.0), z)
    return (graph.add("Add", graph.add("Mul", z, h), graph.add("Mul", rest, g)),)


def _reset_after(step: Step, h: str) -> tuple[str, str]:
    """Return z, and x + r * (h @ recurrent_kernel + recurrent bias) of the candidate."""
    graph = step.graph
    product = _recurrent_product(step, h)
    if step.spec.use_bias:
        product = graph.add("Add", product, graph.number(step.weights["bias"][1], "bias"))
    xz, xr, xg = _split(step, step.x, 3)
    hz, hr, hg = _split(step, product, 3)
    z, r = _gate(step, graph.add("Add", xz, hz)), _gate(step, graph.add("Add", xr, hr))
    return z, graph.add("Add", xg, graph.add("Mul", r, hg))


def _reset_before(step: Step, h: str) -> tuple[str, str]:
    """Return z, and x + (r * h) @ recurrent_kernel of the candidate."""
    graph, units = step.graph, step.spec.units
    kernel = step.weights["recurrent_kernel"]
    xz, xr, xg = _split(step, step.x, 3)
    product = graph.add("MatMul", h, graph.number(kernel[:, : 2 * units], "recurrent_kernel"))
    hz, hr = _split(step, product, 2)
    z, r = _gate(step, graph.add("Add", xz, hz)), _gate(step, graph.add("Add", xr, hr))
    candidate = graph.number(kernel[:, 2 * units :], "recurrent_kernel")
    return z, graph.add("Add", xg, graph.add("MatMul", graph.add("Mul", r, h), candidate))


STEPS: dict[str, Callable[[Step], tuple[str, ...]]] = {
    "simple_rnn": _simple_rnn,
    "lstm": _lstm,
    "gru": _gru,
}


def _recurrent_product(step: Step, h: str) -> str:
    kernel = step.graph.number(step.weights["recurrent_kernel"], "recurrent_kernel")
    return step.graph.add("MatMul", h, kernel)


def _split(step: Step, packed: str, gates: int) -> tuple[str, ...]:
    """Cut (B, G U) into its gates, each (B, U)."""
    sizes = step.graph.integers(*[step.spec.units] * gates)
    names = tuple(f"gate{i}" for i in range(gates))
    return step.graph.add_many("Split", packed, sizes, outputs=names, axis=-1)


def _gate(step: Step, z: str) -> str:
    return write_activation(step.graph, step.spec.recurrent_activation, z)
