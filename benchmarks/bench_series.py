"""Memory: one epoch on a series of ten million values with windows of 50."""

from __future__ import annotations

from options import Options
from processes import run_once
from rows import Row
from tasks import Task

VALUES = 10_000_000
WINDOW = 50


def run(options: Options) -> list[Row]:
    """Return the peak of the process and the time it took."""
    values = VALUES // 100 if options.quick else VALUES
    task = Task("simple_rnn", units=8, window=WINDOW, windows=values - WINDOW, batch=256)
    done, peak_mib = run_once("rnncomp", 2, do="train_series", task=task.to_dict())
    facts = {"bench": "series", "name": f"{values:,} values", "peer": "rnncomp", "cores": 2}
    facts |= {"round": 0, "task": task, "epochs": 1}
    return [
        Row(**facts, measure="peak_mib", value=peak_mib),
        Row(**facts, measure="process_seconds", value=done.seconds),
    ]
