"""backtest: how a forecaster would have done, fold by fold along time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp import charts
from rnncomp._check import fail, one_of
from rnncomp._tables import save_csv
from rnncomp.comparison.chart_data import folds_chart
from rnncomp.comparison.comparison import plain
from rnncomp.comparison.residuals import by_step
from rnncomp.comparison.tables import columns_frame
from rnncomp.errors import SplitError
from rnncomp.forecasting import Forecast, Progress, RecurrentForecaster, run_jobs
from rnncomp.forecasting.coverage import Coverage, coverage
from rnncomp.forecasting.forecast import as_series
from rnncomp.forecasting.planning import listed
from rnncomp.forecasting.predicting import asked_levels
from rnncomp.forecasting.training_job import TrainingResult
from rnncomp.metrics import mean_absolute_error, root_mean_squared_error
from rnncomp.series import Series
from rnncomp.series.calendar_columns import calendar_names
from rnncomp.windows import Parts, RollingOrigin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from rnncomp.forecasting import TrainingStore

Array = NDArray[np.float64]

ERRORS = ("mae", "rmse", "bias")
REFIT = ("every", "never", "warm")


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

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write what `to_frame` holds as CSV, whole or not at all.

        Raises:
            OutputError: The file cannot be written; nothing is left behind.
        """
        save_csv(Path(path), self.to_dict()["rows"])

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


def backtest(
    forecaster: Any,
    series: Any,
    origin: RollingOrigin | None = None,
    *,
    refit: str = "every",
    levels: float | Iterable[float] | None = None,
    jobs: int | None = None,
    progress: Callable[[Progress], object] | None = None,
    store: TrainingStore | None = None,
) -> Backtest:
    """Forecast at cutoffs along a series, each time from what came before it alone.

    In each fold the forecaster is given the rows up to the cutoff and no others: transforms,
    scalers, filled holes, networks and the widths of intervals know nothing of what follows. Values
    of columns whose future is known are given to it for the steps ahead.

    Args:
        forecaster: A RecurrentForecaster or a baseline; it is not changed.
        series: A Series, or what `rnncomp.load` takes, or several Series with the same columns.
        origin: The folds; `RollingOrigin()` with the horizon of the forecaster unless given.
        refit: ``every``: trained afresh in each fold; ``warm``: in each fold trained on from the
            weights of the one before; ``never``: trained in the first fold alone, and then given
            the newer rows.
        levels: Percent that intervals shall cover; ``()`` for none, None for those of 80 and 95
            that the rows before the first cutoff allow. Baselines have none.
        jobs: Trainings at the same time; None for all cores. It never changes a result.
        progress: Called after every epoch of every training, from several threads.
        store: Where finished trainings are kept, and taken from.

    Returns:
        The forecasts beside what came.

    Raises:
        SplitError: A series is too short for the folds.
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> import rnncomp
        >>> gru = rnncomp.RecurrentForecaster("gru", window=12, units=4, epochs=1)
        >>> origin = rnncomp.RollingOrigin(folds=3, horizon=1, step=12)
        >>> rnncomp.backtest(gru, "airline", origin, refit="never", levels=80).name
        'gru'
    """
    one_of("refit", refit, REFIT)
    several = [as_series(each) for each in listed(series)]
    horizon = getattr(getattr(forecaster, "config", forecaster), "horizon", 1)
    origin = origin or RollingOrigin(horizon=horizon)
    parts = [origin.parts(each) for each in several]
    if isinstance(forecaster, RecurrentForecaster):
        return _of_networks(forecaster, several, parts, origin, refit, levels,
                            jobs=jobs, report=progress, store=store)  # fmt: skip
    if refit == "warm":
        raise fail("refit", "'every' or 'never' for a baseline", refit)
    folds = []
    for each, cut in zip(several, parts, strict=True):
        fitted = None
        for number, of in enumerate(cut):
            if fitted is None or refit == "every":
                fitted = copy(forecaster).fit(_known_at(each, *of.train))
            after = _known_at(each, *of.train)
            forecast = fitted.predict(origin.horizon, after=after)
            folds.append(_fold(number, each, of, forecast))
    return Backtest(forecaster.name, _in_order(folds), refit, ())


