"""The lag detector on series whose answer is known, each simulated a hundred times."""

from collections import Counter

import numpy as np
import pytest

from rnncomp.comparison.cautions_forecast import shifted_copy
from rnncomp.errors import InvalidArgumentError

LAGS, TESTED, ROUNDS = 24, 200, 100


def autoregression(rng, n, phi):
    noise, values = rng.normal(size=n), np.zeros(n)
    for row in range(1, n):
        values[row] = phi * values[row - 1] + noise[row]
    return values


SERIES = {
    "sine": lambda r, n: np.sin(np.arange(n) / 5 + r.uniform(0, 6)) + 0.1 * r.normal(size=n),
    "ar 0.6": lambda r, n: autoregression(r, n, 0.6),
    "seasonal": lambda r, n: np.resize(3 * r.normal(size=12), n) + r.normal(size=n),
    "walk": lambda r, n: r.normal(size=n).cumsum(),
    "walk with drift": lambda r, n: (0.2 + r.normal(size=n)).cumsum(),
}


def forecasts(name, seed, horizon):
    """Return actual, last, and forecasts by name for the last windows of a series."""
    series = SERIES[name](np.random.default_rng(seed), 600 + TESTED + LAGS)
    at = np.arange(len(series) - LAGS - horizon + 1)[:, np.newaxis]
    inputs, targets = series[at + np.arange(LAGS)], series[at + LAGS + np.arange(horizon)]
    x = np.column_stack([inputs, np.ones(len(inputs))])
    learned, tested = slice(None, -TESTED), slice(-TESTED, None)
    squares = x[learned].T @ x[learned] + 0.01 * np.eye(LAGS + 1)
    ridge = x[tested] @ np.linalg.solve(squares, x[learned].T @ targets[learned])
    last, actual = inputs[tested, -1], targets[tested]
    copy = np.repeat(last[:, np.newaxis], horizon, axis=1)
    rng = np.random.default_rng(seed + 1)
    return actual, last, {
        "copy": copy,
        "poor copy": 0.9 * copy + 0.05 * rng.normal(size=copy.shape) + 0.1,
        "ridge": ridge,
        "mean": np.full_like(copy, series[:600].mean()),
        "truth": actual,
        "against": 2 * copy.mean() - copy,
        "scaled copy": 0.6 * copy,
        "hardly moved": 0.2 * copy,
        "truth with noise": actual + 0.5 * rng.normal(size=copy.shape),
    }  # fmt: skip


def told(name, horizon):
    found = Counter()
    for seed in range(ROUNDS):
        actual, last, made = forecasts(name, seed, horizon)
        for who, predicted in made.items():
            caution = shifted_copy(actual, predicted, last, subject=who)
            found[who, caution.code if caution else "nothing"] += 1
    return found


@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("name", ["sine", "seasonal"])
def test_a_copy_is_found_and_a_forecast_is_not(name, horizon):
    found = told(name, horizon)
    assert found["copy", "shifted_copy"] == ROUNDS
    for good in ("ridge", "mean", "truth", "against", "hardly moved", "truth with noise"):
        assert found[good, "nothing"] == ROUNDS
    if (name, horizon) == ("sine", 1):
        assert found["poor copy", "shifted_copy"] == ROUNDS
        assert found["scaled copy", "shifted_copy"] == ROUNDS


@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("name", ["walk", "walk with drift"])
def test_a_random_walk_allows_no_more(name, horizon):
    found = told(name, horizon)
    assert found["copy", "as_persistence"] >= 95
    assert found["copy", "nothing"] == 0
    assert found["ridge", "shifted_copy"] <= 5
    assert found["mean", "nothing"] == found["truth", "nothing"] == ROUNDS


def test_what_beats_repeating_is_left_in_peace():
    """The best forecast of an autoregression is a line through the last value, and no copy."""
    found = told("ar 0.6", 1)
    assert found["ridge", "nothing"] >= 95
    assert found["copy", "nothing"] == 0


def test_what_is_said():
    actual, last, made = forecasts("sine", 0, 1)
    text = shifted_copy(actual, made["copy"], last, subject="LSTM").text
    assert text.startswith("LSTM: the forecast is the last value shifted (mean absolute error 0.")
    actual, last, made = forecasts("walk", 0, 1)
    text = shifted_copy(actual, made["copy"], last, subject="LSTM").text
    assert text.startswith("LSTM: as good as repeating the last value")
    noisy = made["copy"] + 0.5 * np.random.default_rng(0).normal(size=made["copy"].shape)
    text = shifted_copy(actual, noisy, last, subject="LSTM").text
    assert text.startswith("LSTM: worse than repeating the last value")


def test_too_little_to_tell():
    actual, last, made = forecasts("sine", 0, 1)
    assert shifted_copy(actual[:7], made["copy"][:7], last[:7], subject="x") is None
    assert shifted_copy(actual[:8], made["copy"][:8], last[:8], subject="x") is not None
    flat = np.ones((20, 1))
    assert shifted_copy(flat, flat, flat[:, 0], subject="x") is None


def test_arrays_that_do_not_fit():
    good = np.ones((9, 2))
    for bad, name in (
        ((good[:, 0], good, good[:, 0]), "actual"),
        ((good, good[:, :1], good[:, 0]), "predicted"),
        ((good, good, good), "last"),
    ):
        with pytest.raises(InvalidArgumentError, match=f"{name} must be of"):
            shifted_copy(*bad, subject="x")
