"""Orthogonal matrices by our own Householder steps, so that no BLAS thread count enters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnncomp._check import fail
from rnncomp.nn import random
from rnncomp.nn.initializer import FloatArray, Initializer, Shape


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """Orthonormal rows or columns times `gain`: Keras's default for recurrent kernels.

    Args:
        gain: Their length.
        seed: Overrides the network's seed, 0 .. 2**64 - 1; None for that of the network.
    """

    gain: float = 1.0
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return a random matrix of `shape` with orthonormal rows (columns if it is tall).

        All axes but the last count as one.
        """
        if len(shape) < 2:
            raise fail("shape", "that of a matrix for the orthogonal initializer", shape)
        flat = (math.prod(shape[:-1]), shape[-1])
        tall = (max(flat), min(flat))
        q = _orthonormal_columns(random.normal(self._seed(seed), purpose, tall))
        return self.gain * (q if flat == tall else np.ascontiguousarray(q.T)).reshape(shape)


def _orthonormal_columns(a: FloatArray) -> FloatArray:
    """Return Q of a = QR (m, n), m >= n, with the signs that make R's diagonal positive.

    Householder steps by einsum, which adds in a fixed order: LAPACK's result depends on its build
    and its threads.
    """
    a = a.copy()
    m, n = a.shape
    reflectors = []
    for k in range(n):
        v = a[k:, k].copy()
        v[0] += math.copysign(math.sqrt((v * v).sum()), v[0])
        v *= math.sqrt(2.0 / (v * v).sum())  # the reflection is I - v v'
        a[k:, k:] -= v[:, None] * np.einsum("i,ij->j", v, a[k:, k:])
        reflectors.append(v)
    q = np.eye(m, n)
    for k in reversed(range(n)):
        v = reflectors[k]
        q[k:, k:] -= v[:, None] * np.einsum("i,ij->j", v, q[k:, k:])
    return q * np.where(np.diag(a) < 0.0, -1.0, 1.0)
