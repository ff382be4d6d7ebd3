"""First weights, by Keras's names: which initializer a layer's argument means."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import numpy as np

from rnncomp._check import nearest, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.nn.given_initializers import GivenArray, GivenFunction, NotKept
from rnncomp.nn.initializer import (
    Constant,
    Identity,
    Initializer,
    Ones,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    UnitForgetBias,
    Zeros,
)
from rnncomp.nn.orthogonal import Orthogonal
from rnncomp.nn.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

__all__ = [
    "ALIASES",
    "CLASSES",
    "Constant",
    "GivenArray",
    "GivenFunction",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "NotKept",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "UnitForgetBias",
    "VarianceScaling",
    "Zeros",
    "default_initializer",
    "get_initializer",
    "get_initializers",
    "to_config",
]

CLASSES: dict[str, type[Initializer]] = {
    "constant": Constant,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "identity": Identity,
    "lecun_normal": LecunNormal,
    "lecun_uniform": LecunUniform,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "zeros": Zeros,
}
ALIASES: dict[str, type[Initializer]] = {
    **{cls.__name__: cls for cls in CLASSES.values()},
    "IdentityInitializer": Identity,
    "OrthogonalInitializer": Orthogonal,
    "normal": RandomNormal,
    "one": Ones,
    "uniform": RandomUniform,
    "zero": Zeros,
}
REFUSED = ("STFT", "STFTInitializer", "stft")
KINDS: dict[str, type[Initializer]] = {"array": GivenArray, "function": GivenFunction}


def get_initializer(name: str, value: object) -> Initializer:
    """Return the initializer that `value` means in Keras.

    Args:
        name: The argument, for messages: ``kernel_initializer``.
        value: A name, an object, a class, a config (ours or Keras's), a NumPy array of the
            weight's shape, or a function ``f(shape, dtype=None)``; None is ``glorot_uniform``.

    Raises:
        UnsupportedError: Keras has it, rnncomp does not.
        InvalidArgumentError: It is not known at all.

    Example:
        >>> get_initializer("kernel_initializer", "he_normal")
        HeNormal(seed=None, input_axes=None, output_axes=None)
    """
    if inspect.isclass(value):
        value = value()
    if isinstance(value, Initializer) and type(value).__call__ is Initializer.__call__:
        return value  # a subclass with a __call__ of its own, as Keras's are written, is a function
    if value is None:
        return GlorotUniform()
    if isinstance(value, dict):
        return _from_config(name, value)
    if isinstance(value, str):
        return _named(name, value)()
    if isinstance(value, np.ndarray):
        return GivenArray(name, value)
    if callable(value):
        return GivenFunction(name, value)
    raise InvalidArgumentError(
        f"{name} must be the name of an initializer, an initializer, a NumPy array or a function "
        f"of (shape, dtype), got {shown(value)}; pass for example {name}='he_normal'"
    )


def get_initializers(**given: object) -> dict[str, Initializer]:
    """Return the initializers of a layer by weight name, from Keras's arguments.

    Example:
        >>> get_initializers(recurrent_initializer="ones")
        {'recurrent_kernel': Ones()}
    """
    found = {}
    for name, value in given.items():
        weight = name.removesuffix("_initializer")
        weight = "recurrent_kernel" if weight == "recurrent" else weight
        found[weight] = get_initializer(name, value)
    return found


def default_initializer(kind: str, weight: str) -> Initializer:
    """Return Keras's default for a weight of a layer."""
    if weight == "bias":
        return UnitForgetBias(Zeros()) if kind == "lstm" else Zeros()
    return Orthogonal() if weight == "recurrent_kernel" else GlorotUniform()


def to_config(initializer: Initializer) -> dict[str, Any]:
    """Return the plain description that get_initializer takes back.

    That of an array or of a function says no more than that it was one: see NotKept.
    """
    if isinstance(initializer, UnitForgetBias):  # the layer's unit_forget_bias says the rest
        return to_config(initializer.others)
    if isinstance(initializer, NotKept):
        return {"name": initializer.kind}
    for word, cls in (CLASSES | KINDS).items():
        if type(initializer) is cls:
            # Axes that are not given are left out, as in files of versions that had none.
            given = initializer.get_config().items()
            return {"name": word, **{k: v for k, v in given if v is not None or k == "seed"}}
    raise UnsupportedError(
        f"{type(initializer).__name__} has no config: it is no initializer of rnncomp's; pass a "
        "function of (shape, dtype) instead"
    )


def _named(name: str, word: str) -> type[Initializer]:
    """Return the class of that name, which is snake case, the class's own, or an alias."""
    known = CLASSES | ALIASES
    if word in known:
        return known[word]
    if word in REFUSED:
        raise UnsupportedError(
            f"{name}={shown(word)} is not supported: no weight here is a Fourier transform; use "
            f"one of {', '.join(CLASSES)}"
        )
    hint = nearest(word.lower(), CLASSES) or f"use one of {', '.join(CLASSES)}"
    raise InvalidArgumentError(
        f"{name} must be the name of an initializer, got {shown(word)}; {hint}"
    )


def _from_config(name: str, config: dict[str, Any]) -> Initializer:
    """Return the initializer of a config: ours, ``{"name": ..., **arguments}``, or Keras's."""
    if "class_name" in config:
        word, arguments = config["class_name"], config.get("config")
    else:
        word, arguments = config.get("name"), {k: v for k, v in config.items() if k != "name"}
    word = word if isinstance(word, str) else ""
    if word in KINDS and not arguments:
        return NotKept(name, word)
    cls = _named(name, word) if word in REFUSED else (CLASSES | ALIASES).get(word)
    fields = {f.name for f in dataclasses.fields(cls)} if cls else set()  # type: ignore[arg-type]
    if cls is None or not isinstance(arguments, dict) or not set(arguments) <= fields:
        raise InvalidArgumentError(f"{name} holds no known initializer: {shown(config)}")
    return cls(**arguments)
