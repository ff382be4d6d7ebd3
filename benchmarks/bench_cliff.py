"""No cliff beside the U = 50 row: one thing changed at a time, each against its own peak.

Each variant has a worker of its own, so that all of them keep their networks while the rounds
go through them in turn.
"""

from __future__ import annotations

from typing import Any

from crew import crew
from measure import Contestant, race
from options import CELLS, CORES, Options
from rows import Row
from tasks import Task

VARIANTS: dict[str, dict[str, Any]] = {
    "base": {},
    "2 layers": {"layers": 2},
    "U = 49": {"units": 49},
    "batch 7": {"batch": 7},
    "batch 33": {"batch": 33},
    "batch 200": {"batch": 200},
    "F = 8": {"features": 8},
    "T = 12": {"window": 12},
    "float64": {"dtype": "float64"},
    "validation on": {"validation": 160},
}


def run(options: Options) -> list[Row]:
    """Return the rows of every cell, variant and core count."""
    rows: list[Row] = []
    for cores in options.few(CORES):
        with crew([("rnncomp", cores) for _ in VARIANTS]) as found:
            for cell in options.few(CELLS):
                tasks = {
                    name: options.sized(Task(cell).but(**change))
                    for name, change in VARIANTS.items()
                }
                contestants = [
                    Contestant(worker, task, name=name)
                    for worker, (name, task) in zip(found.workers, tasks.items(), strict=True)
                ]
                rows += race(
                    "cliff",
                    contestants,
                    peak=options.peak,
                    rounds=options.rounds(5),
                    round_seconds=options.round_seconds / 2,
                )
                print(f"cliff: {cell} on {cores} core(s) done", flush=True)
    return rows
