"""What does each cell remember? The adding problem at growing lengths, the same budget for all.

    python benchmarks/adding_problem.py                # 5 seeds, fewer where it takes long
    python benchmarks/adding_problem.py --seeds 1      # a quick look

Interrupted, the same command goes on with the trainings that its folder does not hold.

A sequence has two features a step: a random number in 0..1, and a marker that is 1 at two steps,
one in each half, and else 0. After the last step the network says the sum of the marked numbers.
Who keeps nothing can do no better than the mean, with a mean squared error of about 1/6. The first
mark lies half a sequence or more before the end, so the length says how long a number must be kept.

`budget` gives every cell the same: 32 units, Adam at three learning rates, 30 epochs of 10,000
sequences in batches of 32, and the weights of the epoch with the lowest validation error. Training
ends early once the validation error is below 1 % of that of the best constant, for then the task is
learned. The rate is chosen on validation sequences, the error told is that of test sequences.

`help` gives more to those that failed: to SimpleRNN a smaller rate, three times the epochs, clipped
gradients, or relu from the identity matrix; to LSTM another start of its forget gate.

The folder gets trials.csv (a row a training) and README.md, whose tables are made from the rows.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import math
import multiprocessing
import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evidence import RUNS, command_line, commit, load_average, machine
from rnncomp.keras.callbacks import Callback, EarlyStopping
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam

UNITS, EPOCHS, BATCH_SIZE, RATES = 32, 30, 32, (0.001, 0.003, 0.01)
TRAINED, VALIDATED, TESTED = 10_000, 1_000, 2_000
LENGTHS = (10, 20, 50, 100, 200, 400, 800)
CELLS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
HELPED, AT_MOST = 3, {400: 3, 800: 3}  # seeds of `help`, and of what takes long
LEARNED, DONE = 0.1, 0.01  # shares of the error of the best constant
HELP = {
    "SimpleRNN": (
        (50, 100, 200),
        {
            "rate 0.0003": (0.0003,),
            "90 epochs": RATES,
            "clipnorm 1": RATES,
            "relu, identity": RATES,
        },
    ),
    "LSTM": ((100, 400), {"forget bias 0": RATES[1:], "forget bias 5": RATES[1:]}),
}
COLUMNS = (
    "part", "cell", "setting", "length", "rate", "seed", "epochs", "validation_mse", "test_mse",
    "constant_mse", "seconds",
)  # fmt: skip

Line = dict[str, str]
Data = tuple[np.ndarray, np.ndarray]


class Case(NamedTuple):
    """One training: what is asked of which cell, and how it learns."""

    part: str
    cell: str
    setting: str
    length: int
    rate: float
    seed: int


def adding_problem(rng: np.random.Generator, count: int, length: int) -> Data:
    """Return sequences of numbers and markers, shape (N, T, 2), and their sums, shape (N, 1)."""
    rows = np.arange(count)
    x = np.zeros((count, length, 2), np.float32)
    x[:, :, 0] = rng.random((count, length))
    first = rng.integers(0, length // 2, count)
    second = rng.integers(length // 2, length, count)
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, x[rows, first, :1] + x[rows, second, :1]


def cases(seeds: int) -> list[Case]:
    """Return the trainings in the order in which they run: the longest sequences last."""
    found = []
    for length in LENGTHS:
        for seed in range(min(seeds, AT_MOST.get(length, seeds))):
            found += [Case("budget", cell, "", length, r, seed) for cell in CELLS for r in RATES]
    for cell, (lengths, settings) in HELP.items():
        for setting, rates in settings.items():
            for length in lengths:
                for seed in range(min(seeds, HELPED)):
                    found += [Case("help", cell, setting, length, r, seed) for r in rates]
    return sorted(found, key=lambda case: case.length)


def build(case: Case) -> Sequential:
    """Return the network of a case, compiled."""
    options: dict[str, object] = {}
    if case.setting == "relu, identity":
        options = {"activation": "relu", "recurrent_initializer": "identity"}
    elif case.setting.startswith("forget bias"):
        bias = np.zeros(4 * UNITS)
        bias[UNITS : 2 * UNITS] = float(case.setting.split()[-1])
        options = {"unit_forget_bias": False, "bias_initializer": bias}
    layers = [Input((case.length, 2)), CELLS[case.cell](UNITS, **options), Dense(1)]
    model = Sequential(layers, seed=case.seed, threads=1)
    clipnorm = 1.0 if case.setting.startswith("clipnorm") else None
    model.compile(optimizer=Adam(case.rate, clipnorm=clipnorm), loss="mse")
    return model


class Stop(Callback):
    """Ends the training once the validation error is below a limit."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Look at the validation error of the epoch."""
        self.model.stop_training |= bool(logs) and logs["val_loss"] < self.limit


