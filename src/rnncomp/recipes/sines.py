"""Tutorial 1: SimpleRNN, LSTM and GRU on four sinusoids.

As told it scales all data before it splits them and trains each network once; the honest variant
is the same comparison without the leak, with several seeds and with baselines beside the networks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import rnncomp
from rnncomp.charts import comparison_pages
from rnncomp.recipes.compared import LABELS, Honestly, compared, lowest_network
from rnncomp.recipes.told import Array, Echo, Pace, Told, one_seed, pace, tell_seed
from rnncomp.recipes.wording import listed, plus_minus

WINDOW, UNITS, EPOCHS, BATCH_SIZE, LEARNING_RATE = 50, 50, 20, 32, 0.001
TEST_SHARE = VALIDATION_SHARE = 0.2
SEEDS = 3
STRATEGY = "one step ahead from true history"


def run_sines(
    echo: Echo,
    *,
    honest: bool = False,
    fast: bool = False,
    epochs: int | None = None,
    seed: int | None = None,
    verbose: int = 1,
) -> Told:
    """Train the three networks, tell about it, and return what the two windows show.

    Args:
        echo: Where to say things, such as ``print``. What `fit` writes while it trains goes to
            standard output; `verbose` 0 silences it.
        honest: Whether to scale by the training part, train with several seeds, and stand
            baselines beside the networks, in units of the data.
        fast: A fifth of the epochs, and two seeds, to try it.
        epochs: Passes over the training windows, at least 1; None for the tutorial's 20.
        seed: Seed of weights and shuffles; None for fresh ones, as the tutorial has it. The first
            of an honest variant's.
        verbose: 0 for silence in training, 1 for a bar an epoch, 2 for a line an epoch; an honest
            variant has a line a training for both.

    Returns:
        What was found, with both windows.

    Raises:
        InvalidArgumentError: `epochs` is below 1, or `seed` or `verbose` break their rules.

    Example:
        >>> told = run_sines(lambda text: None, epochs=1, seed=1, verbose=0)
        >>> told.facts["charts"]["timeline"]["test_start"]
        850
    """
    how = pace(epochs=epochs, usual=EPOCHS, seeds=SEEDS, fast=fast, seed=seed, verbose=verbose)
    echo("Comparison of SimpleRNN, LSTM and GRU on four sinusoids")
    return _honestly(echo, how) if honest else _as_told(echo, how)


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


def _as_told(echo: Echo, how: Pace) -> Told:
    values = _scaled(rnncomp.load("sines").target_values)
    x, y = _windows(values)
    n_train = len(x) - round(TEST_SHARE * len(x))
    echo(f"Training samples: {n_train}")
    echo(f"Test samples: {len(x) - n_train}")
    curves: dict[str, dict[str, Any]] = {"losses": {}, "predictions": {}, "scores": {}}
    parameters = {}
    for name, label in LABELS.items():
        echo(f"\nTraining {label} ...")
        network = build_network(name, seed=how.seed)
        parameters[name] = network.count_params()
        losses = _fit(network, x[:n_train], y[:n_train], how)
        predicted = network.predict(x[n_train:], verbose=0)[:, 0].astype(np.float64)
        curves["losses"][name] = one_seed(losses)
        curves["predictions"][name] = one_seed(predicted.tolist())
        curves["scores"][name] = _scores(y[n_train:], predicted)
    results = _tell_results(echo, how, curves["scores"])
    charts = _charts(values, WINDOW + n_train, curves)
    facts = {
        "seed": how.seed,
        "training_samples": n_train,
        "test_samples": len(x) - n_train,
        "parameters": parameters,
        "scores": curves["scores"],
        "charts": charts,
    }
    return Told("sines", False, facts, comparison_pages(charts), results)


def _fit(network: Any, x: Array, y: Array, how: Pace) -> list[float]:
    """Train as the tutorial does; the training loss of each epoch."""
    history = network.fit(
        x,
        y,
        epochs=how.epochs,
        batch_size=BATCH_SIZE,
        validation_split=VALIDATION_SHARE,
        verbose=how.verbose,
    )
    losses: list[float] = history.history["loss"]
    return losses


def _tell_results(echo: Echo, how: Pace, scores: dict[str, Any]) -> tuple[str, ...]:
    """Print the tutorial's last lines, and return those with the errors."""
    echo("\nResults on the test samples")
    results = tuple(
        f"{LABELS[name]} - MSE: {score['mse']:.4f}, MAE: {score['mae']:.4f}"
        for name, score in scores.items()
    )
    for line in results:
        echo(line)
    echo("")
    tell_seed(echo, how)
    echo("Comparison finished. `rnncomp recipe sines --honest` takes the leak away, and adds")
    echo("baselines and seeds; `rnncomp compare` does so for any series.")
    return results


def _honestly(echo: Echo, how: Pace) -> Told:
    series = rnncomp.load("sines")
    said = Honestly(
        differences=(
            "scaling from the training part alone, "
            f"{len(how.seeds)} seeds, baselines, errors in units of the data"
        ),
        metric="mae",
        conclude=_changes,
    )
    options = {"window": WINDOW, "units": UNITS, "batch_size": BATCH_SIZE,
               "learning_rate": LEARNING_RATE, "cells": tuple(LABELS),
               "baselines": ("persistence", "drift", "mean", "ridge"), "season": 1}  # fmt: skip
    return compared(echo, how, series, said, recipe="sines", options=options)


def _changes(result: dict[str, Any]) -> str:
    """Say what becomes of "LSTM is the best" over several seeds."""
    rows = {row["name"]: row for row in result["leaderboard"]}
    lowest, lstm = lowest_network(result, "mae"), rows["lstm"]
    seeds = len(result["settings"]["seeds"])
    start = f"The tutorial calls LSTM the best, from one run of each; over {seeds} seeds"
    own = f"MAE {plus_minus(lstm['mae'], lstm['mae_spread'])}"
    if lowest["name"] == "lstm":
        said = f"{start} it has the lowest error of the three ({own})"
    else:
        other = f"MAE {plus_minus(lowest['mae'], lowest['mae_spread'])}"
        label = LABELS[lowest["name"]]
        said = f"{start} {label} has the lowest error ({other}, LSTM {own})"
    return f"{said}, and {_relation(result)}."


def _relation(result: dict[str, Any]) -> str:
    """Say which differences between the networks are clear, by the judgement of `compare`."""
    pairs = [each for each in result["differences"] if each["other"] in LABELS]
    clear = [each for each in pairs if each["relation"] in ("better", "worse")]
    if not clear:
        return "no difference between the networks is a clear one"
    words = {"better": "clearly better than", "worse": "clearly worse than"}
    return listed(
        [f"{LABELS[c['subject']]} is {words[c['relation']]} {LABELS[c['other']]}" for c in clear]
    )


def _scaled(values: Array) -> Array:
    """Scale to 0 .. 1 over all values, test part included: the tutorial's leak."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low)


def _windows(values: Array) -> tuple[Array, Array]:
    """Return windows (N, T, 1) and the value after each (N,)."""
    x = np.lib.stride_tricks.sliding_window_view(values[:-1], WINDOW)
    return x[:, :, np.newaxis], values[WINDOW:]


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
