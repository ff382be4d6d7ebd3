"""Models, as in keras.models."""

from collections.abc import Callable
from typing import NoReturn

from rnncomp.keras.left_out import stand_in
from rnncomp.training.load import load_model
from rnncomp.training.save import save_model
from rnncomp.training.sequential import Sequential

__all__ = ["Sequential", "load_model", "save_model"]


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("models", name)
