"""Forecasts that repeat or prolong what was last seen, and that every network must beat.

At each cutoff they see the whole true history up to it, as statsforecast does when it refits at
every cutoff. Formulas: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed.,
section 5.2.
"""

from __future__ import annotations

import numpy as np

from rnncomp._check import integer
from rnncomp.forecasting.baselines.base import ROWS, Cutoffs, OneAtATime, Rows, check_reach, piece
from rnncomp.forecasting.forecast import Array


class _Simple(OneAtATime):
    """A baseline with nothing to learn."""

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Forecast `horizon` steps after each cutoff; see `Baseline`."""
        made = np.empty((len(cutoffs), horizon))
        for first in range(0, len(cutoffs), ROWS):
            made[first : first + ROWS] = self._ahead(values, piece(cutoffs, first), horizon)
        return made

    def _ahead(self, values: Array, cutoffs: Rows, horizon: int) -> Array:
        """Return the forecasts of a piece, shape (n, H), or (n, 1) for the same at each step."""
        raise NotImplementedError


class Persistence(_Simple):
    """Next value = last value.

    Example:
        >>> Persistence().forecast_at(np.array([[1.0], [5.0]]), np.array([1]), 2)
        array([[5., 5.]])
    """

    name = "persistence"
    label = "persistence (next value = last value)"

    def _ahead(self, values: Array, cutoffs: Rows, horizon: int) -> Array:
        """Repeat the last value."""
        return values[cutoffs, :1]


class SeasonalNaive(_Simple):
    """Next value = the value one season before, the last season repeated.

    Args:
        season: Rows in a season, at least 1; 1 is persistence.

    Example:
        >>> values = np.array([[1.0], [2.0], [3.0]])
        >>> SeasonalNaive(2).forecast_at(values, np.array([2]), 3)
        array([[2., 3., 2.]])
    """

    name = "seasonal_naive"
    label = "the seasonal naive forecast (next value = value one season ago)"

    def __init__(self, season: int) -> None:
        self.season = self.needs = integer("season", season)

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Repeat the last season."""
        check_reach("season", self.season, cutoffs)
        return super().forecast_at(values, cutoffs, horizon)

    def _ahead(self, values: Array, cutoffs: Rows, horizon: int) -> Array:
        back = np.arange(horizon) % self.season + 1 - self.season  # offset from the cutoff
        ahead: Array = values[cutoffs[:, None] + back, 0]
        return ahead


class Drift(_Simple):
    """The line through the first and the last value, drawn on.

    Example:
        >>> Drift().forecast_at(np.array([[1.0], [2.0], [5.0]]), np.array([2]), 2)
        array([[7., 9.]])
    """

    name = "drift"
    label = "drift (the line from the first value to the last)"

    def _ahead(self, values: Array, cutoffs: Rows, horizon: int) -> Array:
        """Add the mean step so far for every step ahead."""
        last = values[cutoffs, 0]
        slope = (last - values[0, 0]) / np.maximum(cutoffs, 1)
        ahead: Array = last[:, None] + slope[:, None] * np.arange(1, horizon + 1)
        return ahead
