"""Ridge: linear regression on the same lags as the networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from rnncomp._check import fail, integer
from rnncomp.errors import SplitError
from rnncomp.forecasting.baselines.base import ROWS, Cutoffs, OneAtATime, one_target
from rnncomp.forecasting.forecast import Array, Forecast, as_series
from rnncomp.forecasting.last_window import last_window
from rnncomp.forecasting.preparing import Recipe, prepare
from rnncomp.forecasting.strategies import fed_back
from rnncomp.samples import Samples
from rnncomp.series import FittedTransform, Series
from rnncomp.windows import Parts
from rnncomp.windows.pairs import too_short

# Penalties tried; 1e-10 is as good as none, 10 shrinks everything.
PENALTIES = tuple(10.0**k for k in range(-10, 2))


class Ridge(OneAtATime):
    """Linear regression on the same lags as the networks, with a penalty on its weights.

    Minimises ``mean((y - x @ w - b)^2) + penalty * |w * spread|^2`` with the intercept `b` free,
    where `spread` is the standard deviation of each column over the training windows, so that the
    penalty means the same in any unit. Of `PENALTIES` the one with the lowest squared error on the
    validation samples is kept.
    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 3.4.1.

    Args:
        window: Lags T.
        horizon: Steps ahead H, each with weights of its own.
        known: Columns whose future is known, the last ones; in rows that `forecast_at` is given
            they stand `horizon` rows early. `fit` takes those of the series, and moves them.

    Example:
        >>> from rnncomp.series import load
        >>> ridge = Ridge(window=24).fit(load("airline"))
        >>> round(float(ridge.predict(1).values[0]))
        437
    """

    name = "ridge"
    label = "ridge regression on the same lags"
    strategy = "direct"

    def __init__(self, window: int, horizon: int = 1, *, known: int = 0) -> None:
        self.known = integer("known", known, at_least=0)
        self.window = self.needs = integer("window", window)
        self.horizon = integer("horizon", horizon)
        self.transform: FittedTransform | None = None  # changes nothing: values stay in their unit
        self.penalty: float | None = None
        self.weights: Array | None = None  # (T * F, H)
        self.intercept: Array | None = None  # (H,)

    def fit(self, series: Any) -> Self:
        """Learn from a whole series, or what `rnncomp.load` takes, and remember it.

        The penalty is chosen on the last 20 % of the windows. Targets that were not observed teach
        nothing, and columns whose future is known are seen ahead, as a network sees them.

        Raises:
            SplitError: There are too few rows for a window to fit and one to choose on.
            InvalidArgumentError: The series has several targets.
        """
        self.series = one_target(self.name, as_series(series))
        self.known = len(self.series.known)
        return self._learn_series(self.series)

    def learn(self, values: Array, end: int) -> Self:
        """Fit on the first 80 % of the windows before `end`, choose the penalty on the others.

        Raises:
            SplitError: There are too few rows for a window to fit and one to choose on.
        """
        # Whoever passes rows has moved their known columns.
        return self._learn_series(Series(values[:end], tuple(map(str, range(values.shape[1])))))

    def _learn_series(self, series: Series) -> Self:
        rows = len(series)
        windows = rows - self.window - self.horizon + 1
        first = rows - self.horizon + 1 - max(1, round(0.2 * windows))
        # Windows with a target that the others validate belong to neither.
        if first < self.window + self.horizon:
            raise SplitError(too_short(rows, self.window, self.horizon))
        recipe = Recipe(
            self.window, self.horizon, ahead=self.horizon, scale="none", dtype="float64"
        )
        ready = prepare(series, Parts((0, first), (first, rows), (rows, rows)), recipe)
        self.transform = ready.transform
        return self.fit_samples(
            ready.samples(ready.learned["train"]), ready.samples(ready.learned["validation"])
        )

    def fit_samples(self, train: Samples, validation: Samples) -> Self:
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

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Apply the weights to the window before each cutoff; see `Baseline`.

        Beyond its own horizon its forecasts become its inputs.

        Raises:
            InvalidArgumentError: That would need the future of a column that nobody knows.
        """
        back = self.window - 1
        starts = (
            range(cutoffs.start - back, cutoffs.stop - back, cutoffs.step)
            if isinstance(cutoffs, range)
            else cutoffs.astype(np.int64) - back
        )
        return self._ahead(Samples(np.ascontiguousarray(values), starts, self.window), horizon)

    def predict(self, steps: int = 1, *, after: Any = None, known: Any = None) -> Forecast:
        """Forecast the values after the end of a series.

        Args:
            steps: How many.
            after: The history, a Series or what `rnncomp.load` takes, with the columns learned;
                None for the series learned.
            known: Values of the columns whose future is known, for the steps ahead, rounded up to
                whole horizons; see `RecurrentForecaster.predict`.

        Raises:
            InvalidArgumentError: There is no history, it is too short, or its columns are others;
                `known` is absent or needless; or the future of a column would be needed that nobody
                knows.
        """
        steps = integer("steps", steps)
        series = self.history(after)
        if self.series is None or self.transform is None:
            raise fail("ridge", "fitted before it forecasts", "no weights", "call fit first")
        for what in ("columns", "known"):
            learned, given = getattr(self.series, what), getattr(series, what)
            if given != learned:
                raise fail(f"series {what}", f"{list(learned)}, as in what was learned", given)
        window = last_window(
            series,
            self.transform,
            name=self.name,
            window=self.window,
            horizon=self.horizon,
            steps=max(steps, self.horizon),
            known=known,
            dtype="float64",
        )
        values = self._ahead(window, steps)[0]
        return Forecast(values, series.future_times(steps), self.name, self.strategy, series)

    def _ahead(self, samples: Samples, horizon: int) -> Array:
        """Return the forecasts after each window, shape (N, horizon)."""
        if horizon > self.horizon and samples.features > 1 + self.known:
            rule = f"at most the horizon {self.horizon} of ridge, as further columns have no future"
            raise fail("horizon", rule, horizon)
        if self.weights is None or self.intercept is None:
            raise fail("ridge", "fitted before it forecasts", "no weights", "call fit first")
        if horizon <= self.horizon:
            return _linear(samples, self.weights, self.intercept)[:, :horizon]
        weights, intercept = self.weights, self.intercept
        made: Array = fed_back(
            lambda windows: _linear(windows, weights, intercept),
            samples,
            steps=horizon,
            horizon=self.horizon,
            known=self.known,
        ).astype(np.float64, copy=False)
        return made


def _lags(samples: Samples, first: int) -> Array:
    """Return windows `first` .. `first` + ROWS - 1 as rows, shape (n, T * F)."""
    part = samples.take(slice(first, first + ROWS))
    return part.windows().reshape(len(part), -1).astype(np.float64, copy=False)


def _linear(samples: Samples, weights: Array, intercept: Array) -> Array:
    made = np.empty((len(samples), len(intercept)))
    for first in range(0, len(samples), ROWS):
        made[first : first + ROWS] = _lags(samples, first) @ weights
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
    starts = range(0, n, ROWS)
    x_mean = sum(_lags(train, k).sum(axis=0) for k in starts) / n
    y_mean = train.targets.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((len(x_mean), len(x_mean)))
    cross = np.zeros((len(x_mean), len(y_mean)))
    for k in starts:
        x = _lags(train, k)
        x -= x_mean
        covariance += x.T @ x / n
        cross += x.T @ (train.targets[k : k + ROWS] - y_mean) / n
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
