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
        transition, noise = self._transition[:r, :r], self._noise[:r, :r]
        covariance[:r, :r] = solve_discrete_lyapunov(transition, noise)
        return 0, np.zeros(size), covariance, None

    def update(self, state: State, values: Array) -> State:
        """Return the state after further rows."""
        n, mean, covariance, gain = state
        for y in (values - self._line(n + np.arange(len(values)))).tolist():
            if n > 0:
                mean = self._transition @ mean
            if gain is None:
                covariance, gain = self._filtered(covariance, first=n == 0)
                mean = mean + gain * (y - self._z @ mean)
                gain = gain if self._settled(covariance) else None
            else:
                mean = mean + gain * (y - self._z @ mean)
            n += 1
        return n, mean, covariance, gain

    def ahead(self, states: Sequence[State], horizon: int) -> Array:
        """Return the forecasts from each state, shape (states, H)."""
        n = np.array([state[0] for state in states])
        mean = np.array([state[1] for state in states])  # (states, S)
        made = self._line(n[:, None] + np.arange(horizon))
        for h in range(horizon):
            mean = mean @ self._transition.T
            made[:, h] += mean @ self._z
        return made

    def _filtered(self, covariance: Array, *, first: bool) -> tuple[Array, Array]:
        """Return the covariance after one more row, and the gain at it."""
        if not first:
            covariance = self._transition @ covariance @ self._transition.T + self._noise
        with_row = covariance @ self._z
        gain = with_row / (self._z @ with_row)
        return covariance - np.outer(gain, with_row), gain

    def _settled(self, covariance: Array) -> bool:
        """Whether one more row would change no entry by more than roundings do."""
        change = np.abs(self._filtered(covariance, first=False)[0] - covariance).max()
        return bool(change <= np.finfo(np.float64).eps)

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
    def _transition(self) -> Array:
        r, size = self._r, len(self._z)
        made = np.eye(size, k=1)
        made[r - 1 :] = 0.0
        made[: len(self.phi), 0] = self.phi
        if size > r:
            made[r] = self._z
            made[r + 1 :, r:-1] = np.eye(size - r - 1)
        return made

    @cached_property
    def _noise(self) -> Array:
        """The covariance of what a new error does to the state, shape (S, S)."""
        spread = np.zeros(len(self._z))
        spread[: len(self.theta) + 1] = [1.0, *self.theta]
        return np.outer(spread, spread)
