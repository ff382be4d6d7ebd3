"""plan_trainings: from series to the trainings of a forecaster, which anyone may then run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rnncomp._check import fail
from rnncomp.errors import SplitError
from rnncomp.forecasting.forecast import as_series
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.forecasting.preparing import Prepared, joined_data, prepare, recipe_of
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.forecasting.training_job import TrainingJob, TrainingResult
from rnncomp.series import Panel, Series
from rnncomp.windows import Parts
from rnncomp.windows.pairs import too_short


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """What is to be trained for a forecaster.

    Attributes:
        todo: The trainings, one a seed.
        data: What they train on, by its hash.
        prepared: The series that it was made of.
    """

    todo: list[TrainingJob]
    data: dict[str, TrainingData]
    prepared: list[Prepared]

    def starting_from(self, results: Sequence[TrainingResult]) -> TrainingPlan:
        """Return the same trainings, begun from the weights that others ended with, by seed.

        Those that diverged leave nothing to begin from: their seeds begin afresh.
        """
        todo, data = [], {}
        for job, before in zip(self.todo, results, strict=True):
            begun = self.data[job.data_hash]
            if not before.diverged:
                begun = replace(begun, start=before.weights)
            key = begun.fingerprint()
            todo.append(replace(job, data_hash=key))
            data[key] = begun
        return TrainingPlan(todo, data, self.prepared)


def plan_trainings(
    series: Any,
    config: NetworkConfig,
    *,
    seeds: Sequence[int],
    scale: str,
    transform: str,
    share: float,
    fold: int = 0,
    name: str = "",
) -> TrainingPlan:
    """Cut series into windows, and return one training a seed.

    Args:
        series: What to learn from; one, or several that one network learns together.
        config: Of the network; columns and targets are taken from the series.
        seeds: Of the trainings.
        scale: ``minmax``, ``standard`` or ``none``.
        transform: ``none``, ``log``, ``diff`` or ``log-diff``.
        share: Of the windows, the last ones, that only watch.
        fold: Number of the fold that the trainings belong to.
        name: What the network is called; the cell unless given.

    Raises:
        SplitError: A series is too short for a window to learn from and one to watch.
    """
    several = [as_series(each) for each in listed(series)]
    first = several[0]
    config = replace(
        config,
        features=len(first.columns),
        targets=len(first.targets),
        known=len(first.known),
        steps=None,
    )
    recipe = recipe_of(config, scale=scale, transform=transform)
    prepared = [
        prepare(each, watched_parts(len(each), config, transform, share), recipe)
        for each in several
    ]
    windows = joined_data(prepared)
    data = TrainingData(windows.train, windows.validation, {})
    key = data.fingerprint()
    todo = [TrainingJob(key, config, seed, name=name, fold=fold) for seed in seeds]
    return TrainingPlan(todo, {key: data}, prepared)


def watched_parts(rows: int, config: NetworkConfig, transform: str, share: float) -> Parts:
    """Return parts whose validation holds the last `share` of all windows, at least one.

    Windows before it with targets in it belong to no part, so train has fewer than the rest.

    Raises:
        SplitError: The series is too short for a window in train and one after it.
    """
    lost = 1 if "diff" in transform else 0
    windows = rows - lost - config.window - config.horizon + 1
    if windows < 1:
        raise SplitError(too_short(rows - lost, config.window, config.horizon))
    first = rows - config.horizon + 1 - max(1, round(share * windows))
    return Parts((0, first), (first, rows), (rows, rows))


def listed(series: Any) -> list[Any]:
    """Return one or several series as a list, each of several under a name of its own.

    Names that repeat are numbered: arrays are all called alike.

    Raises:
        InvalidArgumentError: Several differ in columns, roles or frequency.

    Example:
        >>> import numpy as np
        >>> both = [Series(np.zeros((3, 1))), Series(np.ones((3, 1)))]
        >>> [each.name for each in listed(both)]
        ['series', 'series 2']
    """
    if isinstance(series, (list, tuple)) and not series:
        raise fail("series", "one or more", series)
    if isinstance(series, (list, tuple)):
        if not all(isinstance(each, Series) for each in series):
            return [series]
        series = Panel(tuple(series), _own_names(series), "series")
    if not isinstance(series, Panel):
        return [series]
    named = zip(series.ids, series.series, strict=True)
    return [each if each.name == name else replace(each, name=name) for name, each in named]


def _own_names(several: Sequence[Series]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for each in several:
        name, number = each.name, 1
        while name in names:
            number += 1
            name = f"{each.name} {number}"
        names[name] = None
    return tuple(names)
