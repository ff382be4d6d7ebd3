"""Optimizers, as in keras.optimizers."""

import sys

from rnncomp.keras import schedules
from rnncomp.training.adam import Adam, AdamW, Nadam
from rnncomp.training.optimizers import SGD, Adagrad, Optimizer, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Nadam", "Optimizer", "RMSprop", "schedules"]

# So that `from rnncomp.keras.optimizers.schedules import ExponentialDecay` finds it as in Keras.
sys.modules[f"{__name__}.schedules"] = schedules
