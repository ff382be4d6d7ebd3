"""What was measured: one row a round, kept as CSV beside the summary made from it."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tasks import Task


@dataclass(frozen=True)
class Row:
    """One peer, one task, one round.

    Attributes:
        bench: Which script: ``cells``, ``cliff`` or ``tuning``.
        name: What is special about the task; ``base`` for nothing.
        round: Rounds are interleaved: every peer in turn, then the next round.
        peer: A key of `crew.KINDS`.
        cores: Cores that the process was kept on.
        setting: The peer's setting as JSON.
        epochs: Epochs timed in this round, in one call.
        epoch_ms: Median of their times.
        fit_ms: The whole call, its start and end included, divided by `epochs`.
        gflop: Arithmetic of an epoch, see `Task.gflop`.
        peak_gflops: Multiply-add limit of as many cores at this dtype, mean of before and after.
        error: max|prediction - reference| / max|reference| after one unshuffled epoch from the
            same first weights, the reference in float64.

    The other fields are the task's.
    """

    bench: str
    name: str
    round: int
    peer: str
    cores: int
    cell: str
    units: int
    layers: int
    features: int
    window: int
    batch: int
    windows: int
    dtype: str
    validation: int
    setting: str
    epochs: int
    epoch_ms: float
    fit_ms: float
    gflop: float
    peak_gflops: float
    error: float

    def __post_init__(self) -> None:
        timed = (self.epoch_ms, self.fit_ms, self.gflop, self.peak_gflops)
        if not all(math.isfinite(value) and value > 0 for value in timed):
            raise ValueError(f"times, gflop and peak must be positive: {self}")
        if not self.error >= 0:
            raise ValueError(f"error must be at least 0: {self}")
        json.loads(self.setting)

    @property
    def task(self) -> Task:
        """The task of this row."""
        return Task.from_dict(asdict(self))


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows as CSV; floats to seven digits."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Row))
        for row in rows:
            writer.writerow(_text(value) for value in asdict(row).values())


def read_rows(path: Path) -> list[Row]:
    """Read what write_rows wrote."""
    kinds: dict[str, Any] = {"int": int, "float": float, "str": str}
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(**{field.name: kinds[str(field.type)](line[field.name]) for field in fields(Row)})
            for line in csv.DictReader(file)
        ]


def _text(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)
