"""The activation functions, and their slopes written in terms of their own output.

Every function here is monotone, so its slope can be told from its output y; a backward pass
therefore needs y only, not the pre-activation z.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import Activation
from rnncomp.kernels.reference.types import Array


class Function(NamedTuple):
    """An activation y = f(z), and dy/dz as a function of y."""

    f: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)), without overflow for large negative z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0.0, 1.0, e) / (1.0 + e)


def hard_sigmoid(z: Array) -> Array:
    """Return z / 6 + 1 / 2 cut to 0 .. 1 (Keras 3; Keras 2 had z / 5)."""
    return np.clip(z / 6.0 + 0.5, 0.0, 1.0)


def relu(z: Array) -> Array:
    """Return z where it is positive, else 0."""
    return np.maximum(z, 0.0)


def linear(z: Array) -> Array:
    """Return z."""
    return z


FUNCTIONS: dict[Activation, Function] = {
    "tanh": Function(np.tanh, lambda y: 1.0 - y * y),
    "sigmoid": Function(sigmoid, lambda y: y * (1.0 - y)),
    "hard_sigmoid": Function(hard_sigmoid, lambda y: np.where((y > 0.0) & (y < 1.0), 1 / 6, 0.0)),
    "relu": Function(relu, lambda y: np.where(y > 0.0, 1.0, 0.0)),
    "linear": Function(linear, np.ones_like),
}
