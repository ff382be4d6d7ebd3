"""Coverage and interval score beside what they are defined as, and 90 % that are 90 %."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting.conformal import ConformalWidths
from rnncomp.forecasting.coverage import coverage, wilson

EPS = np.finfo(float).eps


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (7, 7), (900, 1000), (1, 2), (33, 41)])
def test_wilson_is_statsmodels(hits, n):
    low, high = proportion_confint(hits, n, alpha=0.05, method="wilson")
    found = wilson(hits, n)
    # Some ten operations on numbers of size 1 on either road.
    assert (found.low, found.high) == pytest.approx((low, high), abs=32 * EPS)
    assert found.share == hits / n


def test_wilson_of_nothing():
    assert wilson(0, 0).share is wilson(0, 0).low is wilson(0, 0).high is None


def test_coverage_counts_what_is_known():
    actual = np.array([[1.0, 5.0, np.nan], [2.0, np.nan, np.nan], [np.nan] * 3])
    found = coverage(actual, np.full((3, 3), 1.0), np.full((3, 3), 2.0))  # both ends are inside
    assert [(step.share, step.n) for step in found.by_step] == [(1.0, 2), (0.0, 1), (None, 0)]
    assert (found.overall.share, found.overall.n) == (2 / 3, 2)
    endless = coverage([[3.0]], [[-np.inf]], [[np.inf]])
    assert endless.overall.share == 1.0


@pytest.mark.parametrize("measure", [coverage])
def test_arrays_that_do_not_fit(measure):
    good = np.ones((3, 2))
    for bad, name in (
        ((np.ones(3), np.ones(3), np.ones(3)), "actual"),
        ((good, good[:2], good), "low"),
        ((good, good, good[:, :1]), "high"),
        ((good, good * np.nan, good), "low"),
    ):
        with pytest.raises(InvalidArgumentError, match=f"{name} must be"):
            measure(*bad)


LAGS, STEPS, WINDOWS = 3, 2, 99
TRAINED = 200


def windows_of(series):
    rows = len(series) - LAGS - STEPS + 1
    at = np.arange(rows)[:, np.newaxis]
    inputs = np.column_stack([series[at + np.arange(LAGS)], np.ones(rows)])
    return inputs, series[at + LAGS + np.arange(STEPS)]


def trial(rng, *, held_out):
    """Fit ridge on the first rows, calibrate on the next, forecast the end of one series."""
    rows = TRAINED + LAGS + (WINDOWS + 1) * STEPS
    noise = rng.normal(size=rows + 50)
    series = np.empty(rows + 50)
    series[0] = noise[0]
    for row in range(1, rows + 50):
        series[row] = 0.6 * series[row - 1] + noise[row]
    series = series[50:]
    inputs, targets = windows_of(series[:TRAINED])
    weights = np.linalg.solve(inputs.T @ inputs + 0.1 * np.eye(LAGS + 1), inputs.T @ targets)
    if not held_out:
        inputs, targets = inputs[-8:], targets[-8:]
        weights = np.linalg.lstsq(inputs, targets, rcond=None)[0]
        return ConformalWidths.fit(np.abs(targets - inputs @ weights)), series, weights
    # Stretches apart by the steps ahead: no target is shared, and the last one is the forecast.
    inputs, targets = (part[::STEPS] for part in windows_of(series[TRAINED:]))
    used = inputs[:WINDOWS], targets[:WINDOWS]
    return ConformalWidths.fit(np.abs(used[1] - used[0] @ weights)), series, weights


def measured(*, held_out, level):
    """Return the coverage over 1,000 series, each a trial of its own with one forecast."""
    rng = np.random.default_rng(5)
    ends = []
    for _ in range(1000):
        widths, series, weights = trial(rng, held_out=held_out)
        inputs, targets = windows_of(series[-LAGS - STEPS :])
        low, high = widths.interval(inputs @ weights, level)
        ends.append((targets[0], low[0], high[0]))
    return coverage(*np.array(ends).transpose(1, 0, 2))


@pytest.mark.parametrize(("level", "least", "most"), [(90, 0.88, 0.92), (50, 0.46, 0.54)])
def test_of_1000_series_as_many_as_promised_are_covered(level, least, most):
    """Each series counts once, so 1,000 independent answers: at 90 % one sd is 0.95 %."""
    found = measured(held_out=True, level=level)
    assert all(least < step.share < most for step in found.by_step)
    assert found.overall.n == 1000


def test_errors_on_what_was_trained_on_cover_too_little():
    """What the calibration windows are for: the same trial on training windows fails."""
    assert measured(held_out=False, level=80).overall.share < 0.6
