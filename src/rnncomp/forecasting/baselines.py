"""Simple forecasts that every network must beat.

All but ridge have nothing to learn: at each cutoff they see the whole true history up to it, as
statsforecast does when it refits at every cutoff. Formulas: Hyndman and Athanasopoulos,
Forecasting: Principles and Practice, 3rd ed., section 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer
from rnncomp.forecasting.cutting import cut, last_windows
from rnncomp.forecasting.forecast import Array, Forecast, check_history
from rnncomp.samples import Samples
from rnncomp.series import Series

Rows = NDArray[np.int64]
Cutoffs = Rows | range

_ROWS = 1 << 15  # windows or rows at a time: bounds the memory of a long series


class Baseline(Protocol):
    """A forecaster that can be asked at many cutoffs at once."""

    name: str
    kind: str

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Forecast `horizon` steps after each cutoff.

        Args:
            values: The series, shape (rows, F), target first; nothing after a cutoff is read.
            cutoffs: Last observed row of each forecast: an array (N,), or an increasing range.
            horizon: Steps ahead H.

        Returns:
            Forecasts, shape (N, H).
        """
        ...


class _Simple:
    """A baseline with nothing to learn."""

    name = ""
    kind = "baseline"
    needs = 1  # rows of history

    def fit(self, series: Series) -> _Simple:
        """Return itself: there is nothing to learn."""
        return self

    def predict(self, series: Series, steps: int) -> Forecast:
        """Forecast the `steps` values after the end of `series`.

        Raises:
            InvalidArgumentError: The series is shorter than the history it needs.
        """
        steps = integer("steps", steps)
        check_history(self.name, len(series), self.needs)
        cutoff = range(len(series) - 1, len(series))
        values = self.forecast_at(series.values, cutoff, steps)[0]
        return Forecast(values, series.future_times(steps), self.name, "closed form", series)

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Forecast `horizon` steps after each cutoff; see `Baseline`."""
        made = np.empty((len(cutoffs), horizon))
        for first in range(0, len(cutoffs), _ROWS):
            made[first : first + _ROWS] = self._ahead(values, _piece(cutoffs, first), horizon)
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

    def __init__(self, season: int) -> None:
        self.season = self.needs = integer("season", season)

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Repeat the last season."""
        longest = _ends(cutoffs)[0] + 1 if len(cutoffs) else self.season
        if longest < self.season:
            raise fail("season", f"at most {longest}, the history before a forecast", self.season)
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

    def _ahead(self, values: Array, cutoffs: Rows, horizon: int) -> Array:
        """Add the mean step so far for every step ahead."""
        last = values[cutoffs, 0]
        slope = (last - values[0, 0]) / np.maximum(cutoffs, 1)
        ahead: Array = last[:, None] + slope[:, None] * np.arange(1, horizon + 1)
        return ahead


