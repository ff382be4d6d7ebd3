"""No cliff beside the U = 50 row: one thing changed at a time, each against its own peak.

Each variant has a worker of its own, so that all of them keep their networks while the rounds
go through them in turn.
"""

from __future__ import annotations

from bench_cells import CELLS, CORES
from crew import crew
from measure import Contestant, race, reference_predictions
from peak import Peak
from rows import Row
from tasks import Task

VARIANTS = {
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


def run(peak: Peak, *, rounds: int = 5) -> list[Row]:
    """Return the rows of every cell, variant and core count.

    Args:
        peak: The machine's limit.
        rounds: How often each is timed.
    """
    rows: list[Row] = []
    expected: dict[Task, list[float]] = {}
    for cores in CORES:
        members = [("rnncomp", cores) for _ in VARIANTS]
        with crew([*members, ("reference", 1)]) as [*workers, reference]:
            for cell in CELLS:
                tasks = {name: Task(cell).but(**change) for name, change in VARIANTS.items()}
                for task in tasks.values():
                    if task not in expected:
                        expected[task] = reference_predictions(reference, task)
                contestants = [
                    Contestant(worker, task, name=name)
                    for worker, (name, task) in zip(workers, tasks.items(), strict=True)
                ]
                rows += race(
                    "cliff", contestants, expected, peak=peak, rounds=rounds, round_seconds=0.2
                )
                print(f"cliff: {cell} on {cores} core(s) done", flush=True)
    return rows
