"""Does training keep its share of the machine when another process is busy?

    python benchmarks/bench_contention.py      # two cores, about 30 seconds

A busy loop runs beside us, free to move or kept on one core. What is fair:

* free: the kernel shares the cores out by threads. Two threads of ours and one of theirs get two
  thirds of two cores, so the fair time is 1.5 times that on the idle machine.
* kept: one core is ours, the other is shared by halves: 1.5 of 2 cores, 4/3 of the time.

A ratio of 1 is the fair time; at most 1.3 is asked for. All times of a row come from one run, in
turn; the fastest of the rounds counts, as everything else on the machine only adds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from rnncomp.forecasting import NetworkConfig, TrainingData, TrainingJob, run_jobs
from rnncomp.keras import Sequential, layers
from rnncomp.windows import make_samples

LIMIT = 1.3
ROUNDS = 3
FAIR = {"free": 1.5, "kept": 4 / 3}
BUSY = "import os, sys\nif sys.argv[1:]: os.sched_setaffinity(0, {int(sys.argv[1])})\nwhile 1: pass"


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
    config = NetworkConfig("lstm", window=50, epochs=epochs)
    todo = [TrainingJob("", config, seed) for seed in range(count)]
    started = time.perf_counter()
    run_jobs(todo, TrainingData(samples, part, part))
    return time.perf_counter() - started


TASKS: dict[str, Callable[[], float]] = {
    "LSTM 50, one fit": partial(one_fit, "lstm", 40),
    "SimpleRNN 50, one fit": partial(one_fit, "simple_rnn", 120),
    "6 trainings, LSTM 50": partial(many_trainings, 6, 5),
}


def main() -> None:
    """Print a row for each task and place of the busy process."""
    print(f"{'task':<22} {'busy':<5} {'alone s':>8} {'beside s':>9} {'share of fair time':>19}")
    for name, task in TASKS.items():
        alone, beside = [], {where: list[float]() for where in FAIR}
        for _ in range(ROUNDS):
            alone.append(task())
            for where in FAIR:
                with busy(where):
                    beside[where].append(task())
        for where, fair in FAIR.items():
            ratio = min(beside[where]) / (fair * min(alone))
            verdict = "" if ratio <= LIMIT else f"  above {LIMIT}"
            worst = max(beside[where]) / (fair * min(alone))
            print(
                f"{name:<22} {where:<5} {min(alone):8.3f} {min(beside[where]):9.3f} "
                f"{ratio:8.2f} (worst {worst:.2f}){verdict}"
            )


if __name__ == "__main__":
    main()
