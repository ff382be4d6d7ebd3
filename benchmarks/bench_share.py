"""Beside a busy process: does training keep its fair share of the machine?

The tasks and the busy process are those of bench_contention.py, which says what is fair.
"""

from __future__ import annotations

from typing import Any

from crew import HERE
from options import Options
from rows import Row


def run(options: Options) -> list[Row]:
    """Return the seconds of each task, alone and beside a busy process, in turn."""
    if not (HERE / "bench_contention.py").exists():
        print("share: no bench_contention.py here, so nothing is measured")
        return []
    import bench_contention  # type: ignore[import-not-found, unused-ignore]

    rows: list[Row] = []
    for task, job in bench_contention.TASKS.items():
        facts: dict[str, Any] = {"bench": "share", "peer": "rnncomp", "cores": 2}
        facts |= {"measure": "all_seconds"}
        for number in range(options.rounds(3)):
            rows.append(Row(name=f"{task}: alone", round=number, value=job(), **facts))
            for where in bench_contention.FAIR:
                with bench_contention.busy(where):
                    rows.append(Row(name=f"{task}: {where}", round=number, value=job(), **facts))
        print(f"share: {task} done", flush=True)
    return rows
