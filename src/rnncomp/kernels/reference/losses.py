"""The losses, averaged over the batch and the outputs, with their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnncomp.kernels.engine import Loss
from rnncomp.kernels.reference.types import Array


class LossFunction(NamedTuple):
    """A loss of (y_true, y_pred), both (B, O), and its gradient in y_pred, (B, O)."""

    value: Callable[[Array, Array], float]
    gradient: Callable[[Array, Array], Array]


def mean_squared_error(y_true: Array, y_pred: Array) -> float:
    """Return the mean of the squared errors."""
    return float(np.mean((y_pred - y_true) ** 2))


def mean_absolute_error(y_true: Array, y_pred: Array) -> float:
    """Return the mean of the absolute errors."""
    return float(np.mean(np.abs(y_pred - y_true)))


LOSSES: dict[Loss, LossFunction] = {
    "mse": LossFunction(mean_squared_error, lambda y, p: 2.0 * (p - y) / y.size),
    "mae": LossFunction(mean_absolute_error, lambda y, p: np.sign(p - y) / y.size),
}
