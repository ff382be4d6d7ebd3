"""The activation functions y = f(z) and their slopes dy/dz, as NumPy lines.

The slope is a function of z and y: many activations tell it from y alone, some need z. At a kink it
is what JAX takes. NumPy's warnings of infinite numbers are the caller's to silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.kernels.layer_specs import Activation, OverUnits
from rnncomp.kernels.reference.types import Array

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


class Function(NamedTuple):
    """An activation y = f(z), and dy/dz as a function of z and y."""

    f: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]


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


def relu6(z: Array) -> Array:
    """Return z cut to 0 .. 6."""
    return np.clip(z, 0.0, 6.0)


def leaky_relu(z: Array) -> Array:
    """Return z where it is not negative, else z / 5."""
    return np.where(z >= 0.0, z, 0.2 * z)


def elu(z: Array) -> Array:
    """Return z where it is positive, else exp(z) - 1."""
    return np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))


def selu(z: Array) -> Array:
    """Return an elu that keeps the mean and spread of what goes through many layers."""
    return np.where(z > 0.0, SELU_SCALE * z, SELU_SCALE * SELU_ALPHA * np.expm1(np.minimum(z, 0.0)))


def exponential(z: Array) -> Array:
    """Return exp(z); infinite where that is too large."""
    return np.exp(z)


def softsign(z: Array) -> Array:
    """Return z / (1 + |z|)."""
    return z / (1.0 + np.abs(z))


def hard_shrink(z: Array) -> Array:
    """Return z where it is larger than 1/2 in size, else 0."""
    return np.where(np.abs(z) > 0.5, z, 0.0)


def soft_shrink(z: Array) -> Array:
    """Return z moved towards 0 by 1/2, 0 where it is nearer."""
    return np.where(z > 0.5, z - 0.5, np.where(z < -0.5, z + 0.5, 0.0))


def hard_tanh(z: Array) -> Array:
    """Return z cut to -1 .. 1."""
    return np.clip(z, -1.0, 1.0)


def hard_silu(z: Array) -> Array:
    """Return z times the hard sigmoid of z."""
    return z * relu6(z + 3.0) / 6.0


def hard_silu_slope(z: Array, _: Array) -> Array:
    """Return the gate, and z / 6 more where it is neither shut nor open."""
    gate = relu6(z + 3.0)
    return (gate + _step((gate > 0.0) & (gate < 6.0)) * z) / 6.0


def silu(z: Array) -> Array:
    """Return z times the sigmoid of z."""
    return z * sigmoid(z)


def normal_share(z: Array) -> Array:
    """Return the share of the normal distribution that lies below z."""
    values = [0.5 * math.erfc(-v * math.sqrt(0.5)) for v in z.ravel().tolist()]
    return np.array(values).reshape(z.shape)


def gelu(z: Array) -> Array:
    """Return z times the share of the normal distribution that lies below z."""
    return z * normal_share(z)


def gelu_slope(z: Array, _: Array) -> Array:
    """Return the share below z plus z times the density there."""
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return normal_share(z) + z * density


def softplus(z: Array) -> Array:
    """Return log(1 + exp(z)), without overflow."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def log_sigmoid(z: Array) -> Array:
    """Return the logarithm of the sigmoid of z."""
    return -softplus(-z)


def mish(z: Array) -> Array:
    """Return z times tanh(softplus(z))."""
    return z * np.tanh(softplus(z))


def mish_slope(z: Array, _: Array) -> Array:
    """Return t + z t', t = tanh(softplus(z))."""
    t = np.tanh(softplus(z))
    return t + z * (1.0 - t * t) * sigmoid(z)


def tanh_shrink(z: Array) -> Array:
    """Return z - tanh(z)."""
    return z - np.tanh(z)


def squareplus(z: Array) -> Array:
    """Return (z + sqrt(z^2 + 4)) / 2; below 0 in a form where nothing cancels."""
    total = np.abs(z) + np.hypot(z, 2.0)
    return np.where(z < 0.0, 2.0 / total, total / 2.0)


def sparse_plus(z: Array) -> Array:
    """Return 0 up to -1, z from 1 on, (z + 1)^2 / 4 between."""
    between = (np.clip(z, -1.0, 1.0) + 1.0) / 2.0
    return np.where(z >= 1.0, z, between * between)


def sparse_sigmoid(z: Array) -> Array:
    """Return (z + 1) / 2 cut to 0 .. 1."""
    return np.clip((z + 1.0) / 2.0, 0.0, 1.0)


