"""Tutorial 2: a SimpleRNN learns 0 .. 9 in windows of three, and is asked what follows 7, 8, 9.

The answer, 10, lies above every target that it has learned from. The honest variant says so, asks
further on, and lets two baselines answer as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import rnncomp
from rnncomp.charts import beyond_page
from rnncomp.recipes.compared import tell_changes
from rnncomp.recipes.told import (
    Array,
    Echo,
    Pace,
    Told,
    ask,
    over_seeds,
    pace,
    small_network,
    tell_seed,
    tell_training,
)
from rnncomp.recipes.wording import lines, listed, short, spread

WINDOW, UNITS, EPOCHS, BATCH_SIZE, SEEDS = 3, 50, 200, 32, 5
ACTIVATIONS = ("relu", "linear")
ASKED = (7.0, 8.0, 9.0)
LAST_VALUES = (9, 19, 99)  # what the windows end with that the honest variant asks about
FURTHEST = 20  # of the chart
BASELINES = {"drift": "last + 1", "ridge": "linear", "persistence": "last"}


def run_counting(
    echo: Echo,
    *,
    honest: bool = False,
    fast: bool = False,
    epochs: int | None = None,
    seed: int | None = None,
    verbose: int = 1,
) -> Told:
    """Train on 0 .. 9 and predict what follows 7, 8, 9; tell about it.

    Args:
        echo: Where to say things, such as ``print``. What `fit` writes while it trains goes to
            standard output; `verbose` 0 silences it.
        honest: Whether to train with several seeds, ask further on, and let baselines answer.
        fast: A fifth of the epochs, and two seeds, to try it.
        epochs: Passes over the seven windows, at least 1; None for the tutorial's 200.
        seed: Seed of weights and shuffles; None for a fresh one, as the tutorial has it. The first
            of an honest variant's.
        verbose: 0 for silence in training, 1 for a bar an epoch, 2 for a line an epoch; an honest
            variant has a line a training for both.

    Returns:
        What was found; the tutorial has no chart, the honest variant one.

    Raises:
        InvalidArgumentError: `epochs` is below 1, or `seed` or `verbose` break their rules.

    Example:
        >>> told = run_counting(lambda text: None, epochs=1, seed=1, verbose=0)
        >>> told.facts["samples"], told.facts["parameters"]
        (7, 2651)
    """
    how = pace(epochs=epochs, usual=EPOCHS, seeds=SEEDS, fast=fast, seed=seed, verbose=verbose)
    echo("Counting with a SimpleRNN: 0 to 9 in windows of three")
    return _honestly(echo, how) if honest else _as_told(echo, how)


def _windows() -> tuple[Array, Array]:
    """Return windows (N, T) and the value after each (N,)."""
    values = rnncomp.load("counting").target_values
    return np.lib.stride_tricks.sliding_window_view(values[:-1], WINDOW), values[WINDOW:]


def _as_told(echo: Echo, how: Pace) -> Told:
    x, y = _windows()
    echo(f"Samples, time steps, features: {(*x.shape, 1)}")
    network = small_network(UNITS, WINDOW, seed=how.seed, activations=ACTIVATIONS)
    network.summary(print_fn=echo)
    history = network.fit(
        x[:, :, np.newaxis], y, epochs=how.epochs, batch_size=BATCH_SIZE, verbose=how.verbose
    )
    predicted = float(ask(network, np.array([ASKED]))[0])
    result = f"Predicted next value: {predicted:.7g}"
    echo(f"\nInput: {[int(value) for value in ASKED]}")
    echo(result)
    tell_seed(echo, how)
    echo(
        f"Beware: {ASKED[-1] + 1:.0f} lies above every target that was learned from, "
        f"{y.min():.0f} to {y.max():.0f}: an extrapolation, of which the training says nothing."
    )
    facts = {
        "seed": how.seed,
        "samples": len(x),
        "shape": [*x.shape, 1],
        "parameters": network.count_params(),
        "losses": history.history["loss"],
        "targets": [float(y.min()), float(y.max())],
        "input": list(ASKED),
        "predicted": predicted,
        "expected": ASKED[-1] + 1,
    }
    return Told("counting", False, facts, (), (result,))


def _honestly(echo: Echo, how: Pace) -> Told:
    x, y = _windows()
    echo(
        "Different from the tutorial: several seeds, questions further on, and baselines. Nothing "
        "is scaled, so nothing leaks.\n"
    )
    last = np.arange(WINDOW - 1, FURTHEST)
    asked = np.concatenate([last, [value for value in LAST_VALUES if value not in last]])
    windows = (asked[:, np.newaxis] + np.arange(1 - WINDOW, 1)).astype(np.float64)
    answers = np.array([ask(network, windows) for network in _networks(echo, how, x, y)])
    given = {value: answers[:, asked == value][:, 0].tolist() for value in LAST_VALUES}
    baselines = _baselines()
    for line in _table(given, baselines):
        echo(line)
    changes = tell_changes(echo, how, _changes(given, baselines, y))
    beyond = {
        "true": (last + 1.0).tolist(),
        "networks": {"simple_rnn": over_seeds(answers[:, : len(last)])},
        "learned": [float(y.min()), float(y.max())],
        "rule": "Last + 1",
    }
    facts = {
        "seeds": list(how.seeds),
        "predicted": {str(value): of for value, of in given.items()},
        "baselines": {name: {str(v): a for v, a in of.items()} for name, of in baselines.items()},
        "charts": {"beyond": beyond},
    }
    return Told("counting", True, facts, (beyond_page(beyond),), changes)


def _networks(echo: Echo, how: Pace, x: Array, y: Array) -> Iterator[Any]:
    """Train the tutorial's network with every seed."""
    for seed in how.seeds:
        network = small_network(UNITS, WINDOW, seed=seed, activations=ACTIVATIONS)
        history = network.fit(
            x[:, :, np.newaxis], y, epochs=how.epochs, batch_size=BATCH_SIZE, verbose=0
        )
        tell_training(echo, how, seed, history)
        yield network


