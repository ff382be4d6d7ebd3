"""Do 90 % intervals of small networks cover 90 %? 1,000 synthetic series, each a trial of its own.

    python benchmarks/coverage_trials.py                  # 1,000 series of each kind
    python benchmarks/coverage_trials.py --series 50      # a quick look

Each series is cut in time: a GRU of 4 units learns from the first 240 rows, the errors of its
forecasts on the stretch behind them calibrate the intervals, and the last 4 rows are forecast once.
What is counted is that one forecast, so the 1,000 answers are independent, and the share of them
has a standard deviation of 0.95 % where the truth is 90 %.

Why it is about series: windows of one series overlap, and even stretches that do not are tied by
the series itself. The theorem behind conformal intervals asks that the window to be forecast could
change places with any of those that calibrated. `exchangeable` is that case to the letter: the 99
calibration windows and the one that is forecast are separate draws of the same process, and 99 is a
number at which the promise is exactly 90 %. The others are what users have. `apart` calibrates
with 99 stretches of one autoregression that share no target; `overlapping` with all windows of the
same stretch of rows; `short` with the overlapping windows of a quarter of it, and `drifting` on a
random walk with ever larger steps, where the errors of yesterday are too small for tomorrow.

The folder gets trials.csv (a row for each series and step), setup.md and summary.md.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import multiprocessing
import os
import time
from functools import partial
from pathlib import Path

import numpy as np

import rnncomp
from evidence import RUNS, command_line, commit, load_average, machine
from rnncomp.forecasting.conformal import ConformalWidths
from rnncomp.forecasting.coverage import coverage
from rnncomp.samples import Samples

WINDOW, HORIZON, UNITS, EPOCHS = 8, 4, 4, 5
TRAINED, WINDOWS, LEVELS = 240, 99, (80, 90)
KINDS = ("exchangeable", "apart", "overlapping", "short", "drifting")
COLUMNS = ("kind", "series", "step", "level", "actual", "low", "high")

Line = dict[str, str]


def autoregression(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Return an autoregression with a season of 12 and a coefficient of 0.6, shape (rows,)."""
    burn_in = 60
    noise, values = rng.normal(size=rows + burn_in), np.zeros(rows + burn_in)
    for row in range(1, len(values)):
        values[row] = 0.6 * values[row - 1] + noise[row]
    season = 2.0 * np.sin(2 * np.pi * (np.arange(rows) + rng.integers(12)) / 12)
    return values[burn_in:] + season


