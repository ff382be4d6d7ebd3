"""What the four charts of a comparison need, as plain lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from rnncomp.comparison.leaderboard import NETWORK_LABELS
from rnncomp.comparison.scores import Predictions, Row
from rnncomp.comparison.task import Array, Task
from rnncomp.comparison.thinning import rows_to_draw
from rnncomp.forecasting import TrainingResult

Band = dict[str, list[float | None]]


def chart_data(
    task: Task,
    rows: Sequence[Row],
    predictions: Sequence[Predictions],
    results: Mapping[str, Sequence[TrainingResult]],
) -> dict[str, Any]:
    """Return the mapping that `rnncomp.charts` draws."""
    trained = {name: [r for r in of_cell if not r.diverged] for name, of_cell in results.items()}
    scored = [row for row in rows if row["kind"] == "network" and row["mae"] is not None]
    names = ("mse", "mse_spread", "mae", "mae_spread")
    return {
        "labels": {name: NETWORK_LABELS[name] for name in results},
        "timeline": _timeline(task, predictions),
        "training": {
            "loss_label": "Loss (MSE)",
            "losses": {name: _losses(of_cell, "loss") for name, of_cell in trained.items()},
            "validation_losses": {
                name: _losses(of_cell, "val_loss") for name, of_cell in trained.items()
            },
            "scores": {row["name"]: {name: row[name] for name in names} for row in scored},
        },
    }


def _timeline(task: Task, predictions: Sequence[Predictions]) -> dict[str, Any]:
    series, rows = task.series, task.target_rows("test")[:, 0]
    curves = {p.name: p.values[:, :, 0] for p in predictions if p.seeds}  # (seeds, N)
    actual = series.target_values[rows]
    samples = rows_to_draw([actual, *(values.mean(axis=0) for values in curves.values())])
    # Positions in `index`, the rows of the series that are drawn: all, unless they are many.
    tested = rows[samples]
    index = np.union1d(rows_to_draw([series.target_values]), tested)
    times = None if series.time is None else series.format_times(series.time[index])
    return {
        "index": index.tolist(),
        "times": times,
        "values": series.target_values[index].tolist(),
        "train_end": int(np.searchsorted(index, task.parts.train[1])),
        "test_start": int(np.searchsorted(index, rows[0])),
        "test_index": np.searchsorted(index, tested).tolist(),
        "test_samples": samples.tolist(),
        "actual": actual[samples].tolist(),
        "predictions": {name: _band(values[:, samples]) for name, values in curves.items()},
        "strategy": task.settings.strategy,
        "shown": "" if task.settings.horizon == 1 else "the first step of each window is shown",
        "value_label": "Value" if series.targets[0] == "value" else series.targets[0],
        "time_label": "Time Step" if times is None else series.time_name,
    }


def _band(values: Array) -> Band:
    """Return mean, lowest and highest over seeds of (seeds, N) values."""
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
