"""Where time is cut, how long blocks are, and how alike neighbours stay."""

import math

import numpy as np
import pytest

from rnncomp.comparison.blocks import (
    LONGER,
    autocovariance,
    block_length,
    cut_blocks,
    politis_white,
)
from rnncomp.errors import InvalidArgumentError

EPS = np.finfo(float).eps


@pytest.mark.parametrize(("n", "block"), [(1, 1), (7, 3), (100, 7), (100, 100), (5, 9), (64, 1)])
def test_every_window_is_in_one_block_long_enough(n, block):
    blocks = cut_blocks(n, block=block)
    assert blocks.sizes.sum() == n
    assert blocks.starts[0] == 0
    assert np.array_equal(np.diff(blocks.starts), blocks.sizes[:-1])
    assert blocks.sizes.min() >= min(block, n)
    assert len(blocks) == max(1, n // block)


def test_no_block_spans_two_groups():
    groups = np.repeat([3, 1, 2], [10, 4, 25])
    blocks = cut_blocks(39, block=6, groups=groups)
    for start, size in zip(blocks.starts, blocks.sizes, strict=True):
        assert len(set(groups[start : start + size])) == 1
    assert blocks.starts.tolist() == [0, 10, 14, 20, 26, 32]


def test_sums():
    values = np.arange(14.0).reshape(2, 7)
    assert cut_blocks(7, block=3).sums(values).tolist() == [[3.0, 18.0], [24.0, 46.0]]


def test_groups_are_checked():
    with pytest.raises(InvalidArgumentError, match=r"groups must be of shape \(3,\)"):
        cut_blocks(3, block=1, groups=np.zeros(4))
    with pytest.raises(InvalidArgumentError, match="groups must be in one stretch each"):
        cut_blocks(3, block=1, groups=np.array([0, 1, 0]))


@pytest.mark.parametrize(("n", "block", "horizon"), [(60, 12, 12), (96, 24, 12), (40, 10, 1)])
@pytest.mark.parametrize("split", [False, True])
def test_likeness_is_what_shared_targets_add(n, block, horizon, split):
    """Beside the covariance matrix of windows that share targets, written out."""
    groups = np.repeat([0, 1], n // 2) if split else None
    blocks = cut_blocks(n, block=block, horizon=horizon, groups=groups)
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    covariance = np.clip(1.0 - apart / horizon, 0.0, None)
    if groups is not None:
        covariance *= np.equal.outer(groups, groups)
    means = np.zeros((len(blocks), n))
    for row, start, size in zip(means, blocks.starts, blocks.sizes, strict=True):
        row[start : start + size] = 1.0 / size
    of_means = means @ covariance @ means.T  # (B, B)
    count = len(blocks)
    truth = of_means.sum() / count**2
    seen = (np.trace(of_means) - of_means.sum() / count) / (count - 1) / count
    assert np.ptp(blocks.sizes) == 0  # the formula is exact for equal blocks
    assert blocks.likeness == pytest.approx(truth / seen, rel=n * n * EPS)


@pytest.mark.parametrize("rho", [0.3, 0.6])
def test_automatic_length_nears_that_of_an_autoregression(rho):
    """There sum |k| R(k) / sum R(k) = 2 rho / (1 - rho^2); the estimate is within a fifth."""
    n = 40_000
    steps = np.random.default_rng(0).normal(size=n)
    for t in range(1, n):
        steps[t] += rho * steps[t - 1]
    expected = (1.5 * (2.0 * rho / (1.0 - rho**2)) ** 2 * n) ** (1.0 / 3.0)
    assert politis_white(steps) == pytest.approx(expected, rel=0.2)


def test_automatic_length_by_hand():
    """Values 1, 2, ..., 40: correlated at every lag looked at, so M is the longest, 7 + 5."""
    values = np.arange(1.0, 41.0)
    d = values - values.mean()
    r = [sum(d[t] * d[t + k] for t in range(40 - k)) / 40 for k in range(13)]
    w = [1.0 if k <= 6 else 2.0 * (1.0 - k / 12) for k in range(13)]
    slope = 2.0 * sum(w[k] * k * r[k] for k in range(1, 13))
    spectrum = r[0] + 2.0 * sum(w[k] * r[k] for k in range(1, 13))
    length = (2.0 * slope**2 / (4.0 / 3.0 * spectrum**2) * 40) ** (1.0 / 3.0)
    assert politis_white(values) == pytest.approx(length, rel=100 * EPS)
    assert block_length(values) == math.ceil(LONGER * length)


def test_a_lag_that_stands_out_alone_far_away_is_chance():
    """Only lags before the first five in a row that do not stand out count."""
    values = np.random.default_rng(4).normal(size=400)
    values[20:] += values[:-20]
    assert politis_white(values) < 10.0


def test_length_is_never_below_the_horizon_or_a_thirtieth():
    steps = np.random.default_rng(0).normal(size=900)
    assert block_length(steps, horizon=90) == 90
    assert block_length(np.zeros(900)) == 30
    assert block_length(np.zeros(10)) == math.ceil(LONGER)
    assert block_length(np.zeros(1)) == math.ceil(LONGER)


@pytest.mark.parametrize("n", [2, 15, 64])
def test_autocovariance_is_the_sum(n):
    values = np.random.default_rng(n).normal(size=n)
    d = values - values.mean()
    expected = [d[: n - k] @ d[k:] / n for k in range(n)]
    # The error of a Fourier transform grows with log2 of its length.
    assert autocovariance(values, n - 1) == pytest.approx(expected, abs=50 * EPS * expected[0])


def test_autocovariance_stays_inside_groups():
    values = np.random.default_rng(0).normal(size=12)
    d = values - values.mean()
    expected = (d[:4] @ d[1:5] + d[5:11] @ d[6:12]) / 12
    found = autocovariance(values, 1, groups=np.repeat([0, 1], [5, 7]))[1]
    assert found == pytest.approx(expected, abs=50 * EPS)
