"""Keras's module names over rnncomp: replace `tensorflow.keras` by `rnncomp.keras`."""

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
