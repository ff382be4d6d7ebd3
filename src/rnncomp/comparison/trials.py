"""Search: trials of a network's options, proposed in rounds, trained, and told how they did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from rnncomp.comparison.contenders import network_maker
from rnncomp.comparison.scores import validation_scores
from rnncomp.comparison.search_space import LOGARITHMIC, WHOLE, Space, holds
from rnncomp.comparison.settings import Settings
from rnncomp.comparison.task import Task, recipe_for
from rnncomp.comparison.tuning import Trial
from rnncomp.forecasting import (
    NetworkConfig,
    Prepared,
    Progress,
    Recipe,
    TrainingData,
    TrainingJob,
    TrainingResult,
    joined_data,
    prepare,
    run_jobs,
)

ROUND = 4  # trials of a cell that are tried at once: were it the cores, they would change results


@dataclass(frozen=True, eq=False)
class _Asked:
    """A trial that has been proposed, and what it is trained on."""

    cell: str
    number: int
    options: dict[str, Any]
    proposal: Any
    config: NetworkConfig
    prepared: tuple[Prepared, ...]
    data_hash: str

    @property
    def name(self) -> str:
        return f"{self.cell} {self.number}"

    def row(self, state: str, errors: Mapping[int, float | None], seconds: float) -> Trial:
        values = [error for error in errors.values() if error is not None]
        whole = state == "finished" and values
        return {
            "number": self.number,
            "cell": self.cell,
            "options": self.options,
            "error": float(np.mean(values)) if whole else None,
            "errors": {str(seed): error for seed, error in errors.items()},
            "seconds": seconds,
            "state": state,
        }


class Search:
    """Asks for trials in rounds, trains them, and tells what came out.

    Args:
        task: What all trials get.
        usual: Settings with the options of the first trial, as far as the space holds them.
        space: What is searched.
        seed: Of the proposals.

    Attributes:
        trials: The rows of all trials so far, the earliest first.
    """

    def __init__(self, task: Task, usual: Settings, space: Space, seed: int) -> None:
        self.task, self.settings, self.space = task, task.settings, space
        self.trials: list[Trial] = []
        self.known: dict[tuple[Any, ...], Trial] = {}
        self.lasted: list[float] = []  # seconds of each round
        options = {name: getattr(usual, name) for name in space}
        first = {name: value for name, value in options.items() if holds(space[name], value)}
        with _quiet() as optuna:
            self.failed = optuna.trial.TrialState.FAIL
            # The same seed for all: each cell begins with the same configurations.
            self.studies = {
                cell: optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed % 2**32))
                for cell in self.settings.cells
            }
            for study in self.studies.values():
                study.enqueue_trial(first)

    def run(
        self,
        trials: int,
        limit: float | None,
        *,
        progress: Callable[[Progress], object] | None,
        **running: Any,
    ) -> None:
        """Run all rounds, or those that begin in time."""
        begun = time.monotonic()
        for first in range(0, trials, ROUND):
            started = time.monotonic()
            if first and limit is not None and started - begun > limit:
                return
            numbers = range(first, min(first + ROUND, trials))
            rounds_left = -(-(trials - numbers.stop) // ROUND)
            self._round(numbers, _Listener(progress, rounds_left, self.lasted), **running)
            self.lasted.append(time.monotonic() - started)

    def _round(self, numbers: Iterable[int], report: _Listener, **running: Any) -> None:
        made: dict[Recipe, tuple[tuple[Prepared, ...], TrainingData, str]] = {}
        asked = [self._ask(cell, k, made) for k in numbers for cell in self.settings.cells]
        new: dict[tuple[Any, ...], _Asked] = {}
        for each in asked:
            if (key := self._key(each)) not in self.known:
                new.setdefault(key, each)
        todo = [
            TrainingJob(each.data_hash, each.config, seed, name=each.name)
            for each in new.values()
            for seed in self.settings.seeds
        ]
        data = {key: windows for _, windows, key in made.values()}
        report.trials = {each.name: (each.cell, each.number) for each in asked}
        try:
            results = run_jobs(todo, data, report=report, **running)
        except KeyboardInterrupt:
            self.trials += [each.row("interrupted", {}, 0.0) for each in asked]
            raise
        by_name: dict[str, list[TrainingResult]] = {}
        for result in results:
            by_name.setdefault(result.job.name, []).append(result)
        for each in asked:
            self._tell(each, by_name.get(each.name))

    def _ask(self, cell: str, number: int, made: dict[Recipe, Any]) -> _Asked:
        with _quiet():
            proposal = self.studies[cell].ask()
            options = {name: _suggested(proposal, name, self.space[name]) for name in self.space}
        settings = replace(self.settings, cells=(cell,), per_cell={cell: options})
        first = self.task.series[0]
        sizes = (len(first.columns), len(first.targets), len(first.known))
        config = settings.configs(*sizes)[cell]
        recipe = recipe_for(config, self.settings)
        if recipe not in made:
            made[recipe] = self._cut(recipe)
        prepared, _, key = made[recipe]
        return _Asked(cell, number, options, proposal, config, prepared, key)

    def _cut(self, recipe: Recipe) -> tuple[tuple[Prepared, ...], TrainingData, str]:
        parts = self.task.folds[0]
        prepared = tuple(
            prepare(each, of, recipe) for each, of in zip(self.task.series, parts, strict=True)
        )
        for mine, base in zip(prepared, self.task.windows[0], strict=True):
            assert np.array_equal(mine.cutoffs("validation"), base.cutoffs("validation"))
        windows = joined_data(prepared)
        data = replace(windows, ahead={"validation": windows.ahead["validation"]})
        return prepared, data, data.fingerprint()

    def _tell(self, asked: _Asked, results: Sequence[TrainingResult] | None) -> None:
        key = self._key(asked)
        if results is None:
            before = self.known[key]
            row = before | {"number": asked.number, "seconds": 0.0, "state": "repeated"}
        else:
            errors = {result.job.seed: self._error(result, asked) for result in results}
            state = "diverged" if None in errors.values() else "finished"
            row = asked.row(state, errors, sum(result.fit_seconds for result in results))
            self.known[key] = row
        self.trials.append(row)
        with _quiet():
            study = self.studies[asked.cell]
            if row["error"] is None:
                study.tell(asked.proposal, state=self.failed)
            else:
                study.tell(asked.proposal, row["error"])

    def _error(self, result: TrainingResult, asked: _Asked) -> float | None:
        if result.diverged:
            return None
        make = network_maker([result], [asked.prepared])
        return validation_scores(make, self.task)[self.task.metric]

    @staticmethod
    def _key(asked: _Asked) -> tuple[Any, ...]:
        return asked.cell, *asked.options.values()


class _Listener:
    """Passes on what trainings report, with their trial, and the time left of the whole search."""

    def __init__(
        self,
        progress: Callable[[Progress], object] | None,
        rounds_left: int,
        lasted: Sequence[float],
    ) -> None:
        self.progress = progress
        self.trials: dict[str, tuple[str, int]] = {}
        self.later = float(np.mean(lasted)) * rounds_left if lasted else None
        self.last = not rounds_left

    def __call__(self, event: Progress) -> None:
        if self.progress is None:
            return
        cell, trial = self.trials[event.network]
        seconds = None
        if event.seconds_left is not None and (self.later is not None or self.last):
            seconds = event.seconds_left + (self.later or 0.0)
        self.progress(replace(event, network=cell, trial=trial, seconds_left=seconds))


def _suggested(proposal: Any, name: str, values: Any) -> float:
    """Return the value that Optuna proposes, three digits of it, as people write it."""
    if isinstance(values, list):
        return cast("float", proposal.suggest_categorical(name, values))
    low, high = values
    log = name in LOGARITHMIC
    if name in WHOLE:
        return cast("int", proposal.suggest_int(name, low, high, log=log))
    value = proposal.suggest_float(name, low, high, log=log)
    return cast("float", min(max(float(f"{value:.3g}"), low), high))


@contextmanager
def _quiet() -> Iterator[Any]:
    """Import Optuna, and keep it from writing about every trial."""
    import optuna  # noqa: PLC0415

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield optuna
    finally:
        optuna.logging.set_verbosity(before)
