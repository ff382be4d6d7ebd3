"""Seasons: after how many rows a series resembles itself again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail

_LEAST_CORRELATION = 0.3
_LEAST_RISE = 0.2
_CYCLES = 3


@dataclass(frozen=True)
class Season:
    """A distance at which a series resembles itself.

    Attributes:
        steps: Rows in the season.
        correlation: Autocorrelation of the detrended values at that distance, at most 1.
    """

    steps: int
    correlation: float


def find_season(values: ArrayLike) -> int | None:
    """Return how many rows a season has, or None when no season stands out.

    The values are freed of their straight-line trend. A season is a peak of their
    autocorrelation that is at least 0.3 (more in a short series: 3 / sqrt(rows)), at least 0.2
    above the valley before it, and seen three times. The highest peak wins; one that is shorter
    and nearly as high (95 %) is preferred, as every second season also looks like one.

    Only the values given are used: pass the training part, and no later value can have a say.
    White noise and random walks are taken for seasonal in about 1 to 4 of 100 cases.

    Args:
        values: The target, shape (rows,), finite.

    Returns:
        Rows in a season, at least 2, or None.

    Raises:
        InvalidArgumentError: `values` is not 1-D or not finite.

    Example:
        >>> from rnncomp.series import load
        >>> find_season(load("airline").target_values)
        12
    """
    seasons = _peaks(values)
    if not seasons:
        return None
    best = max(seasons, key=lambda season: season.correlation)
    nearly = (
        season.steps
        for season in seasons
        if season.steps <= 0.6 * best.steps and season.correlation >= 0.95 * best.correlation
    )
    return next(nearly, best.steps)


LONGEST = 1 << 20
"""Of a longer series the last rows are looked at: the transform takes 80 bytes for each."""


def find_seasons(values: ArrayLike, most: int = 3) -> list[Season]:
    """Return the seasons that stand out, the strongest first, without mere multiples.

    Args:
        values: The target, shape (rows,), finite.
        most: How many to return.

    Returns:
        At most `most` seasons; see `find_season` for what counts.

    Example:
        >>> from rnncomp.series import load
        >>> [season.steps for season in find_seasons(load("nyc_taxi").target_values, most=2)]
        [336, 48]
    """
    kept: list[Season] = []
    for season in _peaks(values):
        repeats = (
            _is_multiple(season.steps / other.steps) and season.correlation <= other.correlation
            for other in kept
        )
        if not any(repeats):
            kept.append(season)
    return sorted(kept, key=lambda season: -season.correlation)[:most]


def _is_multiple(ratio: float) -> bool:
    # The error of a season's length grows with each repetition.
    return abs(ratio - round(ratio)) < 0.05 * round(ratio)


def autocorrelation(values: ArrayLike) -> NDArray[np.float64]:
    """Return the autocorrelation of the detrended values at distances 0 .. rows - 1.

    Args:
        values: Shape (rows,), finite, at least 3 rows.

    Returns:
        Shape (rows,); 1 at distance 0, and zeros elsewhere for a straight line.
    """
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    rows = len(array)
    # By a power of two, which changes no digit: squares of numbers near the largest stay finite.
    array = np.ldexp(array, -int(np.frexp(np.abs(array).max())[1]))
    # What rounding leaves of a straight line is not worth correlating.
    noise = rows * (np.finfo(np.float64).eps * np.abs(array).max()) ** 2 * rows
    time = np.arange(rows) - (rows - 1) / 2
    array -= array.mean()
    time *= (array @ time) / (time @ time)
    array -= time
    del time
    size = 1 << (2 * rows - 1).bit_length()  # padded, so that the ends do not meet
    power = np.abs(np.fft.rfft(array, size))
    sums = np.fft.irfft(np.square(power, out=power), size)[:rows]
    if sums[0] <= noise:
        alone: NDArray[np.float64] = np.eye(1, rows)[0]
        return alone
    correlation: NDArray[np.float64] = sums / sums[0]
    return correlation


def _peaks(values: ArrayLike) -> list[Season]:
    """Return every significant peak, the shortest first."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise fail("values", "finite and 1-D", array.shape)
    array = array[-LONGEST:]
    if len(array) < 2 * _CYCLES:
        return []
    ahead = autocorrelation(array)[: len(array) // _CYCLES + 2]
    peaks = np.flatnonzero((ahead[1:-1] > ahead[:-2]) & (ahead[1:-1] >= ahead[2:])) + 1
    least = max(_LEAST_CORRELATION, _CYCLES / math.sqrt(len(array)))
    rise = ahead - np.minimum.accumulate(ahead)
    strong = peaks[(ahead[peaks] >= least) & (rise[peaks] >= _LEAST_RISE)]
    return [Season(int(steps), float(ahead[steps])) for steps in strong]
