"""Inference: how soon one window is answered, and how many windows a second, LSTM of 50 units.

Ours through `model.predictor()` and `predict`; torch, Keras and onnxruntime by their quicker way.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import replace
from typing import Any

from crew import Worker, WorkerError, crew
from measure import Limits, absent_rows, relative_error
from options import CORES, Options, best_setting
from rows import Row
from tasks import GATES, Task

PEERS = ("onnxruntime", "torch", "keras-jax", "keras-tensorflow")
TASK = Task("lstm", windows=64)
WINDOWS = {"rnncomp": 1_000_000}  # ours answers a million, the peers a part of them
SAMPLE = 100_000
JOBS = {"one_window": "latency_us", "many_windows": "windows_per_second"}


def gflop(windows: int) -> float:
    """Return the arithmetic of a forward pass."""
    gu = GATES[TASK.cell] * TASK.units
    return 2 * windows * TASK.window * gu * (TASK.features + TASK.units) / 1e9


def run(options: Options) -> list[Row]:
    """Return the rows of both jobs, every peer and core count."""
    rows: list[Row] = []
    members = [
        (name, n) for name in ("rnncomp", *options.chosen(PEERS)) for n in options.few(CORES)
    ]
    with crew([*members, ("reference", 1)]) as found:
        *workers, reference = found.workers
        expected = predictions(reference, TASK.but(dtype="float64"), "many_windows")
        limits = Limits(options.peak, {("float32", worker.cores) for worker in workers})
        for worker in workers:
            try:
                rows += both_jobs(worker, expected, options)
            except WorkerError as error:
                if worker.name == "rnncomp":
                    raise
                print(f"FAILED: {worker.title}, inference: {error.short}")
                failed = {(worker.name, worker.cores): error.short}
                rows += absent_rows("inference", failed, TASK, measure="latency_us")
            print(f"inference: {worker.title} on {worker.cores} core(s) done", flush=True)
        limits.measure()
        rows += absent_rows("inference", found.absent, TASK, measure="latency_us")
    return [
        row if row.missing else replace(row, peak_gflops=limits["float32", row.cores])
        for row in rows
    ]


def both_jobs(worker: Worker, expected: list[float], options: Options) -> list[Row]:
    """Return the rows of both jobs, each with the error of its predictions."""
    rows: list[Row] = []
    for job in JOBS:
        error = relative_error(predictions(worker, TASK, job), expected)
        rows += [replace(row, error=error) for row in timed(worker, job, options)]
    return rows


def predictions(worker: Worker, task: Task, job: str) -> list[float]:
    """Hand over the task; return what its first weights predict by the way of a job."""
    setting = best_setting("torch", worker.cores, task.cell) if worker.name == "torch" else {}
    worker.ask("load", task=task.to_dict(), setting=setting)
    found: list[float] = worker.ask("first_predictions", job=job)["predictions"]
    return found


def timed(worker: Worker, job: str, options: Options) -> list[Row]:
    """Return a row for each round of a job."""
    one = job == "one_window"
    windows = 1 if one else WINDOWS.get(worker.name, SAMPLE)
    if options.quick and not one:
        windows = 2000
    repeats, warm_up = (20 if options.quick else 1000, 20) if one else (1, 1)
    rows = []
    for number in range(options.rounds(3 if one else 1 if windows > SAMPLE else 2)):
        reply = worker.ask(job, windows=windows, repeats=repeats, warm_up=warm_up)
        seconds = statistics.median(reply["seconds"])
        rows.append(
            Row(
                bench="inference",
                name=job,
                peer=worker.name,
                cores=worker.cores,
                round=number,
                measure=JOBS[job],
                value=1e6 * seconds if one else windows / seconds,
                task=TASK.but(windows=windows),
                setting=json.dumps(ours_setting(worker)),
                gflop=gflop(windows),
            )
        )
    return rows


def ours_setting(worker: Worker) -> dict[str, Any]:
    """Return what is known of the way that was taken."""
    return {"level": worker.versions["level"]} if worker.name == "rnncomp" else {}
