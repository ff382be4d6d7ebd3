"""The network: layers with Keras's arguments, first weights, and Network."""

from rnncomp.nn.around import Activation, Dropout, Flatten, Masking, RepeatVector
from rnncomp.nn.dense import Dense
from rnncomp.nn.embedding import Embedding
from rnncomp.nn.gru import GRU
from rnncomp.nn.input import Input
from rnncomp.nn.layer import Layer
from rnncomp.nn.lstm import LSTM
from rnncomp.nn.network import Network, Weight
from rnncomp.nn.predictor import Predictor
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
    "Network",
    "Predictor",
    "RepeatVector",
    "SimpleRNN",
    "TimeDistributed",
    "Weight",
]
