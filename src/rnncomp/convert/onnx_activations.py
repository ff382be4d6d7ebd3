"""Activations in ONNX: as attributes of its recurrent operators, and as equations.

The equations use operations that onnxruntime has in float64 as well, which its own Elu, Selu,
Softplus, Softsign and HardSigmoid are not. None multiplies or divides by a constant right after or
before a product of matrices, but by a power of two: onnxruntime fuses the two, and then holds the
constant in float32, in float64 too.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np

from rnncomp.convert.onnx_terms import Term
from rnncomp.errors import UnsupportedError


class InOperator(NamedTuple):
    """An activation as RNN, LSTM and GRU know it, with the constants that it takes."""

    name: str
    alpha: tuple[float, ...] = ()
    beta: tuple[float, ...] = ()


# Keras's constants are written out: ONNX's defaults are others (HardSigmoid 0.2, LeakyRelu 0.01).
IN_OPERATORS: dict[str, InOperator] = {
    "elu": InOperator("Elu", (1.0,)),
    "hard_sigmoid": InOperator("HardSigmoid", (1 / 6,), (0.5,)),
    "leaky_relu": InOperator("LeakyRelu", (0.2,)),
    "linear": InOperator("Affine", (1.0,), (0.0,)),
    "relu": InOperator("Relu"),
    "sigmoid": InOperator("Sigmoid"),
    "softplus": InOperator("Softplus"),
    "softsign": InOperator("Softsign"),
    "tanh": InOperator("Tanh"),
}

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # as Klambauer et al. give them


def _tanh(z: Term) -> Term:
    return z.apply("Tanh")


def _sigmoid(z: Term) -> Term:
    return z.apply("Sigmoid")


def _relu(z: Term) -> Term:
    return z.apply("Relu")


def _hard_sigmoid(z: Term) -> Term:
    return ((z + 3.0) / 6.0).clip(0.0, 1.0)


def _selu(z: Term) -> Term:
    return z.where_above(0.0, z * SELU_SCALE, _elu(z) * (SELU_ALPHA * SELU_SCALE))


def _elu(z: Term) -> Term:
    return z.where_above(0.0, z, z.at_most(0.0).exp() - 1.0)


def _softplus(z: Term) -> Term:
    """Return log(1 + exp(z)), without overflow for large z."""
    return _relu(z) + ((-abs(z)).exp() + 1.0).apply("Log")


def _squareplus(z: Term) -> Term:
    return (z + (z * z + 4.0).apply("Sqrt")) / 2.0


def _soft_shrink(z: Term) -> Term:
    return z - z.clip(-0.5, 0.5)


def _sparse_plus(z: Term) -> Term:
    """Return 0 below -1, (z + 1)**2 / 4 up to 1, and z above."""
    raised = z.clip(-1.0, 1.0) + 1.0
    return raised * raised / 4.0 + (z.at_least(1.0) - 1.0)


def _gelu(z: Term) -> Term:
    if z.graph.dtype == np.float64:
        raise UnsupportedError(
            f"to_onnx has gelu in float32 alone (layer {z.graph.scope!r}): onnxruntime has no erf "
            "in float64; use Sequential(dtype='float32') with the same weights"
        )
    return z * ((z / sqrt(2.0)).apply("Erf") + 1.0) / 2.0


EQUATIONS: dict[str, Callable[[Term], Term]] = {
    "celu": _elu,  # with Keras's alpha of 1 the two are one
    "elu": _elu,
    "exponential": lambda z: z.exp(),
    "gelu": _gelu,
    "hard_shrink": lambda z: abs(z).where_above(0.5, z, 0.0),
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": lambda z: z * _hard_sigmoid(z),
    "hard_tanh": lambda z: z.clip(-1.0, 1.0),
    "leaky_relu": lambda z: z.apply("Max", z * 0.2),
    "linear": lambda z: z,
    "log_sigmoid": lambda z: -_softplus(-z),
    "log_softmax": lambda z: z.apply("LogSoftmax", axis=-1),
    "mish": lambda z: z * _tanh(_softplus(z)),
    "relu": _relu,
    "relu6": lambda z: z.clip(0.0, 6.0),
    "selu": _selu,
    "sigmoid": _sigmoid,
    "silu": lambda z: z / ((-z).exp() + 1.0),  # as z * sigmoid(z) older runtimes lack float64
    "soft_shrink": _soft_shrink,
    "softmax": lambda z: z.apply("Softmax", axis=-1),
    "softplus": _softplus,
    "softsign": lambda z: z / (abs(z) + 1.0),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": lambda z: (z / 2.0 + 0.5).clip(0.0, 1.0),
    "squareplus": _squareplus,
    "tanh": _tanh,
    "tanh_shrink": lambda z: z - _tanh(z),
}


def activated(activation: str, z: Term) -> Term:
    """Return an activation of `z`.

    Raises:
        UnsupportedError: There is no exact form of it in ONNX here.
    """
    if activation not in EQUATIONS:
        raise UnsupportedError(
            f"to_onnx has no activation {activation!r} (layer {z.graph.scope!r}); use one of "
            + ", ".join(EQUATIONS)
        )
    return EQUATIONS[activation](z)
