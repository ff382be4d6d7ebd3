"""Regularizers, as in keras.regularizers."""

from typing import Any

from rnncomp.nn.regularizers import L1, L1L2, L2, Regularizer, get_regularizer, to_config

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


def serialize(regularizer: Regularizer) -> dict[str, Any] | None:
    """Return the plain description of a regularizer that deserialize takes back."""
    return to_config(regularizer)


def deserialize(config: dict[str, Any]) -> Regularizer | None:
    """Return the regularizer that serialize described, or Keras's own serialize."""
    return get_regularizer("config", config)
