"""Intervals of differences: beside Student's where that is exact, and what makes them up."""

import math

import numpy as np
import pytest
from scipy import stats

from rnncomp.comparison.differences import paired_difference
from rnncomp.errors import InvalidArgumentError

DRAWS = 40_000
EPS = np.finfo(float).eps


def half_width(found):
    return (found.high - found.low) / 2


@pytest.mark.parametrize("level", [0.05, 0.01])
def test_over_time_alone_it_is_students_interval(level):
    """40 independent windows, normal; the end of an interval is known to 3 % from so many draws."""
    a = np.random.default_rng(0).normal(1.0, 1.0, (1, 40))
    found = paired_difference(a, np.zeros((1, 40)), block=1, level=level, draws=DRAWS)
    expected = stats.t.ppf(1 - level / 2, 39) * stats.sem(a[0])
    assert found.mean == pytest.approx(a.mean(), rel=10 * EPS)
    assert half_width(found) == pytest.approx(expected, rel=0.06)
    assert found.variance.total == pytest.approx(stats.sem(a[0]) ** 2, rel=100 * EPS)


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_over_seeds_alone_it_is_students_interval(seeds):
    """A plain bootstrap of 3 seeds would be 3 times too narrow. Few seeds have few means: 10 %."""
    scores = np.random.default_rng(1).normal(1.0, 0.1, seeds)
    a = np.repeat(scores[:, None], 30, axis=1)
    found = paired_difference(a, np.ones((1, 30)), block=1, paired=False, draws=DRAWS)
    expected = stats.t.ppf(0.975, seeds - 1) * stats.sem(scores)
    assert half_width(found) == pytest.approx(expected, rel=0.1)
    assert found.variance.total == pytest.approx(stats.sem(scores) ** 2, rel=100 * EPS)


def test_pairs_take_out_what_seeds_share():
    rng = np.random.default_rng(2)
    shared, time = rng.normal(size=(5, 1)), rng.normal(size=(1, 200))
    a, b = 1.0 + shared + 0.1 * time, 1.1 + shared + 0.1 * rng.normal(size=(5, 200))
    paired = paired_difference(a, b, block=1)
    apart = paired_difference(a, b, block=1, paired=False)
    assert paired.mean == pytest.approx(apart.mean, abs=10 * EPS)
    assert half_width(paired) < 0.2 * half_width(apart)


def test_what_both_share_over_time_is_no_uncertainty():
    time = np.random.default_rng(3).normal(size=(1, 90))
    found = paired_difference(1.0 + time, 1.5 + time, block=3)
    assert found.low == pytest.approx(-0.5, abs=100 * EPS)
    assert found.high == pytest.approx(-0.5, abs=100 * EPS)


def test_variance_is_what_other_seeds_and_other_time_give():
    """Two-way layout: the mean of the estimates, beside the variances that were put in."""

    def draw(rng):
        seeds, time = rng.normal(0.0, 1.0, (4, 1)), rng.normal(0.0, 2.0, (1, 40))
        return seeds + time + rng.normal(0.0, 3.0, (4, 40))

    truth = 1.0**2 / 4, 2.0**2 / 40, 3.0**2 / 160
    found = []
    for k in range(400):
        a = draw(np.random.default_rng(k))
        found.append(paired_difference(a, np.zeros((1, 40)), block=1, paired=False, draws=40))
    parts = [(f.variance.seeds, f.variance.time, f.variance.both) for f in found]
    # The mean of 400 estimates with 3 degrees of freedom is known to 2 * sqrt(2 / 3 / 400) = 8 %.
    assert np.mean(parts, axis=0) == pytest.approx(truth, rel=0.12)


def test_p_and_interval_say_the_same():
    """At any level, to the draw."""
    both = set()
    for k in range(60):
        rng = np.random.default_rng(k)
        a, b = rng.normal(0.3, 1.0, (3, 50)), rng.normal(0.0, 1.0, (3, 50))
        for level in (0.3, 0.05, 0.011):
            found = paired_difference(a, b, block=2, level=level, draws=500)
            outside = found.low > 0.0 or found.high < 0.0
            assert outside == (found.p <= level)
            both.add(outside)
    assert both == {False, True}


def test_turned_round_it_says_the_opposite():
    rng = np.random.default_rng(5)
    a, b = rng.exponential(size=(4, 60)), rng.exponential(size=(4, 60))
    there, back = paired_difference(a, b, block=2), paired_difference(b, a, block=2)
    assert (back.mean, back.low, back.high) == pytest.approx(
        (-there.mean, -there.high, -there.low), rel=1e-12
    )
    assert back.p == there.p


def test_the_unit_does_not_matter():
    rng = np.random.default_rng(6)
    a, b = rng.exponential(size=(4, 60)), rng.exponential(size=(4, 60))
    plain = paired_difference(a, b, block=2)
    for unit in (2.0**-200, 2.0**500):
        scaled = paired_difference(unit * a, unit * b, block=2)
        assert scaled.low == pytest.approx(unit * plain.low, rel=1e-12)
        assert scaled.p == plain.p


def test_groups_that_differ_widen_the_interval():
    """Two stretches of time on which the difference is another one."""
    a = np.random.default_rng(7).normal(size=(1, 120)) + np.repeat([0.0, 3.0], 60)
    groups = np.repeat([0, 1], 60)
    found = paired_difference(a, np.zeros((1, 120)), block=40, groups=groups)
    assert math.isinf(found.low)  # one block each
    found = paired_difference(a, np.zeros((1, 120)), block=20, groups=groups)
    assert found.variance.n_blocks == 6
    assert found.low < a.mean() - 1.0


@pytest.mark.parametrize(("n", "block"), [(1, 1), (2, 1), (50, 20)])
def test_too_few_blocks_have_no_interval(n, block):
    found = paired_difference(np.ones((3, n)), np.zeros((3, n)), block=block)
    assert (found.low, found.high, found.p) == (-math.inf, math.inf, 1.0)
    assert found.mean == 1.0
    assert math.isnan(found.variance.time)


def test_shared_targets_widen_the_interval():
    a = np.random.default_rng(8).normal(size=(1, 120))
    zero = np.zeros((1, 120))
    plain = paired_difference(a, zero, block=12)
    shared = paired_difference(a, zero, block=12, horizon=12)
    assert half_width(shared) > 1.15 * half_width(plain)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"b": np.zeros((2, 9))}, "b must be of 8 windows, as a, got 9"),
        ({"b": np.zeros((1, 8))}, "paired must be False where the numbers of seeds differ"),
        ({"b": np.zeros(8)}, r"b must be of shape \(seeds, windows\), got \(8,\)"),
        ({"b": np.full((2, 8), np.nan)}, "b must be finite"),
        ({"level": 0.01, "draws": 100}, "draws must be an integer of at least 200"),
        ({"level": 1.5}, "level must be a finite number above 0 and below 1"),
        ({"block": 0}, "block must be an integer of at least 1"),
    ],
)
def test_what_it_refuses(options, message):
    wanted = {"a": np.zeros((2, 8)), "b": np.zeros((2, 8)), "block": 1} | options
    with pytest.raises(InvalidArgumentError, match=message):
        paired_difference(**wanted)
