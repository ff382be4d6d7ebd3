"""Settling: how many seeds, or how much test data, would make a difference clear if it is real."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rnncomp.comparison.differences import Difference

# The normal quantile of 80 %: with the count that is named, 4 repetitions in 5 would be clear.
_POWER = 0.8416212335729143
MOST_SEEDS = 1000
MOST_TIMES = 100  # as much test data


def seeds_to_settle(difference: Difference, *, level: float = 0.05) -> int | None:
    """Return how many seeds of each network would make a difference clear, on the same test part.

    The part of the variance that belongs to time stays: where it alone hides the difference, no
    number of seeds helps.

    Args:
        difference: As it was seen, taken for the truth.
        level: Of the test, in (0, 1); default 0.05.

    Returns:
        More than there are, at most 1,000; None if not even so many would, or if there is no
        spread over seeds to reckon with.

    Example:
        >>> from rnncomp.comparison.differences import paired_difference
        >>> rng = np.random.default_rng(0)
        >>> a = rng.normal(1.0, 0.1, (1, 600)) + np.array([[0.0], [0.1], [0.2], [0.3], [0.4]])
        >>> seeds_to_settle(paired_difference(a, np.full((1, 600), 1.1), block=20, paired=False))
        23
    """
    now = difference.variance.n_seeds
    if now < 2:
        return None
    counts = np.arange(now + 1, MOST_SEEDS + 1)
    return _first(counts, _clear(difference, counts / now, np.ones(len(counts)), level))


def windows_to_settle(difference: Difference, *, level: float = 0.05) -> int | None:
    """Return how many test windows would make a difference clear, with the same seeds.

    Args:
        difference: As it was seen, taken for the truth.
        level: Of the test, in (0, 1); default 0.05.

    Returns:
        More than there are, at most 100 times as many; None if not even so many would, or if the
        test part is too short to know its spread over time.

    Example:
        >>> from rnncomp.comparison.differences import paired_difference
        >>> a = np.random.default_rng(0).normal(1.0, 1.0, (1, 100))
        >>> found = paired_difference(a, np.full((1, 100), 1.2), block=4)
        >>> windows_to_settle(found) > 100
        True
    """
    times = np.geomspace(1.01, MOST_TIMES, 500)
    counts = np.ceil(difference.variance.n_windows * times).astype(np.int64)
    return _first(counts, _clear(difference, np.ones(len(times)), times, level))


def _first(counts: NDArray[np.int64], clear: NDArray[np.bool_]) -> int | None:
    return int(counts[clear.argmax()]) if clear.any() else None


def _clear(
    difference: Difference,
    more_seeds: NDArray[np.float64],
    more_time: NDArray[np.float64],
    level: float,
) -> NDArray[np.bool_]:
    """Tell where so many times the seeds and windows would suffice, shape (n,)."""
    from scipy.special import stdtrit  # noqa: PLC0415

    now = difference.variance
    if math.isnan(now.time):
        return np.zeros(len(more_seeds), dtype=np.bool_)
    both = now.both / (more_seeds * more_time)
    seeds, time = now.seeds / more_seeds + both, now.time / more_time + both
    total = seeds + time - both
    # Welch and Satterthwaite: the freedom of a sum of two spreads.
    squares = time**2 / (now.n_blocks * more_time - 1.0)
    if now.seeds_freedom > 0.0:
        wider = (now.n_seeds * more_seeds - 1.0) / (now.n_seeds - 1.0)
        squares = squares + seeds**2 / (now.seeds_freedom * wider)
    if not total.any():
        return np.full(len(more_seeds), difference.mean != 0.0)
    reach = stdtrit((seeds + time) ** 2 / squares, 1.0 - level / 2.0) + _POWER
    clear: NDArray[np.bool_] = abs(difference.mean) >= reach * np.sqrt(total)
    return clear
