"""Means, spreads, and the test of Diebold and Mariano, beside scipy and the formula."""

import math

import numpy as np
import pytest
from scipy import stats

from rnncomp.comparison.statistics import diebold_mariano, mean, sample_sd
from rnncomp.errors import InvalidArgumentError

EPS = np.finfo(float).eps


def close(found, expected):
    # Two roads through the incomplete beta function: some hundred roundings of a p-value.
    return found == pytest.approx(expected, rel=1e3 * EPS**0.75, abs=1e-300)


def losses(seed, n=80, overlap=1):
    rng = np.random.default_rng(seed)
    made = rng.standard_t(4, size=(2, n + overlap - 1)) ** 2
    return [np.convolve(row, np.ones(overlap) / overlap, mode="valid") for row in made]


def by_the_formula(a, b, h):
    """Harvey, Leybourne and Newbold (1997), sum by sum."""
    d = [x - y for x, y in zip(a, b, strict=True)]
    n = len(d)
    centre = sum(d) / n
    spread = sum((v - centre) ** 2 for v in d) / n
    for k in range(1, h):
        spread += 2 * sum((d[t] - centre) * (d[t - k] - centre) for t in range(k, n)) / n
    factor = math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic = factor * centre / math.sqrt(spread / n)
    return statistic, 2 * stats.t.sf(abs(statistic), n - 1)


@pytest.mark.parametrize("seed", range(10))
def test_one_step_ahead_it_is_the_paired_t_test(seed):
    """The correction then puts n - 1 for n: Student's test, exactly."""
    a, b = losses(seed)
    expected = stats.ttest_rel(a, b)
    statistic, p = diebold_mariano(a, b)
    assert close(statistic, expected.statistic)
    assert close(p, expected.pvalue)


@pytest.mark.parametrize("horizon", [2, 5, 12])
def test_more_steps_ahead_it_is_the_formula(horizon):
    a, b = losses(7, overlap=horizon)
    for found, expected in zip(
        diebold_mariano(a, b, horizon=horizon), by_the_formula(a, b, horizon), strict=True
    ):
        assert close(found, expected)


def test_turned_round_it_says_the_opposite():
    a, b = losses(3, overlap=4)
    there, back = diebold_mariano(a, b, horizon=4), diebold_mariano(b, a, horizon=4)
    assert there == (-back[0], back[1])


def test_a_variance_that_is_not_positive_is_weighted():
    """Losses that alternate: R(0) + 2 R(1) < 0, with Bartlett's weights R(0) + R(1)."""
    d = np.array([1.0, -1.0] * 10) + np.linspace(0.0, 0.3, 20)
    centred = d - d.mean()
    r0, r1 = centred @ centred / 20, centred[1:] @ centred[:-1] / 20
    assert r0 + 2 * r1 < 0
    expected = d.mean() / math.sqrt((r0 + r1) / 20) * math.sqrt((20 + 1 - 4 + 2 / 20) / 20)
    assert close(diebold_mariano(d, np.zeros(20), horizon=2)[0], expected)


def test_losses_that_never_differ_otherwise():
    a = losses(0)[0]
    assert diebold_mariano(a, a, horizon=3) == (0.0, 1.0)
    assert diebold_mariano(np.full(9, 0.1), np.full(9, 0.2)) == (-math.inf, 0.0)
    assert diebold_mariano(np.full(9, 0.1 + 0.2), np.full(9, 0.3)) == (0.0, 1.0)


def test_what_it_refuses():
    with pytest.raises(InvalidArgumentError, match="horizon must be below the 5 windows, got 5"):
        diebold_mariano(np.ones(5), np.ones(5), horizon=5)
    with pytest.raises(InvalidArgumentError, match="loss_b must be of the shape of loss_a"):
        diebold_mariano(np.ones(5), np.ones(6))


def test_mean_and_spread():
    values = [0.1, 0.4, 0.35]
    assert mean(values) == pytest.approx(np.mean(values), rel=4 * EPS)
    assert sample_sd(values) == pytest.approx(np.std(values, ddof=1), rel=16 * EPS)
    assert sample_sd([0.1] * 7) == 0.0
    assert sample_sd([0.1]) is None
