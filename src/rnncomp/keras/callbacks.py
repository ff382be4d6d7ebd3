"""Callbacks, as in keras.callbacks."""

from rnncomp.training.callbacks import Callback, History
from rnncomp.training.early_stopping import EarlyStopping

__all__ = ["Callback", "EarlyStopping", "History"]
