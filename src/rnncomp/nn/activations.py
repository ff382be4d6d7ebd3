"""Keras's activations: names that layers take, and functions of arrays, interchangeable."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, nearest, shown
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.layer_specs import ACTIVATIONS, OVER_UNITS, Activation, OverUnits
from rnncomp.kernels.reference.activations import function_of

ALIASES: dict[str, Activation] = {"swish": "silu", "hard_swish": "hard_silu"}

REFUSED = {
    "glu": "it halves the units; use two Dense layers",
    "log_softmax": "it works over all units of a step, in a Dense layer",
    "softmax": "it works over all units of a step, in a Dense layer",
    "sparsemax": "use softmax in a Dense layer",
    "threshold": "Keras gives it no default threshold; use relu or hard_shrink",
}
"""Keras's other activations, and why they are refused."""


class ActivationFunction:
    """An activation as a function of arrays, which layers take in place of its name.

    Attributes:
        __name__: Keras's name.
    """

    def __init__(self, name: Activation | OverUnits) -> None:
        self.__name__ = name

    def __call__(self, x: ArrayLike) -> NDArray[np.floating]:
        """Return the activation of `x`, in its precision.

        Args:
            x: Numbers of any shape; softmax and log_softmax run over the last axis. What is no
                array of float64 becomes float32.

        Returns:
            An array of the same shape.

        Example:
            >>> ActivationFunction("hard_tanh")([-2.0, 0.5])
            array([-1. ,  0.5], dtype=float32)
        """
        double = getattr(x, "dtype", None) == np.float64
        with np.errstate(all="ignore"):  # infinite numbers may give NaN, as in Keras
            y = function_of(self.__name__)(np.asarray(x, np.float64))
            return y.astype(np.float64 if double else np.float32)

    def __repr__(self) -> str:
        return f"<activation {self.__name__}>"


BY_NAME: dict[str, ActivationFunction] = {
    name: ActivationFunction(name) for name in (*ACTIVATIONS, *OVER_UNITS)
}


def check_activation(name: str, value: object) -> Activation:
    """Return `value` as the name of an activation; None is linear, as in Keras.

    Args:
        name: The argument, for the message.
        value: A name, one of Keras's two aliases included, or a function of
            rnncomp.keras.activations.

    Raises:
        InvalidArgumentError: There is no such activation.
        UnsupportedError: Keras has it, rnncomp does not; or it is any other callable.
    """
    if value is None:
        return "linear"
    if isinstance(value, ActivationFunction):
        value = value.__name__
    if isinstance(value, str):
        word = ALIASES.get(value, value)
        if word in ACTIVATIONS:
            return word
    rule = "one of " + ", ".join(ACTIVATIONS)
    if isinstance(value, str) and value in REFUSED:
        raise UnsupportedError(f"{name}={value!r} is not supported: {REFUSED[value]}; pass {rule}")
    if not isinstance(value, str):
        raise UnsupportedError(
            f"{name}={shown(value)} is not supported; pass a function of "
            f"rnncomp.keras.activations, or {rule}"
        )
    raise fail(name, rule, value, nearest(value, (*ACTIVATIONS, *ALIASES)))


def check_dense_activation(name: str, value: object) -> Activation | OverUnits:
    """Return `value` as check_activation does, softmax and log_softmax included."""
    word = value.__name__ if isinstance(value, ActivationFunction) else value
    if word == "softmax" or word == "log_softmax":
        return word
    return check_activation(name, value)


def get(identifier: object) -> ActivationFunction:
    """Return the activation function of a name, a function, or None (linear).

    Example:
        >>> get("swish")
        <activation silu>
    """
    return BY_NAME[check_dense_activation("identifier", identifier)]
