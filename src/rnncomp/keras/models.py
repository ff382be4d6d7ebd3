"""Models, as in keras.models."""

from rnncomp.training.load import load_model
from rnncomp.training.save import save_model
from rnncomp.training.sequential import Sequential

__all__ = ["Sequential", "load_model", "save_model"]
