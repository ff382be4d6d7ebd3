"""Tuning: what a search for the options of networks has tried, and what it chose."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnncomp._tables import save_csv
from rnncomp.comparison.comparison import plain
from rnncomp.comparison.leaderboard import label
from rnncomp.comparison.search_space import Space, words
from rnncomp.comparison.tables import columns_frame, trial_columns
from rnncomp.errors import InvalidArgumentError

Trial = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Tuning:
    """What `tune` returns: every trial, and the best.

    Attributes:
        cells: Networks searched for.
        metric: The error on the validation part that chose: ``mae`` in the user's unit, or
            ``mase`` where several curves have units of their own.
        space: What was searched, by option.
        seeds: Of the trainings of each trial.
        wanted: Trials asked for of each cell.
        trials: All of them, as plain rows: ``number``, ``cell``, ``options``, ``error`` (the mean
            over seeds; None unless all finished), ``errors`` by seed, ``seconds`` of training, and
            ``state``: ``finished``; ``repeated``, an earlier trial over again, not trained twice;
            ``diverged`` with some seed; ``interrupted``.
        baselines: Error of each on the same windows; None for one that could not forecast them.
        interrupted: Whether Ctrl-C ended the search.
        frame_type: The kind of frame that `to_frame` makes.

    Example:
        >>> import rnncomp
        >>> quick = {"epochs": 1, "seeds": 1, "space": {"units": [2, 4], "window": [6, 12]}}
        >>> found = rnncomp.tune("airline", cell="gru", trials=2, layers=1, **quick)
        >>> found.cell, sorted(found.best)
        ('gru', ['dropout', 'learning_rate', 'units', 'window'])
    """

    cells: tuple[str, ...]
    metric: str
    space: Space
    seeds: tuple[int, ...]
    wanted: int
    trials: tuple[Trial, ...]
    baselines: dict[str, float | None]
    interrupted: bool = False
    frame_type: str = "polars"

    @property
    def best(self) -> dict[str, Any]:
        """What was searched, as the best trial has it: options of `compare`, `RecurrentForecaster`.

        Raises:
            InvalidArgumentError: No trial finished.
        """
        return dict(self._best()["options"])

    @property
    def cell(self) -> str:
        """The network of the best trial."""
        return str(self._best()["cell"])

    @property
    def per_cell(self) -> dict[str, dict[str, Any]]:
        """The same for each network that finished a trial, for ``compare(per_cell=...)``."""
        found = {cell: self.ranked(cell) for cell in self.cells}
        return {cell: dict(trials[0]["options"]) for cell, trials in found.items() if trials}

    @property
    def strongest(self) -> tuple[str, float] | None:
        """The baseline with the lowest error, and that error; None if there is none."""
        scores = {name: error for name, error in self.baselines.items() if error is not None}
        return min(scores.items(), key=lambda pair: pair[1]) if scores else None

    def ranked(self, cell: str | None = None) -> list[Trial]:
        """Return the finished trials, the best first.

        Args:
            cell: Of which network; None for all.
        """
        finished = [
            trial
            for trial in self.trials
            if trial["state"] == "finished" and cell in (None, trial["cell"])
        ]
        return sorted(finished, key=lambda trial: trial["error"])

    def sentences(self) -> tuple[str, ...]:
        """Return in words what was searched and chosen, and what that is worth."""
        space = ", ".join(f"{name} {words(values)}" for name, values in self.space.items())
        chosen = "; ".join(
            f"{label(cell)}: {', '.join(f'{k} {v:g}' for k, v in options.items())}"
            for cell, options in self.per_cell.items()
        )
        done = max((trial["number"] + 1 for trial in self.trials), default=0)
        count = f"{done} trials" if done == self.wanted else f"{done} of {self.wanted} trials"
        said = [
            f"The options of each network were searched for in {count} on the validation part "
            f"({space}); chosen: {chosen or 'none, as no trial finished'}."
        ]
        said += [
            f"{label(cell)}: no trial finished, so it keeps the usual options."
            for cell in self.cells
            if cell not in self.per_cell and chosen
        ]
        return (*said, *self._against_baselines(), *([OPTIMISTIC] if chosen else []))

    def _against_baselines(self) -> list[str]:
        if self.strongest is None or not self.ranked():
            return []
        name, error = self.strongest
        better = sum(trial["error"] < error for trial in self.ranked())
        trials = len(self.ranked())
        return [
            f"On the validation part, {better or 'none'} of the {trials} trials that finished "
            f"{'has' if better < 2 else 'have'} a lower error than the strongest baseline, "
            f"{label(name)} ({self.metric.upper()} {error:.4g}; the best trial "
            f"{self.ranked()[0]['error']:.4g})."
        ]

    def columns(self) -> dict[str, list[Any]]:
        """Return the trials by column: what `to_frame` and `write_csv` hold."""
        return trial_columns(self.to_dict())

    def to_frame(self) -> Any:
        """Return one row a trial, as a frame of the series' own kind, polars unless known."""
        return columns_frame(self.columns(), self.frame_type)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        space = {
            name: {"low": values[0], "high": values[1]}
            if isinstance(values, tuple)
            else {"choices": list(values)}
            for name, values in self.space.items()
        }
        made: dict[str, Any] = plain(
            {
                "cells": self.cells,
                "metric": self.metric,
                "space": space,
                "seeds": self.seeds,
                "wanted": self.wanted,
                "per_cell": self.per_cell,
                "baselines": self.baselines,
                "interrupted": self.interrupted,
                "trials": self.trials,
            }
        )
        return made

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write what `to_frame` holds as CSV, whole or not at all.

        Raises:
            OutputError: The file cannot be written; nothing is left behind.
        """
        save_csv(Path(path), self.columns())

    def __repr__(self) -> str:
        """Return one line: how many trials, the best one, and the strongest baseline."""
        finished = self.ranked()
        best = "none finished"
        if finished:
            trial = finished[0]
            metric = self.metric.upper()
            best = f"best {trial['cell']} {trial['number']}: {metric} {trial['error']:.6g}"
        beside = "" if self.strongest is None else "; {} {:.6g}".format(*self.strongest)
        return f"Tuning({len(self.trials)} trials, {best}{beside})"

    def _best(self) -> Trial:
        finished = self.ranked()
        if not finished:
            states = _counted([trial["state"] for trial in self.trials])
            raise InvalidArgumentError(
                f"a search must have a trial that finished, got {states}; search smaller values of "
                "learning_rate, or scale the data"
            )
        return finished[0]


OPTIMISTIC = (
    "That part has chosen the options, so errors there are a little too low, and intervals taken "
    "from them a little too narrow; the test part has not been looked at."
)


def _counted(states: Sequence[str]) -> str:
    counts: Mapping[str, int] = {state: states.count(state) for state in dict.fromkeys(states)}
    return ", ".join(f"{count} {state}" for state, count in counts.items()) or "none"
