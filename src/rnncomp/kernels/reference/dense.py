"""Dense: one layer of neurons, applied to every time step alike.

Shapes: B batch, T time steps (1 after a layer that gives its last step alone), F features, U units.
"""

from __future__ import annotations

from typing import NamedTuple

from rnncomp.kernels.layer_specs import DenseSpec
from rnncomp.kernels.reference.activations import function_of, pull_back
from rnncomp.kernels.reference.types import (
    Array,
    Call,
    Gradients,
    Output,
    Weights,
    no_states,
    sum_of_products,
)


class DenseTrace(NamedTuple):
    """What a forward pass computed."""

    x: Array  # (B, T, F)
    z: Array  # (B, T, U) the weighted sums
    y: Array  # (B, T, U)


def forward(spec: DenseSpec, weights: Weights, x: Array, call: Call) -> tuple[Output, DenseTrace]:
    """Apply the layer.

    Args:
        spec: The layer; its activation is used.
        weights: kernel (F, U), bias (U,) or none.
        x: Inputs, shape (B, T, F).
        call: Its mask goes on.
    """
    act = function_of(spec.activation)
    z = x @ weights["kernel"] + weights.get("bias", 0.0)  # (B, T, U)
    y = act(z)
    return Output(y, call.mask, no_states(x)), DenseTrace(x, z, y)


def backward(spec: DenseSpec, weights: Weights, trace: DenseTrace, dy: Array) -> Gradients:
    """Pull dy, shape (B, T, U), back to inputs and weights."""
    dz = pull_back(spec.activation, trace.z, trace.y, dy)  # (B, T, U)
    dweights = {"kernel": sum_of_products(trace.x, dz), "bias": dz.sum(axis=(0, 1))}
    return Gradients(dz @ weights["kernel"].T, dweights, no_states(trace.x))