def drifting(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Return a random walk whose steps grow from 1 to 3, shape (rows,)."""
    return (np.linspace(1.0, 3.0, rows) * rng.normal(size=rows)).cumsum()


def stretches(kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a series to learn from, and windows with targets behind it, the last one to forecast.

    Returns:
        Shapes (rows,) and (N + 1, WINDOW + HORIZON).
    """
    length = WINDOW + HORIZON
    if kind == "exchangeable":
        rest = [autoregression(rng, length) for _ in range(WINDOWS + 1)]
        return autoregression(rng, TRAINED), np.stack(rest)
    behind = WINDOW + (WINDOWS + 1) * HORIZON
    behind = WINDOW + (behind - WINDOW) // 4 if kind == "short" else behind
    make = drifting if kind == "drifting" else autoregression
    series = make(rng, TRAINED + behind)
    windows = np.lib.stride_tricks.sliding_window_view(series[TRAINED:], length)
    if kind == "apart":
        return series[:TRAINED], windows[::HORIZON]
    # Nothing known at the time of the forecast may hold a target of it.
    return series[:TRAINED], np.concatenate([windows[:-HORIZON], windows[-1:]])


def forecasts(forecaster: rnncomp.RecurrentForecaster, inputs: np.ndarray) -> np.ndarray:
    """Return the forecasts of many windows (N, WINDOW) at once, shape (N, HORIZON)."""
    (learned,) = forecaster.learned.values()
    base = learned.transform.transform(inputs.reshape(-1, 1), dtype="float32")
    samples = Samples(base, np.arange(len(inputs)) * WINDOW, WINDOW)
    made = forecaster.model.network.predict(samples)
    return learned.transform.inverse(made, inputs[:, -1:])


def trial(number: int, *, kind: str) -> list[Line]:
    """Train, calibrate and forecast one series."""
    rng = np.random.default_rng([KINDS.index(kind), number])
    learned, windows = stretches(kind, rng)
    forecaster = rnncomp.RecurrentForecaster(
        "gru", window=WINDOW, horizon=HORIZON, units=UNITS, epochs=EPOCHS, batch_size=16,
        learning_rate=0.01, seeds=[number],
    )  # fmt: skip
    forecaster.fit(rnncomp.Series(learned[:, np.newaxis]))
    made, actual = forecasts(forecaster, windows[:, :WINDOW]), windows[:, WINDOW:]
    widths = ConformalWidths.fit(np.abs(actual - made)[:-1])
    lines = []
    for level in LEVELS:
        low, high = widths.interval(made[-1], level)
        for step, ends in enumerate(zip(actual[-1], low, high, strict=True), start=1):
            shown = (f"{value:.6g}" for value in ends)
            told = (kind, str(number), str(step), str(level), *shown)
            lines.append(dict(zip(COLUMNS, told, strict=True)))
    return lines


def summary(lines: list[Line]) -> str:
    """Return the coverage of each kind and step as a page."""
    text = ["# Coverage of conformal intervals", ""]
    text += ["Share of series whose truth lay inside, with its 95 % interval (Wilson).", ""]
    steps = " | ".join(f"step {step}" for step in range(1, HORIZON + 1))
    text += [f"| calibration windows | level | series | {steps} | all steps |"]
    text += ["|---" * (HORIZON + 4) + "|"]
    for kind in KINDS:
        for level in LEVELS:
            kept = [line for line in lines if (line["kind"], line["level"]) == (kind, str(level))]
            if not kept:
                continue
            table = np.array([[float(line[name]) for name in COLUMNS[4:]] for line in kept])
            found = coverage(*table.reshape(-1, HORIZON, 3).transpose(2, 0, 1))
            shares = [_told(share) for share in (*found.by_step, found.overall)]
            text.append(f"| {kind} | {level} % | {found.overall.n} | {' | '.join(shares)} |")
    return "\n".join(text) + "\n"


def _told(share: object) -> str:
    numbers = (getattr(share, name) for name in ("share", "low", "high"))
    middle, low, high = (f"{100 * value:.1f}" for value in numbers)
    return f"{middle} % ({low} to {high})"


def setup(load: str, seconds: float) -> str:
    """Return setup.md."""
    facts = machine() | {
        "load average before the start": load,
        "commit": commit(),
        "command": f"`{command_line('coverage_trials.py')}`",
        "seconds": f"{seconds:.0f}",
        "network": f"GRU, {UNITS} units, window {WINDOW}, horizon {HORIZON} (direct), "
        f"{EPOCHS} epochs",
    }
    return "\n".join(["# Setup", "", *(f"- {key}: {value}" for key, value in facts.items())]) + "\n"


def main() -> None:
    """Run the trials, keep rows and summary."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=1000, help="of each kind")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    default = RUNS / f"{datetime.date.today().isoformat()}-coverage"
    parser.add_argument("--out", type=Path, default=default)
    arguments = parser.parse_args()
    load, start = load_average(), time.perf_counter()
    lines: list[Line] = []
    with multiprocessing.get_context("spawn").Pool(arguments.workers) as pool:
        for kind in arguments.kinds:
            run = partial(trial, kind=kind)
            for told in pool.imap(run, range(arguments.series), chunksize=10):
                lines += told
            print(f"{kind}: {time.perf_counter() - start:.0f} s", flush=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with (arguments.out / "trials.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    page = setup(load, time.perf_counter() - start)
    (arguments.out / "setup.md").write_text(page, encoding="utf-8")
    (arguments.out / "summary.md").write_text(summary(lines), encoding="utf-8")
    print(summary(lines))


if __name__ == "__main__":
    main()
