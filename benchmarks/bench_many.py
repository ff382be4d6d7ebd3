"""Many models: 30 seeds x 3 cells x 5 folds of 50 epochs on two cores.

Ours by the executor that `compare` uses, all of them. The peers train one network of each cell
in each of two processes, one to a core; what 450 would take is worked out from that, and said.
"""

from __future__ import annotations

import json
import math
from contextlib import ExitStack
from typing import Any

from crew import FRAMEWORKS, KINDS, Worker, WorkerError, processors
from measure import Limits
from options import CELLS, CORES, Options, best_setting
from rows import Row
from tasks import Task

SEEDS, FOLDS, EPOCHS = 30, 5, 50
TRAININGS = SEEDS * FOLDS * len(CELLS)


def run(options: Options) -> list[Row]:
    """Return a row for ours, and one for each sample of a peer."""
    limits = Limits(options.peak, {("float32", 2)})
    rows = [ours(options)]
    print(f"many: ours {rows[0].value:.0f} s", flush=True)
    for peer in options.chosen(FRAMEWORKS):
        rows += sampled(peer, options)
        print(f"many: {KINDS[peer].title} sampled", flush=True)
    limits.measure()
    peak_gflops = limits["float32", 2]
    return [Row(**{**vars(row), "peak_gflops": peak_gflops}) for row in rows]


def ours(options: Options) -> Row:
    """Train all of them (two of each cell in a quick run)."""
    seeds, folds, epochs = (2, 1, 1) if options.quick else (SEEDS, FOLDS, EPOCHS)
    tasks = [options.sized(Task(cell)) for cell in CELLS]
    worker = Worker("rnncomp", CORES[-1])
    try:
        level = worker.ask("describe")["versions"]["level"]
        arguments = {"tasks": [t.to_dict() for t in tasks], "seeds": seeds, "folds": folds}
        done = worker.ask("run_many", arguments={**arguments, "n": epochs})
    finally:
        worker.close()
    count = seeds * folds * len(tasks)
    return Row(
        bench="many",
        name=f"{count} trainings",
        peer="rnncomp",
        cores=2,
        round=0,
        measure="all_seconds",
        value=done["seconds"],
        epochs=epochs,
        setting=json.dumps({"level": level}),
        gflop=count / len(tasks) * epochs * sum(task.gflop for task in tasks),
    )


def sampled(peer: str, options: Options) -> list[Row]:
    """Return the seconds of a training in each of two processes, by cell."""
    epochs = 1 if options.quick else EPOCHS
    facts: dict[str, Any] = {"bench": "many", "name": "sample", "peer": peer, "cores": 1}
    facts |= {"measure": "fit_seconds", "epochs": epochs}
    rows = []
    try:
        with ExitStack() as stack:
            workers = []
            for place in range(min(2, len(processors(2)))):
                workers.append(Worker(peer, 1, first=place))
                stack.callback(workers[-1].close)
            together(workers, Task(CELLS[0]), {}, 1)  # so that the first is no slower than the rest
            for cell in options.few(CELLS):
                task, setting = options.sized(Task(cell)), best_setting(peer, 1, cell)
                seconds = together(workers, task, setting, epochs)
                facts |= {"task": task, "setting": json.dumps(setting)}
                facts |= {"gflop": epochs * task.gflop}
                rows += [Row(**facts, round=i, value=s) for i, s in enumerate(seconds)]
    except WorkerError as error:
        print(f"FAILED: {KINDS[peer].title}, many models: {error.short}")
        facts |= {"task": Task(CELLS[0]), "setting": "{}"}
        return [Row(**facts, round=0, value=math.nan, note=error.short)]
    return rows


def together(
    workers: list[Worker], task: Task, setting: dict[str, Any], epochs: int
) -> list[float]:
    """Train one new network in each process at the same time; return the seconds of each."""
    for worker in workers:
        worker.send("train_fresh", task=task.to_dict(), setting=setting, n=epochs)
    return [worker.reply()["seconds"] for worker in workers]
