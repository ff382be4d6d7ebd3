"""How far does the gradient reach? The norm of d output / d state, step by step back in time.

    python benchmarks/gradient_reach.py                # 5 seeds of each network, some minutes
    python benchmarks/gradient_reach.py --seeds 1      # a quick look
    python benchmarks/gradient_reach.py --draw         # tables, and pictures of docs/cells.md alone

Three tasks. `sines` is tutorial 1: the next value of four sinusoids with noise, windows of 50, 50
units, 20 epochs. `adding`: two features, a random number and a marker that is 1 at two steps of 50,
one in each half; the target is the sum of the two marked numbers, so something has to be kept for
25 steps or more. 32 units, 30 epochs of 10,000 windows, Adam at 0.003. `sunspots`: the next month
from 60, standardised by the training part; 16 units, 30 epochs.

SimpleRNN, LSTM and GRU have equal units, Keras's defaults, and the same seeds. Before and after
training `rnncomp.explanation.reach.gradient_reach` gives the mean norm over 200 windows that no
network learned from, and the effective memory in steps. On the sunspots the mean size of each
lag's part in the output is kept as well, beside that of ridge regression. Untrained SimpleRNNs with
a recurrent kernel that is made smaller or larger show what its powers do.

The folder gets trials.csv (a row for each network, moment and step), gates.csv (what the LSTM and
the GRU of the first seed did with one window), lags.csv, setup.md and summary.md. The pictures of
docs/cells.md and docs/reach.md go to docs/images/; those of the second show the first seed.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import math
import statistics
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

import rnncomp
from evidence import HERE, RUNS, command_line, commit, load_average, machine
from gradient_pictures import GAINS, LABELS, draw, scaled_name
from rnncomp.explanation.flow import GradientFlow
from rnncomp.explanation.lags import lag_importance
from rnncomp.explanation.reach import gradient_reach, plot_reach
from rnncomp.forecasting.baselines.ridge import Ridge
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam
from rnncomp.samples import Samples

WINDOW, MONTHS, LOOKED_AT = 50, 60, 200
CELLS = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
MOMENTS = {"before": "before training", "after": "after training"}
COLUMNS = ("task", "cell", "seed", "when", "steps_back", "norm", "h_norm", "c_norm",
           "memory_steps", "test_mse")  # fmt: skip
GATES = ("cell", "step", "number", "marker", "name", "unit", "value")
LAGS = ("cell", "seed", "steps_back", "network", "ridge")

HEAD = """# How far the gradient reaches

*Memory*: the effective memory in steps, the last ones that carry 95 % of the norms of d output /
d state over all steps; windows have 50 steps, of the sunspots 60. *Factor*: what one more step back
multiplies the norm with, the geometric mean; *norm, first step*: what is left of it at the state
after the first step of the window. An LSTM's state is h and c; after the last step c acts on
nothing, so the factor is taken from the step before it on. Means over 200 windows; median over
seeds, and the range. Made from trials.csv.

| task | cell | when | memory, steps | factor a step | norm, first step | test MSE |
| --- | --- | --- | ---: | ---: | ---: | ---: |"""

Line = dict[str, str]
Data = tuple[np.ndarray, np.ndarray]


class Task(NamedTuple):
    """What is learned: inputs (N, T, F) and targets (N, 1) of train and test, and how."""

    train: Data
    test: Data
    units: int
    epochs: int
    rate: float
    ridge: np.ndarray | None = None  # (T,) weights of ridge regression, where it is asked for

    @property
    def looked_at(self) -> np.ndarray:
        """The windows of the test part that are looked at, evenly spaced."""
        x = self.test[0]
        return x[np.linspace(0, len(x) - 1, LOOKED_AT).astype(int)]


def sines() -> Task:
    """Return tutorial 1: 640 windows to learn from, the last 200 to look at."""
    values = rnncomp.load("sines").values
    scaled = (values - values.min()) / (values.max() - values.min())
    samples = rnncomp.make_samples(scaled.astype(np.float32), window=WINDOW)
    x, y = samples.windows(), np.asarray(samples.targets)
    return Task((x[:640], y[:640]), (x[800:], y[800:]), units=50, epochs=20, rate=0.001)


def adding() -> Task:
    """Return the adding problem."""
    rng = np.random.default_rng(0)
    return Task(
        adding_windows(rng, 10_000), adding_windows(rng, 2_000), units=32, epochs=30, rate=0.003
    )


def adding_windows(rng: np.random.Generator, count: int) -> Data:
    """Return numbers and markers (N, T, 2), and the sums of the marked numbers (N, 1)."""
    rows = np.arange(count)
    x = np.zeros((count, WINDOW, 2), np.float32)
    x[:, :, 0] = rng.random((count, WINDOW))
    first = rng.integers(0, WINDOW // 2, count)
    second = rng.integers(WINDOW // 2, WINDOW, count)
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, x[rows, first, :1] + x[rows, second, :1]


def sunspots() -> Task:
    """Return the months of the sunspots: 64 % to learn from, 16 % for ridge's penalty, 20 %."""
    values = np.asarray(rnncomp.load("sunspots").values, np.float64)[:, :1]
    first, second = int(0.64 * len(values)), int(0.8 * len(values))
    scaled = (values - values[:first].mean()) / values[:first].std()
    edges = ((MONTHS, first), (first, second), (second, len(values)))
    train, validation, test = (
        Samples(scaled, range(start - MONTHS, end - MONTHS), MONTHS, scaled[start:end])
        for start, end in edges
    )
    ridge = Ridge(MONTHS).fit_samples(train, validation)
    assert ridge.weights is not None
    parts = ((part.windows(), np.asarray(part.targets)) for part in (train, test))
    return Task(*parts, units=16, epochs=30, rate=0.001, ridge=ridge.weights[:, 0])


