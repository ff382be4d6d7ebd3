"""Optimizers, as in keras.optimizers."""

import sys
from collections.abc import Callable
from typing import NoReturn

from rnncomp.keras import schedules
from rnncomp.keras.left_out import stand_in
from rnncomp.training.adam import Adam, AdamW, Nadam
from rnncomp.training.optimizers import SGD, Adagrad, Optimizer, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Nadam", "Optimizer", "RMSprop", "schedules"]

# So that `from rnncomp.keras.optimizers.schedules import ExponentialDecay` finds it as in Keras.
sys.modules[f"{__name__}.schedules"] = schedules


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("optimizers", name)
