"""Intervals beside what happened: how often they hold it, and what they are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail

Array = NDArray[np.float64]

_NORMAL_95 = 1.959963984540054  # 97.5 % of a normal distribution lies below


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval (Wilson).

    Attributes:
        share: Between 0 and 1; None where nothing was observed.
        low: Lower end of the interval; None as above.
        high: Upper end; None as above.
        n: Of how many.
    """

    share: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth.

    Attributes:
        by_step: One share a step ahead, over the windows.
        overall: Over all steps and windows. Its `n` is the number of windows: the steps of one
            window rise and fall together, so they count as one observation.
    """

    by_step: tuple[Share, ...]
    overall: Share


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> Coverage:
    """Return the share of the truth inside the intervals, both ends included.

    The intervals of the shares take windows as independent. Windows that overlap are not: the true
    uncertainty is then larger.

    Args:
        actual: What happened, shape (N, H); NaN where it is not known, which is not counted.
        low: Lower ends, shape (N, H).
        high: Upper ends, shape (N, H).

    Returns:
        The coverage.

    Raises:
        InvalidArgumentError: The shapes differ, or an end is NaN.

    Example:
        >>> found = coverage([[1.0, 5.0], [2.0, 9.0]], [[0.0, 0.0]] * 2, [[3.0, 6.0]] * 2)
        >>> [step.share for step in found.by_step], found.overall.share, found.overall.n
        ([1.0, 0.5], 0.75, 2)
    """
    true, lower, upper = _intervals(actual, low, high)
    known = ~np.isnan(true)
    inside = (lower <= true) & (true <= upper)  # False where the truth is NaN
    hits, counts = inside.sum(axis=0), known.sum(axis=0)
    by_step = tuple(wilson(int(k), int(n)) for k, n in zip(hits, counts, strict=True))
    windows, total = int(known.any(axis=1).sum()), int(counts.sum())
    return Coverage(by_step, _wilson(int(hits.sum()) / total if total else None, windows))


def wilson(hits: int, n: int) -> Share:
    """Return the share of `hits` in `n` with the 95 % interval of Wilson.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.

    Example:
        >>> found = wilson(900, 1000)
        >>> round(found.low, 4), round(found.high, 4)
        (0.8798, 0.9171)
    """
    return _wilson(hits / n if n else None, n)


def _wilson(share: float | None, n: int) -> Share:
    if share is None:
        return Share(None, None, None, n)
    z2 = _NORMAL_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _NORMAL_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Share(share, max(0.0, centre - half), min(1.0, centre + half), n)


def _intervals(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> tuple[Array, Array, Array]:
    true = np.asarray(actual, dtype=np.float64)
    if true.ndim != 2:
        raise fail("actual", "of shape (windows, steps)", true.shape)
    ends = []
    for name, end in (("low", low), ("high", high)):
        array = np.asarray(end, dtype=np.float64)
        if array.shape != true.shape:
            raise fail(name, f"of the shape of actual {true.shape}", array.shape)
        if np.isnan(array).any():
            raise fail(name, "numbers, infinite ones included", "NaN")
        ends.append(array)
    return true, ends[0], ends[1]
