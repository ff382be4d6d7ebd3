"""Layers that treat every number alike: Activation, Dropout, Masking.

Shapes: B batch, T time steps, F features.
"""

from __future__ import annotations

import numpy as np

from rnncomp.kernels.layer_specs import ActivationSpec, DropoutSpec, MaskingSpec
from rnncomp.kernels.reference.activations import function_of, pull_back
from rnncomp.kernels.reference.types import Array, Call, Gradients, Output, Weights, no_states


class Activation:
    """y = activation(x)."""

    @staticmethod
    def forward(
        spec: ActivationSpec, weights: Weights, x: Array, call: Call
    ) -> tuple[Output, tuple[Array, Array]]:
        """Return y (B, T, F), and x beside it."""
        y = function_of(spec.activation)(x)
        return Output(y, call.mask, no_states(x)), (x, y)

    @staticmethod
    def backward(
        spec: ActivationSpec, weights: Weights, trace: tuple[Array, Array], dy: Array
    ) -> Gradients:
        """Pull dy (B, T, F) back to x."""
        return Gradients(pull_back(spec.activation, *trace, dy), {}, no_states(dy))


class Dropout:
    """y = x * factors: each number 0 with probability `share`, else larger by 1 / (1 - share)."""

    @staticmethod
    def forward(spec: DropoutSpec, weights: Weights, x: Array, call: Call) -> tuple[Output, Array]:
        """Return y (B, T, F), and the factors, ones where nothing is dropped."""
        factors = np.ones_like(x)
        if call.noise is not None and spec.dropout:
            numbers = x.shape[1] * x.shape[2]
            drawn = call.noise.factors("inputs", spec.dropout, (len(x), numbers))
            factors = drawn.reshape(x.shape)
        return Output(x * factors, call.mask, no_states(x)), factors

    @staticmethod
    def backward(spec: DropoutSpec, weights: Weights, trace: Array, dy: Array) -> Gradients:
        """Pull dy (B, T, F) back to x."""
        return Gradients(dy * trace, {}, no_states(dy))


class Masking:
    """A step whose features all equal `mask_value` is taken as not there, and is zero."""

    @staticmethod
    def forward(spec: MaskingSpec, weights: Weights, x: Array, call: Call) -> tuple[Output, Array]:
        """Return y (B, T, F) with its mask, and the mask as numbers (B, T, 1)."""
        there = (x != spec.mask_value).any(axis=-1)  # (B, T)
        factors = there[..., None].astype(np.float64)
        return Output(x * factors, there, no_states(x)), factors

    @staticmethod
    def backward(spec: MaskingSpec, weights: Weights, trace: Array, dy: Array) -> Gradients:
        """Pull dy (B, T, F) back to x."""
        return Gradients(dy * trace, {}, no_states(dy))