TASKS = {"sines": sines, "adding": adding, "sunspots": sunspots}


class Found(NamedTuple):
    """What the networks gave: rows of the three files, and flows of the first seed by task."""

    rows: list[Line]
    gates: list[Line]
    lags: list[Line]
    flows: dict[str, dict[str, dict[str, GradientFlow]]]  # task, moment, cell


def looked_at(
    model: Sequential, task: Task, names: tuple[str, str, str, str]
) -> tuple[list[Line], GradientFlow]:
    """Return the rows of a network as it is now, and what they were made from."""
    flow = gradient_reach(model, task.looked_at)
    last, steps = flow.last, len(flow.norms)
    error = float(np.mean((model.predict(task.test[0], verbose=0) - task.test[1]) ** 2))
    rows = []
    for t in range(steps):
        cell = "" if last.c_norms is None else f"{last.c_norms[t]:.6g}"
        norms = (f"{last.state_norms[t]:.6g}", f"{last.norms[t]:.6g}", cell)
        values = (*names, steps - t, *norms, last.memory_steps, f"{error:.6g}")
        rows.append(dict(zip(COLUMNS, map(str, values), strict=True)))
    return rows, flow


def network(cell: str, task: Task, seed: int) -> Sequential:
    """Return an untrained network of a task."""
    layers = [Input(task.train[0].shape[1:]), CELLS[cell](task.units), Dense(1)]
    model = Sequential(layers, seed=seed)
    model.compile(optimizer=Adam(task.rate), loss="mse")
    return model


def networks(seeds: int, images: Path) -> Found:
    """Look at all networks before and after training."""
    found = Found([], [], [], {})
    for name, make in TASKS.items():
        task = make()
        flows = found.flows.setdefault(name, {moment: {} for moment in MOMENTS.values()})
        for cell in CELLS:
            for seed in range(seeds):
                model = network(cell, task, seed)
                for when, moment in MOMENTS.items():
                    if when == "after":
                        model.fit(*task.train, epochs=task.epochs, batch_size=32, verbose=0)
                    rows, flow = looked_at(model, task, (name, cell, str(seed), when))
                    found.rows.extend(rows)
                    if seed == 0:
                        flows[moment][LABELS[cell]] = flow
                print(name, cell, seed, "test MSE", rows[-1]["test_mse"], flush=True)
                if name == "adding" and seed == 0 and cell != "simple_rnn":
                    found.gates.extend(gate_rows(model, cell, task.test[0][:1]))
                if task.ridge is not None:
                    picture = images / "lags.png" if (cell, seed) == ("lstm", 0) else None
                    found.lags.extend(lag_rows(model, task, (cell, str(seed)), picture))
    return found


def lag_rows(
    model: Sequential, task: Task, names: tuple[str, str], picture: Path | None
) -> list[Line]:
    """Return the mean size of the part of each lag, of a network and of ridge; draw it if asked."""
    found = lag_importance(model, task.looked_at, linear={"ridge": task.ridge})
    if picture:
        found.plot().figure.savefig(picture, dpi=80)
    back = range(len(found.by_lag), 0, -1)
    sizes = zip(back, found.by_lag, found.linear["ridge"][:, 0], strict=True)
    return [
        dict(zip(LAGS, (*names, str(b), f"{part:.6g}", f"{linear:.6g}"), strict=True))
        for b, part, linear in sizes
    ]


