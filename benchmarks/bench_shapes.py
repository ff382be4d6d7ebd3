"""Other shapes: time steps, batch, features, two layers; the LSTM also beside two frameworks."""

from __future__ import annotations

from typing import Any

from crew import Worker, crew
from measure import Contestant, absent_rows, race
from options import CORES, Options, best_setting
from rows import Row
from tasks import Task

# Windows so that an epoch of the slowest peer stays below a second or two.
SHAPES: dict[str, dict[str, Any]] = {
    "T = 3": {"window": 3},
    "T = 12": {"window": 12},
    "T = 200": {"window": 200, "windows": 160},
    "batch 1": {"batch": 1, "windows": 96},
    "batch 16": {"batch": 16, "windows": 320},
    "batch 64": {"batch": 64},
    "batch 256": {"batch": 256, "windows": 1024},
    "F = 8": {"features": 8},
    "F = 64": {"features": 64},
    "2 layers": {"layers": 2, "windows": 320},
}
BESIDE = ("torch", "keras-jax")


def takes_part(worker: Worker, cell: str) -> bool:
    """Return whether a worker is timed: ours always, torch on one core and two, JAX on two."""
    if worker.name == "rnncomp":
        return True
    return cell == "lstm" and (worker.cores > 1 or worker.name == "torch")


def run(options: Options) -> list[Row]:
    """Return the rows of every shape, cell, peer and core count."""
    rows: list[Row] = []
    names = ("rnncomp", *options.chosen(BESIDE))
    with crew([(name, cores) for name in names for cores in CORES]) as found:
        for name, change in options.few(list(SHAPES.items())):
            for cell in options.few(("simple_rnn", "gru", "lstm")):
                task = options.sized(Task(cell).but(**change))
                contestants = [
                    Contestant(w, task, best_setting(w.name, w.cores, cell), name=name)
                    for w in found.workers
                    if takes_part(w, cell)
                ]
                rows += race(
                    "shapes",
                    contestants,
                    peak=options.peak,
                    rounds=options.rounds(3),
                    round_seconds=options.round_seconds / 2,
                )
                if cell == "lstm":
                    rows += absent_rows("shapes", found.absent, task, name=name)
            print(f"shapes: {name} done", flush=True)
    return rows
