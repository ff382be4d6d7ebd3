"""Does training keep its share of the machine when another process is busy?

    python benchmarks/bench_contention.py      # two cores, about 40 seconds

A busy loop runs beside us, free to move (``free``) or kept on one core (``kept``). One thread of
its cannot hold more than one core, so one core is always left to us: the fair time is that of the
same task kept on one core of an idle machine, and at most 1.3 times as much is asked for. Slower
than that is who lets two threads wait for each other while one of them waits for a core. What
both cores take with nobody beside is printed for comparison: it bounds what could be gained.

All times of a row come from one run, in turn; the fastest of the rounds counts, as everything
else on the machine only adds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

import numpy as np

from rnncomp.forecasting import NetworkConfig, TrainingData, TrainingJob, run_jobs
from rnncomp.keras import Sequential, layers
from rnncomp.windows import make_samples

LIMIT = 1.3
ROUNDS = 3
BUSY = "import os, sys\nif sys.argv[1:]: os.sched_setaffinity(0, {int(sys.argv[1])})\nwhile 1: pass"


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on the last of its cores, as if the machine had no other."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def busy(where: str) -> Iterator[None]:
    """Keep one core busy from another process, on the last core if `where` is ``kept``."""
    core = [str(max(os.sched_getaffinity(0)))] if where == "kept" else []
    with subprocess.Popen([sys.executable, "-c", BUSY, *core]) as process:
        time.sleep(0.3)
        try:
            yield
        finally:
            process.kill()


def one_fit(cell: str, epochs: int, threads: int | None = None) -> float:
    """Return the seconds of one fit, its batches split over the threads that pay."""
    values = np.random.default_rng(0).uniform(size=690)
    make = {"lstm": layers.LSTM, "simple_rnn": layers.SimpleRNN}[cell]
    model = Sequential([make(50), layers.Dense(1)], seed=0, threads=threads)
    model.compile("adam", "mse")
    samples = make_samples(values, window=50, dtype="float32")
    model.fit(samples, verbose=0)
    started = time.perf_counter()
    model.fit(samples, epochs=epochs, verbose=0)
    return time.perf_counter() - started


def many_trainings(count: int, epochs: int) -> float:
    """Return the seconds of a run of trainings over all cores."""
    values = np.random.default_rng(0).uniform(size=690)
    samples = make_samples(values, window=50, dtype="float32")
    part = samples.take(slice(0, 64))
    config = NetworkConfig(cell="lstm", window=50, epochs=epochs)
    todo = [TrainingJob("", config, seed) for seed in range(count)]
    started = time.perf_counter()
    run_jobs(todo, {"": TrainingData(samples, part, {"ahead": part})})
    return time.perf_counter() - started


TASKS: dict[str, Callable[[], float]] = {
    "LSTM 50, one fit": partial(one_fit, "lstm", 40),
    "SimpleRNN 50, one fit": partial(one_fit, "simple_rnn", 120),
    "6 trainings, LSTM 50": partial(many_trainings, 6, 5),
}


# The first is the fair time, the second is for comparison.
SURROUNDINGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "one core": one_core,
    "both cores": nullcontext,
    "free": partial(busy, "free"),
    "kept": partial(busy, "kept"),
}


def seconds_of(task: Callable[[], float]) -> dict[str, float]:
    """Return the seconds of a task in each of the surroundings, in turn."""
    seconds = {}
    for name, surroundings in SURROUNDINGS.items():
        with surroundings():
            seconds[name] = task()
    return seconds


def main() -> None:
    """Print a row for each task and place of the busy process."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    print(f"{'task':<22} {'one core s':>10} {'both s':>7} {'busy':<5} {'s':>7} {'of fair':>8}")
    for name, task in TASKS.items():
        rounds = [seconds_of(task) for _ in range(ROUNDS)]
        fastest = {where: min(found[where] for found in rounds) for where in SURROUNDINGS}
        for where in ("free", "kept"):
            ratio = fastest[where] / fastest["one core"]
            worst = max(found[where] for found in rounds) / fastest["one core"]
            print(
                f"{name:<22} {fastest['one core']:10.3f} {fastest['both cores']:7.3f} {where:<5} "
                f"{fastest[where]:7.3f} {ratio:8.2f} (worst {worst:.2f})"
                + ("" if ratio <= LIMIT else f"  above {LIMIT}")
            )


if __name__ == "__main__":
    main()
