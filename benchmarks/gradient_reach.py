"""How far does the gradient reach? The norm of d output / d state, step by step back in time.

    python benchmarks/gradient_reach.py                # 5 seeds of each network, some minutes
    python benchmarks/gradient_reach.py --seeds 1      # a quick look
    python benchmarks/gradient_reach.py --draw         # only the pictures and tables, from the rows

Two tasks, windows of 50 steps each. `sines` is tutorial 1: the next value of four sinusoids with
noise, 50 units, 20 epochs. `adding`: two features, a random number and a marker that is 1 at two
steps, one in each half; the target is the sum of the two marked numbers, so something has to be
kept for 25 steps or more. 32 units, 30 epochs of 10,000 windows, Adam at 0.003.

SimpleRNN, LSTM and GRU have equal units, Keras's defaults, and the same seeds. Before and after
training, for 200 windows that no network learned from: the state after step t is handed to the rest
of the window as its initial state, and what comes back is the gradient of the output in that state
(`Engine.vjp`, float64). What is kept is the root of the mean square over windows of its norm. An
LSTM's state is h and c; both alone are kept as well. Untrained SimpleRNNs with a recurrent kernel
that is made smaller or larger show what its powers do.

The folder gets trials.csv (a row for each network, moment, state and step), gates.csv (what the
LSTM and the GRU of the first seed did with one window), setup.md and summary.md; the pictures go to
docs/images/.
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
from gradient_pictures import GAINS, draw, scaled_name
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam
from rnncomp.kernels import NetworkSpec, make_engine
from rnncomp.kernels.reference import engine as reference
from rnncomp.kernels.reference.types import Call
from rnncomp.samples import Samples

WINDOW, LOOKED_AT = 50, 200
CELLS = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
COLUMNS = ("task", "cell", "seed", "when", "state", "steps_back", "norm", "test_mse")
GATES = ("cell", "step", "number", "marker", "name", "unit", "value")
SHARE = 0.01  # where the reach ends: a hundredth of the norm one step back

HEAD = """# How far the gradient reaches

Norm of d output / d state over the steps back, windows of 50 steps; median over seeds, and the
range. *Reach*: the last step back at which it is a hundredth of what it is one step back; 49, all
that was measured, where it never falls below. *Factor*: what one more step back multiplies it with,
the geometric mean. An LSTM's state is h and c. Made from trials.csv.

| task | cell | when | reach, steps | factor a step | norm, 49 steps back | test MSE |
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


TASKS = {"sines": sines, "adding": adding}


