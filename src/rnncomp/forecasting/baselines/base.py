"""What all baselines share: how they are asked, and how they stand in for a forecaster."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer
from rnncomp.forecasting.forecast import Array, Forecast, as_series, check_history
from rnncomp.series import Series

Rows = NDArray[np.int64]
Cutoffs = Rows | range

ROWS = 1 << 15  # windows or rows at a time: bounds the memory of a long series


class Baseline(Protocol):
    """A forecaster that can be asked at many cutoffs at once.

    Attributes:
        name: A short name, such as ``persistence``.
        kind: ``baseline``.
        label: What a sentence says instead of the name.
    """

    name: str
    kind: str

    @property
    def label(self) -> str:
        """What a sentence says instead of the name."""
        ...

    def learn(self, values: Array, end: int) -> Self:
        """Learn from rows 0 .. `end` - 1, and from no other.

        Args:
            values: The series, shape (rows, F), target first.
            end: Rows that may be seen, 1 .. rows.

        Returns:
            The baseline itself.
        """
        ...

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


class OneAtATime:
    """A baseline as a forecaster: fitted on a series, asked after its end."""

    name = ""
    kind = "baseline"
    strategy = "closed form"
    needs = 1  # rows of history
    series: Series | None = None

    def learn(self, values: Array, end: int) -> Self:
        """Return itself: there is nothing to learn."""
        return self

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Forecast `horizon` steps after each cutoff; see `Baseline`."""
        raise NotImplementedError

    def fit(self, series: Any) -> Self:
        """Learn from a whole series, or what `rnncomp.load` takes, and remember it.

        Raises:
            InvalidArgumentError: The series has several targets.
        """
        self.series = one_target(self.name, as_series(series))
        return self.learn(self.series.values, len(self.series))

    def predict(self, steps: int = 1, *, after: Any = None) -> Forecast:
        """Forecast the values after the end of a series.

        Args:
            steps: How many.
            after: The history, a Series or what `rnncomp.load` takes; None for the one learned.

        Raises:
            InvalidArgumentError: There is no history, it is shorter than what is looked back on, or
                it has several targets.
        """
        steps = integer("steps", steps)
        series = self.history(after)
        cutoff = range(len(series) - 1, len(series))
        values = self.forecast_at(series.values, cutoff, steps)[0]
        return Forecast(values, series.future_times(steps), self.name, self.strategy, series)

    def history(self, after: Any) -> Series:
        """Return what is to be forecast: the series learned, unless another is given."""
        series = self.series if after is None else one_target(self.name, as_series(after))
        if series is None:
            raise fail("after", "given before fit", None, "call fit(series) first")
        check_history(self.name, len(series), self.needs)
        return series


def one_target(name: str, series: Series) -> Series:
    """Return a series, or raise InvalidArgumentError if it has several targets."""
    if len(series.targets) > 1:
        hint = f"pass series.target({series.targets[0]!r})"
        raise fail(f"series for {name}", "of one target", list(series.targets), hint)
    return series


def piece(cutoffs: Cutoffs, first: int) -> Rows:
    """Return cutoffs `first` .. `first` + ROWS - 1 as an array."""
    part = cutoffs[first : first + ROWS]
    return np.arange(part.start, part.stop, part.step) if isinstance(part, range) else part


def ends(cutoffs: Cutoffs) -> tuple[int, int]:
    """Return the lowest and the highest of one or more cutoffs."""
    if isinstance(cutoffs, range):
        return cutoffs[0], cutoffs[-1]
    return int(cutoffs.min()), int(cutoffs.max())


def check_reach(name: str, needed: int, cutoffs: Cutoffs) -> None:
    """Raise unless each cutoff has the `needed` rows of history that `name` asks for."""
    longest = ends(cutoffs)[0] + 1 if len(cutoffs) else needed
    if longest < needed:
        raise fail(name, f"at most {longest}, the history before a forecast", needed)
