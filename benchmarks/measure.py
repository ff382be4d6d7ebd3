"""Time a group of contestants side by side: in turn, round after round."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from crew import KINDS, Worker, WorkerError
from peak import Peak
from rows import Row
from tasks import Task

ROUND_SECONDS = 0.4  # what one peer trains in a round, so that a short epoch is repeated often
EPOCHS = (3, 200)  # fewest and most of a round


@dataclass
class Contestant:
    """A worker with a task and a setting; the rest is found out.

    `expected` are the predictions of the reference after one epoch, which a peer is held to; ours
    is held to the reference by the gradients that its own loop forms.
    """

    worker: Worker
    task: Task
    setting: dict[str, Any] = field(default_factory=dict)
    name: str = "base"
    expected: list[float] | None = None
    error: float = math.nan
    failure: str = ""
    epochs: int = EPOCHS[0]
    replies: list[dict[str, Any]] = field(default_factory=list)

    def warm_up(self, round_seconds: float) -> None:
        """Load, compile, check, and find how many epochs fill a round."""
        self.worker.ask("load", task=self.task.to_dict(), setting=self.setting)
        if self.worker.name == "rnncomp":
            self.setting = {"level": self.worker.versions["level"], "timed": "whole fit"}
            self.error = self.worker.ask("gradient_error")["error"]
        elif self.expected is not None:
            predictions = self.worker.ask("trained")["predictions"]
            self.error = relative_error(predictions, self.expected)
        self.worker.ask("epochs", n=2)
        epoch_seconds = min(self.worker.ask("epochs", n=2)["epoch_seconds"])
        wanted = math.ceil(round_seconds / epoch_seconds)
        self.epochs = min(max(wanted, EPOCHS[0]), EPOCHS[1])

    def run(self) -> None:
        """Time one round."""
        self.replies.append(self.worker.ask("epochs", n=self.epochs))

    def rows(self, bench: str, peak_gflops: float) -> list[Row]:
        """Return what was measured, or the one row that says why nothing was."""
        facts: dict[str, Any] = {
            "bench": bench,
            "name": self.name,
            "peer": self.worker.name,
            "cores": self.worker.cores,
            "task": self.task,
            "setting": json.dumps(self.setting),
            "epochs": self.epochs,
            "peak_gflops": peak_gflops,
        }
        if self.failure:
            facts.update(measure="epoch_ms", value=math.nan, round=0, note=self.failure)
            return [Row(**facts)]
        facts.update(gflop=self.task.gflop, error=self.error)
        found = []
        for number, reply in enumerate(self.replies):
            epoch_ms = 1e3 * statistics.median(reply["epoch_seconds"])
            fit_ms = 1e3 * reply["fit_seconds"] / self.epochs
            found.append(Row(**facts, round=number, measure="epoch_ms", value=epoch_ms))
            found.append(Row(**facts, round=number, measure="fit_ms", value=fit_ms))
        return found


def relative_error(values: list[float], reference: list[float]) -> float:
    """Return max|values - reference| / max|reference|."""
    worst = max(abs(a - b) for a, b in zip(values, reference, strict=True))
    return worst / max(map(abs, reference))


def reference_predictions(reference: Worker, task: Task) -> list[float]:
    """Return what the float64 reference predicts after one unshuffled epoch."""
    reference.ask("load", task=task.but(dtype="float64").to_dict(), setting={})
    predictions: list[float] = reference.ask("trained")["predictions"]
    return predictions


def attempt(one: Contestant, job: Callable[[], None]) -> None:
    """Run job(); a peer that fails is said so and left out from then on, ours ends the run."""
    if one.failure:
        return
    try:
        job()
    except WorkerError as error:
        if one.worker.name == "rnncomp":
            raise
        one.failure = error.short
        title = KINDS[one.worker.name].title
        print(f"FAILED: {title} on {one.worker.cores} core(s), {one.task}: {error.short}")


def race(
    bench: str,
    contestants: list[Contestant],
    *,
    peak: Peak,
    rounds: int,
    round_seconds: float = ROUND_SECONDS,
) -> list[Row]:
    """Warm all up, then time them in turn; the machine's limit is measured before and after.

    Args:
        bench: Name of the rows.
        contestants: Each on a worker of its own, which keeps its network over the rounds.
        peak: The compiled loop.
        rounds: How often each is timed.
        round_seconds: What each trains in a round, at least EPOCHS[0] epochs.

    Returns:
        The rows of each contestant and round.
    """
    for one in contestants:
        attempt(one, lambda one=one: one.warm_up(round_seconds))  # type: ignore[misc]
    limits = Limits(peak, {(one.task.dtype, one.worker.cores) for one in contestants})
    for _ in range(rounds):
        for one in contestants:
            attempt(one, one.run)
    limits.measure()
    return [
        row
        for one in contestants
        for row in one.rows(bench, limits[one.task.dtype, one.worker.cores])
    ]


class Limits:
    """The multiply-add limit around a group: measured when made, and again by `measure`."""

    def __init__(self, peak: Peak, kinds: Iterable[tuple[str, int]]) -> None:
        self.peak, self.found = peak, {kind: [peak.gflops(*kind)] for kind in sorted(set(kinds))}

    def measure(self) -> None:
        """Measure once more."""
        for kind, values in self.found.items():
            values.append(self.peak.gflops(*kind))

    def __getitem__(self, kind: tuple[str, int]) -> float:
        """Return the mean for (dtype, cores)."""
        return statistics.mean(self.found[kind])


def absent_rows(
    bench: str, absent: dict[tuple[str, int], str], task: Task, **facts: Any
) -> list[Row]:
    """Return the rows that say which peers could not be started for a task."""
    base: dict[str, Any] = {"name": "base", "measure": "epoch_ms"} | facts
    return [
        Row(bench, peer=peer, cores=cores, round=0, value=math.nan, task=task, note=why, **base)
        for (peer, cores), why in absent.items()
    ]
