"""What every layer of the reference takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rnncomp.kernels.layer_specs import LayerSpec
from rnncomp.kernels.reference.random import Noise

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

Weights = Mapping[str, Array]
"""The weights of one layer by Keras's names: kernel, recurrent_kernel, bias."""


class Call(NamedTuple):
    """What a layer reads beside its inputs. Shapes: B batch, T time steps, S numbers of a state."""

    states: Array  # (B, S)
    mask: Mask | None = None  # (B, T) False where a row has no such step
    noise: Noise | None = None  # what dropout draws from; None when nothing is dropped


class Output(NamedTuple):
    """What comes out of a layer."""

    y: Array  # (B, T, U), T = 1 where a layer gives one step
    mask: Mask | None  # (B, T)
    ends: Array  # (B, S) the last states


class Gradients(NamedTuple):
    """What a layer hands back when a gradient is pulled through it.

    Shapes: B batch, T time steps, F features, S numbers in one sample's initial state.
    """

    dx: Array  # (B, T, F)
    dweights: dict[str, Array]  # a gradient for each weight, of the weight's shape
    dstates: Array  # (B, S)
    dsteps: tuple[Array, ...] = ()  # (B, T, S) of the states after each step, by direction


Spec = TypeVar("Spec", bound=LayerSpec, contravariant=True)
Trace = TypeVar("Trace")


class Layer(Protocol[Spec, Trace]):
    """What each layer module offers. U is the layer's units."""

    def forward(self, spec: Spec, weights: Weights, x: Array, call: Call) -> tuple[Output, Trace]:
        """Return the output, and all values computed on the way."""
        ...

    def backward(self, spec: Spec, weights: Weights, trace: Trace, dy: Array) -> Gradients:
        """Pull dy, of the output's shape, back to inputs, weights and initial states."""
        ...


def sum_of_products(a: Array, b: Array) -> Array:
    """Return ``sum over b, t of outer(a[b, t], b[b, t])``: (B, T, M), (B, T, N) -> (M, N)."""
    return a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1])


def no_states(x: Array) -> Array:
    """Return the states (B, 0) of a layer that remembers nothing."""
    return np.empty((len(x), 0))
