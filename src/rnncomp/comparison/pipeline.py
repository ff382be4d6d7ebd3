"""compare: the main job, from a series to a verdict."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rnncomp._version import version
from rnncomp.comparison.chart_data import chart_data
from rnncomp.comparison.comparison import Comparison
from rnncomp.comparison.judgement import judge
from rnncomp.comparison.run import Run
from rnncomp.comparison.scores import (
    Predictions,
    Row,
    baseline_rows,
    best_network,
    best_seed,
    network_row,
    ranked,
)
from rnncomp.comparison.settings import Settings
from rnncomp.comparison.tables import Columns
from rnncomp.comparison.task import Array, Rows, Task, actual_at, make_task, rows_after
from rnncomp.comparison.verdict import make_verdict
from rnncomp.forecasting import (
    Progress,
    RecurrentForecaster,
    TrainingJob,
    TrainingResult,
    run_jobs,
)
from rnncomp.kernels import backend_info
from rnncomp.series import Series, load


def compare(
    source: Any = "sines",
    *,
    jobs: int | None = None,
    progress: Callable[[Progress], object] | None = None,
    **options: Any,
) -> Run:
    """Compare recurrent networks with each other and with simple baselines on a series.

    The networks are identical but for the recurrent layer. Each is trained with every seed on the
    training part; whatever is chosen is chosen on the validation part; the test part only reports.

    Args:
        source: A Series, or anything that `rnncomp.load` takes: a built-in name, a file, a frame,
            an array.
        jobs: Trainings at the same time; None for all cores. It never changes a result.
        progress: Called after every epoch of every training, from several threads.
        **options: The attributes of `Settings`: ``window`` (50), ``horizon`` (1), ``cells``,
            ``units`` (50), ``epochs`` (20), ``seeds`` (5), ``season``, ``train_until`` and the
            rest.

    Returns:
        The Run: leaderboard, verdict, charts, and the trained forecasters.

    Raises:
        InvalidArgumentError: An option is unknown or breaks its rule.
        DataError: The series cannot be used as it is, or a part has no window.

    Example:
        >>> import rnncomp
        >>> run = rnncomp.compare("airline", window=12, units=4, epochs=1, seeds=1, cells=["gru"])
        >>> run.comparison.best
        'gru'
    """
    settings = Settings.of(options)
    series = source if isinstance(source, Series) else load(source)
    task = make_task(series, settings)
    results = _train(task, jobs, progress)
    return _run(task, results)


def _train(
    task: Task, jobs: int | None, progress: Callable[[Progress], object] | None
) -> dict[str, list[TrainingResult]]:
    """Train every network with every seed; results by network, in the order of the seeds."""
    data = task.data
    fingerprint = data.fingerprint()
    configs = task.settings.configs(len(task.series.columns))
    todo = [
        TrainingJob(fingerprint, config, seed)
        for config in configs.values()
        for seed in task.settings.seeds
    ]
    results = run_jobs(todo, data, jobs=jobs, report=progress)
    by_cell: dict[str, list[TrainingResult]] = {cell: [] for cell in configs}
    for result in results:
        by_cell[result.job.config.cell].append(result)
    return by_cell


def _run(task: Task, results: dict[str, list[TrainingResult]]) -> Run:
    networks = [network_row(name, of_cell, task) for name, of_cell in results.items()]
    scored = networks + baseline_rows(task)
    rows = ranked([row for row, _ in scored])
    predictions = [made for _, made in scored]
    best = best_network(rows)
    judgement = judge(rows, best, losses=_losses(task, predictions), horizon=_overlap(task))
    settings = task.settings.to_dict()
    settings["units_by_cell"] = {name: r[0].job.config.units for name, r in results.items()}
    comparison = Comparison(
        leaderboard=tuple(rows),
        best=best,
        verdict=make_verdict(
            judgement, leaks=task.settings.scale_on == "all", equal=task.settings.equal
        ),
        settings=settings,
        environment=_environment(),
        charts=chart_data(task, rows, [made for _, made in networks], results),
        data=_data_facts(task),
        notes=task.notes,
        best_seed=None if best is None else best_seed(_row_of(rows, best)),
    )
    forecasters = {
        name: [
            RecurrentForecaster.from_result(result, task.scaler, task.series.columns)
            for result in of_cell
            if not result.diverged
        ]
        for name, of_cell in results.items()
    }
    return Run(
        comparison=comparison,
        forecasters=forecasters,
        predictions=_prediction_columns(task, predictions),
        frame_type=task.series.frame_type,
    )


def window_losses(actual: Array, predicted: Array) -> Array:
    """Return the mean absolute error of each window, shape (N,), of values of shape (N, H)."""
    losses: Array = np.abs(actual - predicted).mean(axis=1)
    return losses


def _losses(task: Task, predictions: list[Predictions]) -> dict[str, Array]:
    """Return by name the loss of each finished seed and test window, shape (S, N)."""
    actual = task.actual("test")
    return {
        p.name: np.stack([window_losses(actual, make()) for make in p.made])
        for p in predictions
        if p.made
    }


def _overlap(task: Task) -> int:
    """Return how many windows in a row share a target."""
    return -(-task.settings.horizon // task.settings.stride)


def _row_of(rows: list[Row], name: str) -> Row:
    return next(row for row in rows if row["name"] == name)


def _prediction_columns(task: Task, predictions: list[Predictions]) -> Columns:
    """Return one row a test window and step: where, the truth, and what everyone predicted."""
    series, cutoffs, horizon = task.series, task.cutoffs("test"), task.settings.horizon

    def rows() -> Rows:  # with no hold on the task, whose samples are then free to go
        return rows_after(cutoffs, horizon).ravel()

    makers: dict[str, Callable[[], Any]] = {"row": rows}
    if (times := series.time) is not None:
        makers["time"] = lambda: np.array(series.format_times(times[rows()]), dtype=np.str_)
    makers["step"] = lambda: np.tile(np.arange(1, horizon + 1), len(cutoffs))
    makers["actual"] = lambda: actual_at(series, cutoffs, horizon).ravel()
    makers |= {p.name: partial(_flat, p.mean) for p in predictions if p.made}
    for p in predictions:
        for seed, make in zip(p.seeds, p.made, strict=bool(p.seeds)):
            makers[f"{p.name}_seed_{seed}"] = partial(_flat, make)
    return Columns(makers)


def _flat(make: Callable[[], Array]) -> Array:
    return make().ravel()


def _data_facts(task: Task) -> dict[str, Any]:
    series = task.series
    return {
        "name": series.name,
        "fingerprint": series.fingerprint(),
        "rows": len(series),
        "columns": list(series.columns),
        "target": series.targets[0],
        "frequency": series.frequency,
        "season": task.season,
        "parts": {name: list(rows) for name, rows in task.parts.to_dict().items()},
        "windows": {name: len(rows) for name, rows in task.members.items()},
        "scaler": task.scaler.to_dict(),
    }


def _environment() -> dict[str, Any]:
    backend = backend_info()
    return {
        "rnncomp": version(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "backend": backend.backend,
        "level": backend.level,
        "cores": backend.cores,
    }
