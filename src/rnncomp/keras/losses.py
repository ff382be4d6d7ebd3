"""Losses, as in keras.losses, and the quantile loss."""

from collections.abc import Callable
from typing import NoReturn

from rnncomp.keras.left_out import stand_in
from rnncomp.training.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    QuantileLoss,
    SparseCategoricalCrossentropy,
)

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "QuantileLoss",
    "SparseCategoricalCrossentropy",
]


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("losses", name)
