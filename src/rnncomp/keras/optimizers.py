"""Optimizers, as in keras.optimizers."""

from rnncomp.training.optimizers import SGD, Adam, Optimizer

__all__ = ["SGD", "Adam", "Optimizer"]
