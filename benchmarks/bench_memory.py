"""How much memory a long series takes, and whether repetition makes it grow.

    python benchmarks/bench_memory.py                 # 10 million rows, 10,000 cycles
    python benchmarks/bench_memory.py --rows 1000000 --cycles 1000

Each way runs one epoch in a process of its own; its highest resident memory, interpreter and
libraries included, is held against 4 times the series plus 150 MiB. The cycles fit and predict a
new small model each time; the slope is that of a line through the second half.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from tasks import LONG_SERIES, LONG_WINDOW

MIB = 2**20
DTYPES = ("float32", "float64")
BATCH_SIZE = 4096


def long_series(rows: int, dtype: str) -> np.ndarray:
    """Return a noisy sine, made piece by piece so that making it takes no memory of note."""
    values = np.empty(rows, dtype)
    rng = np.random.default_rng(0)
    for first in range(0, rows, 1 << 16):
        part = values[first : first + (1 << 16)]
        part[:] = np.sin(np.arange(first, first + len(part)) / 9.0) + rng.normal(0, 0.1, len(part))
    return values


def by_fit(values: np.ndarray) -> None:
    """Train and predict on windows that are views."""
    from rnncomp.keras import Sequential, layers
    from rnncomp.windows import make_samples

    samples = make_samples(values, window=LONG_WINDOW)
    model = Sequential([layers.SimpleRNN(2), layers.Dense(1)], seed=0, dtype=values.dtype.name)
    model.compile("adam", "mse")
    model.fit(samples, batch_size=BATCH_SIZE, epochs=1, verbose=0)
    model.predict(samples, verbose=0)


def by_forecaster(values: np.ndarray) -> None:
    """Load, scale, train, forecast."""
    import rnncomp

    forecaster = rnncomp.RecurrentForecaster(
        "simple_rnn", window=LONG_WINDOW, units=2, epochs=1, batch_size=BATCH_SIZE
    )
    series = rnncomp.load(values)
    forecaster.fit(series).predict(steps=3)


def by_compare(values: np.ndarray) -> None:
    """The main job, three networks."""
    import rnncomp

    rnncomp.compare(values, window=LONG_WINDOW, units=2, epochs=1, seeds=1, batch_size=BATCH_SIZE)


WAYS: dict[str, Callable[[np.ndarray], None]] = {
    "fit": by_fit,
    "forecaster": by_forecaster,
    "compare": by_compare,
}


def resident() -> int:
    """Return the bytes of this process that are in memory now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def slope(cycles: int) -> float:
    """Return by how many bytes a cycle of fit and predict makes the process grow."""
    from rnncomp.keras import Sequential, layers

    x = np.random.default_rng(0).normal(size=(64, 8, 1)).astype(np.float32)
    sizes = []
    for _ in range(cycles):
        model = Sequential([layers.LSTM(4), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, x[:, -1], epochs=1, verbose=0)
        model.predict(x, verbose=0)
        sizes.append(resident())
    half = sizes[cycles // 2 :]
    return float(np.polyfit(np.arange(len(half)), half, 1)[0])


def measure(way: str, dtype: str, rows: int) -> str:
    """Return a row about one way, from a process of its own."""
    started = time.perf_counter()
    program = [sys.executable, __file__, "--one", way, dtype, "--rows", str(rows)]
    peak = int(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
    size = rows * np.dtype(dtype).itemsize
    limit = 4 * size + 150 * MIB
    seconds = time.perf_counter() - started
    verdict = "" if peak <= limit else "  above"
    return f"{way:<11} {dtype:<8} {peak / MIB:8.0f} {limit / MIB:9.0f} {seconds:6.0f}{verdict}"


def main() -> None:
    """Print a row for each way and precision, then the slope."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=LONG_SERIES)
    parser.add_argument("--cycles", type=int, default=10_000)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        way, dtype = arguments.one
        WAYS[way](long_series(arguments.rows, dtype))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        return
    print(f"{'way':<11} {'dtype':<8} {'peak MiB':>8} {'limit MiB':>9} {'s':>6}")
    for way in arguments.ways:
        for dtype in DTYPES:
            print(measure(way, dtype, arguments.rows), flush=True)
    if arguments.cycles:
        print(
            f"{arguments.cycles} cycles: {slope(arguments.cycles):.1f} bytes a cycle (at most 1024)"
        )


if __name__ == "__main__":
    main()
