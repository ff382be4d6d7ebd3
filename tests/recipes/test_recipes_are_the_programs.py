"""As told, a recipe computes what the tutorial's own program does with the same seed, to the byte.

The programs are written out here as the tutorials write them, on Keras's names.
"""

import numpy as np
import pytest

from rnncomp import load
from rnncomp.keras.layers import LSTM, Dense, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam
from rnncomp.recipes import run_arithmetic, run_counting, run_sines, run_sunspots


def silent(text):
    pass


@pytest.mark.parametrize("seed", [0, 7])
def test_sines(seed):
    rng = np.random.RandomState(42)
    t = np.linspace(0, 100, 1050)
    data = 2.0 * np.sin(0.1 * t) + 1.5 * np.sin(0.25 * t) + 1.0 * np.sin(0.5 * t)
    data = data + 0.8 * np.sin(0.8 * t) + 0.1 * rng.normal(0, 1, 1050)
    data = (data - data.min()) / (data.max() - data.min())
    X = np.array([data[i : i + 50] for i in range(1000)])[:, :, None]
    y = np.array([data[i + 50] for i in range(1000)])
    model = Sequential([LSTM(50, input_shape=(50, 1)), Dense(1)], seed=seed)
    model.compile(optimizer=Adam(learning_rate=0.001), loss="mse", metrics=["mae"])
    history = model.fit(X[:800], y[:800], epochs=2, batch_size=32, validation_split=0.2, verbose=0)
    predicted = model.predict(X[800:], verbose=0)[:, 0]

    charts = run_sines(silent, epochs=2, seed=seed, verbose=0).facts["charts"]
    assert charts["training"]["losses"]["lstm"]["mean"] == history.history["loss"]
    assert charts["timeline"]["predictions"]["lstm"]["mean"] == predicted.tolist()


@pytest.mark.parametrize("seed", [0, 7])
def test_counting(seed):
    data = np.arange(10)
    X = np.array([data[i : i + 3] for i in range(7)]).reshape(7, 3, 1)
    y = np.array([data[i + 3] for i in range(7)])
    model = Sequential([SimpleRNN(50, activation="relu", input_shape=(3, 1)), Dense(1)], seed=seed)
    model.compile(optimizer="adam", loss="mse")
    history = model.fit(X, y, epochs=200, batch_size=32, verbose=0)
    predicted = model.predict(np.array([7, 8, 9]).reshape(1, 3, 1), verbose=0)[0, 0]

    facts = run_counting(silent, seed=seed, verbose=0).facts
    assert facts["losses"] == history.history["loss"]
    assert facts["predicted"] == predicted


@pytest.mark.parametrize("seed", [0, 7])
def test_arithmetic(seed):
    starts = np.random.default_rng(seed).integers(0, 100, 1000)
    sequences = np.array([[start + 10 * i for i in range(4)] for start in starts])
    X, y = sequences[:, :3].reshape(1000, 3, 1) / 100, sequences[:, 3] / 100
    model = Sequential([SimpleRNN(5, input_shape=(3, 1)), Dense(1)], seed=seed)
    model.compile(optimizer="adam", loss="mse")
    history = model.fit(X, y, epochs=30, batch_size=32, validation_split=0.2, verbose=0)
    asked = (np.array([50, 60, 70]) / 100).reshape(1, 3, 1)
    predicted = float(model.predict(asked, verbose=0)[0, 0]) * 100

    facts = run_arithmetic(silent, seed=seed, verbose=0).facts
    losses = facts["charts"]["losses"]
    assert losses["train"]["mean"] == history.history["loss"]
    assert losses["validation"]["mean"] == history.history["val_loss"]
    assert facts["predicted"] == predicted


@pytest.mark.parametrize("seed", [0, 7])
def test_sunspots(seed):
    data = load("sunspots").target_values[:2820]
    data = (data - data.min()) / (data.max() - data.min())
    split = int(len(data) * 0.8)
    parts = []
    for part in (data[:split], data[split:]):
        targets = np.arange(12, len(part), 12)
        parts.append((part[: 12 * len(targets)].reshape(len(targets), 12, 1), part[targets]))
    (train_X, train_Y), (test_X, _) = parts
    layers = [SimpleRNN(3, input_shape=(12, 1), activation="tanh"), Dense(1, activation="tanh")]
    model = Sequential(layers, seed=seed)
    model.compile(loss="mean_squared_error", optimizer="adam")
    model.fit(train_X, train_Y, epochs=20, batch_size=1, verbose=0)
    predicted = [model.predict(X, verbose=0)[:, 0].tolist() for X in (train_X, test_X)]

    fit = run_sunspots(silent, seed=seed, verbose=0).facts["charts"]["fit"]
    assert fit["predicted"] == predicted[0] + predicted[1]
