"""Conformal widths: the rank that the theorem names, what is kept, and what files may hold."""

import json
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


@pytest.mark.parametrize("n", [102, 199, 1000, 5000])
def test_of_many_windows_whole_percents_are_exact(n):
    table = scores(n)
    widths = ConformalWidths.fit(table)
    for thousandths in (*range(10, 1000, 10), 995, 999):
        expected = [by_hand(step, thousandths) for step in table.T]
        assert widths.widths(thousandths / 10).tolist() == expected


def test_a_level_between_is_never_too_narrow():
    table = scores(5000)
    widths = ConformalWidths.fit(table)
    for thousandths in (1, 333, 805, 957, 991, 998):
        asked = np.array([by_hand(step, thousandths) for step in table.T])
        above = widths.widths(min(99.9, math.ceil(thousandths / 10)))
        assert (asked < widths.widths(thousandths / 10)).all()
        assert (widths.widths(thousandths / 10) <= above).all()
    # The largest of all is kept: 99.97 % of 5,000 windows can be told.
    assert widths.widths(99.97).tolist() == table.max(axis=0).tolist()
    assert np.isinf(widths.widths(99.99)).all()


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


def test_scales_are_divided_out_and_back():
    table, scales = scores(50), np.repeat([10.0, 1000.0], 25)
    scaled = ConformalWidths.fit(table * scales[:, np.newaxis], scales=scales)
    plain = ConformalWidths.fit(table).widths(80)
    # Times and by a scale, and by another one: three roundings.
    np.testing.assert_allclose(scaled.widths(80, scale=7.0), 7.0 * plain, rtol=4 * 2.0**-52)


def test_a_scale_is_neither_forgotten_nor_made_up():
    table = scores(50)
    with pytest.raises(InvalidArgumentError, match="scale must be given"):
        ConformalWidths.fit(table, scales=np.ones(50)).widths(80)
    with pytest.raises(InvalidArgumentError, match="scale must be left out"):
        ConformalWidths.fit(table).widths(80, scale=2.0)
    for bad in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(InvalidArgumentError, match="scales must be finite and above 0"):
            ConformalWidths.fit(table, scales=np.full(50, bad))
    with pytest.raises(InvalidArgumentError, match=r"scales must be of shape \(50,\)"):
        ConformalWidths.fit(table, scales=np.ones((50, 1)))


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


def test_there_and_back_through_json():
    table = scores(5000)
    table[:, 2] = np.nan
    widths = ConformalWidths.fit(table, scales=np.full(5000, 2.0))
    text = json.dumps(widths.to_dict(), allow_nan=False)
    again = ConformalWidths.from_dict(json.loads(text))
    for level in (0.5, 50, 80, 95, 99.97):
        assert again.widths(level, scale=3.0).tolist() == widths.widths(level, scale=3.0).tolist()
    assert max(map(len, again.kept)) <= 102


GOOD = ConformalWidths.fit(scores(4, 2)).to_dict()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"counts": []}, "counts"),
        ({"counts": [4, -1]}, "counts"),
        ({"counts": [4, True]}, "counts"),
        ({"counts": [4, 4.0]}, "counts"),
        ({"counts": [4, 10**400]}, "counts"),
        ({"counts": [0, 0], "kept": [[], []]}, "kept"),
        ({"counts": {"a": 1}}, "counts"),
        ({"kept": [[1.0, 2.0, 3.0, 4.0]]}, "kept"),
        ({"kept": None}, "kept"),
        ({"kept": [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0]]}, "scores of step 2"),
        ({"kept": [[1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]]}, "scores of step 2"),
        ({"kept": [[1.0, 2.0, 3.0, math.nan], [1.0, 2.0, 3.0, 4.0]]}, "scores of step 1"),
        ({"kept": [[1.0, 2.0, 3.0, math.inf], [1.0, 2.0, 3.0, 4.0]]}, "scores of step 1"),
        ({"kept": [[1.0, 2.0, 3.0, "4"], [1.0, 2.0, 3.0, 4.0]]}, "scores of step 1"),
        ({"kept": [[1.0, 2.0, 3.0, 10**400], [1.0, 2.0, 3.0, 4.0]]}, "scores of step 1"),
        ({"kept": ["abcd", [1.0, 2.0, 3.0, 4.0]]}, "scores of step 1"),
        ({"scaled": 1}, "scaled"),
        ({"more": 1}, "widths must be a mapping"),
    ],
)
def test_hostile_files(change, named):
    with pytest.raises(InvalidArgumentError, match=named) as caught:
        ConformalWidths.from_dict(GOOD | change)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("bad", [None, [], {}, {"counts": [1]}])
def test_what_is_no_widths_at_all(bad):
    with pytest.raises(InvalidArgumentError, match="widths must be a mapping"):
        ConformalWidths.from_dict(bad)


def test_levels():
    assert check_levels([95, 80.0, 80, np.int64(50), 99.5]) == (50, 80, 95, 99.5)
    assert check_levels(90) == (90,)
    for bad in (0, 100, -5, math.nan, "80", True, [80, None]):
        with pytest.raises(InvalidArgumentError, match="level must be"):
            check_levels(bad)
    with pytest.raises(InvalidArgumentError, match="levels must be one or more percents"):
        check_levels([])
