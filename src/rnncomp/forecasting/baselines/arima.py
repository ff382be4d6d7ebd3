"""ARIMARecursion: a seasonal ARIMA along a history, with its parameters known, by Kalman's filter.

Sources: Harvey, Time Series Models, 2nd ed. (1993), section 4.4, for the state space; Gardner,
Harvey and Phillips, Applied Statistics 29 (1980), as in R's `arima`: levels that were differenced
away begin with a variance of 1e6 times that of the errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncomp.forecasting.forecast import Array

# Rows seen; the state's mean (S,) and covariance (S, S); once that stands still, the gain (S,).
State = tuple[int, Array, Array, Array | None]

_DIFFUSE = 1e6


@dataclass(frozen=True)
class ARIMARecursion:
    """An ARMA process under differences, around a line.

    Attributes:
        phi: Weights of the last values, seasonal ones multiplied out, shape (p,).
        theta: Weights of the last errors, likewise, shape (q,).
        delta: How the last values give the next one when differences are undone, shape (d,).
        intercept: The line one row before the first.
        drift: Its rise from row to row.
    """

    phi: Sequence[float]
    theta: Sequence[float]
    delta: Sequence[float]
    intercept: float
    drift: float

    def start(self) -> State:
        """Return the state before the first row."""
        from scipy.linalg import solve_discrete_lyapunov  # noqa: PLC0415

        size, r = len(self._z), self._r
        covariance = np.diag(np.where(np.arange(size) < r, 0.0, _DIFFUSE))
        transition = self._moved(np.eye(size))
        covariance[:r, :r] = solve_discrete_lyapunov(transition[:r, :r], self._noise[:r, :r])
        return 0, np.zeros(size), covariance, None

    def update(self, state: State, values: Array) -> State:
        """Return the state after further rows."""
        n, mean, covariance, gain = state
        for y in (values - self._line(n + np.arange(len(values)))).tolist():
            if n > 0:
                mean = self._moved(mean)
            if gain is not None:
                mean = mean + gain * (y - self._z @ mean)
            else:
                before = covariance
                covariance, now = self._filtered(covariance, first=n == 0)
                mean = mean + now * (y - self._z @ mean)
                # Once a row changes it by no more than the roundings of its sums, it stands still.
                roundings = 4 * len(mean) * np.finfo(np.float64).eps
                gain = now if np.abs(covariance - before).max() <= roundings else None
            n += 1
        return n, mean, covariance, gain

    def ahead(self, states: Sequence[State], horizon: int) -> Array:
        """Return the forecasts from each state, shape (states, H)."""
        n = np.array([state[0] for state in states])
        mean = np.array([state[1] for state in states]).T  # (S, states)
        made = self._line(n[:, None] + np.arange(horizon))
        for h in range(horizon):
            mean = self._moved(mean)
            made[:, h] += self._z @ mean
        return made

    def _filtered(self, covariance: Array, *, first: bool) -> tuple[Array, Array]:
        """Return the covariance after one more row, and the gain at it."""
        if not first:
            covariance = self._moved(self._moved(covariance).T) + self._noise
        seen = covariance @ self._z
        gain = seen / (self._z @ seen)
        covariance = covariance - np.outer(gain, seen)
        return (covariance + covariance.T) / 2.0, gain  # else roundings add up row by row

    def _moved(self, state: Array) -> Array:
        """Return transition @ state, shape (S,) or (S, n), without multiplying by its zeros."""
        r, made = self._r, np.empty_like(state)
        made[: r - 1], made[r - 1] = state[1:r], 0.0
        if len(self.phi):
            made[: len(self.phi)] += np.multiply.outer(self.phi, state[0])
        if len(self.delta):
            made[r], made[r + 1 :] = self._z @ state, state[r:-1]
        return made

    def _line(self, rows: np.ndarray) -> Array:
        made: Array = self.intercept + self.drift * (rows + 1.0)
        return made

    @cached_property
    def _r(self) -> int:
        return max(len(self.phi), len(self.theta) + 1)

    @cached_property
    def _z(self) -> Array:
        """What of the state is seen, shape (S,)."""
        return np.concatenate([[1.0], np.zeros(self._r - 1), self.delta])

    @cached_property
    def _noise(self) -> Array:
        """The covariance of what a new error does to the state, shape (S, S)."""
        spread = np.zeros(len(self._z))
        spread[: len(self.theta) + 1] = [1.0, *self.theta]
        return np.outer(spread, spread)
