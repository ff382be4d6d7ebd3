"""Regularizers, as in keras.regularizers."""

from collections.abc import Callable
from typing import Any, NoReturn

from rnncomp.keras.left_out import stand_in
from rnncomp.nn.regularizers import L1, L1L2, L2, Regularizer, get_regularizer

l1 = L1
l1_l2 = L1L2
l2 = L2

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "serialize",
]


def get(identifier: Any) -> Regularizer | None:
    """Return the regularizer that a layer's argument means; None for None.

    Example:
        >>> get("l2")
        L2(l2=0.01)
    """
    return get_regularizer("identifier", identifier)


def serialize(regularizer: Regularizer) -> dict[str, Any]:
    """Return the description of a regularizer that deserialize takes back, in Keras's words.

    Example:
        >>> serialize(L2(0.5))["class_name"], serialize(L2(0.5))["config"]
        ('L2', {'l2': 0.5})
    """
    return {
        "module": "keras.regularizers",
        "class_name": type(regularizer).__name__,
        "config": regularizer.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict[str, Any]) -> Regularizer | None:
    """Return the regularizer that serialize described, here or in Keras."""
    return get_regularizer("config", config)


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("regularizers", name)
