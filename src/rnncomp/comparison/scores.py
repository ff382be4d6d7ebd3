"""Scores of networks and baselines, side by side, in the user's unit."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from rnncomp.comparison.leaderboard import METRICS
from rnncomp.comparison.task import Array, Task, baselines
from rnncomp.forecasting import Baseline, TrainingResult
from rnncomp.metrics import (
    mean_absolute_error,
    mean_absolute_scaled_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
)

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one contender predicts for the test windows, in the user's unit.

    Attributes:
        name: The network or baseline.
        seeds: The seeds whose training did not diverge; empty for a baseline.
        made: Each makes the predictions of a seed, shape (N, H), whenever it is called: of a long
            series a column for every seed would not fit in memory; one alone for a baseline.
    """

    name: str
    seeds: tuple[int, ...]
    made: tuple[Callable[[], Array], ...]

    def mean(self) -> Array:
        """Return the mean over seeds, shape (N, H); there is at least one."""
        first, *others = self.made
        mean = first()
        for make in others:
            mean += make()
        mean /= len(self.made)
        return mean


def score(actual: Array, predicted: Array, scale: float) -> dict[str, float]:
    """Return all metrics of one set of predictions; `scale` is the divisor of MASE."""
    return {
        "mae": mean_absolute_error(actual, predicted),
        "mse": mean_squared_error(actual, predicted),
        "rmse": root_mean_squared_error(actual, predicted),
        "mase": mean_absolute_scaled_error(actual, predicted, scale=scale),
        "r2": r2_score(actual, predicted),
    }


def network_row(
    name: str, results: Sequence[TrainingResult], task: Task
) -> tuple[Row, Predictions]:
    """Return the row of a network over its seeds, and its test predictions."""
    good = [result for result in results if not result.diverged]
    tested = [result for result in good if result.tested]
    test, validation = task.actual("test"), task.actual("validation")
    # Not of the task, which would keep its samples in memory for as long as the predictions.
    made = tuple(
        partial(task.scaler.inverse, result.predictions["test"], column=0) for result in tested
    )
    by_seed = [score(test, make(), task.mase_scale) for make in made]
    chosen = [
        score(validation, task.inverse(r.predictions["validation"]), task.mase_scale) for r in good
    ]
    row: Row = {"name": name, "kind": "network"}
    for metric in METRICS:
        row |= _mean_and_spread(metric, [scores[metric] for scores in by_seed])
    for metric in ("mae", "mse"):
        row[f"validation_{metric}"] = _mean([scores[metric] for scores in chosen])
    row |= {
        "n_params": results[0].n_params,
        "fit_seconds": _mean([result.fit_seconds for result in results]),
        "predict_microseconds": _mean([result.predict_microseconds for result in results]),
        "n_seeds": len(results),
        "diverged": len(results) - len(tested),
        "seeds": [result.job.seed for result in results],
        "scores": {
            metric: _by_seed(results, tested, [scores[metric] for scores in by_seed])
            for metric in METRICS
        },
        "validation_scores": {"mae": _by_seed(results, good, [scores["mae"] for scores in chosen])},
    }
    return row, Predictions(name, tuple(result.job.seed for result in tested), made)


def baseline_rows(task: Task) -> list[tuple[Row, Predictions]]:
    """Return the rows and test predictions of all baselines."""
    started = time.perf_counter()
    fitted = baselines(task)
    ridge_seconds = time.perf_counter() - started
    return [
        _baseline_row(model, task, ridge_seconds if model.name == "ridge" else 0.0)
        for model in fitted
    ]


def _baseline_row(model: Baseline, task: Task, fit_seconds: float) -> tuple[Row, Predictions]:
    scale, horizon, values = task.mase_scale, task.settings.horizon, task.series.values
    make = partial(model.forecast_at, values, task.cutoffs("test"), horizon)
    started = time.perf_counter()
    test = make()
    seconds = time.perf_counter() - started
    scored = score(task.actual("test"), test, scale)
    del test  # before the next one is made
    validation = model.forecast_at(values, task.cutoffs("validation"), horizon)
    chosen = score(task.actual("validation"), validation, scale)
    row: Row = {"name": model.name, "kind": "baseline"}
    for metric, value in scored.items():
        row |= {metric: value, f"{metric}_spread": None}
    weights = getattr(model, "weights", None)
    row |= {
        "validation_mae": chosen["mae"],
        "validation_mse": chosen["mse"],
        "n_params": 0 if weights is None else int(weights.size) + horizon,
        "fit_seconds": fit_seconds,
        "predict_microseconds": 1e6 * seconds / len(task.members["test"]),
        "n_seeds": None,
        "diverged": 0,
    }
    return row, Predictions(model.name, (), (make,))


def best_network(rows: Sequence[Row]) -> str | None:
    """Return the network with the lowest mean validation MAE; None if all diverged."""
    networks = [r for r in rows if r["kind"] == "network" and r["validation_mae"] is not None]
    return min(networks, key=lambda row: row["validation_mae"])["name"] if networks else None


def best_seed(row: Row) -> int:
    """Return the seed with the lowest validation MAE, of those that did not diverge."""
    scores = zip(row["validation_scores"]["mae"], row["seeds"], strict=True)
    finished = [(score, seed) for score, seed in scores if score is not None]
    return int(min(finished, key=lambda pair: pair[0])[1])


def ranked(rows: Sequence[Row]) -> list[Row]:
    """Return the rows by test MAE, those without a score last."""
    return sorted(rows, key=lambda row: (row["mae"] is None, row["mae"] or 0.0))


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _mean_and_spread(metric: str, values: Sequence[float]) -> Row:
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return {metric: _mean(values), f"{metric}_spread": spread}


def _by_seed(
    results: Sequence[TrainingResult], finished: Sequence[TrainingResult], values: Sequence[float]
) -> list[float | None]:
    """Return one entry a seed: the values of those that finished, None for the others."""
    seeds = [result.job.seed for result in finished]
    found = dict(zip(seeds, values, strict=True))
    return [found.get(result.job.seed) for result in results]
