"""ThetaRecursion: the standard theta method along a history, with its parameters known.

Sources: Assimakopoulos and Nikolopoulos, International Journal of Forecasting 16 (2000); as a
state-space model, Fiorucci et al., International Journal of Forecasting 32 (2016), equations 6-11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncomp.forecasting.forecast import Array

State = tuple[int, float, float, float]  # rows, level, mean, sum of (t - mean t) * (y - mean y)


@dataclass(frozen=True)
class ThetaRecursion:
    """A theta model: a smoothed level, and the regression line of the whole history so far.

    The seasonal pattern is a parameter, known from the rows learnt from. (`forward` of
    statsforecast tests for a season and estimates it anew at every cutoff.)

    Attributes:
        level: Smoothed level before the first row.
        alpha: Weight of a new value in the level, in 0 .. 1.
        theta: Weight of the line; 2 in the standard method.
        seasonal: What a season does to the value of each of its rows, shape (season,), or empty.
        multiplies: Whether the pattern multiplies instead of being added.
        end: The row that `seasonal` begins with.
    """

    level: float
    alpha: float
    theta: float
    seasonal: Sequence[float]
    multiplies: bool
    end: int

    def start(self) -> State:
        """Return the state before the first row."""
        return 0, self.level, 0.0, 0.0

    def update(self, state: State, values: Array) -> State:
        """Return the state after further rows."""
        n, level, mean, comoment = state
        pattern = self._pattern(n + np.arange(len(values)))
        plain = values / pattern if self.multiplies else values - pattern
        for y in plain.tolist():
            level = self.alpha * y + (1.0 - self.alpha) * level
            n += 1
            mean += (y - mean) / n
            comoment += n / 2.0 * (y - mean)  # the mean of 1 .. n - 1 is n / 2
        return n, level, mean, comoment

    def ahead(self, states: Sequence[State], horizon: int) -> Array:
        """Return the forecasts from each state, shape (states, H)."""
        n, level, mean, comoment = np.array(states).T
        slope = 12.0 * comoment / np.maximum(n * (n * n - 1.0), 1.0)
        intercept = mean - (n + 1.0) / 2.0 * slope
        made = np.empty((len(states), horizon))
        for h in range(horizon):
            left = (1.0 - self.alpha) ** (n + h)
            line = intercept * left + slope * (1.0 - left * (1.0 - self.alpha)) / self.alpha
            made[:, h] = level + (1.0 - 1.0 / self.theta) * line
            level = self.alpha * made[:, h] + (1.0 - self.alpha) * level
        pattern = self._pattern(n[:, None].astype(np.int64) + np.arange(horizon))
        return made * pattern if self.multiplies else made + pattern

    def _pattern(self, rows: np.ndarray) -> Array:
        """Return what the season does to each of `rows`."""
        if not len(self.seasonal):
            return np.full(rows.shape, 1.0 if self.multiplies else 0.0)
        made: Array = np.asarray(self.seasonal)[(rows - self.end) % len(self.seasonal)]
        return made
