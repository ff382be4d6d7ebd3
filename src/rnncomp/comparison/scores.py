"""Scores of networks and baselines, side by side, in the user's unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncomp.comparison.contenders import Contender, Maker
from rnncomp.comparison.leaderboard import METRICS
from rnncomp.comparison.residuals import by_step
from rnncomp.comparison.task import Array, Curve, Task
from rnncomp.forecasting import ConformalWidths
from rnncomp.metrics import (
    mean_absolute_error,
    mean_absolute_scaled_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)

Row = dict[str, Any]

CHOSEN_BY = ("mae", "mse", "mase")
"""Errors on the validation part that a row holds."""


@dataclass(frozen=True, eq=False)
class Scored:
    """A contender with its numbers.

    Attributes:
        contender: What was scored.
        row: Of the leaderboard.
        losses: Mean absolute error of each test window over its steps and targets, by seed, shape
            (S, N), in time order, as `grouped` puts them; of several curves in units of their
            scale.
    """

    contender: Contender
    row: Row
    losses: Array


def score(actual: Array, predicted: Array, scale: float) -> dict[str, float]:
    """Return all metrics of one set of predictions; `scale` is the divisor of MASE."""
    return {
        "mae": mean_absolute_error(actual, predicted),
        "mse": mean_squared_error(actual, predicted),
        "rmse": root_mean_squared_error(actual, predicted),
        "mase": mean_absolute_scaled_error(actual, predicted, scale=scale),
        "r2": r2_score(actual, predicted),
    }


def scored(contender: Contender, task: Task) -> Scored:
    """Return the row of a contender: every number is a mean over seeds, and over curves."""
    chosen = [validation_scores(make, task) for make in contender.makers]
    found = [_measured(make, task) for make in contender.of_tested()]
    row: Row = {
        "name": contender.name,
        "kind": contender.kind,
        "strategy": contender.strategy,
    }
    for metric in METRICS:
        row |= _mean_and_spread(metric, [each.scores[metric] for each in found])
    row |= {f"validation_{name}": _mean([each[name] for each in chosen]) for name in CHOSEN_BY}
    width = _by_level(task, [each.width for each in found])
    coverage = _by_level(task, [each.coverage for each in found])
    steps = _mean_by_name([each.by_step for each in found])
    row |= {
        "n_params": contender.n_params,
        "fit_seconds": contender.fit_seconds,
        "predict_microseconds": contender.predict_microseconds,
        "n_seeds": len(contender.seeds) or None,
        "diverged": len(contender.seeds) - len(contender.tested),
        "by_step": {name: errors.tolist() for name, errors in steps.items()},
        "by_fold": {"mae": _mean_list([each.by_fold for each in found])},
        "coverage": {k: held if width[k] is not None else None for k, held in coverage.items()},
        "width": width,
        "note": contender.note,
    }
    if contender.kind == "network":
        row |= _by_seed(contender, [each.scores for each in found], chosen)
    losses = np.array([each.losses for each in found]) if found else np.empty((0, 0))
    return Scored(contender, row, losses)


def best_network(rows: Sequence[Row], metric: str = "mae") -> str | None:
    """Return the network with the lowest mean validation error; None if all diverged."""
    key = f"validation_{metric}"
    networks = [row for row in rows if row["kind"] == "network" and row[key] is not None]
    return min(networks, key=lambda row: row[key])["name"] if networks else None


def best_seed(row: Row, metric: str = "mae") -> int:
    """Return the seed with the lowest validation error, of those that did not diverge."""
    scores = zip(row["validation_scores"][metric], row["seeds"], strict=True)
    finished = [(score, seed) for score, seed in scores if score is not None]
    return int(min(finished, key=lambda pair: pair[0])[1])


def ranked(rows: Sequence[Row], metric: str = "mae") -> list[Row]:
    """Return the rows by test error, those without a score last."""
    return sorted(rows, key=lambda row: (row[metric] is None, row[metric] or 0.0))


@dataclass(frozen=True, eq=False)
class Measured:
    """What the forecasts of one seed for the test part are worth, mean over curves.

    Attributes:
        scores: By metric.
        by_step: Errors of each step ahead, by name, shape (H,).
        by_fold: Mean absolute error of each fold.
        coverage: By level, the share of the truth in the interval of each step, shape (H,).
        width: By level, half the width of the interval; infinite where the validation part is too
            short to tell.
        losses: Of each window, shape (N,).
    """

    scores: dict[str, float]
    by_step: dict[str, Array]
    by_fold: list[float]
    coverage: dict[float, Array]
    width: dict[float, Array]
    losses: Array


def _measured(make: Maker, task: Task) -> Measured:
    by_curve = [_measured_curve(make, task, curve) for curve in task.curves]
    if len(by_curve) == 1:
        return by_curve[0]
    levels = task.settings.levels
    return Measured(
        scores=_mean_of(each.scores for each in by_curve),
        by_step=_mean_by_name([each.by_step for each in by_curve]),
        by_fold=_mean_list([each.by_fold for each in by_curve]),
        coverage={k: np.mean([each.coverage[k] for each in by_curve], axis=0) for k in levels},
        width={k: np.mean([each.width[k] for each in by_curve], axis=0) for k in levels},
        losses=grouped([each.losses for each in by_curve], task),
    )


def _measured_curve(make: Maker, task: Task, curve: Curve) -> Measured:
    """Ask for every forecast once: a baseline may take its time."""
    unit = 1.0 if len(task.curves) == 1 else curve.mase_scale
    actual, made, held, widths = [], [], [], []
    for fold in range(len(task.folds)):
        actual.append(task.actual("test", fold, curve))
        made.append(make("test", fold, curve))
        validated = task.actual("validation", fold, curve) - make("validation", fold, curve)
        conformal = ConformalWidths.fit(np.abs(validated))
        widths.append({level: conformal.widths(level) for level in task.settings.levels})
        error = np.abs(actual[-1] - made[-1])
        held.append({level: error <= width for level, width in widths[-1].items()})
    by_fold = [mean_absolute_error(a, m) / unit for a, m in zip(actual, made, strict=True)]
    true, guess = (a[0] if len(a) == 1 else np.concatenate(a) for a in (actual, made))
    return Measured(
        scores=score(true, guess, curve.mase_scale),
        by_step={name: errors / unit for name, errors in by_step(true, guess).items()},
        by_fold=by_fold,
        coverage={
            level: np.concatenate([fold[level] for fold in held]).mean(axis=0)
            for level in task.settings.levels
        },
        width={
            level: np.mean([fold[level] for fold in widths], axis=0) / unit
            for level in task.settings.levels
        },
        losses=np.abs(true - guess).mean(axis=1) / unit,
    )


def grouped(by_curve: Sequence[Array], task: Task) -> Array:
    """Return the losses of all curves as one row, each stretch of time once.

    Targets of a series share its windows, and series with the same stamps their days: what happens
    there happens to all of them, and is one piece of evidence. Their losses are averaged. Other
    series follow one another, all with the same weight.

    Args:
        by_curve: Losses of each curve, shape (N_i,).
        task: What was compared.
    """
    pairs = list(zip(by_curve, task.curves, strict=True))
    of_series = [
        np.mean([losses for losses, curve in pairs if curve.place == place], axis=0)
        for place in range(len(task.series))
    ]
    if task.aligned:
        mean: Array = np.mean(of_series, axis=0)
        return mean
    total = sum(map(len, of_series))
    return np.concatenate([of * (total / (len(of_series) * len(of))) for of in of_series])


def validation_scores(make: Maker, task: Task) -> dict[str, float]:
    """Return what a choice may be made by: the first fold, before all that is tested."""

    def of(curve: Curve) -> dict[str, float]:
        actual = task.actual("validation", 0, curve)
        return score(actual, make("validation", 0, curve), curve.mase_scale)

    return _mean_of(of(curve) for curve in task.curves)


def _mean_of(found: Iterable[Mapping[str, float]]) -> dict[str, float]:
    scores = list(found)
    return {name: float(np.mean([each[name] for each in scores])) for name in scores[0]}


def _mean_by_name(found: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    names = list(found[0]) if found else []
    return {name: np.mean([each[name] for each in found], axis=0) for name in names}


def _mean_list(found: Sequence[Sequence[float]]) -> list[float]:
    made: list[float] = np.mean(found, axis=0).tolist() if found else []
    return made


def _by_level(task: Task, found: Sequence[Mapping[float, Array]]) -> dict[str, Any]:
    """Return the mean over seeds by level; None where the validation part is too short."""
    made = {}
    for level in task.settings.levels if found else ():
        mean = np.mean([each[level] for each in found], axis=0)
        made[f"{level:g}"] = mean.tolist() if np.isfinite(mean).all() else None
    return made


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _mean_and_spread(metric: str, values: Sequence[float]) -> Row:
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return {metric: _mean(values), f"{metric}_spread": spread}


def _by_seed(
    contender: Contender,
    tested: Sequence[Mapping[str, float]],
    chosen: Sequence[Mapping[str, float]],
) -> Row:
    """Return one entry a seed, None for those that did not finish."""

    def spread_out(seeds: Sequence[int], found: Sequence[Mapping[str, float]], name: str) -> Any:
        values = {seed: each[name] for seed, each in zip(seeds, found, strict=True)}
        return [values.get(seed) for seed in contender.seeds]

    return {
        "seeds": list(contender.seeds),
        "scores": {name: spread_out(contender.tested, tested, name) for name in METRICS},
        "validation_scores": {
            name: spread_out(contender.chosen, chosen, name) for name in CHOSEN_BY
        },
    }
