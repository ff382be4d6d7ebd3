"""What the cautions and the charts of a comparison need, taken from its forecasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from rnncomp.comparison.cautions import (
    Caution,
    leak_switched_on,
    outside_training_range,
    season_out_of_sight,
    short_test_part,
)
from rnncomp.comparison.cautions_forecast import shifted_copy
from rnncomp.comparison.cautions_training import (
    cut_short,
    did_not_learn,
    still_falling,
    validation_rising,
)
from rnncomp.comparison.contenders import Contender, mean_over_seeds
from rnncomp.comparison.leaderboard import network_label
from rnncomp.comparison.residuals import autocorrelation, first_step, white_noise_band
from rnncomp.comparison.scores import Scored
from rnncomp.comparison.task import Array, Task
from rnncomp.forecasting import Mean, TrainingResult
from rnncomp.forecasting.preparing import Rows, actual_at
from rnncomp.metrics import mean_absolute_error

LAGS = 40

Results = Mapping[str, Sequence[Sequence[TrainingResult]]]


def cautions(task: Task, everyone: Sequence[Scored], results: Results) -> list[dict[str, Any]]:
    """Return what a reader should beware of, the data first; of several curves the first is read.

    Args:
        task: What was compared.
        everyone: All networks and baselines.
        results: Trainings by network, fold and seed.
    """
    found = [*_of_data(task), *_of_networks(task, everyone, results)]
    return [caution.to_dict() for caution in found if caution is not None]


def _of_data(task: Task) -> Iterator[Caution | None]:
    settings, curve = task.settings, task.curves[0]
    parts = task.folds[0][curve.place]
    values = curve.series.values
    train = values[slice(*parts.train)]
    yield leak_switched_on(settings.scale_on)
    # Differences leave no trace of the range of the values.
    first = len(curve.series.targets) if "diff" in settings.transform else 0
    if first < len(curve.series.columns):
        yield outside_training_range(
            curve.series.columns[first:],
            train[:, first:].min(axis=0),
            train[:, first:].max(axis=0),
            values[slice(*parts.test), first:],
        )
    season = curve.season if curve.season > 1 else None
    if not curve.series.calendar:  # which shows where in a season a row lies
        yield season_out_of_sight(season, settings.reach)
    yield short_test_part(
        len(task.tested(curve)), horizon=settings.horizon, season=season, stride=settings.stride
    )


def _of_networks(
    task: Task, everyone: Sequence[Scored], results: Results
) -> Iterator[Caution | None]:
    curve, folds = task.curves[0], len(task.folds)
    mean = _error_of_the_mean(task)
    actual = np.concatenate([task.actual("test", fold, curve) for fold in range(folds)])
    last = curve.series.target_values[np.asarray(task.tested(curve))]
    for each in everyone:
        contender = each.contender
        if contender.kind != "network" or not contender.tested:
            continue
        label = network_label(contender.name)
        yield shifted_copy(actual, mean_forecast(contender, task), last, subject=label)
        trained = [result for result in results[contender.name][-1] if not result.diverged]
        limited = task.settings.time_limit is not None
        if limited and task.settings.patience is None:
            runs = [len(r.history["loss"]) for of in results[contender.name] for r in of]
            yield cut_short(runs, task.settings.epochs, subject=label)
        if not limited:
            yield still_falling(_mean_losses(trained, "loss"), subject=label)
        if task.settings.patience is None:
            yield validation_rising(_mean_losses(trained, "val_loss"), subject=label)
        scores = each.row["scores"][task.metric]
        yield did_not_learn(scores, mean, seeds=contender.seeds, subject=label)


def _error_of_the_mean(task: Task) -> float:
    """Return the error of predicting the mean of all values so far, mean over curves."""
    errors = []
    for curve in task.curves:
        cutoffs, horizon = task.tested(curve), task.settings.horizon
        made = Mean().forecast_at(curve.series.values, cutoffs, horizon)
        unit = curve.mase_scale if task.metric == "mase" else 1.0
        errors.append(mean_absolute_error(actual_at(curve.series, cutoffs, horizon), made) / unit)
    return float(np.mean(errors))


def mean_forecast(contender: Contender, task: Task) -> Array:
    """Return the mean over seeds of the forecasts of the first curve, shape (N, H)."""
    return mean_over_seeds(contender.of_tested(), len(task.folds), task.curves[0])


def residuals_chart(
    task: Task, contenders: Sequence[Contender], samples: Rows
) -> dict[str, dict[str, Any]]:
    """Return residuals of the first step at `samples`, and their autocorrelation, by contender."""
    curve = task.curves[0]
    actual = np.concatenate([task.actual("test", k, curve) for k in range(len(task.folds))])
    made = {}
    for contender in contenders:
        left = first_step(actual, mean_forecast(contender, task))
        correlations = autocorrelation(left, LAGS)
        made[contender.name] = {
            "lags": list(range(1, len(correlations))),
            "acf": correlations[1:].tolist(),
            "band": white_noise_band(len(left)),
            "values": left[samples].tolist(),
        }
    return made


def steps_chart(task: Task, everyone: Sequence[Scored]) -> dict[str, Any] | None:
    """Return the error by step ahead of everyone; None for one step."""
    if task.settings.horizon == 1:
        return None
    curves = {
        each.contender.name: each.row["by_step"]["mae"] for each in everyone if each.row["by_step"]
    }
    return {"label": "MAE" if len(task.curves) == 1 else "MASE", "curves": curves}


def _mean_losses(results: Sequence[TrainingResult], key: str) -> list[float]:
    """Return the mean over seeds of a loss, as long as all of them trained."""
    histories = [result.history.get(key, []) for result in results]
    return [float(np.mean(epoch)) for epoch in zip(*histories, strict=False)]


def groups_of(task: Task) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """Return which series, and which unbroken stretch of it, each loss belongs to.

    See `rnncomp.comparison.scores.grouped`. None where all windows lie side by side.
    """
    numbers, number = [], 0
    series = [curve for curve in task.curves if curve.target == 0]
    for curve in series[:1] if task.aligned else series:
        cutoffs = task.tested(curve)
        ends = [0, len(cutoffs)]
        if not isinstance(cutoffs, range):
            step = task.settings.stride
            ends = [0, *(np.flatnonzero(np.diff(cutoffs) != step) + 1).tolist(), len(cutoffs)]
        for first, end in pairwise(ends):
            numbers.append(np.full(end - first, number))
            number += 1
    return None if number == 1 else np.concatenate(numbers)
