"""Bidirectional: one recurrent layer along time and one against it, merged.

Shapes: B batch, T time steps, F features, U units of each layer, S numbers of a state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import BidirectionalSpec
from rnncomp.kernels.reference import recurrent
from rnncomp.kernels.reference.recurrent import RecurrentTrace
from rnncomp.kernels.reference.types import Array, Call, Gradients, Mask, Output, Weights


class BidirectionalTrace(NamedTuple):
    """What a forward pass computed."""

    traces: list[RecurrentTrace]
    outputs: list[Array]  # (B, T, U) of each layer, in the order of time
    there: Mask | None  # (B, T) where outputs are not zero


def forward(
    spec: BidirectionalSpec, weights: Weights, x: Array, call: Call
) -> tuple[Output, BidirectionalTrace]:
    """Run both layers over x (B, T, F).

    Where a mask says that a step is not there a sequence has zeros, as in Keras.
    """
    sequences = spec.forward_layer.return_sequences
    there = call.mask if sequences else None
    if there is not None and spec.forward_layer.go_backwards:
        there = there[:, ::-1]  # Keras turns the output of the second layer alone
    traces, outputs, ends = [], [], []
    states = np.split(call.states, [spec.forward_layer.state_size], axis=1)
    for index, layer in enumerate(spec.children):
        noise = None if call.noise is None else call.noise.of_child(index)
        own = Call(states[index], call.mask, noise)
        output, trace = recurrent.forward(layer, of_child(weights, index), x, own)
        y = output.y[:, ::-1] if index else output.y
        outputs.append(y if there is None else np.where(there[..., None], y, 0.0))
        traces.append(trace)
        ends.append(output.ends)
    output = Output(
        merge(spec, *outputs), call.mask if sequences else None, np.concatenate(ends, axis=1)
    )
    return output, BidirectionalTrace(traces, outputs, there)


def backward(
    spec: BidirectionalSpec, weights: Weights, trace: BidirectionalTrace, dy: Array
) -> Gradients:
    """Pull dy, of the output's shape, back through both layers."""
    dx, dstates = np.zeros(()), []
    dsteps: tuple[Array, ...] = ()
    dweights: dict[str, Array] = {}
    for index, (layer, share) in enumerate(
        zip(spec.children, split(spec, trace.outputs, dy), strict=True)
    ):
        if trace.there is not None:
            share = np.where(trace.there[..., None], share, 0.0)
        share = share[:, ::-1] if index else share
        result = recurrent.backward(layer, of_child(weights, index), trace.traces[index], share)
        dx = dx + result.dx
        dweights |= {child_name(index, name): dw for name, dw in result.dweights.items()}
        dstates.append(result.dstates)
        dsteps += result.dsteps
    return Gradients(dx, dweights, np.concatenate(dstates, axis=1), dsteps)


def merge(spec: BidirectionalSpec, y: Array, y_rev: Array) -> Array:
    """Return (B, T, 2U) or (B, T, U)."""
    if spec.merge == "concat":
        return np.concatenate([y, y_rev], axis=-1)
    if spec.merge == "mul":
        return y * y_rev
    return y + y_rev if spec.merge == "sum" else (y + y_rev) / 2.0


def split(spec: BidirectionalSpec, outputs: list[Array], dy: Array) -> list[Array]:
    """Return the gradients of the two outputs from that of the merged one."""
    if spec.merge == "concat":
        return np.split(dy, 2, axis=-1)
    if spec.merge == "mul":
        return [dy * outputs[1], dy * outputs[0]]
    return [dy, dy] if spec.merge == "sum" else [dy / 2.0, dy / 2.0]


def child_name(index: int, name: str) -> str:
    """Return the name of a weight of one of the layers."""
    return f"{('forward', 'backward')[index]}/{name}"


def of_child(weights: Weights, index: int) -> dict[str, Array]:
    """Return the weights of one of the layers, by their own names."""
    start = child_name(index, "")
    return {name.removeprefix(start): w for name, w in weights.items() if name.startswith(start)}
