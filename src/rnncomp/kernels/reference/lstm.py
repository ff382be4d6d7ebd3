"""LSTM: a cell state c that gates write to, keep and read from.

Shapes: B batch, T time steps, F features, U units. Gates lie side by side in the weights, in
Keras's order: input i, forget f, candidate g (Keras calls it c), output o.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.kernels.reference.activations import FUNCTIONS
from rnncomp.kernels.reference.products import Factors, kernel_gradient, product, product_back
from rnncomp.kernels.reference.types import Array, Gradients, Mask, Weights


class LSTMTrace(NamedTuple):
    """What a forward pass computed; index t of axis 1 is time step t."""

    x: Array  # (B, T, F)
    h_prev: Array  # (B, T, U) the hidden state before each step
    c_prev: Array  # (B, T, U) the cell state before each step
    z: Array  # (B, T, 4U) the weighted sums of the gates
    i: Array  # (B, T, U) input gate: how much of the candidate is written
    f: Array  # (B, T, U) forget gate: how much of the cell state is kept
    g: Array  # (B, T, U) candidate: what may be written
    o: Array  # (B, T, U) output gate: how much of the cell state is shown
    c: Array  # (B, T, U) the cell state after each step
    a: Array  # (B, T, U) act(c), what the output gate lets through
    h: Array  # (B, T, U) the hidden state after each step


def forward(
    spec: RecurrentSpec, weights: Weights, x: Array, states: Array, mask: Mask, factors: Factors
) -> LSTMTrace:
    """Run the layer along time.

    Args:
        spec: The layer; its activation and recurrent_activation are used.
        weights: kernel (F, 4U), recurrent_kernel (U, 4U), bias (4U,) or none.
        x: Inputs, shape (B, T, F).
        states: The initial h and c side by side, shape (B, 2U).
        mask: Shape (B, T); where it is False both states stay.
        factors: Of dropout.
    """
    act, gate = FUNCTIONS[spec.activation].f, FUNCTIONS[spec.recurrent_activation].f
    from_x = product(x, weights["kernel"], factors.x) + weights.get("bias", 0.0)  # (B, T, 4U)
    h, c = np.split(states, 2, axis=-1)  # (B, U) each
    steps = []
    for t in range(x.shape[1]):
        h_prev, c_prev = h, c
        z = from_x[:, t] + product(h_prev, weights["recurrent_kernel"], factors.h)  # (B, 4U)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # (B, U) each
        i = gate(z_i)
        f = gate(z_f)
        g = act(z_g)
        o = gate(z_o)
        c = f * c_prev + i * g
        a = act(c)
        h = o * a
        there = mask[:, t, None]  # (B, 1)
        h, c = np.where(there, h, h_prev), np.where(there, c, c_prev)
        steps.append((h_prev, c_prev, z, i, f, g, o, c, a, h))
    along_time = (np.stack(values, axis=1) for values in zip(*steps, strict=True))
    return LSTMTrace(x, *along_time)


def backward(
    spec: RecurrentSpec,
    weights: Weights,
    trace: LSTMTrace,
    dy: Array,
    mask: Mask,
    factors: Factors,
) -> Gradients:
    """Pull dy, the gradient of every step's h, shape (B, T, U), back through time."""
    act_slope = FUNCTIONS[spec.activation].slope
    gate_slope = FUNCTIONS[spec.recurrent_activation].slope
    recurrent_kernel = weights["recurrent_kernel"]
    dz = np.empty((*dy.shape[:2], recurrent_kernel.shape[1]))  # (B, T, 4U)
    after = np.empty((*dy.shape[:2], 2 * dy.shape[2]))  # (B, T, 2U) gradients of h and c
    dh = np.zeros_like(dy[:, 0])  # (B, U)
    dc = np.zeros_like(dh)  # (B, U)
    for t in reversed(range(dy.shape[1])):
        _, _, c_prev, z, i, f, g, o, c, a, _ = (values[:, t] for values in trace)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # (B, U) each
        there = mask[:, t, None]  # (B, 1)
        dh = dh + dy[:, t]
        after[:, t] = np.concatenate([dh, dc], axis=-1)
        do = dh * a
        dc_new = dc + dh * o * act_slope(c, a)
        di = dc_new * g
        df = dc_new * c_prev
        dg = dc_new * i
        dz_i = di * gate_slope(z_i, i)
        dz_f = df * gate_slope(z_f, f)
        dz_g = dg * act_slope(z_g, g)
        dz_o = do * gate_slope(z_o, o)
        dz[:, t] = np.where(there, np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=-1), 0.0)
        dh = np.where(there, 0.0, dh) + product_back(dz[:, t], recurrent_kernel, factors.h)
        dc = np.where(there, dc_new * f, dc)
    dweights = {
        "kernel": kernel_gradient(trace.x, dz, factors.x),
        "recurrent_kernel": kernel_gradient(trace.h_prev, dz, factors.h),
        "bias": dz.sum(axis=(0, 1)),
    }
    dstates = np.concatenate([dh, dc], axis=-1)  # (B, 2U)
    dx = product_back(dz, weights["kernel"], factors.x)
    return Gradients(dx, dweights, dstates, dsteps=(after,))
