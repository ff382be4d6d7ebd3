"""Blocks of time: how long neighbouring windows stay alike, and where to cut between them.

Losses of neighbouring windows share targets (each target of a horizon of H steps is in H windows),
so N windows tell less than N independent ones would. Sums over long enough blocks are nearly
independent, and how alike neighbouring blocks still are is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

# 30 blocks cost 5 % of the width of an interval, as its t has 29 degrees of freedom; blocks so long
# cost nothing where nothing is correlated, and are safe where more is than the data show.
MOST_BLOCKS = 30
# The length that estimates a variance best is too short for an interval to hold its level: Y. Sun,
# P. C. B. Phillips and S. Jin, Econometrica 76 (2008), 175-194. The factor is from trials.
LONGER = 1.5


@dataclass(frozen=True, eq=False)
class Blocks:
    """N windows cut into B blocks.

    Attributes:
        starts: First window of each block, shape (B,), rising from 0.
        sizes: Windows of each block, shape (B,).
        likeness: Variance of the mean of all blocks, over what the spread of B independent blocks
            gives; above 1 where neighbours share targets.
    """

    starts: Ints
    sizes: Ints
    likeness: float

    def __len__(self) -> int:
        """Return B."""
        return len(self.starts)

    def sums(self, values: Array) -> Array:
        """Return the sums over each block, shape (S, B), of `values`, shape (S, N)."""
        summed: Array = np.add.reduceat(values, self.starts, axis=-1)
        return summed


def cut_blocks(
    n: int, *, block: int, horizon: int = 1, groups: NDArray[Any] | None = None
) -> Blocks:
    """Cut windows into blocks of at least `block` each, the windows of a group by themselves.

    Args:
        n: Windows N, at least 1, in the order of time.
        block: Windows in a block, at least 1. A group that is shorter is one block.
        horizon: Windows in a row that share a target, at least 1: 1 for none.
        groups: Which series or fold a window belongs to, shape (N,), each together; None for one.

    Returns:
        The blocks.

    Raises:
        InvalidArgumentError: `groups` has another length, or a group comes back after another.

    Example:
        >>> cut_blocks(10, block=3).starts.tolist()
        [0, 3, 6]
        >>> cut_blocks(10, block=3, groups=np.repeat([0, 1], [4, 6])).starts.tolist()
        [0, 4, 7]
    """
    runs = group_bounds(n, groups)
    starts = []
    for first, stop in pairwise(runs):
        count = max(1, (stop - first) // block)
        starts.append(first + np.arange(count) * (stop - first) // count)
    starts_of_all = np.concatenate(starts).astype(np.int64)
    sizes = np.diff(np.append(starts_of_all, n))
    neighbours = len(sizes) - len(starts)
    return Blocks(starts_of_all, sizes, _likeness(len(sizes), neighbours, n, horizon))


def group_bounds(n: int, groups: NDArray[Any] | None) -> list[int]:
    """Return where groups of windows begin, and n at the end.

    Raises:
        InvalidArgumentError: `groups` has another length, or a group comes back after another.

    Example:
        >>> group_bounds(5, np.array(["a", "a", "b", "b", "b"]))
        [0, 2, 5]
    """
    if groups is None:
        return [0, n]
    if np.shape(groups) != (n,):
        raise fail("groups", f"of shape ({n},), one a window", np.shape(groups))
    bounds = [0, *(np.flatnonzero(groups[1:] != groups[:-1]) + 1).tolist(), n]
    if len(np.unique(groups)) != len(bounds) - 1:
        raise fail("groups", "in one stretch each", groups, "sort the windows by group, then time")
    return bounds


def _likeness(blocks: int, neighbours: int, n: int, horizon: int) -> float:
    """Return what shared targets add to the variance of a mean of blocks.

    If the error of each target is independent of the others, windows k apart are correlated by
    1 - k/H. The sums of two neighbouring blocks of b >= H windows then have the covariance
    ``c = sum_k k (1 - k/H) = (H^2 - 1) / 6`` and each the variance ``b H - 2 c``.
    """
    size = max(n / blocks, float(horizon))
    covariance = (horizon**2 - 1) / 6.0
    alike = covariance / (size * horizon - 2.0 * covariance)
    if blocks < 2:
        return 1.0
    truth = 1.0 + 2.0 * alike * neighbours / blocks
    seen = 1.0 - 2.0 * alike * neighbours / (blocks * (blocks - 1))
    return truth / seen


def block_length(difference: Array, *, horizon: int = 1, groups: NDArray[Any] | None = None) -> int:
    """Return how many windows a block of time should hold.

    The longest of three: the horizon; N / 30; and 1.5 times the automatic length of Politis and
    White, from the autocorrelation of the difference.

    Args:
        difference: Loss of one contender less that of another, shape (N,), in the order of time.
        horizon: Windows in a row that share a target, at least 1.
        groups: Which series or fold a window belongs to, shape (N,), each together.

    Returns:
        At least 1.

    Raises:
        InvalidArgumentError: `groups` has another length, or a group comes back after another.

    Example:
        >>> steps = np.random.default_rng(0).normal(size=500)
        >>> block_length(steps), block_length(steps, horizon=12)
        (17, 17)
        >>> block_length(np.convolve(steps, np.ones(20), mode="valid"))
        43
    """
    automatic = math.ceil(LONGER * politis_white(difference, groups=groups))
    return max(automatic, horizon, math.ceil(len(difference) / MOST_BLOCKS))


def politis_white(values: Array, *, groups: NDArray[Any] | None = None) -> float:
    """Return the automatic block length for a circular block bootstrap, at least 1.

    ``b = (2 G^2 / D)^(1/3) N^(1/3)`` with ``G = sum_k w(k/M) |k| R(k)`` and
    ``D = 4/3 (sum_k w(k/M) R(k))^2``, where w is the flat-top window, R the autocovariance, and M
    twice the lag after which no autocorrelation stands out.

    Source: D. N. Politis and H. White, Econometric Reviews 23 (2004), 53-70, as corrected by
    A. Patton, D. N. Politis and H. White, Econometric Reviews 28 (2009), 372-375.

    Args:
        values: Shape (N,), in the order of time.
        groups: Which series or fold a value belongs to, shape (N,), each together.

    Example:
        >>> politis_white(np.ones(50))
        1.0
    """
    n = len(values)
    near = max(5, math.ceil(math.sqrt(math.log10(n)))) if n > 1 else 0
    most = min(math.ceil(math.sqrt(n)) + near, n - 1)
    covariance = autocovariance(values, most, groups=groups)
    if covariance[0] <= 0.0 or most <= near:
        return 1.0
    lags = np.arange(most + 1)
    band = 2.0 * math.sqrt(math.log10(n) / n)
    widest = min(2 * max(_last_lag(covariance / covariance[0], band, near), 1), most)
    window = np.clip(2.0 * (1.0 - lags / widest), 0.0, 1.0)
    twice = np.where(lags == 0, 1.0, 2.0)
    slope = float(np.sum(twice * window * lags * covariance))
    spectrum = float(np.sum(twice * window * covariance))
    longest = math.ceil(min(3.0 * math.sqrt(n), n / 3.0))
    if spectrum == 0.0:
        return float(longest)
    length = math.cbrt(2.0 * slope**2 / (4.0 / 3.0 * spectrum**2) * n)
    return min(max(1.0, length), float(longest))


def _last_lag(correlation: Array, band: float, near: int) -> int:
    """Return the lag after which `near` autocorrelations in a row lie inside the band."""
    outside = np.flatnonzero(np.abs(correlation[1:]) >= band) + 1
    last = 0
    for lag in outside.tolist():
        if lag - last > near:
            break
        last = lag
    return last


def autocovariance(values: Array, most: int, *, groups: NDArray[Any] | None = None) -> Array:
    """Return the autocovariances at lags 0 to `most`, shape (most + 1,), within groups.

    ``R(k) = sum_n (d[n] - mean) (d[n + k] - mean) / N``, by the Fourier transform.

    Example:
        >>> autocovariance(np.array([1.0, 2.0, 3.0]), 1).round(3).tolist()
        [0.667, 0.0]
    """
    bounds = group_bounds(len(values), groups)
    centred = values - values.mean()
    total = np.zeros(most + 1)
    for first, stop in pairwise(bounds):
        # So many zeros that the circle never closes; a power of two is fast.
        room = 1 << (stop - first + most).bit_length()
        power = np.abs(np.fft.rfft(centred[first:stop], room)) ** 2
        total += np.fft.irfft(power, room)[: most + 1]
    return total / len(values)
