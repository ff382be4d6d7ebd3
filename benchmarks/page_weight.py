"""What a stepping page weighs: bytes of the file by cell, units and steps.

    python benchmarks/page_weight.py                 # seconds

First weights of seed 0, a window of random numbers of one feature. It writes sizes.csv and
summary.md to benchmarks/runs/<date>-page-weight/.
"""

from __future__ import annotations

import argparse
import csv
import datetime
from pathlib import Path

import numpy as np

import rnncomp
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation import explain, trace_data
from rnncomp.report import steps_page

RUNS = Path(__file__).parent / "runs"
CELLS = {"SimpleRNN": rnncomp.SimpleRNN, "LSTM": rnncomp.LSTM, "GRU": rnncomp.GRU}
SIZES = [(2, 3), (10, 12), (50, 50), (128, 200), (256, 400)]


def weigh(cell: str, units: int, steps: int) -> int | str:
    """Return the bytes of the page, or why there is none."""
    layers = [CELLS[cell](units, input_shape=(steps, 1)), rnncomp.Dense(1)]
    window = np.random.default_rng(0).normal(size=(steps, 1))
    data = trace_data(explain(rnncomp.Sequential(layers, seed=0), window))
    try:
        return len(steps_page(data).encode())
    except InvalidArgumentError as error:
        return str(error)


def render(folder: Path) -> str:
    """Return summary.md, made from the rows of a folder."""
    with (folder / "sizes.csv").open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    lines = ["# What a stepping page weighs", "", "`python benchmarks/page_weight.py`", ""]
    lines += ["| cell | units | steps | file |", "|---|---|---|---|"]
    for cell, units, steps, size in rows:
        shown = f"{int(size) / 1e3:,.0f} kB" if size.isdecimal() else size
        lines.append(f"| {cell} | {units} | {steps} | {shown} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Weigh every page, and write sizes.csv and summary.md."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = RUNS / f"{datetime.datetime.now(tz=datetime.UTC).date()}-page-weight"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sizes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cell", "units", "steps", "bytes or refusal"])
        writer.writerows((cell, *size, weigh(cell, *size)) for size in SIZES for cell in CELLS)
    (folder / "summary.md").write_text(render(folder), encoding="utf-8")
    print(render(folder))


if __name__ == "__main__":
    main()
