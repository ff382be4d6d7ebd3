"""What every layer of the reference takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rnncomp.kernels.layer_specs import LayerSpec

Array = NDArray[np.float64]

Weights = Mapping[str, Array]
"""The weights of one layer by Keras's names: kernel, recurrent_kernel, bias."""


class Gradients(NamedTuple):
    """What a layer hands back when a gradient is pulled through it.

    Shapes: B batch, T time steps, F features, S numbers in one sample's initial state.
    """

    dx: Array  # (B, T, F)
    dweights: dict[str, Array]  # a gradient for each weight, of the weight's shape
    dstates: Array  # (B, S)


Spec = TypeVar("Spec", bound=LayerSpec, contravariant=True)
Trace = TypeVar("Trace")


class Layer(Protocol[Spec, Trace]):
    """What each layer module offers. U is the layer's units."""

    def forward(self, spec: Spec, weights: Weights, x: Array, states: Array) -> tuple[Array, Trace]:
        """Return y (B, T, U) of every time step, and all values computed on the way."""
        ...

    def backward(self, spec: Spec, weights: Weights, trace: Trace, dy: Array) -> Gradients:
        """Pull dy (B, T, U) back to inputs, weights and initial states."""
        ...


def sum_of_products(a: Array, b: Array) -> Array:
    """Return ``sum over b, t of outer(a[b, t], b[b, t])``: (B, T, M), (B, T, N) -> (M, N)."""
    return a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1])
