"""The network: layers with Keras's arguments, first weights, and Network."""

from rnncomp.nn.dense import Dense
from rnncomp.nn.gru import GRU
from rnncomp.nn.input import Input
from rnncomp.nn.layer import Layer
from rnncomp.nn.lstm import LSTM
from rnncomp.nn.network import Network, Weight
from rnncomp.nn.predictor import Predictor
from rnncomp.nn.simple_rnn import SimpleRNN

__all__ = ["GRU", "LSTM", "Dense", "Input", "Layer", "Network", "Predictor", "SimpleRNN", "Weight"]