def trial(case: Case) -> Line:
    """Train one network and measure it."""
    rng = np.random.default_rng([case.seed, case.length])
    trained, validated, tested = (
        adding_problem(rng, count, case.length) for count in (TRAINED, VALIDATED, TESTED)
    )
    constant = float(np.mean((tested[1] - trained[1].mean()) ** 2))
    model, start = build(case), time.perf_counter()
    history = model.fit(
        *trained,
        epochs=90 if case.setting == "90 epochs" else EPOCHS,
        batch_size=BATCH_SIZE,
        validation_data=validated,
        callbacks=[Stop(DONE * constant), EarlyStopping(patience=90, restore_best_weights=True)],
        verbose=0,
    )
    seconds = time.perf_counter() - start
    losses = [loss for loss in history.history["val_loss"] if math.isfinite(loss)]
    measured = {
        "epochs": str(len(history.history["val_loss"])),
        "validation_mse": f"{min(losses, default=math.inf):.6g}",
        "test_mse": f"{model.evaluate(*tested, verbose=0):.6g}",
        "constant_mse": f"{constant:.6g}",
        "seconds": f"{seconds:.1f}",
    }
    return {name: str(value) for name, value in case._asdict().items()} | measured


def share(line: Line) -> float:
    """Return the test error as a share of that of the best constant."""
    found = float(line["test_mse"]) / float(line["constant_mse"])
    return found if math.isfinite(found) else math.inf


def best_rate(lines: list[Line]) -> list[Line]:
    """Return the rows of the rate with the lowest mean validation error."""
    by_rate: dict[str, list[Line]] = {}
    for line in lines:
        by_rate.setdefault(line["rate"], []).append(line)
    return min(
        by_rate.values(),
        key=lambda rows: statistics.fmean(float(row["validation_mse"]) for row in rows),
    )


def told(lines: list[Line]) -> str:
    """Return a cell of a table: the median error, who learned, and the rate."""
    if not lines:
        return "-"
    rows = best_rate(lines)
    learned = sum(share(row) < LEARNED for row in rows)
    middle = 100 * statistics.median(share(row) for row in rows)
    shown = f"{middle:.0f}" if middle >= 10 else f"{middle:.2g}"
    return f"{shown} % ({learned} of {len(rows)}; {rows[0]['rate']})"


def who_learned(lines: list[Line], cell: str, length: int, rate: float) -> str:
    """Return how many seeds learned a length at a rate."""
    wanted = (cell, str(length), str(rate))
    rows = [row for row in lines if (row["cell"], row["length"], row["rate"]) == wanted]
    return f"{sum(share(row) < LEARNED for row in rows)} of {len(rows)}" if rows else "-"


