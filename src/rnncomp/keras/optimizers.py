"""Optimizers, as in keras.optimizers."""

from rnncomp.training.adam import Adam, AdamW, Nadam
from rnncomp.training.optimizers import SGD, Adagrad, Optimizer, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Nadam", "Optimizer", "RMSprop"]
