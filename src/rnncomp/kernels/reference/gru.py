"""GRU: a hidden state that an update gate z keeps or replaces, unit by unit.

Shapes: B batch, T time steps, F features, U units. Gates lie side by side in the weights, in
Keras's order: update z, reset r, candidate g (Keras calls it h).

The reset gate works either on what the recurrent kernel made of h (``reset_after=True``, Keras's
default, with a bias of its own inside) or on h before it enters the recurrent kernel. The two
are written one below the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.kernels.reference.activations import FUNCTIONS
from rnncomp.kernels.reference.products import Factors, kernel_gradient, product, product_back
from rnncomp.kernels.reference.types import Array, Gradients, Mask, Weights


class GRUTrace(NamedTuple):
    """What a forward pass computed; index t of axis 1 is time step t."""

    x: Array  # (B, T, F)
    h_prev: Array  # (B, T, U) the hidden state before each step
    sums: Array  # (B, T, 3U) the weighted sums of z, r, g
    z: Array  # (B, T, U) update gate: how much of the old state is kept
    r: Array  # (B, T, U) reset gate: how much of the old state the candidate sees
    q: Array  # (B, T, U) what the reset gate works on: h_prev @ kernel_g + bias_g, or h_prev
    g: Array  # (B, T, U) candidate: what may replace the old state
    h: Array  # (B, T, U) the hidden state after each step


def forward(
    spec: RecurrentSpec, weights: Weights, x: Array, states: Array, mask: Mask, factors: Factors
) -> GRUTrace:
    """Run the layer along time.

    Args:
        spec: The layer; its activation, recurrent_activation and reset_after are used.
        weights: kernel (F, 3U), recurrent_kernel (U, 3U), bias (2, 3U) with reset_after (input
            bias, then recurrent bias), (3U,) without, or none.
        x: Inputs, shape (B, T, F).
        states: The initial h, shape (B, U).
        mask: Shape (B, T); where it is False the state stays.
        factors: Of dropout.
    """
    step = step_reset_after if spec.reset_after else step_reset_before
    input_bias, recurrent_bias = biases(spec, weights)
    from_x = product(x, weights["kernel"], factors.x) + input_bias  # (B, T, 3U)
    h = states  # (B, U)
    steps = []
    for t in range(x.shape[1]):
        h_prev = h
        kernel = weights["recurrent_kernel"]
        sums, z, r, q, g = step(spec, kernel, recurrent_bias, from_x[:, t], h_prev, factors.h)
        h = np.where(mask[:, t, None], z * h_prev + (1.0 - z) * g, h_prev)
        steps.append((h_prev, sums, z, r, q, g, h))
    along_time = (np.stack(values, axis=1) for values in zip(*steps, strict=True))
    return GRUTrace(x, *along_time)


def step_reset_after(
    spec: RecurrentSpec,
    recurrent_kernel: Array,
    recurrent_bias: Array,
    from_x: Array,
    h_prev: Array,
    factors: Array | None,
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the sums (B, 3U), and z, r, q, g (B, U): the reset gate acts after the product."""
    act, gate = FUNCTIONS[spec.activation].f, FUNCTIONS[spec.recurrent_activation].f
    from_h = product(h_prev, recurrent_kernel, factors) + recurrent_bias  # (B, 3U)
    x_z, x_r, x_g = np.split(from_x, 3, axis=-1)  # (B, U) each
    h_z, h_r, q = np.split(from_h, 3, axis=-1)  # (B, U) each
    s_z = x_z + h_z
    s_r = x_r + h_r
    z = gate(s_z)
    r = gate(s_r)
    s_g = x_g + r * q
    g = act(s_g)
    return np.concatenate([s_z, s_r, s_g], axis=-1), z, r, q, g