def scaled(seeds: int) -> list[Line]:
    """Return the rows of untrained SimpleRNNs whose orthogonal recurrent kernel is multiplied."""
    rows, task = [], sines()
    for gain in GAINS:
        for seed in range(seeds):
            model = network("simple_rnn", task, seed)
            kernel, recurrent, *others = model.get_weights()
            model.set_weights([kernel, gain * recurrent, *others])
            rows += looked_at(model, task, ("sines", scaled_name(gain), str(seed), "before"))[0]
    return rows


def gate_rows(model: Sequential, cell: str, x: np.ndarray) -> list[Line]:
    """Return the gate that keeps, and what it keeps, of one window (1, T, F), unit by unit."""
    trace = rnncomp.explain(model, x[0])
    state = {"c": trace.c} if cell == "lstm" else {"h": trace.h}
    gate = "f" if cell == "lstm" else "z"
    return [
        dict(zip(GATES, map(str, (cell, t + 1, *x[0, t], name, unit, f"{value:.6g}")), strict=True))
        for name, values in ({gate: trace.gates[gate]} | state).items()
        for t in range(x.shape[1])
        for unit, value in enumerate(values[t])
    ]


def curves(rows: list[Line]) -> dict[tuple[str, str, str], np.ndarray]:
    """Return norms (seeds, T), the last step first, by task, cell and moment."""
    found: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: int(row["steps_back"])):
        key = (row["task"], row["cell"], row["when"])
        found[key].setdefault(row["seed"], []).append(float(row["norm"]))
    return {key: np.array(list(seeds.values())) for key, seeds in found.items()}


def of_each(rows: list[Line], column: str) -> dict[tuple[str, str, str], list[float]]:
    """Return what a column says of each seed, by task, cell and moment."""
    found: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for row in rows:
        found[row["task"], row["cell"], row["when"]][row["seed"]] = float(row[column])
    return {key: list(seeds.values()) for key, seeds in found.items()}


def factor(norms: np.ndarray) -> float:
    """Return what one more step back multiplies the norm with, on the mean over all but the last.

    Args:
        norms: Shape (T,), the last step first.
    """
    return float((norms[-1] / norms[1]) ** (1 / (len(norms) - 2)))


def summary(rows: list[Line]) -> str:
    """Return the table, made from the rows."""
    lines = [HEAD]
    memories, errors = of_each(rows, "memory_steps"), of_each(rows, "test_mse")
    for key, norms in curves(rows).items():
        cells = (
            spread(memories[key], "{:.0f}"),
            spread([factor(one) for one in norms], "{:.2f}"),
            spread(list(norms[:, -1]), "{:.2g}"),
            spread(errors[key], "{:.2g}"),
        )
        lines.append(f"| {' | '.join(key)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def spread(values: list[float], form: str) -> str:
    """Return the median, and lowest and highest."""
    middle, *ends = (form.format(v) for v in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({ends[0]} to {ends[1]})" if not math.isclose(*map(float, ends)) else middle


def read(path: Path) -> list[Line]:
    """Return the rows of a file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: tuple[str, ...], rows: list[Line]) -> None:
    """Write rows as a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Run the trainings, or take the rows as they are; write tables and pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--draw", action="store_true", help="from the rows of the last run")
    parser.add_argument("--images", type=Path, default=HERE.parent / "docs" / "images")
    default = RUNS / f"{datetime.date.today().isoformat()}-reach"
    parser.add_argument("--out", type=Path, default=default)
    chosen = parser.parse_args()
    chosen.images.mkdir(parents=True, exist_ok=True)
    if not chosen.draw:
        measure(chosen.seeds, chosen.out, chosen.images)
    rows = read(chosen.out / "trials.csv")
    text = summary(rows)
    (chosen.out / "summary.md").write_text(text, encoding="utf-8")
    draw(curves(rows), read(chosen.out / "gates.csv"), chosen.images)
    print(text)


def measure(seeds: int, out: Path, images: Path) -> None:
    """Run the trainings; write the rows, the setup, and the pictures of docs/reach.md."""
    facts = machine() | {"load average before the start": load_average(), "commit": commit()}
    facts["command"] = f"`{command_line('gradient_reach.py')}`"
    found = networks(seeds, images)
    out.mkdir(parents=True, exist_ok=True)
    write(out / "trials.csv", COLUMNS, found.rows + scaled(seeds))
    write(out / "gates.csv", GATES, found.gates)
    write(out / "lags.csv", LAGS, found.lags)
    setup = "\n".join(f"- {key}: {value}" for key, value in facts.items())
    (out / "setup.md").write_text(f"# Setup\n\n{setup}\n", encoding="utf-8")
    plot_reach(found.flows["sunspots"]).savefig(images / "reach.png", dpi=80)


if __name__ == "__main__":
    main()
