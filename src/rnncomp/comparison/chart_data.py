"""What the four charts of a comparison need, as plain lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

import numpy as np

from rnncomp.comparison.contenders import Contender, over_folds
from rnncomp.comparison.gathering import residuals_chart, steps_chart
from rnncomp.comparison.leaderboard import network_label
from rnncomp.comparison.scores import Scored
from rnncomp.comparison.task import Array, Task
from rnncomp.comparison.thinning import rows_to_draw
from rnncomp.forecasting import TrainingResult, strategy_words
from rnncomp.forecasting.preparing import Rows, actual_at
from rnncomp.series import Series
from rnncomp.windows import Parts

Band = dict[str, list[float | None]]


def chart_data(
    task: Task,
    everyone: Sequence[Scored],
    results: Mapping[str, Sequence[Sequence[TrainingResult]]],
) -> dict[str, Any]:
    """Return the mapping that `rnncomp.charts` draws; of several curves it draws the first."""
    networks = [each for each in everyone if each.contender.kind == "network"]
    rows = [each.row for each in networks if each.row["mae"] is not None]
    last = {name: _trained(folds[-1]) for name, folds in results.items()}
    names = ("mse", "mse_spread", "mae", "mae_spread")
    tested = [each.contender for each in networks if each.contender.tested]
    samples = _samples(task, tested)
    made: dict[str, Any] = {
        "labels": {name: network_label(name) for name in results},
        "timeline": _timeline(task, tested, samples),
        "training": {
            "loss_label": f"Loss ({task.settings.loss.upper()})",
            "losses": {name: _losses(of, "loss") for name, of in last.items()},
            "validation_losses": {name: _losses(of, "val_loss") for name, of in last.items()},
            "scores": {row["name"]: {name: row[name] for name in names} for row in rows},
        },
        "residuals": residuals_chart(task, tested, samples),
        "folds": [parts[0].to_dict() for parts in task.folds],
    }
    if steps := steps_chart(task, everyone):
        made["steps"] = steps
    return made


def folds_chart(folds: Sequence[Parts], series: Series, strategy: str) -> dict[str, Any]:
    """Return what `rnncomp.charts.draw_folds` draws: which rows each fold learned from."""

    def place(row: int) -> Any:
        if series.time is None:
            return row
        # Behind the last row there is no stamp: the bar ends with it.
        return np.datetime_as_string(series.time[min(row, len(series) - 1)])

    return {
        "folds": [
            {
                name: None if first == end else [place(first), place(end)]
                for name, (first, end) in parts.to_dict().items()
            }
            for parts in folds
        ],
        "times": series.time is not None,
        "strategy": strategy,
        "time_label": "Row" if series.time is None else series.time_name,
    }


def _trained(results: Sequence[TrainingResult]) -> list[TrainingResult]:
    return [result for result in results if not result.diverged]


def _samples(task: Task, contenders: Sequence[Contender]) -> Rows:
    """Return the numbers of the test windows that are drawn: all, unless they are many."""
    actual = actual_at(task.curves[0].series, task.tested(task.curves[0]), 1)[:, 0]
    means = (_first_steps(made, task).mean(axis=0) for made in contenders)
    return rows_to_draw(chain([actual], means))


def _timeline(task: Task, contenders: Sequence[Contender], samples: Rows) -> dict[str, Any]:
    curve = task.curves[0]
    series, horizon = curve.series, task.settings.horizon
    cutoffs = np.asarray(task.tested(curve))
    actual = actual_at(series, cutoffs, 1)[:, 0]  # (N,), the first step of each window
    # Positions in `index`, the rows of the series that are drawn: all, unless they are many.
    tested = cutoffs[samples] + 1
    index = np.union1d(rows_to_draw([series.target_values]), tested)
    times = None if series.time is None else series.format_times(series.time[index])
    first = task.folds[0][curve.place]
    return {
        "index": index.tolist(),
        "times": times,
        "values": series.target_values[index].tolist(),
        "train_end": int(np.searchsorted(index, first.train[1])),
        "test_start": int(np.searchsorted(index, cutoffs[0] + 1)),
        "test_index": np.searchsorted(index, tested).tolist(),
        "test_samples": samples.tolist(),
        "actual": actual[samples].tolist(),
        "predictions": {
            made.name: _band(_first_steps(made, task)[:, samples]) for made in contenders
        },
        "strategy": _strategy(task),
        "shown": "" if horizon == 1 else "the first step of each window is shown",
        "value_label": "Value" if series.targets[0] == "value" else series.targets[0],
        "time_label": "Time Step" if times is None else series.time_name,
    }


def _strategy(task: Task) -> str:
    """Return how all networks reach the horizon, in words."""
    return " and ".join(dict.fromkeys(map(strategy_words, task.configs.values())))


def _first_steps(contender: Contender, task: Task) -> Array:
    """Return the first step of each test window, by seed, shape (S, N)."""
    curve, folds = task.curves[0], len(task.folds)
    return np.stack([over_folds(make, folds, curve)[:, 0] for make in contender.of_tested()])


def _band(values: Array) -> Band:
    """Return mean, lowest and highest over seeds of (S, n) values."""
    return {
        "mean": values.mean(axis=0).tolist(),
        "low": values.min(axis=0).tolist(),
        "high": values.max(axis=0).tolist(),
    }


def _losses(results: Sequence[TrainingResult], key: str) -> Band:
    """Return the band of a loss by epoch, over the seeds that trained so long."""
    epochs = list(zip_longest(*(result.history.get(key, []) for result in results)))
    present = [np.array([v for v in epoch if v is not None]) for epoch in epochs]
    return {
        "mean": [float(values.mean()) for values in present],
        "low": [float(values.min()) for values in present],
        "high": [float(values.max()) for values in present],
    }