def step_reset_before(
    spec: RecurrentSpec,
    recurrent_kernel: Array,
    recurrent_bias: Array,
    from_x: Array,
    h_prev: Array,
    factors: Array | None,
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the sums (B, 3U), and z, r, q, g (B, U): the reset gate acts before the product."""
    act, gate = FUNCTIONS[spec.activation].f, FUNCTIONS[spec.recurrent_activation].f
    kernel_zr, kernel_g = np.split(recurrent_kernel, [2 * h_prev.shape[1]], axis=-1)
    factors_zr, factors_g = by_use(factors)
    x_z, x_r, x_g = np.split(from_x + recurrent_bias, 3, axis=-1)  # (B, U) each
    h_z, h_r = np.split(product(h_prev, kernel_zr, factors_zr), 2, axis=-1)
    q = h_prev
    s_z = x_z + h_z
    s_r = x_r + h_r
    z = gate(s_z)
    r = gate(s_r)
    s_g = x_g + product(r * q, kernel_g, factors_g)
    g = act(s_g)
    return np.concatenate([s_z, s_r, s_g], axis=-1), z, r, q, g


def by_use(factors: Array | None) -> tuple[Array | None, Array | None]:
    """Return the factors of the two gates, and of the candidate."""
    return (None, None) if factors is None else (factors[:2], factors[2:])


def biases(spec: RecurrentSpec, weights: Weights) -> tuple[Array, Array]:
    """Return the input bias and the recurrent bias, (3U,) each; the missing one is zero."""
    zero = np.zeros(weights["kernel"].shape[1])
    if not spec.use_bias:
        return zero, zero
    if not spec.reset_after:
        return weights["bias"], zero
    return weights["bias"][0], weights["bias"][1]


def backward(
    spec: RecurrentSpec,
    weights: Weights,
    trace: GRUTrace,
    dy: Array,
    mask: Mask,
    factors: Factors,
) -> Gradients:
    """Pull dy, the gradient of every step's h, shape (B, T, U), back through time."""
    act_slope = FUNCTIONS[spec.activation].slope
    gate_slope = FUNCTIONS[spec.recurrent_activation].slope
    step_back = step_back_reset_after if spec.reset_after else step_back_reset_before
    dz_x = np.empty((*dy.shape[:2], weights["kernel"].shape[1]))  # (B, T, 3U)
    dz_h = np.empty_like(dz_x)  # (B, T, 3U)
    dh_after = np.empty_like(dy)  # (B, T, U) the gradient of h after each step
    dh = np.zeros_like(dy[:, 0])  # (B, U)
    for t in reversed(range(dy.shape[1])):
        _, h_prev, sums, z, r, q, g, _ = (values[:, t] for values in trace)
        s_z, s_r, s_g = np.split(sums, 3, axis=-1)  # (B, U) each
        there = mask[:, t, None]  # (B, 1)
        dh = dh + dy[:, t]
        dh_after[:, t] = dh
        dh_new = np.where(there, dh, 0.0)  # what reaches the step itself
        dz_z = dh_new * (h_prev - g) * gate_slope(s_z, z)
        dz_g = dh_new * (1.0 - z) * act_slope(s_g, g)
        dz_x[:, t], dz_h[:, t], dh_prev = step_back(
            weights["recurrent_kernel"], dz_z, dz_g, r, q, gate_slope(s_r, r), factors.h
        )
        dh = np.where(there, dh * z, dh) + dh_prev
    dx = product_back(dz_x, weights["kernel"], factors.x)
    dweights = weight_gradients(spec, trace, dz_x, dz_h, factors)
    return Gradients(dx, dweights, dstates=dh, dsteps=(dh_after,))


def step_back_reset_after(
    recurrent_kernel: Array,
    dz_z: Array,
    dz_g: Array,
    r: Array,
    q: Array,
    r_slope: Array,
    factors: Array | None,
) -> tuple[Array, Array, Array]:
    """Return the gradients of `from_x` and `from_h`, (B, 3U) each, and of h_prev, (B, U)."""
    dq = dz_g * r
    dz_r = dz_g * q * r_slope
    dz_x = np.concatenate([dz_z, dz_r, dz_g], axis=-1)
    dz_h = np.concatenate([dz_z, dz_r, dq], axis=-1)
    return dz_x, dz_h, product_back(dz_h, recurrent_kernel, factors)


def step_back_reset_before(
    recurrent_kernel: Array,
    dz_z: Array,
    dz_g: Array,
    r: Array,
    q: Array,
    r_slope: Array,
    factors: Array | None,
) -> tuple[Array, Array, Array]:
    """Return the gradient of z, r, g before activation, (B, 3U), twice, and of h_prev, (B, U)."""
    kernel_zr, kernel_g = np.split(recurrent_kernel, [2 * r.shape[1]], axis=-1)
    factors_zr, factors_g = by_use(factors)
    drq = product_back(dz_g, kernel_g, factors_g)  # gradient of r * q, where q is h_prev
    dz_r = drq * q * r_slope
    dz_zr = np.concatenate([dz_z, dz_r], axis=-1)
    dz = np.concatenate([dz_zr, dz_g], axis=-1)
    return dz, dz, product_back(dz_zr, kernel_zr, factors_zr) + drq * r


def weight_gradients(
    spec: RecurrentSpec, trace: GRUTrace, dz_x: Array, dz_h: Array, factors: Factors
) -> dict[str, Array]:
    """Return the gradients of the weights from those of `from_x` and `from_h`, (B, T, 3U)."""
    drecurrent_kernel = kernel_gradient(trace.h_prev, dz_h, factors.h)  # (U, 3U)
    dbias = np.stack([dz_x.sum(axis=(0, 1)), dz_h.sum(axis=(0, 1))])  # (2, 3U)
    if not spec.reset_after:
        units = trace.h.shape[-1]
        rq = trace.r * trace.q  # what met the candidate's third of the recurrent kernel
        _, factors_g = by_use(factors.h)
        drecurrent_kernel[:, 2 * units :] = kernel_gradient(rq, dz_h[..., 2 * units :], factors_g)
        dbias = dbias[0]  # (3U,)
    kernel = kernel_gradient(trace.x, dz_x, factors.x)
    return {"kernel": kernel, "recurrent_kernel": drecurrent_kernel, "bias": dbias}
