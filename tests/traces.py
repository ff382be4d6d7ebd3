"""Traces of networks with independent random weights, for tests of what shows them."""

import numpy as np

import rnncomp
from rnncomp.explanation import explain
from rnncomp.keras import layers as keras

GRU_BEFORE = {"reset_after": False, "recurrent_activation": "hard_sigmoid"}


def layers_of(case, units, features, steps):
    """Return the layers of one kind of network."""
    shape = {"input_shape": (steps, features)}
    cells = {
        "simple_rnn": [rnncomp.SimpleRNN(units, **shape)],
        "lstm": [rnncomp.LSTM(units, **shape)],
        "gru": [rnncomp.GRU(units, **shape)],
        "gru_before": [rnncomp.GRU(units, **GRU_BEFORE, **shape)],
        "without_bias": [rnncomp.GRU(units, use_bias=False, **shape)],
        "relu": [rnncomp.LSTM(units, activation="relu", **shape)],
        "backwards": [rnncomp.LSTM(units, go_backwards=True, return_sequences=True, **shape),
                      rnncomp.SimpleRNN(2)],
        "stacked": [rnncomp.LSTM(units, return_sequences=True, **shape), rnncomp.GRU(3)],
        "both_ways": [keras.Masking(0.0, **shape),
                      keras.Bidirectional(rnncomp.GRU(units, return_sequences=True)),
                      rnncomp.SimpleRNN(3)],
        "decoder": [rnncomp.GRU(units, **shape), keras.RepeatVector(2),
                    rnncomp.LSTM(3, return_sequences=True)],
        "each_step": [rnncomp.SimpleRNN(units, return_sequences=True, **shape)],
    }  # fmt: skip
    # Whole numbers are read with an Embedding, one a step.
    if case == "words":
        return [
            keras.Embedding(10, 4, mask_zero=True, input_shape=(steps,)),
            rnncomp.GRU(units, return_sequences=True),
            rnncomp.LSTM(2),
            rnncomp.Dense(2),
        ]
    return [*cells[case], rnncomp.Dense(2)]


CASES = ("simple_rnn", "lstm", "gru", "gru_before", "without_bias", "relu")
CHAINS = ("backwards", "stacked", "both_ways", "decoder", "each_step", "words")


def traced(case, *, units=5, features=3, steps=7, seed=0, dtype="float32", factor=1.0, **names):
    """Return the trace of one window; of `both_ways` a step in the middle is masked."""
    rng = np.random.default_rng(seed)
    model = rnncomp.Sequential(layers_of(case, units, features, steps), seed=seed, dtype=dtype)
    weights = [
        factor * rng.normal(size=w.shape) * (0.4 / np.sqrt(w.shape[0]) if w.ndim > 1 else 0.3)
        for w in model.get_weights()
    ]
    model.set_weights(weights)
    window = rng.normal(size=(steps, features))
    if case == "both_ways":
        window[steps // 2] = 0.0
    if case == "words":
        window = rng.integers(1, 10, size=steps)
        window[steps // 2] = 0
    return explain(model, window, **names)