def sparse_sigmoid_slope(z: Array, _: Array) -> Array:
    """Return 1/2 between -1 and 1, half of that at both."""
    y = (z + 1.0) / 2.0  # rounded as JAX's own sum is
    return np.where((y == 0.0) | (y == 1.0), 0.25, _step((y > 0.0) & (y < 1.0), 0.5))


def _step(holds: NDArray[np.bool_], one: float = 1.0, other: float = 0.0) -> Array:
    return np.where(holds, one, other)


_SELU = SELU_SCALE * SELU_ALPHA

FUNCTIONS: dict[Activation, Function] = {
    "tanh": Function(np.tanh, lambda _, y: 1.0 - y * y),
    "sigmoid": Function(sigmoid, lambda _, y: y * (1.0 - y)),
    "hard_sigmoid": Function(hard_sigmoid, lambda _, y: _step((y > 0.0) & (y < 1.0), 1 / 6)),
    "relu": Function(relu, lambda _, y: _step(y > 0.0)),
    "linear": Function(linear, lambda _, y: np.ones_like(y)),
    "relu6": Function(relu6, lambda _, y: _step((y > 0.0) & (y < 6.0))),
    "leaky_relu": Function(leaky_relu, lambda _, y: _step(y >= 0.0, 1.0, 0.2)),
    "elu": Function(elu, lambda _, y: np.where(y > 0.0, 1.0, y + 1.0)),
    "selu": Function(selu, lambda _, y: np.where(y > 0.0, SELU_SCALE, y + _SELU)),
    "celu": Function(elu, lambda _, y: np.where(y > 0.0, 1.0, y + 1.0)),  # its alpha is 1
    "exponential": Function(exponential, lambda _, y: y),
    "softsign": Function(softsign, lambda _, y: (1.0 - np.abs(y)) ** 2),
    "hard_shrink": Function(hard_shrink, lambda _, y: _step(y != 0.0)),
    "soft_shrink": Function(soft_shrink, lambda _, y: _step(y != 0.0)),
    "hard_tanh": Function(hard_tanh, lambda z, y: _step(y == z)),
    "hard_silu": Function(hard_silu, hard_silu_slope),
    "silu": Function(silu, lambda z, y: sigmoid(z) + y * sigmoid(-z)),
    "gelu": Function(gelu, gelu_slope),
    "mish": Function(mish, mish_slope),
    "softplus": Function(softplus, lambda z, _: sigmoid(z)),
    "log_sigmoid": Function(log_sigmoid, lambda z, _: sigmoid(-z)),
    "tanh_shrink": Function(tanh_shrink, lambda z, _: np.tanh(z) ** 2),
    "squareplus": Function(squareplus, lambda z, y: y / np.hypot(z, 2.0)),
    "sparse_plus": Function(sparse_plus, lambda z, _: (np.clip(z, -1.0, 1.0) + 1.0) / 2.0),
    "sparse_sigmoid": Function(sparse_sigmoid, sparse_sigmoid_slope),
}


def softmax(z: Array) -> Array:
    """Return exp(z), divided by its sum over the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    y: Array = e / e.sum(axis=-1, keepdims=True)
    return y


def log_softmax(z: Array) -> Array:
    """Return the logarithm of the softmax over the last axis."""
    shifted = z - z.max(axis=-1, keepdims=True)
    y: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return y


class FunctionOverUnits(NamedTuple):
    """An activation y = f(z) of all units of a step, and dz as a function of y and dy."""

    f: Callable[[Array], Array]
    pull: Callable[[Array, Array], Array]


OVER_UNITS: dict[OverUnits, FunctionOverUnits] = {
    "softmax": FunctionOverUnits(
        softmax, lambda y, dy: y * (dy - (dy * y).sum(axis=-1, keepdims=True))
    ),
    "log_softmax": FunctionOverUnits(
        log_softmax, lambda y, dy: dy - np.exp(y) * dy.sum(axis=-1, keepdims=True)
    ),
}


def function_of(activation: Activation | OverUnits) -> Callable[[Array], Array]:
    """Return f of any activation."""
    if activation == "softmax" or activation == "log_softmax":
        return OVER_UNITS[activation].f
    return FUNCTIONS[activation].f


def pull_back(activation: Activation | OverUnits, z: Array, y: Array, dy: Array) -> Array:
    """Return dz, the gradient of the weighted sums, from that of the output."""
    if activation == "softmax" or activation == "log_softmax":
        return OVER_UNITS[activation].pull(y, dy)
    return dy * FUNCTIONS[activation].slope(z, y)
