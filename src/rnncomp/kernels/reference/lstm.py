"""LSTM: a cell state c that gates write to, keep and read from.

Shapes: B batch, T time steps, F features, U units. Gates lie side by side in the weights, in
Keras's order: input i, forget f, candidate g (Keras calls it c), output o.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.kernels.reference.activations import FUNCTIONS
from rnncomp.kernels.reference.types import Array, Gradients, Weights, sum_of_products


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
    spec: RecurrentSpec, weights: Weights, x: Array, states: Array
) -> tuple[Array, LSTMTrace]:
    """Run the layer along time.

    Args:
        spec: The layer; its activation and recurrent_activation are used.
        weights: kernel (F, 4U), recurrent_kernel (U, 4U), bias (4U,) or none.
        x: Inputs, shape (B, T, F).
        states: The initial h and c side by side, shape (B, 2U).

    Returns:
        h of every step, shape (B, T, U), and the trace.
    """
    act, gate = FUNCTIONS[spec.activation].f, FUNCTIONS[spec.recurrent_activation].f
    recurrent_kernel = weights["recurrent_kernel"]
    from_x = x @ weights["kernel"] + weights.get("bias", 0.0)  # (B, T, 4U)
    h, c = np.split(states, 2, axis=-1)  # (B, U) each
    steps = []
    for t in range(x.shape[1]):
        h_prev, c_prev = h, c
        z = from_x[:, t] + h_prev @ recurrent_kernel  # (B, 4U)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # (B, U) each
        i = gate(z_i)
        f = gate(z_f)
        g = act(z_g)
        o = gate(z_o)
        c = f * c_prev + i * g
        a = act(c)
        h = o * a
        steps.append((h_prev, c_prev, z, i, f, g, o, c, a, h))
    along_time = (np.stack(values, axis=1) for values in zip(*steps, strict=True))
    trace = LSTMTrace(x, *along_time)
    return trace.h, trace


def backward(spec: RecurrentSpec, weights: Weights, trace: LSTMTrace, dy: Array) -> Gradients:
    """Pull dy, the gradient of every step's h, shape (B, T, U), back through time."""
    act_slope = FUNCTIONS[spec.activation].slope
    gate_slope = FUNCTIONS[spec.recurrent_activation].slope
    recurrent_kernel = weights["recurrent_kernel"]
    dz = np.empty((*dy.shape[:2], recurrent_kernel.shape[1]))  # (B, T, 4U)
    dh = np.zeros_like(dy[:, 0])  # (B, U)
    dc = np.zeros_like(dh)  # (B, U)
    for t in reversed(range(dy.shape[1])):
        _, _, c_prev, z, i, f, g, o, c, a, _ = (values[:, t] for values in trace)
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)  # (B, U) each
        dh = dh + dy[:, t]
        do = dh * a
        dc = dc + dh * o * act_slope(c, a)
        di = dc * g
        df = dc * c_prev
        dg = dc * i
        dz_i = di * gate_slope(z_i, i)
        dz_f = df * gate_slope(z_f, f)
        dz_g = dg * act_slope(z_g, g)
        dz_o = do * gate_slope(z_o, o)
        dz[:, t] = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=-1)
        dh = dz[:, t] @ recurrent_kernel.T
        dc = dc * f
    dweights = {
        "kernel": sum_of_products(trace.x, dz),
        "recurrent_kernel": sum_of_products(trace.h_prev, dz),
        "bias": dz.sum(axis=(0, 1)),
    }
    dstates = np.concatenate([dh, dc], axis=-1)  # (B, 2U)
    return Gradients(dz @ weights["kernel"].T, dweights, dstates)
