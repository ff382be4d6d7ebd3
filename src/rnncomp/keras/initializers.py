"""Initializers, as in keras.initializers."""

from rnncomp.nn.initializers import (
    Constant,
    GlorotUniform,
    HeUniform,
    Initializer,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    Zeros,
)

__all__ = [
    "Constant",
    "GlorotUniform",
    "HeUniform",
    "Initializer",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "Zeros",
]
