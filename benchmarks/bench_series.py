"""Memory: one epoch on ten million values with windows of 50, and growth over many small fits."""

from __future__ import annotations

import math
import sys
from typing import Any

from crew import HERE, WorkerError
from options import Options
from processes import run_once, run_process
from rows import Row
from tasks import LONG_SERIES, LONG_WINDOW, Task

CYCLES = 10_000
PROBE = HERE / "bench_memory.py"


def run(options: Options) -> list[Row]:
    """Return peaks and times of whole processes, and the growth of a cycle of fit and predict."""
    values = LONG_SERIES // 100 if options.quick else LONG_SERIES
    cycles = 100 if options.quick else CYCLES
    return [*fit_rows(values), forecaster_row(values), cycles_row(cycles)]


def facts(name: str, measure: str) -> dict[str, Any]:
    """Return what all rows of this part share."""
    return {"bench": "series", "name": name, "peer": "rnncomp", "cores": 2, "round": 0,
            "measure": measure}  # fmt: skip


def fit_rows(values: int) -> list[Row]:
    """Train on windows that are views into a float32 array."""
    task = Task("simple_rnn", units=8, window=LONG_WINDOW, windows=values - LONG_WINDOW, batch=256)
    done, peak_mib = run_once("rnncomp", 2, do="train_series", task=task.to_dict())
    return [
        Row(**facts("fit", "peak_mib"), value=peak_mib, task=task, epochs=1),
        Row(**facts("fit", "process_seconds"), value=done.seconds, task=task, epochs=1),
    ]


def forecaster_row(values: int) -> Row:
    """Load, scale, train and forecast, by the probe of the long series."""
    command = [sys.executable, str(PROBE), "--one", "forecaster", "float32", "--rows", str(values)]
    task = Task("simple_rnn", units=2, window=LONG_WINDOW, windows=values - LONG_WINDOW, batch=4096)
    start = facts("forecaster", "peak_mib") | {"task": task, "epochs": 1}
    return probed(start, command, 1 / 2**20)


def cycles_row(cycles: int) -> Row:
    """Return by how many bytes a cycle makes the process grow."""
    line = f"import bench_memory; print(bench_memory.slope({cycles}))"
    start = facts(f"{cycles:,} cycles", "bytes_per_cycle")
    return probed(start, [sys.executable, "-c", line], 1.0)


def probed(start: dict[str, Any], command: list[str], scale: float) -> Row:
    """Run a probe; return the number that it printed, or what went wrong."""
    try:
        return Row(**start, value=scale * float(run_process(command).output))
    except (WorkerError, ValueError) as error:
        why = error.short if isinstance(error, WorkerError) else str(error)
        print(f"FAILED: {start['name']}: {why}")
        return Row(**start, value=math.nan, note=why)
