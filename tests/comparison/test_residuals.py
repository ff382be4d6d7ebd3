"""Residuals beside statsmodels and NumPy, and without arrays as large as the forecasts."""

import tracemalloc

import numpy as np
import pytest
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.stattools import acf

from rnncomp.comparison.residuals import (
    autocorrelation,
    by_step,
    first_step,
    ljung_box_p,
    white_noise_band,
)
from rnncomp.errors import InvalidArgumentError

EPS = np.finfo(float).eps


@pytest.mark.parametrize("n", [5, 60, 5000])
def test_autocorrelation_is_statsmodels(n):
    values = np.random.default_rng(n).normal(3.0, 1.0, n).cumsum()
    lags = min(40, n - 1)
    # Sums of n products of size 1, added in another order: a random walk of roundings.
    expected = acf(values, nlags=lags, fft=False)
    assert autocorrelation(values) == pytest.approx(expected, abs=8 * np.sqrt(n) * EPS)


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1e150])
def test_autocorrelation_has_no_unit(unit):
    values = np.random.default_rng(0).normal(size=100)
    assert autocorrelation(unit * values) == pytest.approx(autocorrelation(values), abs=100 * EPS)


@pytest.mark.parametrize("constant", [0.0, 0.1, -7e9])
def test_constant_residuals_have_no_autocorrelation(constant):
    assert autocorrelation(np.full(30, constant), 3).tolist() == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(5))
def test_ljung_box_is_statsmodels(seed):
    values = np.random.default_rng(seed).normal(size=150)
    values[1:] += 0.1 * seed * values[:-1]
    expected = float(acorr_ljungbox(values, lags=[20])["lb_pvalue"].iloc[0])
    # Two roads through the incomplete gamma function.
    assert ljung_box_p(autocorrelation(values, 20), 150) == pytest.approx(expected, rel=1e-9)


def test_white_noise_is_taken_for_white_noise():
    rng = np.random.default_rng(0)
    rejected, outside = 0, 0
    for _ in range(500):
        found = autocorrelation(rng.normal(size=400), 20)
        rejected += ljung_box_p(found, 400) < 0.05
        outside += int((np.abs(found[1:]) > white_noise_band(400)).sum())
    # 5 % of 500, sd 1 %; of 10,000 lags, a little below 5 %, as the mean is taken away.
    assert 0.02 < rejected / 500 < 0.08
    assert 0.035 < outside / 10_000 < 0.06


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (100_000, 2), (3, 100_000)])
def test_errors_by_step_are_numpys(shape):
    rng = np.random.default_rng(1)
    actual, predicted = rng.normal(size=shape), rng.normal(0.5, 1.0, shape)
    found, error = by_step(actual, predicted), predicted - actual
    # Sums of up to 100,000 terms in pieces.
    near = {"rel": 1e-12, "abs": 1e-13}
    assert found["mae"] == pytest.approx(np.abs(error).mean(axis=0), **near)
    assert found["rmse"] == pytest.approx(np.sqrt((error**2).mean(axis=0)), **near)
    assert found["bias"] == pytest.approx(error.mean(axis=0), **near)
    np.testing.assert_array_equal(first_step(actual, predicted), -error[:, 0])


def test_float32_forecasts_are_summed_in_float64():
    actual, predicted = np.zeros((200_000, 1)), np.full((200_000, 1), 0.1, np.float32)
    assert by_step(actual, predicted)["bias"][0] == pytest.approx(np.float32(0.1), rel=1e-12)


def test_a_million_windows_need_no_copies():
    actual = np.zeros((1_000_000, 4), np.float32)
    tracemalloc.start()
    by_step(actual, actual)
    assert tracemalloc.get_traced_memory()[1] < 4e6  # the errors alone would take 32 MB
    tracemalloc.reset_peak()
    autocorrelation(first_step(actual, actual))
    assert tracemalloc.get_traced_memory()[1] < 4 * 8e6
    tracemalloc.stop()


def test_what_does_not_fit():
    good = np.ones((3, 2))
    with pytest.raises(InvalidArgumentError, match="actual must be of shape"):
        by_step(np.ones(3), np.ones(3))
    with pytest.raises(InvalidArgumentError, match="predicted must be of the shape"):
        first_step(good, good[:2])
    with pytest.raises(InvalidArgumentError, match="actual must be of shape"):
        first_step(good[:0], good[:0])
    for bad in ([], [[1.0]], [np.nan], [1.0, np.inf]):
        with pytest.raises(InvalidArgumentError, match="values must be 1-D and finite"):
            autocorrelation(bad)
    with pytest.raises(InvalidArgumentError, match="lags must be"):
        autocorrelation([1.0, 2.0], 0)
    for correlations, n in (([1.0], 9), ([1.0, 0.5, 0.2], 2)):
        with pytest.raises(InvalidArgumentError, match="correlations must be"):
            ljung_box_p(correlations, n)
