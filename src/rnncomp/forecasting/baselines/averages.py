"""Forecasts that repeat an average: of all values so far, or of the last few."""

from __future__ import annotations

import numpy as np

from rnncomp._check import integer
from rnncomp.forecasting.baselines.base import ROWS, Cutoffs, OneAtATime, check_reach, ends, piece
from rnncomp.forecasting.forecast import Array


class Mean(OneAtATime):
    """Next value = the mean of all values so far.

    Example:
        >>> Mean().forecast_at(np.array([[1.0], [2.0], [6.0]]), np.array([1, 2]), 1)
        array([[1.5],
               [3. ]])
    """

    name = "mean"
    label = "the mean of all values so far"

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Repeat the mean of the history."""
        first, last = ends(cutoffs) if len(cutoffs) else (0, 0)
        sums = np.array(values[first : last + 1, 0])
        sums[0] += _running_sum(values[:first, 0])
        np.cumsum(sums, out=sums)  # of all rows up to each of first .. last
        made = np.empty((len(cutoffs), horizon))
        for start in range(0, len(cutoffs), ROWS):
            here = piece(cutoffs, start)
            made[start : start + ROWS] = (sums[here - first] / (here + 1))[:, None]
        return made


class MovingAverage(OneAtATime):
    """Next value = the mean of the last `window` values.

    Args:
        window: Values in the mean, at least 1; 1 is persistence.

    Example:
        >>> values = np.array([[1.0], [2.0], [6.0]])
        >>> MovingAverage(2).forecast_at(values, np.array([1, 2]), 2)
        array([[1.5, 1.5],
               [4. , 4. ]])
    """

    name = "moving_average"

    def __init__(self, window: int) -> None:
        self.window = self.needs = integer("window", window)

    @property
    def label(self) -> str:
        """What a sentence says, with the number of values."""
        return f"the moving average (mean of the last {self.window} values)"

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Repeat the mean of the last `window` values.

        Raises:
            InvalidArgumentError: A cutoff has fewer rows before it.
        """
        check_reach("window", self.window, cutoffs)
        made = np.empty((len(cutoffs), horizon))
        if len(cutoffs):
            lowest, highest = ends(cutoffs)
            sums = _window_sums(values[lowest + 1 - self.window : highest + 1, 0], self.window)
            for start in range(0, len(cutoffs), ROWS):
                here = piece(cutoffs, start)
                made[start : start + ROWS] = (sums[here - lowest] / self.window)[:, None]
        return made


def _window_sums(values: Array, window: int) -> Array:
    """Return the sum of each `window` neighbours, shape (rows - window + 1,).

    Each is the end of one block of `window` rows plus the beginning of the next. Nothing is ever
    taken away, so that no small value is lost beside a large one that has left the window.
    Source: van Herk, Pattern Recognition Letters 13 (1992), with sums in place of maxima.
    """
    blocks = -(-len(values) // window)
    padded = np.zeros(blocks * window)
    padded[: len(values)] = values
    table = padded.reshape(blocks, window)
    upto = np.cumsum(table, axis=1).ravel()
    after = np.cumsum(table[:, ::-1], axis=1)[:, ::-1]
    after[:, 0] = 0.0  # a window that begins with a block is the block
    sums: Array = upto[window - 1 : len(values)] + after.ravel()[: len(values) - window + 1]
    return sums


def _running_sum(values: Array) -> float:
    """Return the last of the running sums, rounded as np.cumsum rounds."""
    total = 0.0
    for first in range(0, len(values), ROWS):
        part = np.array(values[first : first + ROWS])
        part[0] += total
        total = float(np.cumsum(part)[-1])
    return total