def _baselines() -> dict[str, dict[int, float]]:
    """Return what each baseline, fitted on 0 .. 9, says after windows that end with a value."""
    made, _ = rnncomp.make_baselines(list(BASELINES), window=WINDOW, horizon=1)
    series = rnncomp.load("counting")
    answers = {}
    for baseline in made:
        baseline.learn(series.values, len(series))
        answers[baseline.name] = {
            value: float(
                baseline.forecast_at(
                    np.arange(value - WINDOW + 1.0, value + 1.0)[:, np.newaxis],
                    range(WINDOW - 1, WINDOW),
                    1,
                )[0, 0]
            )
            for value in LAST_VALUES
        }
    return answers


def _table(given: dict[int, list[float]], baselines: dict[str, dict[int, float]]) -> list[str]:
    rows = [
        [f"[{value - 2}, {value - 1}, {value}]", str(value + 1), spread(given[value])]
        + [short(answers[value]) for answers in baselines.values()]
        for value in LAST_VALUES
    ]
    return ["", *lines(["input", "true", "SimpleRNN", *BASELINES.values()], rows)]


def _changes(
    given: dict[int, list[float]], baselines: dict[str, dict[int, float]], y: Array
) -> tuple[str, str]:
    """Say that it is an extrapolation, how far it is off, and who is not."""
    near, far = LAST_VALUES[0], LAST_VALUES[-1]
    off = {value: float(np.mean(np.abs(np.array(given[value]) - value - 1))) for value in given}
    exact = [BASELINES[name] for name, of in baselines.items() if abs(of[near] - near - 1) < 1e-6]
    better = [n for n, of in baselines.items() if abs(of[near] - near - 1) < off[near]]
    first = (
        f"{near + 1} lies above every target of the training, {y.min():.0f} to {y.max():.0f}: the "
        f"tutorial asks for an extrapolation, and its answer is one draw of {spread(given[near])} "
        f"over {len(given[near])} seeds, {short(off[near], 2)} off on average."
    )
    second = (
        f"{len(better)} of {len(baselines)} baselines are nearer, "
        f"{listed(exact) if exact else 'none'} without an error, and after "
        f"[{far - 2}, {far - 1}, {far}] the network is {short(off[far], 2)} off: "
    )
    learned = "it counts on" if off[far] < 1.0 else "it learned these numbers, not how to count"
    return first, f"{second}{learned}."
