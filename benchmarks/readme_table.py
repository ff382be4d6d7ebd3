"""Write the speed section of README.md from the newest run; a test says when they differ.

python benchmarks/readme_table.py
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from crew import HERE, KINDS
from evidence import RUNS
from rows import Row, read_rows
from summary_whole import extrapolated
from tables import CELL_TITLES, Score, best, chosen, number, scores, table

README = HERE.parent / "README.md"
BEGIN = "<!-- speed: written by benchmarks/readme_table.py, do not edit -->"
END = "<!-- end of speed -->"
COLUMNS = ("rnncomp", "keras-jax", "torch", "keras-tensorflow")
UNITS = (8, 50, 128, 256)


def newest_run() -> Path:
    """Return the newest folder of a whole run: by date, then by number of that day's run."""
    found = [path.parent for path in RUNS.glob("*/raw.csv") if not _is_part(path.parent)]
    if not found:
        raise FileNotFoundError("no run under benchmarks/runs/: run make bench")
    return max(found, key=_age)


def _is_part(folder: Path) -> bool:
    return re.search(r"-(tuning|keras)(-run\d+)?$", folder.name) is not None


def _age(folder: Path) -> tuple[str, int, str]:
    numbered = re.search(r"-run(\d+)$", folder.name)
    return folder.name[:10], int(numbered[1]) if numbered else 1, folder.name


def section(folder: Path) -> str:
    """Return what stands in the README between the two marks."""
    rows = read_rows(folder / "raw.csv")
    makers = (epochs_part, whole_part, tutorial_part)
    return "\n".join(part for make in makers if (part := make(rows, folder)))


def evidence(folder: Path) -> str:
    """Return the link to the run."""
    return f"[evidence](benchmarks/runs/{folder.name}/summary.md)"


def epochs_part(rows: list[Row], folder: Path) -> str:
    """Return milliseconds per epoch, by cell and size."""
    found = chosen(rows, "grid", "epoch_ms")
    lines = []
    for cell in CELL_TITLES:
        for units in UNITS:
            same = [s for s in found if s.row.task and (s.cell, s.row.task.units) == (cell, units)]
            if same:
                lines.append([CELL_TITLES[cell], f"{units} units", *_compared(same, COLUMNS)])
    intro = (
        "Training, in ms per epoch, each on its better of one and two cores and on its best "
        f"settings ({evidence(folder)}: windows of 50 steps, batch 32, float32, "
        f"{_machine(rows)}, all in one run; times ours in brackets):\n\n"
    )
    heads = ["", "", *(KINDS[peer].title for peer in COLUMNS)]
    return intro + table(heads, lines)


def _machine(rows: list[Row]) -> str:
    wide = any('"v4"' in row.setting for row in rows if row.peer == "rnncomp")
    return f"a machine of {max(row.cores for row in rows)} cores with AVX{'-512' if wide else '2'}"


def _compared(
    same: list[Score], columns: tuple[str, ...], write: Callable[[float], str] = number
) -> list[str]:
    """Return a value for each column, ours in bold, the others with their ratio."""
    ours = best(same, "rnncomp")
    cells = []
    for peer in columns:
        one = best(same, peer)
        if one is None:
            cells.append("-")
        elif one is ours:
            cells.append(f"**{write(one.value)}**")
        else:
            ratio = f" ({one.value / ours.value:.1f}x)" if ours else ""
            cells.append(write(one.value) + ratio)
    return cells


def whole_part(rows: list[Row], folder: Path) -> str:
    """Return the other jobs: small task, whole process, memory, inference, many models."""
    columns = (*COLUMNS, "neuralforecast", "darts", "onnxruntime")
    lines = []
    small = {"fit_seconds": ("base", "fit, s"), "process_seconds": ("process", "whole process, s")}
    small["peak_mib"] = ("process", "its peak, MiB")
    for measure, (name, words) in small.items():
        same = [s for s in chosen(rows, "small", measure, name) if s.cell == "lstm"]
        if same:
            lines.append(["small task, LSTM", words, *_compared(same, columns)])
    soon = chosen(rows, "inference", "latency_us")
    if soon:
        lines.append(["one window, LSTM", "µs", *_compared(soon, columns)])
    lines += _many_line(rows, columns)
    if not lines:
        return ""
    intro = (
        "Other jobs (small task: 2,808 windows of 12, 32 units, 20 epochs, one core; one window of "
        "50 steps, 50 units; many models: 30 seeds x 3 cells x 5 folds of 50 epochs, the others "
        "extrapolated from a sample in two processes):\n\n"
    )
    return intro + table(["", "", *(KINDS[peer].title for peer in columns)], lines)


def _many_line(rows: list[Row], columns: tuple[str, ...]) -> list[list[str]]:
    whole = chosen(rows, "many", "all_seconds")
    if not whole:
        return []
    sampled = scores(row for row in rows if (row.bench, row.name) == ("many", "sample"))
    ours, cells = whole[0].value, []
    for peer in columns:
        own = [s for s in sampled if s.row.peer == peer and not s.missing]
        if peer == "rnncomp":
            cells.append(f"**{number(ours)}**")
        elif len(own) == len(CELL_TITLES):
            seconds = extrapolated(own, whole)
            cells.append(f"about {number(seconds)} ({seconds / ours:.1f}x)")
        else:
            cells.append("-")
    return [[f"many models, {whole[0].row.name}", "s", *cells]]


def tutorial_part(rows: list[Row], folder: Path) -> str:
    """Return the sentence on tutorial 1."""
    walls = chosen(rows, "startup", "process_seconds", "tutorial 1")
    ours, theirs = best(walls, "rnncomp"), best(walls, "keras-tensorflow")
    if ours is None or theirs is None:
        return ""
    return (
        "The whole tutorial on four sinusoids, three networks and four charts, takes "
        f"{ours.value:.1f} s here, the same program on Keras with TensorFlow {theirs.value:.1f} s "
        f"({theirs.value / ours.value:.1f}x).\n"
    )


def with_section(page: str, text: str) -> str:
    """Return the page with the text between the marks."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md must hold {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{text}{END}{tail}"


def write() -> None:
    """Write the section of the newest run."""
    folder = newest_run()
    page = README.read_text(encoding="utf-8")
    README.write_text(with_section(page, section(folder)), encoding="utf-8")
    print(f"README.md: the table of {folder.name}")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    write()
