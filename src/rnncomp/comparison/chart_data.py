"""What the four charts of a comparison need, as plain lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

import numpy as np

from rnncomp.comparison.leaderboard import NETWORK_LABELS
from rnncomp.comparison.scores import Predictions, Row
from rnncomp.comparison.task import Rows, Task
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
    series, cutoffs = task.series, task.cutoffs("test")
    actual = task.actual("test")[:, 0]  # (N,), the first step of each window
    curves = [made for made in predictions if made.seeds]
    samples = rows_to_draw(chain([actual], (made.mean()[:, 0] for made in curves)))
    # Positions in `index`, the rows of the series that are drawn: all, unless they are many.
    tested = cutoffs.start + 1 + cutoffs.step * samples
    index = np.union1d(rows_to_draw([series.target_values]), tested)
    times = None if series.time is None else series.format_times(series.time[index])
    return {
        "index": index.tolist(),
        "times": times,
        "values": series.target_values[index].tolist(),
        "train_end": int(np.searchsorted(index, task.parts.train[1])),
        "test_start": int(np.searchsorted(index, cutoffs.start + 1)),
        "test_index": np.searchsorted(index, tested).tolist(),
        "test_samples": samples.tolist(),
        "actual": actual[samples].tolist(),
        "predictions": {made.name: _band(made, samples) for made in curves},
        "strategy": task.settings.strategy,
        "shown": "" if task.settings.horizon == 1 else "the first step of each window is shown",
        "value_label": "Value" if series.targets[0] == "value" else series.targets[0],
        "time_label": "Time Step" if times is None else series.time_name,
    }


def _band(predictions: Predictions, samples: Rows) -> Band:
    """Return mean, lowest and highest over seeds of the first step at `samples`."""
    values = np.stack([make()[samples, 0] for make in predictions.made], axis=1)  # (n, seeds)
    return {
        "mean": values.mean(axis=1).tolist(),
        "low": values.min(axis=1).tolist(),
        "high": values.max(axis=1).tolist(),
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
