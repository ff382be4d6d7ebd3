"""Initializers, as in keras.initializers."""

from collections.abc import Callable
from typing import Any, NoReturn

from rnncomp._check import shown
from rnncomp.errors import UnsupportedError
from rnncomp.keras.left_out import stand_in
from rnncomp.nn.initializers import (
    CLASSES,
    Constant,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Identity,
    Initializer,
    LecunNormal,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
    get_initializer,
)

IdentityInitializer = Identity
OrthogonalInitializer = Orthogonal
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]


def get(identifier: Any) -> Initializer | None:
    """Return the initializer that a layer's argument means; None for None.

    Example:
        >>> get("he_uniform")((2, 3)).shape
        (2, 3)
    """
    return None if identifier is None else get_initializer("identifier", identifier)


def serialize(initializer: Initializer) -> dict[str, Any]:
    """Return the description of an initializer that deserialize takes back, in Keras's words.

    Raises:
        UnsupportedError: It is an array, a function or a class of your own.

    Example:
        >>> serialize(Constant(0.5))["config"]
        {'value': 0.5}
    """
    if type(initializer) not in CLASSES.values():
        raise UnsupportedError(f"cannot serialize {shown(initializer)}: it has no name in Keras")
    return {
        "module": "keras.initializers",
        "class_name": type(initializer).__name__,
        "config": initializer.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict[str, Any]) -> Initializer:
    """Return the initializer that serialize described, here or in Keras."""
    return get_initializer("config", config)


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("initializers", name)