def _of_networks(
    forecaster: RecurrentForecaster,
    several: Sequence[Series],
    parts: Sequence[Sequence[Parts]],
    origin: RollingOrigin,
    refit: str,
    levels: float | Iterable[float] | None,
    **running: Any,
) -> Backtest:
    fitted = _fitted(forecaster, several, parts, refit, running)
    folds = []
    for number, knows in enumerate(fitted):
        for each, cut in zip(several, parts, strict=True):
            of = cut[number]
            if number and refit == "never":
                newer = _known_at(each, cut[number - 1].train[1], of.train[1])
                knows.update(newer, of=each.name)
            whole = knows.config.horizon * -(-origin.horizon // knows.config.horizon)
            known = _plan(each, of.test[0], whole)
            forecast = knows.predict(origin.horizon, known=known, levels=levels, of=each.name)
            folds.append(_fold(number, each, of, forecast))
            levels = tuple(forecast.intervals)  # what the first fold allows, all have
    return Backtest(forecaster.name, tuple(folds), refit, asked_levels(levels))


def _fitted(
    forecaster: RecurrentForecaster,
    several: Sequence[Series],
    parts: Sequence[Sequence[Parts]],
    refit: str,
    running: Mapping[str, Any],
) -> list[RecurrentForecaster]:
    """Return a fitted forecaster for each fold; of trainings that can, all side by side."""
    count = len(parts[0])
    plans = [
        forecaster.plan(
            [_known_at(each, *cut[number].train) for each, cut in zip(several, parts, strict=True)],
            fold=number,
        )
        for number in range(1 if refit == "never" else count)
    ]
    if refit == "warm":
        made: list[RecurrentForecaster] = []
        before: list[TrainingResult] | None = None
        for plan in plans:
            started = plan if before is None else plan.starting_from(before)
            before = run_jobs(started.todo, started.data, **running)
            made.append(copy(forecaster).finish(started, before))
        return made
    data = {key: windows for plan in plans for key, windows in plan.data.items()}
    results = run_jobs([job for plan in plans for job in plan.todo], data, **running)
    seeds = len(forecaster.seeds)
    made = [
        copy(forecaster).finish(plan, results[k * seeds : (k + 1) * seeds])
        for k, plan in enumerate(plans)
    ]
    return made * count if refit == "never" else made


def _known_at(series: Series, first: int, end: int) -> Series:
    """Return rows first .. end - 1 as they were known then.

    What was interpolated at the end comes from later rows: it repeats the value before instead.
    """
    rows = series.slice(first, end)
    if series.fill != "interpolate" or series.observed is None:
        return rows
    values = rows.values.copy()
    for column in range(len(series.columns) - len(series.known)):
        seen = np.flatnonzero(series.observed[:end, column])
        if len(seen):
            values[max(0, seen[-1] + 1 - first) :, column] = series.values[seen[-1], column]
    return replace(rows, values=values)


def _plan(series: Series, first: int, steps: int) -> Array | None:
    """Return what is known of `steps` rows from `first` on, but their calendar; None for nothing.

    Behind the end of the series the last row is repeated: a network that looks further ahead than
    is forecast there sees it, and no step that is scored lies behind it.
    """
    names = series.known[: len(series.known) - len(calendar_names(series.calendar))]
    if not names:
        return None
    place = series.columns.index(names[0])  # side by side, before those of the calendar
    rows = np.minimum(np.arange(first, first + steps), len(series) - 1)
    plan: Array = series.values[rows, place : place + len(names)]
    return plan


def _fold(number: int, series: Series, parts: Parts, forecast: Forecast) -> Fold:
    rows, targets = slice(*parts.test), len(series.targets)
    actual = series.values[rows, :targets]
    if series.observed is not None:
        actual = np.where(series.observed[rows, :targets], actual, np.nan)
    return Fold(number, series, parts, forecast, actual[:, 0] if actual.shape[1] == 1 else actual)


def _in_order(folds: Sequence[Fold]) -> tuple[Fold, ...]:
    return tuple(sorted(folds, key=lambda fold: fold.number))


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
