"""Keras's module names over rnncomp: replace `tensorflow.keras` by `rnncomp.keras`."""

from collections.abc import Callable
from typing import NoReturn

from rnncomp.keras import (
    activations,
    callbacks,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    regularizers,
    utils,
)
from rnncomp.keras.layers import Input
from rnncomp.keras.left_out import stand_in
from rnncomp.keras.models import Sequential

__all__ = [
    "Input",
    "Sequential",
    "activations",
    "callbacks",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "utils",
]


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("", name)
