"""Quantiles that do not cross, and the levels that they give."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting.quantiles import interval_from_quantiles, quantile_scores, sort_quantiles


def pinball(actual, forecasts, quantiles):
    error = actual[..., np.newaxis] - forecasts
    return np.maximum(quantiles * error, (quantiles - 1) * error).mean()


def test_sorting_never_makes_the_loss_larger():
    rng = np.random.default_rng(0)
    quantiles = np.array([0.1, 0.5, 0.9])
    for _ in range(200):
        actual, crossed = rng.normal(size=(5, 2)), rng.normal(size=(5, 2, 3))
        made = sort_quantiles(crossed)
        assert (np.diff(made, axis=-1) >= 0).all()
        assert pinball(actual, made, quantiles) <= pinball(actual, crossed, quantiles) + 1e-15


def test_an_interval_takes_its_two_quantiles():
    forecasts = np.arange(24.0).reshape(2, 2, 6)
    quantiles = (0.025, 0.05, 0.1, 0.9, 0.95, 0.975)
    for level, place in ((95, 0), (90, 1), (80, 2)):
        low, high = interval_from_quantiles(forecasts, quantiles, level)
        np.testing.assert_array_equal(low, forecasts[..., place])
        np.testing.assert_array_equal(high, forecasts[..., 5 - place])


def test_a_crossed_network_still_gives_an_interval():
    low, high = interval_from_quantiles([[3.0, 2.0, 1.0]], (0.1, 0.5, 0.9), 80)
    assert (low.tolist(), high.tolist()) == ([1.0], [3.0])


@pytest.mark.parametrize(
    ("quantiles", "level", "message"),
    [
        ((0.1, 0.5, 0.9), 90, "level must be one that the quantiles give: 80, got 90"),
        ((0.1, 0.5, 0.8), 80, "no level at all"),
        ((0.9, 0.5, 0.1), 80, "quantiles must be ascending"),
        ((0.0, 0.5, 0.9), 80, "quantiles must be ascending"),
        ((0.1, 0.9), 80, "forecasts must be of shape"),
        ((0.1, 0.5, 0.9), 100, "level must be a finite number"),
    ],
)
def test_what_does_not_fit(quantiles, level, message):
    with pytest.raises(InvalidArgumentError, match=message):
        interval_from_quantiles(np.ones((4, 3)), quantiles, level)


def test_scores_are_signed_distances_to_the_nearer_end():
    found = quantile_scores([[0.0, 2.0, 5.0, 3.0]], [[1.0] * 4], [[4.0] * 4])
    assert found.tolist() == [[1.0, -1.0, 1.0, -1.0]]
