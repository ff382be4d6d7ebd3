"""Inference: how soon one window is answered, and how many windows a second, LSTM of 50 units.

Ours through `model.predictor()` and `predict`; torch, Keras and onnxruntime by their quicker way.
"""

from __future__ import annotations

import json
import math
import statistics
from typing import Any

from crew import Worker, WorkerError, crew
from measure import Limits, absent_rows
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
    with crew(members) as found:
        limits = Limits(options.peak, {("float32", cores) for cores in CORES})
        for worker in found.workers:
            try:
                load(worker)
                for job in JOBS:
                    rows += timed(worker, job, options)
            except WorkerError as error:
                print(f"FAILED: {worker.title}, inference: {error.short}")
                failed = {(worker.name, worker.cores): error.short}
                rows += absent_rows("inference", failed, TASK, measure="latency_us")
            print(f"inference: {worker.title} on {worker.cores} core(s) done", flush=True)
        limits.measure()
        rows += absent_rows("inference", found.absent, TASK, measure="latency_us")
    return [Row(**{**vars(row), "peak_gflops": limits["float32", row.cores]}) for row in rows]


def load(worker: Worker) -> None:
    """Hand over the task; train a little, so that no peer answers with an empty network."""
    setting = {"unroll": False} if worker.name.startswith("keras") else {}
    if worker.name == "torch":
        setting = best_setting("torch", worker.cores, TASK.cell)
    worker.ask("load", task=TASK.to_dict(), setting=setting)
    if worker.name != "onnxruntime":
        worker.ask("epochs", n=1)


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
                error=math.nan,
            )
        )
    return rows


def ours_setting(worker: Worker) -> dict[str, Any]:
    """Return what is known of the way that was taken."""
    return {"level": worker.versions["level"]} if worker.name == "rnncomp" else {}