def gradients(spec: NetworkSpec, params: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return d output / d state after steps 1 .. T - 1, shape (T - 1, N, S)."""
    engine = make_engine(spec, dtype="float64")
    params, x = params.astype(np.float64), x.astype(np.float64)
    state = np.zeros((len(x), spec.state_size))
    dy, found = np.ones((len(x), 1)), []
    for t in range(1, x.shape[1]):
        after = np.empty_like(state)
        step = Samples.from_arrays(np.ascontiguousarray(x[:, t - 1 : t]))
        engine.predict(params, step, state, ends=after)
        state = after
        rest = Samples.from_arrays(np.ascontiguousarray(x[:, t:]))
        found.append(engine.vjp(params, rest, dy, state).dstates)
    return np.stack(found)


def looked_at(
    model: Sequential, task: Task, names: tuple[str, str, str, str], units: int
) -> list[Line]:
    """Return the rows of a network as it is now."""
    spec, params = model.network.spec, model.network.params
    slopes = gradients(spec, params, task.test[0][:LOOKED_AT])
    error = float(np.mean((model.predict(task.test[0], verbose=0) - task.test[1]) ** 2))
    parts = {"all": slopes}
    if spec.state_size > units:
        parts |= {"h": slopes[..., :units], "c": slopes[..., units:]}
    rows = []
    for state, part in parts.items():
        norms = np.sqrt(np.mean(np.sum(part**2, axis=-1), axis=-1))  # (T - 1,)
        for t, norm in enumerate(norms, start=1):
            values = (*names, state, WINDOW - t, f"{norm:.6g}", f"{error:.6g}")
            rows.append(dict(zip(COLUMNS, map(str, values), strict=True)))
    return rows


def networks(seeds: int) -> tuple[list[Line], list[Line]]:
    """Train all networks; return the rows, and what gates did in those of the first seed."""
    rows, gates = [], []
    for name, make in TASKS.items():
        task = make()
        for cell, layer in CELLS.items():
            for seed in range(seeds):
                steps, features = task.train[0].shape[1:]
                layers = [Input((steps, features)), layer(task.units), Dense(1)]
                model = Sequential(layers, seed=seed)
                model.compile(optimizer=Adam(task.rate), loss="mse")
                rows += looked_at(model, task, (name, cell, str(seed), "before"), task.units)
                model.fit(*task.train, epochs=task.epochs, batch_size=32, verbose=0)
                rows += looked_at(model, task, (name, cell, str(seed), "after"), task.units)
                print(name, cell, seed, "test MSE", rows[-1]["test_mse"], flush=True)
                if name == "adding" and seed == 0 and cell != "simple_rnn":
                    gates += gate_rows(model, cell, task.test[0][:1])
    return rows, gates


def scaled(seeds: int) -> list[Line]:
    """Return the rows of untrained SimpleRNNs whose orthogonal recurrent kernel is multiplied."""
    rows, task = [], sines()
    for gain in GAINS:
        for seed in range(seeds):
            layers = [Input((WINDOW, 1)), SimpleRNN(task.units), Dense(1)]
            model = Sequential(layers, seed=seed)
            model.compile(loss="mse")
            kernel, recurrent, *others = model.get_weights()
            model.set_weights([kernel, gain * recurrent, *others])
            names = ("sines", scaled_name(gain), str(seed), "before")
            rows += looked_at(model, task, names, task.units)
    return rows


def gate_rows(model: Sequential, cell: str, x: np.ndarray) -> list[Line]:
    """Return the gate that keeps, and what it keeps, of one window (1, T, F), unit by unit."""
    spec = model.network.spec
    call = Call(np.zeros((1, spec.state_size)))
    params = model.network.params.astype(np.float64)
    steps = reference.forward(spec, params, x.astype(np.float64), call).traces[0].steps
    shown = {"f": steps.f, "c": steps.c} if cell == "lstm" else {"z": steps.z, "h": steps.h}
    return [
        dict(zip(GATES, map(str, (cell, t + 1, *x[0, t], name, unit, f"{value:.6g}")), strict=True))
        for name, values in shown.items()
        for t in range(x.shape[1])
        for unit, value in enumerate(values[0, t])
    ]


def curves(rows: list[Line]) -> dict[tuple[str, str, str, str], np.ndarray]:
    """Return norms (seeds, T - 1), one step back first, by task, cell, moment and state."""
    found: dict[tuple[str, str, str, str], dict[str, list[float]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: int(row["steps_back"])):
        key = (row["task"], row["cell"], row["when"], row["state"])
        found[key].setdefault(row["seed"], []).append(float(row["norm"]))
    return {key: np.array(list(seeds.values())) for key, seeds in found.items()}


def reach(norms: np.ndarray) -> int:
    """Return how many steps back the norm (T - 1,) last is a hundredth of that one step back."""
    return int(np.flatnonzero(norms >= SHARE * norms[0])[-1]) + 1


def factor(norms: np.ndarray) -> float:
    """Return what one more step back multiplies the norm with, on the mean over all of them."""
    return float((norms[-1] / norms[0]) ** (1 / (len(norms) - 1)))


def summary(rows: list[Line]) -> str:
    """Return the tables, made from the rows."""
    lines = [HEAD]
    errors: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for row in rows:
        errors[row["task"], row["cell"], row["when"]][row["seed"]] = float(row["test_mse"])
    for (task, cell, when, state), norms in curves(rows).items():
        if state != "all":
            continue
        cells = (
            spread([reach(one) for one in norms], "{:.0f}"),
            spread([factor(one) for one in norms], "{:.2f}"),
            spread(list(norms[:, -1]), "{:.2g}"),
            spread(list(errors[task, cell, when].values()), "{:.2g}"),
        )
        lines.append(f"| {task} | {cell} | {when} | " + " | ".join(cells) + " |")
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
    default = RUNS / f"{datetime.date.today().isoformat()}-cells"
    parser.add_argument("--out", type=Path, default=default)
    chosen = parser.parse_args()
    if not chosen.draw:
        facts = machine() | {"load average before the start": load_average(), "commit": commit()}
        facts["command"] = f"`{command_line('gradient_reach.py')}`"
        rows, gates = networks(chosen.seeds)
        rows += scaled(chosen.seeds)
        chosen.out.mkdir(parents=True, exist_ok=True)
        write(chosen.out / "trials.csv", COLUMNS, rows)
        write(chosen.out / "gates.csv", GATES, gates)
        setup = "\n".join(f"- {key}: {value}" for key, value in facts.items())
        (chosen.out / "setup.md").write_text(f"# Setup\n\n{setup}\n", encoding="utf-8")
    rows = read(chosen.out / "trials.csv")
    text = summary(rows)
    (chosen.out / "summary.md").write_text(text, encoding="utf-8")
    draw(curves(rows), read(chosen.out / "gates.csv"), chosen.images)
    print(text)


if __name__ == "__main__":
    main()
