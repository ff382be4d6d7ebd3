"""compare: the main job, from a series to a verdict."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp._version import version
from rnncomp.comparison.chart_data import chart_data
from rnncomp.comparison.comparison import Comparison
from rnncomp.comparison.contenders import (
    baseline_contender,
    left_out,
    network_contender,
    planned_baselines,
)
from rnncomp.comparison.gathering import Results, cautions, groups_of
from rnncomp.comparison.judgement import Judgement, differences, judge
from rnncomp.comparison.prediction_columns import prediction_columns
from rnncomp.comparison.run import Run
from rnncomp.comparison.scores import Row, Scored, best_network, best_seed, ranked, scored
from rnncomp.comparison.search import ELSEWHERE, SEARCH_SEEDS, tune
from rnncomp.comparison.settings import Settings
from rnncomp.comparison.task import Task, make_task
from rnncomp.comparison.tuning import Tuning
from rnncomp.comparison.verdict import make_verdict
from rnncomp.forecasting import (
    Baseline,
    NetworkConfig,
    Progress,
    Recipe,
    RecurrentForecaster,
    TrainingData,
    TrainingJob,
    TrainingResult,
    TrainingStore,
    joined_data,
    run_jobs,
)
from rnncomp.forecasting.forecast import as_series
from rnncomp.forecasting.planning import listed
from rnncomp.kernels import backend_info, cores
from rnncomp.series import Series


def compare(
    source: Any = "sines",
    *,
    jobs: int | None = None,
    progress: Callable[[Progress], object] | None = None,
    store: TrainingStore | None = None,
    command: str = "",
    **options: Any,
) -> Run:
    """Compare recurrent networks with each other and with simple baselines on a series.

    The networks are identical but for the recurrent layer. Each is trained with every seed on the
    training part; whatever is chosen is chosen on the validation part; the test part only reports.

    Args:
        source: A Series, or anything that `rnncomp.load` takes: a built-in name, a file, a frame,
            an array. Of several, a Panel or a list of Series, one network learns all, each scaled
            for itself, and scores are means over them.
        jobs: Trainings at the same time; None for all cores. It never changes a result.
        progress: Called after every epoch of every training, from several threads.
        store: Where finished trainings are kept, and taken from: an interrupted comparison goes on.
        command: The command line that asks for it, kept in the result.
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
    series = [as_series(each) for each in listed(source)]
    running = {"jobs": jobs, "progress": progress, "store": store}
    found = _searched(series, settings, options, running) if settings.tune else None
    if found is not None:
        settings = replace(settings, per_cell=found.per_cell)
    task = make_task(series, settings)
    baselines = planned_baselines(task)
    run = _run(task, _train(task, jobs, progress, store), baselines)
    run.comparison = replace(run.comparison, command=command)
    return run if found is None else _with_search(run, found)


def _searched(
    series: list[Series],
    settings: Settings,
    options: Mapping[str, Any],
    running: Mapping[str, Any],
) -> Tuning:
    """Search for the options of each network that the caller has not given."""
    if settings.per_cell:
        raise fail("per_cell", "left out beside tune, which chooses it", options["per_cell"])
    given = {name: value for name, value in options.items() if name not in ELSEWHERE}
    found = tune(
        series,
        cell=settings.cells,
        trials=settings.tune or 1,
        space=settings.space,
        seeds=settings.seeds[:SEARCH_SEEDS],
        **given,
        **running,
    )
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def _with_search(run: Run, found: Tuning) -> Run:
    """Return a run that says what was searched and chosen, and holds all trials."""
    comparison, search = run.comparison, found.to_dict()
    run.comparison = replace(
        comparison,
        settings=comparison.settings | {"space": search["space"]},
        notes=(*found.sentences(), *comparison.notes),
        charts=comparison.charts | {"search": search},
    )
    return run


def _train(
    task: Task,
    jobs: int | None,
    progress: Callable[[Progress], object] | None,
    store: TrainingStore | None,
) -> dict[str, list[list[TrainingResult]]]:
    """Train every network in every fold with every seed; results by network, fold and seed."""
    data: dict[str, TrainingData] = {}
    hashes: dict[tuple[Recipe, int], str] = {}
    for recipe, folds in task.prepared.items():
        for fold, pieces in enumerate(folds):
            made = joined_data(pieces)
            hashes[recipe, fold] = made.fingerprint()
            data[hashes[recipe, fold]] = made
    todo = [
        TrainingJob(hashes[task.recipe(name), fold], config, seed, name=name, fold=fold)
        for name, config in _timed(task, jobs).items()
        for fold in range(len(task.folds))
        for seed in task.settings.seeds
    ]
    results = iter(run_jobs(todo, data, jobs=jobs, report=progress, store=store))
    seeds = len(task.settings.seeds)
    return {name: [list(islice(results, seeds)) for _ in task.folds] for name in task.configs}


