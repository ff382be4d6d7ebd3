"""Means, spreads, t-tests and Holm's correction, beside scipy and published numbers."""

import math

import numpy as np
import pytest
from scipy import stats

from rnncomp.comparison.statistics import holm, mean, one_sample_p, sample_sd, welch_p
from rnncomp.errors import InvalidArgumentError

EPS = np.finfo(float).eps


def close(found, expected):
    # Two roads through the incomplete beta function: some hundred roundings of a p-value.
    return found == pytest.approx(expected, rel=1e3 * EPS**0.75, abs=1e-300)


@pytest.mark.parametrize("seed", range(20))
def test_t_tests_agree_with_scipy(seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(1.0, 0.1, size=rng.integers(2, 9)).tolist()
    b = rng.normal(1.1, 10.0 ** -rng.integers(0, 5), size=rng.integers(2, 9)).tolist()
    assert close(welch_p(a, b), stats.ttest_ind(a, b, equal_var=False).pvalue)
    assert close(one_sample_p(a, 1.2), stats.ttest_1samp(a, 1.2).pvalue)
    assert welch_p(a, b) == welch_p(b, a)


def test_t_tests_do_not_depend_on_the_unit():
    a, b = [1.0, 1.5, 1.2], [1.9, 2.0, 2.3]
    for unit in (1e-160, 1e-9, 1e120):
        scaled = welch_p([unit * v for v in a], [unit * v for v in b])
        assert scaled == pytest.approx(welch_p(a, b), rel=1e-9)


def test_without_spread_only_equal_means_are_equal():
    assert welch_p([0.1] * 5, [0.1] * 3) == 1.0
    assert welch_p([0.1] * 5, [0.2] * 3) == 0.0
    assert one_sample_p([0.3] * 3, 0.1 + 0.2) == 1.0
    assert one_sample_p([0.3] * 3, 0.4) == 0.0


def test_mean_and_spread():
    values = [0.1, 0.4, 0.35]
    assert mean(values) == pytest.approx(np.mean(values), rel=4 * EPS)
    assert sample_sd(values) == pytest.approx(np.std(values, ddof=1), rel=16 * EPS)
    assert sample_sd([0.1] * 7) == 0.0
    assert sample_sd([0.1]) is None


@pytest.mark.parametrize("few", [[], [1.0]])
def test_one_seed_has_no_test(few):
    with pytest.raises(InvalidArgumentError, match="two or more seeds"):
        welch_p(few, [1.0, 2.0])
    with pytest.raises(InvalidArgumentError, match="two or more seeds"):
        one_sample_p(few, 1.0)


def test_holm_on_published_numbers():
    # The example of R's p.adjust documentation pattern: worked by hand, (m - rank) * p, monotone.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.5]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_keeps_all_errors_together_rare():
    """With three true nulls, some p-value falls below 5 % in about 5 % of 4,000 draws."""
    rng = np.random.default_rng(0)
    wrong = sum(min(holm(rng.random(3).tolist())) < 0.05 for _ in range(4000)) / 4000
    assert wrong < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4000)
