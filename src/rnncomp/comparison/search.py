"""tune: a search for the options of networks, on the validation part alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from rnncomp._check import check_seed, fail, integer, nearest, needs, real
from rnncomp.comparison.contenders import learned, planned_baselines
from rnncomp.comparison.scores import validation_scores
from rnncomp.comparison.search_space import Space, search_space
from rnncomp.comparison.settings import OWN, Settings
from rnncomp.comparison.splitting import folds_of
from rnncomp.comparison.task import Array, Task, make_task
from rnncomp.comparison.trials import Search
from rnncomp.comparison.tuning import Tuning
from rnncomp.errors import BaselineError, InvalidArgumentError
from rnncomp.forecasting import Baseline, Progress, TrainingStore
from rnncomp.forecasting.forecast import as_series
from rnncomp.forecasting.planning import listed
from rnncomp.series import Series
from rnncomp.windows import Parts

SEARCH_SEEDS = 2

# Of a comparison alone: a search has one fold, one kind of interval (none), and its own limits.
ELSEWHERE = (
    "cells", "equal", "folds", "levels", "per_cell", "scale_on", "seeds", "space", "time_limit",
    "tune",
)  # fmt: skip


def tune(
    source: Any,
    *,
    cell: str | Iterable[str] = "lstm",
    trials: int = 30,
    space: Mapping[str, Any] | None = None,
    seconds: float | None = None,
    seed: int = 0,
    seeds: int | Iterable[int] = SEARCH_SEEDS,
    jobs: int | None = None,
    progress: Callable[[Progress], object] | None = None,
    store: TrainingStore | None = None,
    **options: Any,
) -> Tuning:
    """Search for the options with which a network forecasts the validation part best.

    The first trial is the configuration that `compare` would use, as far as the space holds it;
    then Optuna's TPE sampler proposes, in rounds of four for each cell. A trial is the mean error
    of a few seeds on the validation part of the first fold, in the user's unit. All trials learn
    from and are validated on the same windows, whatever window they see: those that the longest
    window of the space leaves. The rows of the test part are cut off before anything begins.

    Nothing is pruned: a trial that begins slowly is trained to its end, and kept.

    Args:
        source: As in `compare`.
        cell: ``simple_rnn``, ``lstm``, ``gru``, or several; each gets as many trials.
        trials: Of each cell, at least 1.
        space: What to search, where it differs from: ``window`` (8, 96), at most a quarter of the
            training rows; ``units`` (8, 128); ``layers`` (1, 2); ``dropout`` (0.0, 0.3);
            ``learning_rate`` (1e-4, 1e-2). A tuple is a range with both ends, a list are choices.
            Windows, units and learning rates are drawn evenly on a logarithmic scale.
        seconds: No round begins after so many; the result then depends on the speed of the
            machine. None for no limit.
        seed: Of the proposals.
        seeds: Of the trainings of each trial: how many, or which. Default 2.
        jobs: Trainings at the same time; None for all cores. It never changes a result.
        progress: Called after every epoch of every training, from several threads.
        store: Where finished trainings are kept, and taken from.
        **options: Other attributes of `Settings`, such as ``horizon`` or ``epochs``. A searched
            one that is given is fixed instead: ``units=50``.

    Returns:
        All trials, and the best; after Ctrl-C those that had finished.

    Raises:
        MissingExtraError: Optuna is not installed.
        InvalidArgumentError: An option is unknown or breaks its rule.
        DataError: The series cannot be used as it is, or a part has no window.
        KeyboardInterrupt: Ctrl-C before any trial had finished.

    Example:
        >>> import rnncomp
        >>> space = {"units": [2, 4], "window": [6, 12], "learning_rate": [0.01]}
        >>> found = rnncomp.tune("airline", cell="gru", trials=2, epochs=1, seeds=1, space=space)
        >>> len(found.trials), found.strongest[0]
        (2, 'ridge')
    """
    needs("tune", "optuna", "tune")
    limit = None if seconds is None else real("seconds", seconds, above=0.0)
    trials = integer("trials", trials)
    settings = _settings(cell, seeds, options)
    series = [as_series(each) for each in listed(source)]
    rows = min(settings.split.parts(each).train[1] for each in series)
    found = search_space(space, fixed=[name for name in OWN if name in options], train_rows=rows)
    task = _task(series, settings, found)
    search = Search(task, settings, found, check_seed(seed))
    interrupted = False
    baselines = _baseline_errors(task)
    try:
        search.run(trials, limit, jobs=jobs, progress=progress, store=store)
    except KeyboardInterrupt:
        interrupted = True
        if not any(trial["state"] == "finished" for trial in search.trials):
            raise
    return Tuning(
        cells=settings.cells,
        metric=task.metric,
        space=found,
        seeds=settings.seeds,
        wanted=trials,
        trials=tuple(search.trials),
        baselines=baselines,
        interrupted=interrupted,
        frame_type=series[0].frame_type,
    )


def _settings(
    cell: str | Iterable[str], seeds: int | Iterable[int], options: Mapping[str, Any]
) -> Settings:
    known = [field.name for field in fields(Settings) if field.name not in ELSEWHERE]
    for name in options:
        if name not in known:
            hint = nearest(name, known) or f"one of {', '.join(known)} is"
            raise InvalidArgumentError(f"tune has no option {name!r}; {hint}")
    cells: Any = cell if isinstance(cell, str) else tuple(cell)
    settings = Settings(cells=cells, seeds=seeds, **options)  # type: ignore[arg-type]
    if settings.strategy == "both":
        raise fail("strategy", "'direct' or 'recursive'", "both", "tune one after the other")
    return settings


def _task(series: Sequence[Series], settings: Settings, space: Space) -> Task:
    """Return what all trials get: the series up to the test part, and the windows of the longest.

    Shares of the rows are those of the shortest window, so that no comparison with a window of the
    space has its test part begin earlier.
    """
    windows = space.get("window", [settings.window])
    shortest = replace(settings, window=int(min(windows)), folds=1)
    (parts,) = folds_of(series, shortest)
    ends = [of.validation[1] for of in parts]
    fold = tuple(
        Parts(of.train, of.validation, (end, end)) for of, end in zip(parts, ends, strict=True)
    )
    seen = [each.slice(0, end) for each, end in zip(series, ends, strict=True)]
    return make_task(seen, replace(settings, window=int(max(windows))), (fold,))


def _baseline_errors(task: Task) -> dict[str, float | None]:
    """Return the error of each baseline on the windows that choose; None where it has none."""
    return {name: _baseline_error(models, task) for name, models in planned_baselines(task).items()}


def _baseline_error(models: Sequence[Baseline], task: Task) -> float | None:
    kept: dict[tuple[int, int], Array] = {}
    try:
        for curve, model in zip(task.curves, models, strict=True):
            ready, values = learned(model, task, 0, curve, until="train")
            cutoffs = task.cutoffs("validation", 0, curve)
            made = ready.forecast_at(values, cutoffs, task.settings.horizon)
            kept[curve.place, curve.target] = made
    except BaselineError:
        return None
    return validation_scores(lambda *asked: kept[asked[2].place, asked[2].target], task)[
        task.metric
    ]