class Mean(_Simple):
    """Next value = the mean of all values so far.

    Example:
        >>> Mean().forecast_at(np.array([[1.0], [2.0], [6.0]]), np.array([1, 2]), 1)
        array([[1.5],
               [3. ]])
    """

    name = "mean"

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Repeat the mean of the history."""
        first, last = _ends(cutoffs) if len(cutoffs) else (0, 0)
        sums = np.array(values[first : last + 1, 0])
        sums[0] += _running_sum(values[:first, 0])
        np.cumsum(sums, out=sums)  # of all rows up to each of first .. last
        made = np.empty((len(cutoffs), horizon))
        for start in range(0, len(cutoffs), _ROWS):
            here = _piece(cutoffs, start)
            made[start : start + _ROWS] = (sums[here - first] / (here + 1))[:, None]
        return made


def _piece(cutoffs: Cutoffs, first: int) -> Rows:
    """Return cutoffs `first` .. `first` + _ROWS - 1 as an array."""
    part = cutoffs[first : first + _ROWS]
    return np.arange(part.start, part.stop, part.step) if isinstance(part, range) else part


def _ends(cutoffs: Cutoffs) -> tuple[int, int]:
    """Return the lowest and the highest of one or more cutoffs."""
    if isinstance(cutoffs, range):
        return cutoffs[0], cutoffs[-1]
    return int(cutoffs.min()), int(cutoffs.max())


def _running_sum(values: Array) -> float:
    """Return the last of the running sums, rounded as np.cumsum rounds."""
    total = 0.0
    for first in range(0, len(values), _ROWS):
        piece = np.array(values[first : first + _ROWS])
        piece[0] += total
        total = float(np.cumsum(piece)[-1])
    return total


# Penalties tried; 1e-10 is as good as none, 10 shrinks everything.
PENALTIES = tuple(10.0**k for k in range(-10, 2))


class Ridge:
    """Linear regression on the same lags as the networks, with a penalty on its weights.

    Minimises ``mean((y - x @ w - b)^2) + penalty * |w * spread|^2`` with the intercept `b` free,
    where `spread` is the standard deviation of each column over the training windows, so that the
    penalty means the same in any unit. Of `PENALTIES` the one with the lowest squared error on the
    validation samples is kept.
    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 3.4.1.

    Args:
        window: Lags T.
        horizon: Steps ahead H, each with weights of its own.

    Example:
        >>> from rnncomp.series import load
        >>> ridge = Ridge(window=24).fit(load("airline"))
        >>> round(float(ridge.predict(load("airline"), 1).values[0]))
        437
    """

    name = "ridge"
    kind = "baseline"

    def __init__(self, window: int, horizon: int = 1) -> None:
        self.window, self.horizon = integer("window", window), integer("horizon", horizon)
        self.penalty: float | None = None
        self.weights: Array | None = None  # (T * F, H)
        self.intercept: Array | None = None  # (H,)

    def fit(self, series: Series) -> Ridge:
        """Fit on the first 80 % of the windows, choose the penalty on the others.

        Raises:
            SplitError: The series is too short for a window to fit and one to choose on.
        """
        window, horizon = self.window, self.horizon
        parts = last_windows(len(series), window=window, horizon=horizon, share=0.2)
        windows = cut(series.values, parts, window=window, horizon=horizon)
        return self.fit_samples(windows.part("train"), windows.part("test"))

    def fit_samples(self, train: Samples, validation: Samples) -> Ridge:
        """Fit on `train`, choose the penalty on `validation`.

        Args:
            train: Windows with targets (N, H), in the user's unit, float64.
            validation: The same for the choice; without samples the smallest penalty is kept.
        """
        solve = _solver(train)
        best = np.inf
        for penalty in PENALTIES if len(validation) else PENALTIES[:1]:
            weights, intercept = solve(penalty)
            error = _squared_error(validation, weights, intercept) if len(validation) else 0.0
            if error < best:
                best = error
                self.penalty, self.weights, self.intercept = penalty, weights, intercept
        return self

    def predict(self, series: Series, steps: int) -> Forecast:
        """Forecast up to `horizon` steps after the end of `series`."""
        if integer("steps", steps) > self.horizon:
            raise fail("steps", f"at most the horizon {self.horizon} of ridge", steps)
        check_history(self.name, len(series), self.window)
        cutoff = range(len(series) - 1, len(series))
        values = self.forecast_at(series.values, cutoff, steps)[0]
        return Forecast(values, series.future_times(steps), self.name, "direct", series)

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Apply the weights to the window before each cutoff; see `Baseline`."""
        if self.weights is None or self.intercept is None:
            raise fail("ridge", "fitted before it forecasts", "no weights", "call fit first")
        back = self.window - 1
        starts = (
            range(cutoffs.start - back, cutoffs.stop - back, cutoffs.step)
            if isinstance(cutoffs, range)
            else cutoffs.astype(np.int64) - back
        )
        samples = Samples(np.ascontiguousarray(values), starts, self.window)
        return _linear(samples, self.weights, self.intercept)[:, :horizon]


def _lags(samples: Samples, first: int) -> Array:
    """Return windows `first` .. `first` + _ROWS - 1 as rows, shape (n, T * F)."""
    part = samples.take(slice(first, first + _ROWS))
    return part.windows().reshape(len(part), -1).astype(np.float64, copy=False)


def _linear(samples: Samples, weights: Array, intercept: Array) -> Array:
    made = np.empty((len(samples), len(intercept)))
    for first in range(0, len(samples), _ROWS):
        made[first : first + _ROWS] = _lags(samples, first) @ weights
    made += intercept
    return made


def _squared_error(samples: Samples, weights: Array, intercept: Array) -> float:
    assert samples.targets is not None
    error = _linear(samples, weights, intercept)
    error -= samples.targets
    return float(np.mean(np.square(error, out=error)))


def _solver(train: Samples) -> Callable[[float], tuple[Array, Array]]:
    """Return penalty → (weights, intercept), from one eigendecomposition of the covariance."""
    assert train.targets is not None
    n = len(train)
    starts = range(0, n, _ROWS)
    x_mean = sum(_lags(train, k).sum(axis=0) for k in starts) / n
    y_mean = train.targets.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((len(x_mean), len(x_mean)))
    cross = np.zeros((len(x_mean), len(y_mean)))
    for k in starts:
        x = _lags(train, k)
        x -= x_mean
        covariance += x.T @ x / n
        cross += x.T @ (train.targets[k : k + _ROWS] - y_mean) / n
    spread = _spread(covariance, train.features)
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    turned = vectors.T @ (cross / spread[:, None])

    def solve(penalty: float) -> tuple[Array, Array]:
        shrunk = np.maximum(values, 0.0) + penalty
        weights = vectors @ (turned / shrunk[:, None]) / spread[:, None]
        return weights, y_mean - x_mean @ weights

    return solve


def _spread(covariance: Array, features: int) -> Array:
    """Return the standard deviation of each lag's column, shape (T * F,), never 0."""
    variances = np.diag(covariance).reshape(-1, features).mean(axis=0)  # (F,)
    # What never changes has no weight, whatever it is divided by: its covariances are zero.
    spreads = np.sqrt(np.where(variances > 0.0, variances, 1.0))
    made: Array = np.tile(spreads, len(covariance) // features)
    return made
