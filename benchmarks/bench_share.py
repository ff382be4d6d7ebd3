"""Beside a busy process: does training keep its fair share of the machine?

The tasks and the busy process are those of bench_contention.py, which says what is fair.
"""

from __future__ import annotations

import bench_contention
from options import Options
from rows import Row


def run(options: Options) -> list[Row]:
    """Return the seconds of each task: on one core, on both, beside a busy process, in turn."""
    rows: list[Row] = []
    for task, job in bench_contention.TASKS.items():
        for number in range(options.rounds(bench_contention.ROUNDS)):
            for where, seconds in bench_contention.seconds_of(job).items():
                name, cores = f"{task}: {where}", 1 if where == "one core" else 2
                rows.append(Row("share", name, "rnncomp", cores, number, "all_seconds", seconds))
        print(f"share: {task} done", flush=True)
    return rows