def summary(lines: list[Line]) -> str:
    """Return the tables."""
    budget = [line for line in lines if line["part"] == "budget"]
    text = ["## The same budget", "", "| steps | " + " | ".join(CELLS) + " |"]
    text += ["|---" * (1 + len(CELLS)) + "|"]
    for length in LENGTHS:
        at = [line for line in budget if line["length"] == str(length)]
        columns = (told([line for line in at if line["cell"] == cell]) for cell in CELLS)
        text.append(f"| {length} | " + " | ".join(columns) + " |")
    text += ["", "## Every learning rate", ""]
    text += ["| steps | " + " | ".join(f"{cell} {r}" for cell in CELLS for r in RATES) + " |"]
    text += ["|---" * (1 + len(CELLS) * len(RATES)) + "|"]
    for length in LENGTHS:
        columns = (who_learned(budget, cell, length, r) for cell in CELLS for r in RATES)
        text.append(f"| {length} | " + " | ".join(columns) + " |")
    for cell, (lengths, settings) in HELP.items():
        mine = [line for line in lines if line["cell"] == cell]
        text += ["", f"## Help for {cell}", ""]
        text += ["| steps | as above | " + " | ".join(settings) + " |"]
        text += ["|---" * (2 + len(settings)) + "|"]
        for length in lengths:
            at = [line for line in mine if line["length"] == str(length)]
            columns = (told([row for row in at if row["setting"] == s]) for s in ("", *settings))
            text.append(f"| {length} | " + " | ".join(columns) + " |")
    return "\n".join(text) + "\n"


HEAD = """# What does each cell remember? The adding problem

```
{command}
```

Two features a step: a random number in 0..1, and a marker that is 1 at two steps, one in each
half of the sequence; the target is the sum of the two marked numbers. {units} units, Adam, batches
of {batch}, {trained:,} training sequences, {epochs} epochs at most. `trials.csv` has a row for each
of the {count} trainings; `benchmarks/adding_problem.py` says the rest and makes the tables from it.

A cell of a table is the median over seeds of the test error, as a share of that of the best
constant (mean squared errors), at the learning rate that is best on validation sequences; in
brackets how many seeds learned the task (a share below {learned:.0f} %), and that rate. The
durations in `trials.csv` were taken beside other work: they are no evidence of speed.

{setup}

"""


def page(lines: list[Line], setup: str) -> str:
    """Return README.md."""
    head = HEAD.format(
        command=command_line("adding_problem.py"), units=UNITS, batch=BATCH_SIZE, epochs=EPOCHS,
        trained=TRAINED, count=len(lines), learned=100 * LEARNED, setup=setup,
    )  # fmt: skip
    return head + summary(lines)


def train(wanted: list[Case], path: Path, workers: int | None) -> list[Line]:
    """Run the trainings that a file does not hold yet, each kept as it ends; return all rows."""
    names = [tuple(map(str, case)) for case in wanted]
    done: dict[tuple[str, ...], Line] = {}
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            done = {key(line): line for line in csv.DictReader(file)}
    todo = [case for case, name in zip(wanted, names, strict=True) if name not in done]
    with (
        multiprocessing.get_context("spawn").Pool(workers) as pool,
        path.open("a", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, fieldnames=COLUMNS, lineterminator="\n")
        if not done:
            writer.writeheader()
        for line in pool.imap_unordered(trial, todo):
            done[key(line)] = line
            writer.writerow(line)
            file.flush()
    lines = [done[name] for name in names]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    return lines


def key(line: Line) -> tuple[str, ...]:
    """Return what names a training: the fields of its case."""
    return tuple(line[name] for name in Case._fields)


def main() -> None:
    """Run the trainings, keep rows and tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    default = RUNS / f"{datetime.date.today().isoformat()}-memory"
    parser.add_argument("--out", type=Path, default=default)
    arguments = parser.parse_args()
    facts = machine() | {"load average before the start": load_average(), "commit": commit()}
    setup = "\n".join(f"- {key}: {value}" for key, value in facts.items())
    arguments.out.mkdir(parents=True, exist_ok=True)
    lines = train(cases(arguments.seeds), arguments.out / "trials.csv", arguments.workers)
    (arguments.out / "README.md").write_text(page(lines, setup), encoding="utf-8")
    print(summary(lines))


if __name__ == "__main__":
    main()
