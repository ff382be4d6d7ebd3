"""What weights add to the loss by themselves, and the gradient of it.

Shapes: P parameters, of which each kernel and bias has as many as `sizes` says, in order.
"""

from __future__ import annotations

import numpy as np

from rnncomp.kernels.reference.types import Array
from rnncomp.kernels.spec import PenaltySpec


def value(penalty: PenaltySpec, params: Array, sizes: list[int]) -> float:
    """Return l1 * sum |w| + l2 * sum w^2 over the weights in `params` (P,).

    Example:
        >>> weights = np.array([1.0, -2.0, 3.0])  # two of a kernel, one bias
        >>> value(PenaltySpec(l1=(1.0, 0.0), l2=(0.0, 10.0)), weights, [2, 1])
        93.0
    """
    if not penalty.l1:
        return 0.0
    l1, l2 = np.repeat(penalty.l1, sizes), np.repeat(penalty.l2, sizes)  # (P,)
    return float(np.sum(l1 * np.abs(params) + l2 * params**2))


def gradient(penalty: PenaltySpec, params: Array, sizes: list[int]) -> Array:
    """Return l1 * sign(w) + 2 * l2 * w, shape (P,).

    The slope of |w| at 0 is 0, as in Keras on TensorFlow and torch; on JAX it is 1.

    Example:
        >>> gradient(PenaltySpec(l1=(1.0,), l2=(10.0,)), np.array([-1.0, 0.0, 2.0]), [3])
        array([-21.,   0.,  41.])
    """
    if not penalty.l1:
        return np.zeros_like(params)
    l1, l2 = np.repeat(penalty.l1, sizes), np.repeat(penalty.l2, sizes)  # (P,)
    slope: Array = l1 * np.sign(params) + 2.0 * l2 * params
    return slope