def _timed(task: Task, jobs: int | None) -> dict[str, NetworkConfig]:
    """Return the networks with their share of the time that there is for all."""
    limit = task.settings.time_limit
    if limit is None:
        return task.configs
    trainings = len(task.configs) * len(task.folds) * len(task.settings.seeds)
    share = limit * min(jobs or cores(), trainings) / trainings
    return {name: replace(config, time_limit=share) for name, config in task.configs.items()}


def _run(task: Task, results: Results, baselines: Mapping[str, Sequence[Baseline]]) -> Run:
    contenders = [network_contender(name, of, task) for name, of in results.items()]
    contenders += [baseline_contender(name, of, task) for name, of in baselines.items()]
    everyone = [scored(contender, task) for contender in contenders]
    rows = ranked([each.row for each in everyone], task.metric)
    best = best_network(rows, task.metric)
    judgements = _judgements(task, everyone)
    settings = task.settings.to_dict()
    settings["metric"] = task.metric
    for name in ("window", "units"):
        settings[f"{name}_by_cell"] = {k: getattr(of, name) for k, of in task.configs.items()}
    comparison = Comparison(
        leaderboard=tuple(rows),
        best=best,
        verdict=_verdict(task, judgements),
        settings=settings,
        environment=_environment(),
        charts=chart_data(task, everyone, results),
        data=_data_facts(task),
        notes=(*task.notes, *left_out(task.settings), *_without_score(rows)),
        best_seed=None if best is None else best_seed(_row_of(rows, best), task.metric),
        differences=tuple(each for of in judgements.values() for each in differences(of)),
        warnings=tuple(cautions(task, everyone, results)),
    )
    return Run(
        comparison=comparison,
        forecasters={name: _forecasters(task, name, of[-1]) for name, of in results.items()},
        predictions=prediction_columns(task, contenders),
        frame_type=task.series[0].frame_type,
    )


def _judgements(task: Task, everyone: Sequence[Scored]) -> dict[str, Judgement]:
    """Return what may be said in each strategy: they are never judged side by side."""
    overlap = -(-task.settings.horizon // task.settings.stride)  # windows that share a target
    made = {}
    for strategy in task.settings.strategies:
        own = [each for each in everyone if each.contender.strategy in (None, strategy)]
        made[strategy] = judge(
            [each.row for each in own],
            best_network([each.row for each in own], task.metric),
            losses={each.contender.name: each.losses for each in own if len(each.losses)},
            horizon=overlap,
            groups=groups_of(task),
        )
    return made


def _verdict(task: Task, judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    settings = task.settings
    equal = "trials" if settings.tune else "nothing" if settings.per_cell else settings.equal
    said = []
    for strategy, judgement in judgements.items():
        sentences = make_verdict(
            judgement,
            leaks=settings.scale_on == "all",
            equal=equal,
            metric=task.metric.upper(),
        )
        start = f"{strategy.capitalize()}: " if len(judgements) > 1 else ""
        said += [start + sentence for sentence in sentences]
    return tuple(said)


def _without_score(rows: Sequence[Row]) -> list[str]:
    return [f"{row['note']}." for row in rows if row["note"]]


def _forecasters(
    task: Task, name: str, results: Sequence[TrainingResult]
) -> list[RecurrentForecaster]:
    """Return the networks of the last fold, which have learned from the most."""
    pieces = task.of(name)[-1]
    return [
        RecurrentForecaster.from_result(result, pieces) for result in results if not result.diverged
    ]


def _row_of(rows: list[Row], name: str) -> Row:
    return next(row for row in rows if row["name"] == name)


def _data_facts(task: Task) -> dict[str, Any]:
    series, windows = task.series[0], task.windows[0]
    several = len(task.series) > 1
    facts = {
        "name": f"{len(task.series)} series" if several else series.name,
        "fingerprint": series.fingerprint(),
        "rows": sum(map(len, task.series)),
        "columns": list(series.columns),
        "target": series.targets[0],
        "frequency": series.frequency,
        "season": task.curves[0].season,
        "parts": {name: list(rows) for name, rows in task.folds[0][0].to_dict().items()},
        "windows": {
            "train": sum(len(each.learned["train"]) for each in windows),
            "validation": sum(len(each.ahead["validation"]) for each in windows),
            "test": sum(len(task.tested(c)) for c in task.curves if c.target == 0),
        },
        "transform": windows[0].transform.to_dict(),
    }
    if len(task.curves) > 1:
        facts["curves"] = [curve.name for curve in task.curves]
        facts["fingerprints"] = [each.fingerprint() for each in task.series]
    return facts


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
