"""Random models for the exports, each from its seed alone."""

import numpy as np

from rnncomp import GRU, LSTM, Dense, Input, Sequential, SimpleRNN
from rnncomp.kernels.layer_specs import ACTIVATIONS
from rnncomp.nn import (
    Activation,
    Bidirectional,
    Dropout,
    Embedding,
    Flatten,
    Masking,
    RepeatVector,
    TimeDistributed,
)

CELLS = (SimpleRNN, LSTM, GRU)
MERGES = ("concat", "sum", "mul", "ave")
# What feeds itself step after step must not grow; all activations in all cells are held against
# onnxruntime in test_onnx_activations.py.
GATES = ("sigmoid", "sigmoid", "hard_sigmoid", "sparse_sigmoid", "tanh", "softsign", "hard_tanh")
STATES = ("tanh", "tanh", *GATES, "relu", "linear", "elu", "silu", "leaky_relu")
# Between the cells: exponential blows up, gelu has no float64.
BETWEEN = tuple(name for name in ACTIVATIONS if name not in ("exponential", "gelu"))


def pick(rng, values):
    """Return one of `values`, whatever they are."""
    return values[int(rng.integers(len(values)))]


def chance(rng, share):
    """Return True in this share of the cases."""
    return bool(rng.random() < share)


def random_weights(model, rng):
    """Give `model` independent normal weights that neither vanish nor blow up over the steps."""
    for layer in model.layers:
        layer.set_weights(
            [
                0.6 * rng.normal(size=w.shape) / max(w.shape[0], 3) ** 0.5
                for w in layer.get_weights()
            ]
        )


def random_cell(rng, *, units, sequences, backwards):
    """Return a SimpleRNN, LSTM or GRU with random options."""
    cell = pick(rng, CELLS)
    options = {
        "activation": pick(rng, STATES),
        "use_bias": chance(rng, 0.5),
        "return_sequences": sequences,
        "go_backwards": backwards,
    }
    if cell is not SimpleRNN:
        options["recurrent_activation"] = pick(rng, GATES)
    if cell is GRU:
        options["reset_after"] = chance(rng, 0.5)
    return cell(units, **options)


def random_recurrent(rng, *, sequences):
    """Return a recurrent layer, along time, against it, or both."""
    units, backwards = int(rng.integers(1, 18)), chance(rng, 0.2)
    options = {"units": units, "sequences": sequences}
    layer = random_cell(rng, backwards=backwards, **options)
    if chance(rng, 0.75):
        return layer
    other = random_cell(rng, backwards=not backwards, **options)
    return Bidirectional(layer, merge_mode=pick(rng, MERGES), backward_layer=other)


def random_between(rng):
    """Return none or some layers that work on every step alike."""
    dense = Dense(int(rng.integers(1, 9)), pick(rng, BETWEEN), use_bias=chance(rng, 0.5))
    activation, kind = pick(rng, BETWEEN), int(rng.integers(4))
    if not chance(rng, 0.5):
        return []
    if kind == 1:
        return [TimeDistributed(dense)]
    return [(dense, None, Activation(activation), Dropout(0.3))[kind]]


def random_layers(rng, *, steps):
    """Return one to three recurrent layers, with others between and behind them."""
    layers, depth, end = [], int(rng.integers(1, 4)), pick(rng, ("last", "all", "flat", "again"))
    for index in range(depth):
        sequences = index < depth - 1 or end in ("all", "flat")
        layers.append(random_recurrent(rng, sequences=sequences))
        if sequences:
            layers += random_between(rng)
    if end == "flat" and steps is not None:
        layers.append(Flatten())
    if end == "again":
        layers += [RepeatVector(int(rng.integers(1, 5))), random_recurrent(rng, sequences=True)]
    return [*layers, Dense(int(rng.integers(1, 4)), pick(rng, BETWEEN))]


def random_front(rng, steps, features):
    """Return the first layers: numbers or words, with or without steps that are not there."""
    if chance(rng, 0.25):
        words = Embedding(9, features, mask_zero=chance(rng, 0.6))
        return [Input((steps,)), words]
    masking = [Masking(pick(rng, (0.0, -1.5)))] if chance(rng, 0.25) else []
    return [Input((steps, features)), *masking]


def random_model(seed):
    """Return a model and windows for it: (B, T, F), or whole numbers (B, T)."""
    rng = np.random.default_rng([seed, 4])
    steps, features, batch = (int(rng.integers(1, high)) for high in (13, 7, 10))
    declared = steps if chance(rng, 0.5) else None
    dtype = pick(rng, ("float32", "float32", "float64"))
    front = random_front(rng, declared, features)
    model = Sequential([*front, *random_layers(rng, steps=declared)], seed=seed, dtype=dtype)
    random_weights(model, rng)
    if isinstance(front[-1], Embedding):
        return model, rng.integers(0, 9, size=(batch, steps))
    x = rng.normal(size=(batch, steps, features)).astype(dtype)
    if isinstance(front[-1], Masking):
        x[rng.random((batch, steps)) < 0.4] = front[-1].spec.mask_value
        x[rng.random((batch, steps)) < 0.2, 0] = front[-1].spec.mask_value  # of one feature alone
    return model, x
