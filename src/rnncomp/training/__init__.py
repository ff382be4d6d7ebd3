"""Learning: Sequential in Keras's words, its losses, optimizers, callbacks and files."""

from rnncomp.training.adam import Adam, AdamW, Nadam
from rnncomp.training.callbacks import Callback, History
from rnncomp.training.early_stopping import EarlyStopping
from rnncomp.training.load import load_beside, load_model
from rnncomp.training.losses import MeanAbsoluteError, MeanSquaredError
from rnncomp.training.optimizers import SGD, Adagrad, Optimizer, RMSprop
from rnncomp.training.save import save_model
from rnncomp.training.sequential import Sequential

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Callback",
    "EarlyStopping",
    "History",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "Sequential",
    "load_beside",
    "load_model",
    "save_model",
]
