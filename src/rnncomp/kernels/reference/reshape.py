"""Layers that only move numbers: RepeatVector and Flatten.

Shapes: B batch, T time steps, F features.
"""

from __future__ import annotations

import numpy as np

from rnncomp.kernels.layer_specs import FlattenSpec, RepeatVectorSpec
from rnncomp.kernels.reference.types import Array, Call, Gradients, Output, Weights, no_states


class RepeatVector:
    """The same step `count` times."""

    @staticmethod
    def forward(
        spec: RepeatVectorSpec, weights: Weights, x: Array, call: Call
    ) -> tuple[Output, None]:
        """Return y (B, count, F) from x (B, 1, F)."""
        return Output(np.repeat(x, spec.count, axis=1), None, no_states(x)), None

    @staticmethod
    def backward(spec: RepeatVectorSpec, weights: Weights, trace: None, dy: Array) -> Gradients:
        """Pull dy (B, count, F) back to x."""
        return Gradients(dy.sum(axis=1, keepdims=True), {}, no_states(dy))


class Flatten:
    """All steps side by side as one."""

    @staticmethod
    def forward(
        spec: FlattenSpec, weights: Weights, x: Array, call: Call
    ) -> tuple[Output, tuple[int, ...]]:
        """Return y (B, 1, T * F), and the shape of x."""
        return Output(x.reshape(len(x), 1, -1), None, no_states(x)), x.shape

    @staticmethod
    def backward(
        spec: FlattenSpec, weights: Weights, trace: tuple[int, ...], dy: Array
    ) -> Gradients:
        """Pull dy (B, 1, T * F) back to x."""
        return Gradients(dy.reshape(trace), {}, no_states(dy))
