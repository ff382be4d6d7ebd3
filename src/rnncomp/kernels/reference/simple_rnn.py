"""SimpleRNN: the new hidden state is one layer of neurons over the input and the old state.

Shapes: B batch, T time steps, F features, U units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.kernels.reference.activations import FUNCTIONS
from rnncomp.kernels.reference.products import Factors, kernel_gradient, product, product_back
from rnncomp.kernels.reference.types import Array, Gradients, Mask, Weights


class SimpleRNNTrace(NamedTuple):
    """What a forward pass computed; index t of axis 1 is time step t."""

    x: Array  # (B, T, F)
    h_prev: Array  # (B, T, U) the hidden state before each step
    z: Array  # (B, T, U) the weighted sums
    h: Array  # (B, T, U) the hidden state after each step


def forward(
    spec: RecurrentSpec, weights: Weights, x: Array, states: Array, mask: Mask, factors: Factors
) -> SimpleRNNTrace:
    """Run the layer along time.

    Args:
        spec: The layer; its activation is used.
        weights: kernel (F, U), recurrent_kernel (U, U), bias (U,) or none.
        x: Inputs, shape (B, T, F).
        states: The initial h, shape (B, U).
        mask: Shape (B, T); where it is False the state stays.
        factors: Of dropout.
    """
    act = FUNCTIONS[spec.activation].f
    from_x = product(x, weights["kernel"], factors.x) + weights.get("bias", 0.0)  # (B, T, U)
    h = states
    steps = []
    for t in range(x.shape[1]):
        h_prev = h
        z = from_x[:, t] + product(h_prev, weights["recurrent_kernel"], factors.h)  # (B, U)
        h = np.where(mask[:, t, None], act(z), h_prev)
        steps.append((h_prev, z, h))
    along_time = (np.stack(values, axis=1) for values in zip(*steps, strict=True))
    return SimpleRNNTrace(x, *along_time)


def backward(
    spec: RecurrentSpec,
    weights: Weights,
    trace: SimpleRNNTrace,
    dy: Array,
    mask: Mask,
    factors: Factors,
) -> Gradients:
    """Pull dy, the gradient of every step's h, shape (B, T, U), back through time."""
    slope = FUNCTIONS[spec.activation].slope
    dz = np.empty_like(dy)  # (B, T, U)
    dh_after = np.empty_like(dy)  # (B, T, U) the gradient of h after each step
    dh = np.zeros_like(dy[:, 0])  # (B, U)
    for t in reversed(range(dy.shape[1])):
        there = mask[:, t, None]  # (B, 1)
        dh = dh + dy[:, t]
        dh_after[:, t] = dh
        dz[:, t] = np.where(there, dh * slope(trace.z[:, t], trace.h[:, t]), 0.0)
        dh = np.where(there, 0.0, dh)
        dh = dh + product_back(dz[:, t], weights["recurrent_kernel"], factors.h)
    dweights = {
        "kernel": kernel_gradient(trace.x, dz, factors.x),
        "recurrent_kernel": kernel_gradient(trace.h_prev, dz, factors.h),
        "bias": dz.sum(axis=(0, 1)),
    }
    dx = product_back(dz, weights["kernel"], factors.x)
    return Gradients(dx, dweights, dstates=dh, dsteps=(dh_after,))
