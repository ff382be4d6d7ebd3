"""Metrics, as in keras.metrics."""

from rnncomp.training.losses import MeanAbsoluteErrorMetric as MeanAbsoluteError
from rnncomp.training.losses import MeanSquaredErrorMetric as MeanSquaredError

__all__ = ["MeanAbsoluteError", "MeanSquaredError"]
