"""Random models for the exports, each from its seed alone."""

import numpy as np

from rnncomp import GRU, LSTM, Dense, Input, Sequential, SimpleRNN
from rnncomp.kernels.layer_specs import ACTIVATIONS

CELLS = (SimpleRNN, LSTM, GRU)
USUAL = ACTIVATIONS[:5]  # the others, some of which blow up, are in test_onnx_activations.py


def pick(rng, values):
    """Return one of `values`, whatever they are."""
    return values[int(rng.integers(len(values)))]


def random_layer(rng, cell, *, sequences):
    """Return a recurrent layer with random options."""
    options = {
        "units": int(rng.integers(1, 18)),
        "activation": pick(rng, USUAL),
        "use_bias": bool(rng.integers(2)),
        "return_sequences": sequences,
    }
    if cell is not SimpleRNN:
        options["recurrent_activation"] = pick(rng, ("sigmoid", "hard_sigmoid", *USUAL))
    if cell is GRU:
        options["reset_after"] = bool(rng.integers(2))
    return cell(**options)


def random_layers(rng):
    """Return one to three recurrent layers, with Dense layers between and behind them."""
    layers, depth, whole = [], int(rng.integers(1, 4)), bool(rng.integers(2))
    for index in range(depth):
        sequences = index < depth - 1 or whole
        layers.append(random_layer(rng, pick(rng, CELLS), sequences=sequences))
        if rng.random() < 0.4:
            units, activation = int(rng.integers(1, 9)), pick(rng, USUAL)
            layers.append(Dense(units, activation, use_bias=bool(rng.integers(2))))
    return layers


def random_weights(model, rng):
    """Give `model` independent normal weights that neither vanish nor blow up over the steps.

    Gates outside 0 .. 1 multiply states without bound; their layers get smaller weights.
    """
    for layer in model.layers:
        gates = layer.spec.recurrent_activation if layer.spec.recurrent else "sigmoid"
        gain = 0.6 if gates in ("sigmoid", "hard_sigmoid") else 0.3
        layer.set_weights(
            [
                gain * rng.normal(size=w.shape) / max(w.shape[0], 3) ** 0.5
                for w in layer.get_weights()
            ]
        )


def random_model(seed):
    """Return a model and windows for it, shape (B, T, F)."""
    rng = np.random.default_rng([seed, 4])
    steps, features, batch = (int(rng.integers(1, high)) for high in (13, 7, 10))
    declared = steps if rng.integers(2) else None
    dtype = pick(rng, ("float32", "float32", "float64"))
    layers = [Input((declared, features)), *random_layers(rng)]
    model = Sequential(layers, seed=seed, dtype=dtype)
    random_weights(model, rng)
    return model, rng.normal(size=(batch, steps, features)).astype(model.dtype)
