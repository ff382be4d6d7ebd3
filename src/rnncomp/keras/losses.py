"""Losses, as in keras.losses."""

from rnncomp.training.losses import MeanAbsoluteError, MeanSquaredError

__all__ = ["MeanAbsoluteError", "MeanSquaredError"]
