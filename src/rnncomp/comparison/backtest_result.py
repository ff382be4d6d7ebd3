"""Backtest: forecasts along time beside what came, their errors and their tables."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp import charts
from rnncomp._tables import save_csv
from rnncomp.comparison.chart_data import folds_chart
from rnncomp.comparison.comparison import plain
from rnncomp.comparison.residuals import by_step
from rnncomp.comparison.tables import columns_frame
from rnncomp.errors import SplitError
from rnncomp.forecasting import Forecast
from rnncomp.forecasting.coverage import Coverage, coverage
from rnncomp.metrics import mean_absolute_error, root_mean_squared_error
from rnncomp.series import Series
from rnncomp.windows import Parts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

ERRORS = ("mae", "rmse", "bias")


@dataclass(frozen=True, eq=False)
class Fold:
    """One forecast of one series.

    Attributes:
        number: Of the fold, from 0.
        series: What was forecast.
        parts: Its train and test rows.
        forecast: Made at the end of train.
        actual: What came, shape (H,), or (H, K) of K targets; NaN where it was not observed.
    """

    number: int
    series: Series
    parts: Parts
    forecast: Forecast
    actual: Array


@dataclass(frozen=True, eq=False)
class Backtest:
    """What `backtest` returns.

    Attributes:
        name: The forecaster.
        folds: Every forecast beside what came, the earliest first.
        refit: ``every``, ``never`` or ``warm``.
        levels: Of the intervals, in percent.

    Example:
        >>> import rnncomp
        >>> gru = rnncomp.RecurrentForecaster("gru", window=12, horizon=6, units=4, epochs=1)
        >>> result = rnncomp.backtest(gru, "airline", rnncomp.RollingOrigin(folds=2, horizon=6))
        >>> len(result.to_frame()), list(result.errors())
        (12, ['mae', 'rmse', 'bias'])
    """

    name: str
    folds: tuple[Fold, ...]
    refit: str
    levels: tuple[float, ...]

    @property
    def mae(self) -> float:
        """Mean absolute error over all folds, series, targets and steps."""
        return mean_absolute_error(*self._observed())

    @property
    def rmse(self) -> float:
        """Root mean squared error over the same."""
        return root_mean_squared_error(*self._observed())

    def errors(self) -> dict[str, Array]:
        """Return ``mae``, ``rmse`` and ``bias`` by step, shape (H,); NaN if none was observed."""
        actual, made = self._stacked("actual"), self._stacked("values")
        errors = np.full((3, actual.shape[1]), np.nan)
        for step, (true, guess) in enumerate(zip(actual.T, made.T, strict=True)):
            seen = ~np.isnan(true)
            if seen.any():
                found = by_step(true[seen, None], guess[seen, None])
                errors[:, step] = [found[name][0] for name in ERRORS]
        return dict(zip(ERRORS, errors, strict=True))

    def coverage(self) -> dict[float, Coverage]:
        """Return how often the intervals of each level held what came, by step and overall."""
        actual = self._stacked("actual")
        return {
            level: coverage(actual, self._ends(level, 0), self._ends(level, 1))
            for level in self.levels
        }

    def to_frame(self) -> Any:
        """Return one row a fold, series, target and step, as a frame of the series' own kind.

        Columns: ``fold``, ``series``, ``target``, ``cutoff`` (its stamp, or its row), ``step``,
        ``time`` (or ``row``), ``actual``, ``predicted``, and by level ``low_80``, ``high_80``.
        """
        return columns_frame(self.columns(), self.folds[0].series.frame_type)

    def columns(self) -> dict[str, Any]:
        """Return what `to_frame` holds, by name."""
        tables = [_rows(fold, target) for fold in self.folds
                  for target in range(len(fold.series.targets))]  # fmt: skip
        return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}

    def to_dict(self) -> dict[str, Any]:
        """Return scores, errors by step, coverage and all rows as plain values."""
        rows = {
            name: (np.datetime_as_string(values) if values.dtype.kind == "M" else values).tolist()
            for name, values in self.columns().items()
        }
        made: dict[str, Any] = plain(
            {
                "name": self.name,
                "refit": self.refit,
                "mae": self.mae,
                "rmse": self.rmse,
                "by_step": {name: errors.tolist() for name, errors in self.errors().items()},
                "coverage": {
                    f"{level:g}": asdict(found) for level, found in self.coverage().items()
                },
                "rows": rows,
            }
        )
        return made

    def write_csv(self, path: str | os.PathLike[str], *others: Backtest) -> None:
        """Write what `to_frame` holds as CSV, whole or not at all, behind who forecast.

        Args:
            path: Where to.
            *others: Whose rows follow; where one has no intervals, their cells are empty.

        Raises:
            OutputError: The file cannot be written; nothing is left behind.
        """
        tables = [(each.name, each.to_dict()["rows"]) for each in (self, *others)]
        names = list(tables[0][1])
        made: dict[str, list[Any]] = {"forecaster": [], **{name: [] for name in names}}
        for who, rows in tables:
            size = len(rows["step"])
            made["forecaster"] += [who] * size
            for name in names:
                made[name] += rows.get(name, [None] * size)
        save_csv(Path(path), made)

    def write_plot(self, path: str | os.PathLike[str]) -> None:
        """Write what `plot` draws; the ending chooses PNG, SVG or PDF.

        Raises:
            OutputError: The file cannot be written.
        """
        charts.write_figure(self.plot().figure, path)

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw which rows each fold learned from and was tested on; returns the axes."""
        first = self.folds[0]
        parts = [fold.parts for fold in self.folds if fold.series is first.series]
        drawing = folds_chart(parts, first.series, f"{first.forecast.strategy}, refit {self.refit}")
        axes: Axes = charts.draw_folds(drawing, ax=ax)
        return axes

    def __repr__(self) -> str:
        """Return one line: who, how many folds, and the error."""
        return f"Backtest({self.name!r}, {len(self.folds)} forecasts, MAE {self.mae:.6g})"

    def _stacked(self, what: str) -> Array:
        """Return actual or predicted values, shape (forecasts * K, H)."""
        rows = [fold.actual if what == "actual" else fold.forecast.values for fold in self.folds]
        return np.concatenate([_by_target(row) for row in rows])

    def _observed(self) -> tuple[Array, Array]:
        """Return what came and what was forecast where something was observed.

        Raises:
            SplitError: Nothing was, in any fold.
        """
        actual, made = self._stacked("actual"), self._stacked("values")
        seen = ~np.isnan(actual)
        if not seen.any():
            raise SplitError(
                "the folds must hold a value that was observed, got none; use other folds"
            )
        return actual[seen], made[seen]

    def _ends(self, level: float, end: int) -> Array:
        return np.concatenate([_by_target(f.forecast.interval(level)[end]) for f in self.folds])


def _by_target(values: Array) -> Array:
    """Return (H,) or (H, K) values as (K, H)."""
    return np.ascontiguousarray(values.reshape(len(values), -1).T)


def _rows(fold: Fold, target: int) -> dict[str, Any]:
    series, steps = fold.series, len(fold.actual)
    rows = np.arange(*fold.parts.test)
    made: dict[str, Any] = {
        "fold": np.full(steps, fold.number),
        "series": np.full(steps, series.name),
        "target": np.full(steps, series.targets[target]),
        "cutoff": np.full(steps, rows[0] - 1),
        "step": np.arange(1, steps + 1),
        "row": rows,
    }
    if series.time is not None:
        made["cutoff"] = np.repeat(series.time[rows[0] - 1], steps)
        made["time"] = series.time[rows]
        del made["row"]
    made["actual"] = _by_target(fold.actual)[target]
    made["predicted"] = _by_target(fold.forecast.values)[target]
    for level, (low, high) in fold.forecast.intervals.items():
        made[f"low_{level:g}"] = _by_target(low)[target]
        made[f"high_{level:g}"] = _by_target(high)[target]
    return made
