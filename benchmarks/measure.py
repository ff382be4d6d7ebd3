"""Time a group of contestants side by side: in turn, round after round."""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass, field
from typing import Any

from crew import Worker
from peak import Peak
from rows import Row
from tasks import Task

ROUND_SECONDS = 0.4  # what one peer trains in a round, so that a short epoch is repeated often
EPOCHS = (5, 200)  # fewest and most of a round


@dataclass
class Contestant:
    """A worker with a task and a setting; the rest is found out."""

    worker: Worker
    task: Task
    setting: dict[str, Any] = field(default_factory=dict)
    name: str = "base"
    error: float = math.nan
    epochs: int = EPOCHS[0]
    replies: list[dict[str, Any]] = field(default_factory=list)

    def load(self) -> None:
        """Hand the task to the worker."""
        self.worker.ask("load", task=self.task.to_dict(), setting=self.setting)

    def warm_up(self, reference: list[float], round_seconds: float) -> None:
        """Compile, check the predictions, and find how many epochs fill a round."""
        self.load()
        self.error = relative_error(self.worker.ask("trained")["predictions"], reference)
        self.worker.ask("epochs", n=2)
        epoch_seconds = min(self.worker.ask("epochs", n=3)["epoch_seconds"])
        wanted = math.ceil(round_seconds / epoch_seconds)
        self.epochs = min(max(wanted, EPOCHS[0]), EPOCHS[1])

    def run(self) -> None:
        """Time one round."""
        self.replies.append(self.worker.ask("epochs", n=self.epochs))

    def rows(self, bench: str, peak_gflops: float) -> list[Row]:
        """Return what was measured."""
        return [
            Row(
                bench=bench,
                name=self.name,
                round=number,
                peer=self.worker.name,
                cores=self.worker.cores,
                **self.task.to_dict(),
                setting=json.dumps(self.setting),
                epochs=self.epochs,
                epoch_ms=1e3 * statistics.median(reply["epoch_seconds"]),
                fit_ms=1e3 * reply["fit_seconds"] / self.epochs,
                gflop=self.task.gflop,
                peak_gflops=peak_gflops,
                error=self.error,
            )
            for number, reply in enumerate(self.replies)
        ]


def relative_error(values: list[float], reference: list[float]) -> float:
    """Return max|values - reference| / max|reference|."""
    worst = max(abs(a - b) for a, b in zip(values, reference, strict=True))
    return worst / max(map(abs, reference))


def reference_predictions(reference: Worker, task: Task) -> list[float]:
    """Return what the float64 reference predicts after the same epoch."""
    reference.ask("load", task=task.but(dtype="float64").to_dict(), setting={})
    predictions: list[float] = reference.ask("trained")["predictions"]
    return predictions


def race(
    bench: str,
    contestants: list[Contestant],
    expected: dict[Task, list[float]],
    *,
    peak: Peak,
    rounds: int,
    round_seconds: float = ROUND_SECONDS,
) -> list[Row]:
    """Warm all up, then time them in turn; the machine's limit is measured before and after.

    Args:
        bench: Name of the rows.
        contestants: Each on a worker of its own, which keeps its network over the rounds.
        expected: Predictions of the reference, by task.
        peak: The compiled loop.
        rounds: How often each is timed.
        round_seconds: What each trains in a round, at least EPOCHS[0] epochs.

    Returns:
        A row for each contestant and round.
    """
    for one in contestants:
        one.warm_up(expected[one.task], round_seconds)
    limits = {(one.task.dtype, one.worker.cores) for one in contestants}
    before = {limit: peak.gflops(*limit) for limit in limits}
    for _ in range(rounds):
        for one in contestants:
            one.run()
    after = {limit: peak.gflops(*limit) for limit in limits}
    rows: list[Row] = []
    for one in contestants:
        limit = (one.task.dtype, one.worker.cores)
        rows += one.rows(bench, (before[limit] + after[limit]) / 2)
    return rows
