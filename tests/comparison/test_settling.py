"""How many seeds or windows would do, beside a count by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from rnncomp.comparison.differences import paired_difference
from rnncomp.comparison.settling import seeds_to_settle, windows_to_settle


def first(counts, enough):
    return next(count for count in counts if enough(count))


def test_seeds_by_hand():
    """No uncertainty over time: Student's t with S - 1 degrees of freedom, 80 % power."""
    scores = np.array([0.8, 1.0, 1.2, 1.1, 0.9])
    a = np.repeat(scores[:, None], 30, axis=1)
    found = paired_difference(a, np.full((1, 30), 1.08), block=1, paired=False)
    gap, sd = 0.08, scores.std(ddof=1)

    def enough(n):
        return gap >= (stats.t.ppf(0.975, n - 1) + stats.norm.ppf(0.8)) * sd / math.sqrt(n)

    assert seeds_to_settle(found) == first(range(6, 1000), enough)
    assert windows_to_settle(found) is None


def test_windows_by_hand():
    a = np.random.default_rng(0).normal(1.0, 1.0, (1, 100))
    a += 0.9 - a.mean()
    found = paired_difference(a, np.full((1, 100), 1.0), block=1)

    def enough(n):
        sem = a.std(ddof=1) / math.sqrt(n)
        return (stats.t.ppf(0.975, n - 1) + stats.norm.ppf(0.8)) * sem <= 0.1

    # Tried at steps of less than 1 %.
    assert windows_to_settle(found) == pytest.approx(first(range(101, 10_000), enough), rel=0.011)
    assert seeds_to_settle(found) is None


def test_time_that_hides_a_difference_needs_no_seeds():
    rng = np.random.default_rng(1)
    a = 1.0 + rng.normal(size=(1, 60)) + 0.001 * rng.normal(size=(5, 1))
    found = paired_difference(a, np.full((1, 60), a.mean() + 0.1), block=2, paired=False)
    assert seeds_to_settle(found) is None
    assert 60 < windows_to_settle(found) <= 6000


def test_what_seeds_do_in_single_windows_goes_with_either():
    rng = np.random.default_rng(2)
    a = 1.0 + rng.normal(size=(3, 300))
    found = paired_difference(a, np.full((1, 300), a.mean() + 0.075), block=1, paired=False)
    assert seeds_to_settle(found) is not None
    assert windows_to_settle(found) is not None


def test_a_stricter_level_needs_more():
    a = np.random.default_rng(3).normal(1.0, 1.0, (1, 100))
    found = paired_difference(a, np.full((1, 100), 1.2), block=1)
    assert windows_to_settle(found, level=0.01) > windows_to_settle(found, level=0.05)


def test_nothing_is_known_of_a_test_part_too_short():
    found = paired_difference(np.ones((3, 2)), np.zeros((3, 2)), block=1)
    assert windows_to_settle(found) is None
    assert seeds_to_settle(found) is None


def test_no_difference_is_never_settled():
    a = np.random.default_rng(4).normal(size=(3, 50))
    found = paired_difference(a, a, block=1)
    assert windows_to_settle(found) is None
    assert seeds_to_settle(found) is None


def test_one_seed_has_no_spread_to_reckon_with():
    a = np.random.default_rng(5).normal(1.0, 0.1, (1, 50))
    assert seeds_to_settle(paired_difference(a, np.full((1, 50), 2.0), block=1)) is None
