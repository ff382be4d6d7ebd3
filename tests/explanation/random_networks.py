"""Networks of random layers and sizes, with independent random weights, for tests of a trace."""

from typing import NamedTuple

import numpy as np

from networks import random_params
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.kernels.layer_specs import (
    ActivationSpec,
    BidirectionalSpec,
    DropoutSpec,
    EmbeddingSpec,
    FlattenSpec,
    MaskingSpec,
    RepeatVectorSpec,
)
from rnncomp.nn import Network

ACTIVATIONS = ("tanh", "tanh", "tanh", "sigmoid", "linear", "relu", "softsign")
GATES = ("sigmoid", "sigmoid", "hard_sigmoid")


class Case(NamedTuple):
    """A network and a window that it reads."""

    network: Network
    window: np.ndarray


def cell(rng, **options):
    """Return a random recurrent layer."""
    return RecurrentSpec(
        rng.choice(["simple_rnn", "lstm", "gru"]),
        int(rng.integers(1, 10)),
        activation=rng.choice(ACTIVATIONS),
        recurrent_activation=rng.choice(GATES),
        use_bias=bool(rng.random() < 0.8),
        reset_after=bool(rng.random() < 0.5),
        **{"go_backwards": bool(rng.random() < 0.2), **options},
    )


def recurrent(rng, *, return_sequences):
    """Return a random recurrent layer, or two of them in opposite directions."""
    if rng.random() < 0.7:
        return cell(rng, return_sequences=return_sequences)
    there = cell(rng, return_sequences=return_sequences, go_backwards=False)
    back = cell(rng, return_sequences=return_sequences, go_backwards=True)
    back = RecurrentSpec(**{**vars(back), "units": there.units})
    return BidirectionalSpec(there, back, rng.choice(["concat", "sum", "mul", "ave"]))


def random_spec(rng, window):
    """Return a random chain of layers."""
    features, first = int(rng.integers(1, 5)), []
    kind = rng.random()
    if kind < 0.15:
        first = [MaskingSpec(0.5)]
    elif kind < 0.3:
        features, first = 1, [EmbeddingSpec(7, int(rng.integers(1, 5)), mask_zero=bool(kind < 0.2))]
    stacked = [recurrent(rng, return_sequences=True) for _ in range(int(rng.integers(0, 3)))]
    sequences = bool(rng.random() < 0.3)
    layers = [*first, *stacked, recurrent(rng, return_sequences=sequences)]
    if sequences and rng.random() < 0.4:
        layers.append(FlattenSpec())
    elif not sequences and rng.random() < 0.3:
        layers += [RepeatVectorSpec(3), cell(rng, return_sequences=True)]
    if rng.random() < 0.3:
        layers.append(DropoutSpec(0.3))
    if rng.random() < 0.2:
        layers.append(ActivationSpec("tanh"))
    activation = rng.choice(["linear", "linear", "tanh", "softmax"])
    layers.append(DenseSpec(int(rng.integers(1, 4)), activation=activation))
    return NetworkSpec(features, tuple(layers), window=window)


def random_case(seed, dtype):
    """Return a random network and window, the same numbers for both precisions."""
    rng = np.random.default_rng(seed)
    window = int(rng.integers(1, 9))
    spec = random_spec(rng, window)
    params = random_params(spec, rng).astype(np.float32).astype(dtype)
    x = rng.normal(size=(window, spec.features)).astype(np.float32)
    if isinstance(spec.layers[0], EmbeddingSpec):
        return Case(Network(spec, dtype=dtype, params=params), rng.integers(7, size=window))
    if isinstance(spec.layers[0], MaskingSpec):
        x[rng.random(window) < 0.4] = 0.5
    return Case(Network(spec, dtype=dtype, params=params), x)
