"""Layers, as in keras.layers."""

from collections.abc import Callable
from typing import NoReturn

from rnncomp.keras.left_out import stand_in
from rnncomp.nn.around import Activation, Dropout, Flatten, Masking, RepeatVector
from rnncomp.nn.dense import Dense
from rnncomp.nn.embedding import Embedding
from rnncomp.nn.gru import GRU
from rnncomp.nn.input import Input
from rnncomp.nn.layer import Layer
from rnncomp.nn.lstm import LSTM
from rnncomp.nn.simple_rnn import SimpleRNN
from rnncomp.nn.wrappers import Bidirectional, TimeDistributed

__all__ = [
    "GRU",
    "LSTM",
    "Activation",
    "Bidirectional",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Input",
    "Layer",
    "Masking",
    "RepeatVector",
    "SimpleRNN",
    "TimeDistributed",
]


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("layers", name)
