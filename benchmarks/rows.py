"""What was measured: one row a measurement, kept as CSV beside the summary made from it."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from sentences_task import task_of
from tasks import Task

MEASURES = (
    "epoch_ms",  # median of the epochs of a round
    "fit_ms",  # a whole call of fit, its start and end included, divided by its epochs
    "fit_seconds",  # a whole call of fit
    "all_seconds",  # all trainings of a part
    "process_seconds",  # wall time of a whole process
    "cpu_seconds",  # processor time of a whole process
    "peak_mib",  # most memory that a process held
    "extra_mib",  # the same, without what the process held before the job
    "latency_us",  # one call, one window
    "windows_per_second",
    "file_mb",
    "bytes_per_cycle",  # may be below 0
)


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        bench: The part of the run, such as ``grid``.
        name: What is special about the task; ``base`` for nothing.
        peer: A key of `crew.KINDS`.
        cores: Cores that the process was kept on.
        round: Rounds are interleaved: every peer in turn, then the next round.
        measure: One of MEASURES.
        value: What was measured; NaN when nothing could be, and `note` says why.
        task: What was trained or predicted with; None where there is no network.
        epochs: Epochs in a call.
        setting: The peer's setting as JSON; for ours, the instruction-set level in use.
        gflop: Arithmetic behind `value`: an epoch's for ``epoch_ms``, else all of it.
        peak_gflops: Multiply-add limit of as many cores at this dtype, mean of before and after.
        error: max|value - reference| / max|reference|, the reference in float64. For ours, of the
            gradients of a batch, the largest over the parameters; for peers, of the predictions
            after one unshuffled epoch from the same first weights; in the part ``inference``, of
            the predictions with the same weights.
        note: A sentence: what is missing, or how the value was reached.
    """

    bench: str
    name: str
    peer: str
    cores: int
    round: int
    measure: str
    value: float
    task: Task | None = None
    epochs: int = 0
    setting: str = "{}"
    gflop: float = math.nan
    peak_gflops: float = math.nan
    error: float = math.nan
    note: str = ""

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"measure must be one of MEASURES: {self}")
        positive = self.value > 0 or self.measure == "bytes_per_cycle"
        if not (math.isfinite(self.value) and positive) and not self.missing:
            raise ValueError(f"value must be positive, or a note must say what is missing: {self}")
        if not (math.isnan(self.error) or 0 <= self.error < math.inf):
            raise ValueError(f"error must be at least 0: {self}")
        json.loads(self.setting)

    @property
    def missing(self) -> bool:
        """Whether nothing could be measured."""
        return math.isnan(self.value) and bool(self.note)

    @property
    def share(self) -> float:
        """Share of the multiply-add limit, for measures of time."""
        seconds = self.value / 1e3 if self.measure.endswith("_ms") else self.value
        return self.gflop / seconds / self.peak_gflops

    def columns(self) -> dict[str, str]:
        """Return the row as text, the task's fields among the others."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "task"}
        task = asdict(self.task) if self.task else dict.fromkeys(_TASK_FIELDS, "")
        return {key: _text(value) for key, value in (own | task).items()}

    @classmethod
    def from_columns(cls, line: dict[str, str]) -> Row:
        """Build a row from what `columns` returned."""
        kinds: dict[str, Any] = {"int": int, "float": float, "str": str}
        own: dict[str, Any] = {
            f.name: kinds[str(f.type)](line[f.name] or "nan" if f.type == "float" else line[f.name])
            for f in fields(cls)
            if f.name != "task"
        }
        if line["cell"]:
            own["task"] = task_of({k: kind(line[k]) for k, kind in _TASK_FIELDS.items()})
        return cls(**own)


_TASK_FIELDS = {f.name: int if f.type == "int" else str for f in fields(Task)}


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows as CSV; floats to seven digits, nothing for what is not known."""
    names = [f.name for f in fields(Row) if f.name != "task"] + list(_TASK_FIELDS)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row.columns() for row in rows)


def read_rows(path: Path) -> list[Row]:
    """Read what write_rows wrote."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Row.from_columns(line) for line in csv.DictReader(file)]


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.7g}"
    return str(value)
