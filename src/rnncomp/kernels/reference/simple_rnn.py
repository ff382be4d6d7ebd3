"""SimpleRNN: the new hidden state is one layer of neurons over the input and the old state.

Shapes: B batch, T time steps, F features, U units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.kernels.reference.activations import FUNCTIONS
from rnncomp.kernels.reference.types import Array, Gradients, Weights, sum_of_products


class SimpleRNNTrace(NamedTuple):
    """What a forward pass computed; index t of axis 1 is time step t."""

    x: Array  # (B, T, F)
    h_prev: Array  # (B, T, U) the hidden state before each step
    z: Array  # (B, T, U) the weighted sums
    h: Array  # (B, T, U) the hidden state after each step


def forward(
    spec: RecurrentSpec, weights: Weights, x: Array, states: Array
) -> tuple[Array, SimpleRNNTrace]:
    """Run the layer along time.

    Args:
        spec: The layer; its activation is used.
        weights: kernel (F, U), recurrent_kernel (U, U), bias (U,) or none.
        x: Inputs, shape (B, T, F).
        states: The initial h, shape (B, U).

    Returns:
        h of every step, shape (B, T, U), and the trace.
    """
    act = FUNCTIONS[spec.activation].f
    recurrent_kernel = weights["recurrent_kernel"]
    from_x = x @ weights["kernel"] + weights.get("bias", 0.0)  # (B, T, U)
    h = states
    steps = []
    for t in range(x.shape[1]):
        h_prev = h
        z = from_x[:, t] + h @ recurrent_kernel  # (B, U)
        h = act(z)
        steps.append((h_prev, z, h))
    along_time = (np.stack(values, axis=1) for values in zip(*steps, strict=True))
    trace = SimpleRNNTrace(x, *along_time)
    return trace.h, trace


def backward(spec: RecurrentSpec, weights: Weights, trace: SimpleRNNTrace, dy: Array) -> Gradients:
    """Pull dy, the gradient of every step's h, shape (B, T, U), back through time."""
    slope = FUNCTIONS[spec.activation].slope
    recurrent_kernel = weights["recurrent_kernel"]
    dz = np.empty_like(dy)  # (B, T, U)
    dh = np.zeros_like(dy[:, 0])  # (B, U)
    for t in reversed(range(dy.shape[1])):
        dh = dh + dy[:, t]
        dz[:, t] = dh * slope(trace.z[:, t], trace.h[:, t])
        dh = dz[:, t] @ recurrent_kernel.T
    dweights = {
        "kernel": sum_of_products(trace.x, dz),
        "recurrent_kernel": sum_of_products(trace.h_prev, dz),
        "bias": dz.sum(axis=(0, 1)),
    }
    return Gradients(dz @ weights["kernel"].T, dweights, dstates=dh)
