"""SimpleRNN, LSTM and GRU written out step by step, where ONNX's operators do not reach.

onnxruntime computes its recurrent operators in float32 alone, and they know some activations
only. A Scan is ONNX's loop over time: its body is the equations of one step, in Keras's packing.
"""

from __future__ import annotations

from collections.abc import Callable

from rnncomp.convert.onnx_activations import activated
from rnncomp.convert.onnx_graph import Graph
from rnncomp.convert.onnx_tensor import Tensor, Weights
from rnncomp.convert.onnx_terms import Term
from rnncomp.kernels.layer_specs import RecurrentSpec


def write_scan(graph: Graph, spec: RecurrentSpec, weights: Weights, x: Tensor) -> Tensor:
    """Add a Scan that computes a layer over `x` (B, T, F).

    Where a mask says that a step is not there, the states stay as they were.

    Returns:
        The last output (B, U), or all (B, T, U), in the order of time also if it goes backwards.
    """
    projected = Term(graph, x.name) @ weights["kernel"]
    if spec.use_bias:
        bias = weights["bias"]
        projected = projected.plus_row(bias[0] if bias.ndim == 2 else bias)
    states = "hc"[: spec.state_size // spec.units]
    steps = [projected.name, x.mask] if x.mask else [projected.name]
    backwards = int(spec.go_backwards)
    ends = {"scan_output_axes": [1], "scan_output_directions": [backwards]}
    outputs = graph.add_many(
        "Scan",
        *[_zeros(graph, spec, x)] * len(states),
        *steps,
        outputs=(*states, "y") if spec.return_sequences else tuple(states),
        body=_body(graph, spec, weights, states, masked=bool(x.mask)),
        num_scan_inputs=len(steps),
        scan_input_axes=[1] * len(steps),
        scan_input_directions=[backwards] * len(steps),
        **(ends if spec.return_sequences else {}),
    )
    chosen = outputs[-1] if spec.return_sequences else outputs[0]
    return Tensor(chosen, spec.output_shape(x.shape))


def _zeros(graph: Graph, spec: RecurrentSpec, x: Tensor) -> str:
    """Add the initial states, zeros of shape (B, U)."""
    batch = graph.add("Shape", x.name, start=0, end=1)
    shape = graph.add("Concat", batch, graph.integers(spec.units), axis=0)
    return graph.add("Expand", graph.number(0.0), shape)


def _body(
    graph: Graph, spec: RecurrentSpec, weights: Weights, states: str, *, masked: bool
) -> Graph:
    """Return the graph of one step: states and the step's input in, states and output out."""
    body = graph.body()
    old = [Term(body, body.take(name, "batch", spec.units)) for name in states]
    x = Term(body, body.take("x", "batch", spec.width))
    new = STEPS[spec.kind](spec, weights, x, *old)
    if masked:
        there = Term(body, body.take("mask", "batch", dtype=bool)).unsqueezed(-1)
        new = tuple(there.where(now, before) for now, before in zip(new, old, strict=True))
    for name, state in zip(states, new, strict=True):
        body.give(state.name, f"{name}_new", "batch", spec.units)
    if spec.return_sequences:
        body.give(new[0].name, "y", "batch", spec.units)
    return body


# One step of each cell: x is already x @ kernel + bias, shape (B, G U); states are (B, U).


def _simple_rnn(spec: RecurrentSpec, weights: Weights, x: Term, h: Term) -> tuple[Term, ...]:
    return (activated(spec.activation, x + h @ weights["recurrent_kernel"]),)


def _lstm(spec: RecurrentSpec, weights: Weights, x: Term, h: Term, c: Term) -> tuple[Term, ...]:
    zi, zf, zg, zo = (x + h @ weights["recurrent_kernel"]).split(4, spec.units)
    i, f, o = (activated(spec.recurrent_activation, z) for z in (zi, zf, zo))
    c = f * c + i * activated(spec.activation, zg)
    return o * activated(spec.activation, c), c


def _gru(spec: RecurrentSpec, weights: Weights, x: Term, h: Term) -> tuple[Term, ...]:
    candidate = _reset_after if spec.reset_after else _reset_before
    z, zg = candidate(spec, weights, x, h)
    return (z * h + (1.0 - z) * activated(spec.activation, zg),)


def _reset_after(spec: RecurrentSpec, weights: Weights, x: Term, h: Term) -> tuple[Term, Term]:
    """Return the update gate, and what the candidate is the activation of."""
    product = h @ weights["recurrent_kernel"]
    if spec.use_bias:
        product = product.plus_row(weights["bias"][1])
    xz, xr, xg = x.split(3, spec.units)
    hz, hr, hg = product.split(3, spec.units)
    z, r = (activated(spec.recurrent_activation, gate) for gate in (xz + hz, xr + hr))
    return z, xg + r * hg


def _reset_before(spec: RecurrentSpec, weights: Weights, x: Term, h: Term) -> tuple[Term, Term]:
    """Return the update gate, and what the candidate is the activation of."""
    gates, candidate = (
        weights["recurrent_kernel"][:, : 2 * spec.units],
        weights["recurrent_kernel"][:, 2 * spec.units :],
    )
    xz, xr, xg = x.split(3, spec.units)
    hz, hr = (h @ gates).split(2, spec.units)
    z, r = (activated(spec.recurrent_activation, gate) for gate in (xz + hz, xr + hr))
    return z, xg + (r * h) @ candidate


STEPS: dict[str, Callable[..., tuple[Term, ...]]] = {
    "simple_rnn": _simple_rnn,
    "lstm": _lstm,
    "gru": _gru,
}
