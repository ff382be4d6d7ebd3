"""Products with a kernel of several gates, where dropout may scale what each gate reads.

Shapes: B batch, T time steps (some functions take one step, without T), N numbers read, U units,
G gates whose shares of the kernel stand side by side: (N, G * U). Factors are (G, B, N), or
(1, B, N) if all gates read the same, or None if nothing is dropped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import GATES, RecurrentSpec
from rnncomp.kernels.reference.random import Noise
from rnncomp.kernels.reference.types import Array, sum_of_products


class Factors(NamedTuple):
    """What dropout multiplies inputs and states with, the same in every step."""

    x: Array | None = None  # (G, B, F)
    h: Array | None = None  # (G, B, U)


def draw_factors(spec: RecurrentSpec, noise: Noise | None, rows: int, features: int) -> Factors:
    """Return the factors of a batch of B rows.

    As in Keras each gate of an LSTM or GRU drops on its own if states are dropped, and all read
    the same inputs if only those are.
    """
    if noise is None:
        return Factors()
    gates = GATES[spec.kind] if spec.recurrent_dropout else 1

    def draw(purpose: str, share: float, size: int) -> Array | None:
        if share == 0.0:
            return None
        drawn = noise.factors(purpose, share, (rows, gates * size))  # type: ignore[arg-type]
        return drawn.reshape(rows, gates, size).transpose(1, 0, 2)

    return Factors(
        draw("inputs", spec.dropout, features), draw("states", spec.recurrent_dropout, spec.units)
    )


def product(a: Array, kernel: Array, factors: Array | None) -> Array:
    """Return ``a @ kernel`` where each gate reads its own factors times `a`, (B, [T,] N)."""
    if factors is None:
        return a @ kernel
    shares = _by_gate(kernel, factors)
    parts = [(a * _over_time(f, a)) @ share for f, share in zip(factors, shares, strict=True)]
    return np.concatenate(parts, axis=-1)


def product_back(dz: Array, kernel: Array, factors: Array | None) -> Array:
    """Return the gradient of `a` from that of ``product(a, kernel, factors)``."""
    if factors is None:
        return dz @ kernel.T
    shares = _by_gate(kernel, factors)
    parts = np.split(dz, len(factors), axis=-1)
    da = np.zeros((*dz.shape[:-1], kernel.shape[0]))
    for part, share, f in zip(parts, shares, factors, strict=True):
        da += (part @ share.T) * _over_time(f, dz)
    return da


def kernel_gradient(a: Array, dz: Array, factors: Array | None) -> Array:
    """Return the gradient of `kernel` from that of ``product(a, kernel, factors)``, (B, T, ...)."""
    if factors is None:
        return sum_of_products(a, dz)
    parts = np.split(dz, len(factors), axis=-1)
    pairs = zip(factors, parts, strict=True)
    return np.concatenate(
        [sum_of_products(a * _over_time(f, a), part) for f, part in pairs], axis=-1
    )


def _by_gate(kernel: Array, factors: Array) -> list[Array]:
    return np.split(kernel, len(factors), axis=-1)


def _over_time(factors: Array, like: Array) -> Array:
    """Return factors (B, N) so that they meet (B, N) or (B, T, N)."""
    return factors if like.ndim == 2 else factors[:, None, :]
