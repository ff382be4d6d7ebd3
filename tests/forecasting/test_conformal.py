"""Conformal widths: the rank that the theorem names, what is kept, and what files may hold."""

import math

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting.conformal import ConformalWidths, check_levels, largest_level
from rnncomp.forecasting.quantiles import quantile_scores


def scores(n, steps=3, seed=0):
    return np.abs(np.random.default_rng(seed).normal(size=(n, steps))) * np.arange(1, steps + 1)


def by_hand(step, level_in_thousandths):
    """The ceil((n + 1) * level)-th smallest, in whole numbers."""
    rank = -(-(len(step) + 1) * level_in_thousandths // 1000)
    return math.inf if rank > len(step) else float(np.sort(step)[rank - 1])


@pytest.mark.parametrize("n", [1, 9, 19, 99, 100, 101])
@pytest.mark.parametrize("thousandths", [1, 333, 500, 800, 900, 950, 990, 999])
def test_of_few_windows_any_level_is_exact(n, thousandths):
    table = scores(n)
    found = ConformalWidths.fit(table).widths(thousandths / 10)
    assert found.tolist() == [by_hand(step, thousandths) for step in table.T]


def test_a_level_is_read_as_it_is_written():
    # 99.9 in binary lies above 999/10: of 999 windows it would ask for the 1,000th.
    assert ConformalWidths.fit(scores(999)).widths(99.9).tolist() == scores(999).max(0).tolist()


def test_steps_that_were_not_observed_have_fewer_windows():
    table = scores(20)
    table[9:, 1] = np.nan
    table[:, 2] = np.nan
    widths = ConformalWidths.fit(table)
    assert widths.counts == (20, 9, 0)
    assert widths.widths(90)[1] == table[:9, 1].max()
    assert np.isinf(widths.widths(90)[2])
    assert np.isinf(widths.widths(91)[1])


@pytest.mark.parametrize("n", [1, 9, 19, 132])
def test_the_largest_level_is_the_last_finite_one(n):
    widths = ConformalWidths.fit(scores(n, 1))
    level = largest_level(n)
    assert np.isfinite(widths.widths(math.floor(level * 100) / 100)).all()
    assert np.isinf(widths.widths(math.ceil(level * 100 + 1e-6) / 100)).all()


def test_intervals_reach_as_far_as_was_calibrated_and_no_further():
    widths = ConformalWidths.fit(scores(50))
    low, high = widths.interval(np.ones((4, 2)), 80)
    assert low.shape == high.shape == (4, 2)
    assert (high[0] - 1.0).tolist() == pytest.approx(widths.widths(80)[:2].tolist())
    assert (1.0 - low[0]).tolist() == pytest.approx(widths.widths(80)[:2].tolist())
    with pytest.raises(InvalidArgumentError, match="steps must be 1 to 3, those calibrated, got 4"):
        widths.interval(np.ones(4), 80)
    with pytest.raises(InvalidArgumentError, match="steps must be 1 to 3"):
        widths.interval(1.0, 80)


def test_quantiles_are_moved_until_they_cover():
    rng = np.random.default_rng(0)
    actual = rng.normal(size=(2000, 1))
    for half in (0.2, 5.0):  # far too narrow, far too wide
        low, high = np.full((2000, 1), -half), np.full((2000, 1), half)
        fitted = ConformalWidths.fit(quantile_scores(actual[:1000], low[:1000], high[:1000]))
        below, above = fitted.interval(low[1000:], 90, high=high[1000:])
        inside = ((below <= actual[1000:]) & (actual[1000:] <= above)).mean()
        # Calibration and test both vary, by sqrt(0.09 / 1000) each: three standard deviations.
        assert inside == pytest.approx(0.9, abs=3 * math.sqrt(2 * 0.09 / 1000))
        assert (above > below).all()


def test_quantiles_never_cross_by_being_narrowed():
    fitted = ConformalWidths.fit(np.full((10, 1), -3.0))
    low, high = fitted.interval([[0.0]], 80, high=[[4.0]])
    assert low.tolist() == high.tolist() == [[2.0]]


@pytest.mark.parametrize(
    "bad", [np.ones(3), np.ones((2, 2, 2)), np.full((3, 1), np.nan), [[np.inf]], np.ones((0, 2))]
)
def test_scores_that_cannot_be_used(bad):
    with pytest.raises(InvalidArgumentError, match="scores must be"):
        ConformalWidths.fit(bad)


def test_levels():
    assert check_levels([95, 80.0, 80, np.int64(50), 99.5]) == (50, 80, 95, 99.5)
    assert check_levels(90) == (90,)
    for bad in (0, 100, -5, math.nan, "80", True, [80, None]):
        with pytest.raises(InvalidArgumentError, match="level must be"):
            check_levels(bad)
    with pytest.raises(InvalidArgumentError, match="levels must be one or more percents"):
        check_levels([])
