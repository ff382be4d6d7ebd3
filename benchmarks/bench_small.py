"""The small task: 2,808 windows of 12 steps, 32 units, 20 epochs, one core.

First `fit` beside NeuralForecast and Darts, then the whole process with arrays in: imports
included, no file, no chart, beside every peer that trains.
"""

from __future__ import annotations

import json
import math

from crew import FORECASTERS, FRAMEWORKS, WorkerError, crew
from measure import Contestant, Limits, absent_rows, attempt
from options import CELLS, Options, best_setting
from processes import run_once
from rows import Row
from tasks import Task

EPOCHS = 20


def small_task(cell: str) -> Task:
    """Return the task."""
    return Task(cell, units=32, window=12, windows=2808)


def run(options: Options) -> list[Row]:
    """Return the rows of both halves."""
    return fits(options) + processes(options)


def fits(options: Options) -> list[Row]:
    """Return the seconds of `fit`, the peers in turn."""
    rows: list[Row] = []
    epochs = 1 if options.quick else EPOCHS
    with crew([(peer, 1) for peer in ("rnncomp", *options.chosen(FORECASTERS))]) as found:
        for cell in options.few(CELLS):
            task = options.sized(small_task(cell))
            contestants = [Contestant(worker, task) for worker in found.workers]
            for one in contestants:
                attempt(one, lambda one=one: one.warm_up(0.0))  # type: ignore[misc]
                one.epochs = epochs
            limits = Limits(options.peak, {("float32", 1)})
            for _ in range(options.rounds(2)):
                for one in contestants:
                    attempt(one, one.run)
            limits.measure()
            for one in contestants:
                rows += fit_rows(one, limits["float32", 1])
            rows += absent_rows("small", found.absent, task, measure="fit_seconds", epochs=epochs)
            print(f"small: {cell} done", flush=True)
    return rows


def fit_rows(one: Contestant, peak_gflops: float) -> list[Row]:
    """Return the seconds of every call of `fit`."""
    work = one.task.gflop * one.epochs
    found = [reply["fit_seconds"] for reply in one.replies]
    values = [math.nan] if one.failure else found
    return [
        Row(
            bench="small",
            name="base",
            peer=one.worker.name,
            cores=1,
            round=number,
            measure="fit_seconds",
            value=seconds,
            task=one.task,
            epochs=one.epochs,
            setting=json.dumps(one.setting),
            gflop=work,
            peak_gflops=peak_gflops,
            error=one.error,
            note=one.failure,
        )
        for number, seconds in enumerate(values)
    ]


def processes(options: Options) -> list[Row]:
    """Return seconds and peak memory of whole processes, the peers in turn.

    Their files are in the page cache by then: the first half has loaded the slowest of them.
    """
    rows: list[Row] = []
    epochs = 1 if options.quick else EPOCHS
    peers = ["rnncomp", *options.chosen(FRAMEWORKS), *options.chosen(FORECASTERS)]
    for cell in options.few(CELLS):
        for number in range(options.rounds(2 if cell == CELLS[0] else 1)):
            for peer in peers:
                rows += process_rows(peer, options.sized(small_task(cell)), epochs, number)
        print(f"small: processes with {cell} done", flush=True)
    return rows


def process_rows(peer: str, task: Task, epochs: int, number: int) -> list[Row]:
    """Run one process; return its seconds and its peak."""
    setting = best_setting(peer, 1, task.cell)
    facts = {"peer": peer, "cores": 1, "round": number, "task": task, "epochs": epochs}
    facts |= {"bench": "small", "name": "process", "setting": json.dumps(setting)}
    try:
        done, peak_mib = run_once(
            peer, 1, do="train", task=task.to_dict(), setting=setting, n=epochs
        )
    except WorkerError as error:
        print(f"FAILED: {peer}, whole process: {error.short}")
        return [Row(**facts, measure="process_seconds", value=math.nan, note=error.short)]
    return [
        Row(**facts, measure="process_seconds", value=done.seconds),
        Row(**facts, measure="peak_mib", value=peak_mib),
    ]
