"""How far gradients reach in the three networks, before and after training; and what they rest on.

    python benchmarks/memory_steps.py

The sunspots, a window of months, the next month as the target, standardised by the training part.
Of SimpleRNN, LSTM and GRU with the same seeds: the mean norm of d output / d state after each step
over windows of the test part, before and after training, and the effective memory in steps. Beside
them the mean size of each lag's part in the output, and the same of ridge regression.

Writes setup.md, reach.csv, memory.csv, lags.csv and summary.md to
``benchmarks/runs/<date>-memory-steps/``, and the pictures of docs/reach.md,
``docs/images/reach.png`` and ``lags.png``. About a minute on one core.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import rnncomp
from evidence import command_line, commit
from rnncomp.explanation.lags import LagImportance, lag_importance
from rnncomp.explanation.reach import gradient_reach, plot_reach
from rnncomp.forecasting.baselines.ridge import Ridge
from rnncomp.samples import Samples

RUNS = Path(__file__).resolve().parent / "runs"
IMAGES = RUNS.parents[1] / "docs" / "images"
CELLS = {"SimpleRNN": rnncomp.SimpleRNN, "LSTM": rnncomp.LSTM, "GRU": rnncomp.GRU}
MOMENTS = ("before training", "after training")
LOOKED_AT = 200  # windows of the test part, evenly spaced


def main() -> None:
    """Measure and write."""
    options = _options()
    where = RUNS / f"{datetime.date.today().isoformat()}-memory-steps"
    where.mkdir(parents=True, exist_ok=True)
    parts = _parts(options.window)
    shown = np.linspace(0, len(parts["test"]) - 1, LOOKED_AT).astype(int)
    windows = parts["test"].take(shown).windows()
    ridge = Ridge(options.window).fit_samples(parts["train"], parts["validation"])
    assert ridge.weights is not None
    panels: dict[str, dict[str, Any]] = {moment: {} for moment in MOMENTS}
    reach_rows: list[Sequence[Any]] = []
    memory_rows: list[Sequence[Any]] = []
    lag_rows: list[Sequence[Any]] = []
    lags: dict[str, LagImportance] = {}
    for name, layer in CELLS.items():
        for seed in range(options.seeds):
            model = rnncomp.Sequential(
                [layer(options.units, input_shape=(options.window, 1)), rnncomp.Dense(1)], seed=seed
            )
            model.compile("adam", "mse")
            for moment in MOMENTS:
                if moment == "after training":
                    train = parts["train"]
                    model.fit(train.windows(), train.targets, epochs=options.epochs, verbose=0)
                flow = gradient_reach(model, windows)
                layer_flow, back = flow.last, range(options.window, 0, -1)
                c_norms = layer_flow.c_norms
                reach_rows += [
                    (name, seed, moment, b, h, "" if c_norms is None else c_norms[t])
                    for t, (b, h) in enumerate(zip(back, layer_flow.norms, strict=True))
                ]
                memory_rows.append((name, seed, moment, flow.memory_steps))
                if seed == 0:
                    panels[moment][name] = flow
            found = lag_importance(model, windows, linear={"ridge": ridge.weights[:, 0]})
            lag_rows += [
                (name, seed, b, part, linear)
                for b, part, linear in zip(
                    back, found.by_lag, found.linear["ridge"][:, 0], strict=True
                )
            ]
            lags.setdefault(name, found)
    _write(where / "reach.csv", "cell,seed,moment,steps_back,h_norm,c_norm", reach_rows)
    _write(where / "memory.csv", "cell,seed,moment,memory_steps", memory_rows)
    _write(where / "lags.csv", "cell,seed,steps_back,network,ridge", lag_rows)
    (where / "setup.md").write_text(_setup(options), encoding="utf-8")
    (where / "summary.md").write_text(_summary(memory_rows, options.window), encoding="utf-8")
    plot_reach(panels).savefig(IMAGES / "reach.png", dpi=80)
    lags["LSTM"].plot().figure.savefig(IMAGES / "lags.png", dpi=80)
    print(where)


def _parts(window: int) -> Mapping[str, Samples]:
    """Return the windows of the training, validation and test part, standardised by the first."""
    values = np.asarray(rnncomp.load("sunspots").values, np.float64)[:, :1]
    first, second = int(0.64 * len(values)), int(0.8 * len(values))
    scaled = (values - values[:first].mean()) / values[:first].std()
    edges = {"train": (window, first), "validation": (first, second), "test": (second, len(values))}
    return {
        part: Samples(scaled, range(start - window, end - window), window, scaled[start:end])
        for part, (start, end) in edges.items()
    }


def _summary(rows: Sequence[Sequence[Any]], window: int) -> str:
    """Return the effective memories as a table."""
    lines = ["# How far gradients reach: sunspots", "", f"Effective memory in steps, of {window}:",
             "the median over seeds, and their range.", "",
             "| | before training | after training |", "|---|---:|---:|"]  # fmt: skip
    for name in CELLS:
        cells = []
        for moment in MOMENTS:
            steps = [row[3] for row in rows if row[0] == name and row[2] == moment]
            cells.append(f"{np.median(steps):.0f} ({min(steps)} to {max(steps)})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _setup(options: argparse.Namespace) -> str:
    return "\n".join([
        "# Setup", "", f"`{command_line('memory_steps.py')}`", "",
        f"Commit {commit()}; Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{platform.machine()}.",
        f"{options.units} units, window {options.window}, {options.epochs} epochs of Adam, "
        f"{options.seeds} seeds; {LOOKED_AT} windows of the test part, evenly spaced. The pictures "
        "are of seed 0.", "",
    ])  # fmt: skip


def _write(path: Path, header: str, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows([f"{v:.6g}" if isinstance(v, float) else v for v in row] for row in rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--window", type=int, default=60)
    parser.add_argument("--units", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
