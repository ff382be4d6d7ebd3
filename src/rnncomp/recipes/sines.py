"""Tutorial 1: SimpleRNN, LSTM and GRU on four sinusoids, as it was told.

It scales all data before it splits them and trains each network once; ``rnncomp compare`` is the
same comparison without the leak, with several seeds and with baselines beside the networks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import rnncomp
from rnncomp._check import integer

WINDOW, UNITS, BATCH_SIZE, LEARNING_RATE = 50, 50, 32, 0.001
TEST_SHARE = VALIDATION_SHARE = 0.2
LABELS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
STRATEGY = "one step ahead from true history"

Array = NDArray[np.float64]


def run_sines(
    echo: Callable[[str], object], *, epochs: int = 20, seed: int | None = None, verbose: int = 1
) -> dict[str, Any]:
    """Train the three networks, tell about it, and return what the two windows show.

    Args:
        echo: Where to say things, such as ``print``.
        epochs: Passes over the training windows, at least 1.
        seed: Seed of weights and shuffles; None for fresh ones, as the tutorial has it.
        verbose: 0 for silence in training, 1 for a bar an epoch, 2 for a line an epoch.

    Returns:
        Chart data for `rnncomp.charts.timeline_figure` and `training_figure`.

    Raises:
        InvalidArgumentError: `epochs` is below 1.

    Example:
        >>> charts = run_sines(lambda text: None, epochs=1, seed=1, verbose=0)
        >>> charts["timeline"]["test_start"]
        850
    """
    epochs = integer("epochs", epochs)
    echo("Comparison of SimpleRNN, LSTM and GRU on four sinusoids")
    values = _scaled(rnncomp.load("sines").target_values)
    x, y = _windows(values)
    n_train = len(x) - round(TEST_SHARE * len(x))
    echo(f"Training samples: {n_train}")
    echo(f"Test samples: {len(x) - n_train}")
    curves: dict[str, dict[str, Any]] = {"losses": {}, "predictions": {}, "scores": {}}
    for name, label in LABELS.items():
        echo(f"\nTraining {label} ...")
        network = build_network(name, seed=seed)
        history = network.fit(
            x[:n_train],
            y[:n_train],
            epochs=epochs,
            batch_size=BATCH_SIZE,
            validation_split=VALIDATION_SHARE,
            verbose=verbose,
        )
        predicted = network.predict(x[n_train:], verbose=0)[:, 0].astype(np.float64)
        curves["losses"][name] = _one_seed(history.history["loss"])
        curves["predictions"][name] = _one_seed(predicted.tolist())
        curves["scores"][name] = _scores(y[n_train:], predicted)
    echo("\nResults on the test samples")
    for name, label in LABELS.items():
        score = curves["scores"][name]
        echo(f"{label} - MSE: {score['mse']:.4f}, MAE: {score['mae']:.4f}")
    echo("\nComparison finished. `rnncomp compare` adds baselines and seeds, without the leak.")
    return _charts(values, WINDOW + n_train, curves)


def build_network(name: str, *, seed: int | None) -> Any:
    """Return the tutorial's network: one recurrent layer, one output, Adam, MSE.

    Args:
        name: ``simple_rnn``, ``lstm`` or ``gru``.
        seed: Seed of its weights and shuffles.

    Returns:
        A compiled `Sequential`.
    """
    layer = {"simple_rnn": rnncomp.SimpleRNN, "lstm": rnncomp.LSTM, "gru": rnncomp.GRU}[name]
    layers = [layer(UNITS, input_shape=(WINDOW, 1)), rnncomp.Dense(1)]
    network = rnncomp.Sequential(layers, name=name, seed=seed)
    network.compile(optimizer=rnncomp.Adam(LEARNING_RATE), loss="mse", metrics=["mae"])
    return network


def _scaled(values: Array) -> Array:
    """Scale to 0 .. 1 over all values, test part included: the tutorial's leak."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low)


def _windows(values: Array) -> tuple[Array, Array]:
    """Return windows (N, T, 1) and the value after each (N,)."""
    x = np.lib.stride_tricks.sliding_window_view(values[:-1], WINDOW)
    return x[:, :, np.newaxis], values[WINDOW:]


def _one_seed(values: list[float]) -> dict[str, list[float]]:
    return dict.fromkeys(("mean", "low", "high"), values)


def _scores(actual: Array, predicted: Array) -> dict[str, float | None]:
    mse = rnncomp.mean_squared_error(actual, predicted)
    mae = rnncomp.mean_absolute_error(actual, predicted)
    return {"mse": mse, "mse_spread": None, "mae": mae, "mae_spread": None}


def _charts(values: Array, start: int, curves: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the chart data of a comparison, here with one seed."""
    timeline = {
        "index": list(range(len(values))),
        "times": None,
        "values": values.tolist(),
        "train_end": WINDOW + round((start - WINDOW) * (1 - VALIDATION_SHARE)),
        "test_start": start,
        "test_index": list(range(start, len(values))),
        "actual": values[start:].tolist(),
        "predictions": curves["predictions"],
        "strategy": STRATEGY,
        "value_label": "Value",
        "time_label": "Time Step",
    }
    training = {
        "loss_label": "Loss (MSE)",
        "losses": curves["losses"],
        "scores": curves["scores"],
    }
    return {"labels": LABELS, "timeline": timeline, "training": training}
