"""ETSRecursion: exponential smoothing along a history, with its parameters known.

Source: Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008), table 2.1,
in the form of R's `forecast::ets`. The level, the trend and the season move alike whether errors
add or multiply, so the kind of error matters to the estimation alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncomp.forecasting.forecast import Array

State = tuple[int, float, float, list[float]]  # rows, level, slope, season by row % season


@dataclass(frozen=True)
class ETSRecursion:
    """A level, a trend that is added and may be damped, and a season that is added or multiplies.

    Attributes:
        alpha: Weight of a new value in the level.
        beta: Its weight in the slope, 0 without a trend.
        gamma: Its weight in the season, 0 without one.
        phi: What is left of the slope after a step; 1 undamped.
        level: Before the first row.
        slope: Before the first row, 0 without a trend.
        seasonal: Before the first row, one entry for each row of a season, or empty.
        multiplies: Whether the season multiplies.
    """

    alpha: float
    beta: float
    gamma: float
    phi: float
    level: float
    slope: float
    seasonal: Sequence[float]
    multiplies: bool

    def start(self) -> State:
        """Return the state before the first row."""
        return 0, self.level, self.slope, list(self.seasonal)

    def update(self, state: State, values: Array) -> State:
        """Return the state after further rows."""
        n, level, slope, season = state
        season = season.copy()
        for y in values.tolist():
            faded = self.phi * slope
            expected = level + faded
            here = n % len(season) if season else 0
            plain = y
            if season:
                plain = _quotient(y, season[here]) if self.multiplies else y - season[here]
            risen = expected + self.alpha * (plain - expected) - level
            level += risen
            slope = faded + self.beta / self.alpha * (risen - faded)
            if season:
                seen = _quotient(y, expected) if self.multiplies else y - expected
                season[here] += self.gamma * (seen - season[here])
            n += 1
        return n, level, slope, season

    def ahead(self, states: Sequence[State], horizon: int) -> Array:
        """Return the forecasts from each state, shape (states, H)."""
        n = np.array([state[0] for state in states])
        level, slope = np.array([state[1:3] for state in states]).T
        steps = np.arange(horizon)
        made: Array = level[:, None] + slope[:, None] * np.cumsum(self.phi ** (steps + 1.0))
        if len(self.seasonal):
            seasons = np.array([state[3] for state in states])
            places = (n[:, None] + steps) % len(self.seasonal)
            pattern = np.take_along_axis(seasons, places, axis=1)
            made = made * pattern if self.multiplies else made + pattern
        return made


def _quotient(value: float, by: float) -> float:
    """Divide, but by almost nothing as R's `forecast::ets` does."""
    return value / by if abs(by) >= 1e-10 else 1e10
