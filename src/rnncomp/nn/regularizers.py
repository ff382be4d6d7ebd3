"""Regularizers, by Keras's names: what a weight adds to the loss by being large."""

from __future__ import annotations

import dataclasses
import inspect
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import nearest, real, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError


class Regularizer:
    """Base of all regularizers: ``l1 * sum(abs(w)) + l2 * sum(w**2)`` is added to the loss.

    Attributes:
        l1: Factor of the sizes, at least 0.
        l2: Factor of the squares, at least 0.
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        """Check the factors, which are the fields of a dataclass; None is a field's default."""
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            factor = field.default if value is None else real(field.name, value, at_least=0.0)
            object.__setattr__(self, field.name, factor)

    def __call__(self, x: ArrayLike) -> float:
        """Return what a weight of these numbers adds to the loss."""
        numbers = np.asarray(x, dtype=np.float64)
        size = self.l1 * float(np.sum(np.abs(numbers))) if self.l1 else 0.0
        return size + (self.l2 * float(np.sum(np.square(numbers))) if self.l2 else 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this regularizer again."""
        return dataclasses.asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the regularizer whose get_config gave `config`."""
        return cls(**config)


@dataclass(frozen=True)
class L1(Regularizer):
    """``l1 * sum(abs(w))`` is added to the loss; weights of little use become 0.

    Example:
        >>> L1(0.5)([1.0, -3.0])
        2.0
    """

    l1: float = 0.01


@dataclass(frozen=True)
class L2(Regularizer):
    """``l2 * sum(w**2)`` is added to the loss; no weight becomes large.

    Example:
        >>> L2(0.5)([1.0, -3.0])
        5.0
    """

    l2: float = 0.01


@dataclass(frozen=True)
class L1L2(Regularizer):
    """Both sums are added to the loss; each factor is 0 unless given, as in Keras.

    Example:
        >>> L1L2(l1=0.5, l2=0.25)([1.0, -3.0])
        4.5
    """

    l1: float = 0.0
    l2: float = 0.0


CLASSES: dict[str, type[Regularizer]] = {"l1": L1, "l2": L2, "l1l2": L1L2}
NAMES = CLASSES | {cls.__name__: cls for cls in CLASSES.values()}
REFUSED = ("OrthogonalRegularizer", "orthogonal_regularizer")
OFFERED = "pass 'l1', 'l2', L1(...), L2(...), L1L2(l1=..., l2=...) or None"


def get_regularizer(name: str, value: object) -> Regularizer | None:
    """Return the regularizer that `value` means in Keras, None for None.

    Args:
        name: The argument, for messages: ``kernel_regularizer``.
        value: ``l1``, ``l2``, ``l1l2`` (whose factors are 0), or the names of their classes; an
            object, its class, a config (ours or Keras's).

    Raises:
        UnsupportedError: Keras has it, rnncomp does not.
        InvalidArgumentError: It is not known at all.

    Example:
        >>> get_regularizer("kernel_regularizer", "l2")
        L2(l2=0.01)
    """
    if inspect.isclass(value) and value in CLASSES.values():
        value = value()
    if value is None or type(value) in CLASSES.values():
        return value  # type: ignore[return-value]
    if isinstance(value, dict):
        return _from_config(name, value)
    if isinstance(value, str):
        return _named(name, value)()
    if callable(value):
        raise UnsupportedError(
            f"{name} cannot be a function or a class of your own, got {shown(value)}: the kernels "
            f"know no other penalty; {OFFERED}"
        )
    raise InvalidArgumentError(f"{name} must be a regularizer, got {shown(value)}; {OFFERED}")


def get_regularizers(**given: object) -> dict[str, Regularizer]:
    """Return the regularizers of a layer by weight name, from Keras's arguments.

    Example:
        >>> get_regularizers(kernel_regularizer=None, recurrent_regularizer="l1")
        {'recurrent_kernel': L1(l1=0.01)}
    """
    found = {}
    for name, value in given.items():
        regularizer = get_regularizer(name, value)
        if regularizer is not None:
            weight = name.removesuffix("_regularizer")
            found["recurrent_kernel" if weight == "recurrent" else weight] = regularizer
    return found


def to_config(regularizer: Regularizer | None) -> dict[str, Any] | None:
    """Return the plain description that get_regularizer takes back."""
    if regularizer is None:
        return None
    return {"name": type(regularizer).__name__.lower(), **regularizer.get_config()}


def _named(name: str, word: str) -> type[Regularizer]:
    if word in NAMES:
        return NAMES[word]
    if word in REFUSED:
        raise UnsupportedError(f"{name}={shown(word)} is not supported; {OFFERED}")
    hint = nearest(word.lower(), CLASSES) or OFFERED
    if word.lower() == "l1_l2":
        hint = "Keras's own 'l1_l2' is none either; pass L1L2(l1=0.01, l2=0.01)"
    raise InvalidArgumentError(
        f"{name} must be the name of a regularizer, got {shown(word)}; {hint}"
    )


def _from_config(name: str, config: dict[str, Any]) -> Regularizer:
    """Return the regularizer of a config: ours, ``{"name": ..., **factors}``, or Keras's."""
    if "class_name" in config:
        word, arguments = config["class_name"], config.get("config")
    else:
        word, arguments = config.get("name"), {k: v for k, v in config.items() if k != "name"}
    word = word if isinstance(word, str) else ""
    cls = _named(name, word) if word in REFUSED else NAMES.get(word)
    fields = {f.name for f in dataclasses.fields(cls)} if cls else set()  # type: ignore[arg-type]
    if cls is None or not isinstance(arguments, dict) or not set(arguments) <= fields:
        raise InvalidArgumentError(f"{name} holds no known regularizer: {shown(config)}")
    return cls(**arguments)
