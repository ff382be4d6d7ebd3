"""backtest: how a forecaster would have done, fold by fold along time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp._check import fail, one_of
from rnncomp.comparison.backtest_result import Array, Backtest, Fold
from rnncomp.forecasting import Forecast, Progress, RecurrentForecaster, Ridge, run_jobs
from rnncomp.forecasting.forecast import as_series
from rnncomp.forecasting.knowing import known_at
from rnncomp.forecasting.planning import listed
from rnncomp.forecasting.predicting import asked_levels
from rnncomp.forecasting.training_job import TrainingResult
from rnncomp.series import Series
from rnncomp.series.calendar_columns import calendar_names
from rnncomp.windows import Parts, RollingOrigin

if TYPE_CHECKING:
    from rnncomp.forecasting import TrainingStore

REFIT = ("every", "never", "warm")


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
        forecaster: A RecurrentForecaster or a baseline; it is not changed. Of several targets a
            baseline forecasts each for itself.
        series: A Series, or what `rnncomp.load` takes, or several Series with the same columns.
        origin: The folds; `RollingOrigin()` with the horizon of the forecaster unless given.
        refit: ``every``: trained afresh in each fold; ``warm``: in each fold trained on from the
            weights of the one before; ``never``: trained in the first fold alone, and then given
            the newer rows.
        levels: Percent that intervals shall cover; ``()`` for none, None for those of 80 and 95
            that the rows before the first cutoff allow in every series. Baselines have none.
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
    return _of_baseline(forecaster, several, parts, origin, refit)


def _of_baseline(
    forecaster: Any,
    several: Sequence[Series],
    parts: Sequence[Sequence[Parts]],
    origin: RollingOrigin,
    refit: str,
) -> Backtest:
    """Backtest a forecaster of one target, by a copy of its own for each target."""
    folds = []
    for each, cut in zip(several, parts, strict=True):
        fitted: list[Any] = []
        for number, of in enumerate(cut):
            rows = [known_at(each.target(name), *of.train) for name in each.targets]
            if not fitted or refit == "every":
                fitted = [copy(forecaster).fit(own) for own in rows]
            ahead: dict[str, Any] = {}
            if isinstance(forecaster, Ridge):  # of the baselines the one that sees what is known
                whole = _whole(origin.horizon, forecaster.horizon)
                ahead["known"] = _plan(each, of.test[0], whole)
            made = [
                knows.predict(origin.horizon, after=own, **ahead)
                for knows, own in zip(fitted, rows, strict=True)
            ]
            folds.append(_fold(number, each, of, _beside(made, known_at(each, *of.train))))
    return Backtest(forecaster.name, _in_order(folds), refit, ())


def _beside(made: Sequence[Forecast], series: Series) -> Forecast:
    """Return the forecasts of each target as one of all."""
    if len(made) == 1:
        return made[0]
    values = np.stack([forecast.values for forecast in made], axis=1)
    return replace(made[0], values=values, series=series)


def _whole(steps: int, horizon: int) -> int:
    """Return steps rounded up to whole horizons."""
    return horizon * -(-steps // horizon)


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
    folds: list[Fold] = []
    for number, knows in enumerate(fitted):
        made = []
        for each, cut in zip(several, parts, strict=True):
            of = cut[number]
            if number and refit == "never":
                newer = known_at(each, cut[number - 1].train[1], of.train[1])
                knows.update(newer, of=each.name)
            known = _plan(each, of.test[0], _whole(origin.horizon, knows.config.horizon))
            made.append(knows.predict(origin.horizon, known=known, levels=levels, of=each.name))
        if levels is None:
            # What the first fold allows in every series, all folds have.
            levels = tuple(k for k in made[0].intervals if all(k in one.intervals for one in made))
            chosen = levels
            made = [replace(f, intervals={k: f.intervals[k] for k in chosen}) for f in made]
        folds += [
            _fold(number, each, cut[number], forecast)
            for each, cut, forecast in zip(several, parts, made, strict=True)
        ]
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
            [known_at(each, *cut[number].train) for each, cut in zip(several, parts, strict=True)],
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
