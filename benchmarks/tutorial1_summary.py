"""The summary of tutorial1.py: a pure function of the CSV files in its folder."""

from __future__ import annotations

import csv
import statistics
from pathlib import Path

from crew import KINDS
from tables import CELL_TITLES, table


def read_lines(path: Path) -> list[dict[str, str]]:
    """Return the lines of a CSV file, none if there is no file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def errors_part(lines: list[dict[str, str]]) -> str:
    """Return mean, low and high of MAE and MSE over the seeds, and whether ours lies within."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for line in lines:
        groups.setdefault((line["cell"], line["program"]), []).append(line)
    maes = {key: [float(line["mae"]) for line in group] for key, group in groups.items()}
    rows = []
    for (cell, program), group in sorted(groups.items()):
        mae = maes[cell, program]
        mse = statistics.mean(float(line["mse"]) for line in group)
        rows.append(
            [
                CELL_TITLES[cell],
                KINDS[program].title,
                str(len(group)),
                f"{statistics.mean(mae):.4f}",
                f"{min(mae):.4f} to {max(mae):.4f}",
                f"{mse:.6f}",
                _within(cell, maes) if program == "rnncomp" else "",
            ]
        )
    heads = ["cell", "program", "seeds", "MAE, mean", "MAE, range", "MSE, mean", "within Keras's"]
    return "## Errors on the tutorial's test set, scaled units\n\n" + table(heads, rows)


def _within(cell: str, maes: dict[tuple[str, str], list[float]]) -> str:
    """Say for each Keras program whether our mean lies within the range of its seeds."""
    mean = statistics.mean(maes[cell, "rnncomp"])
    peers = [program for found, program in maes if found == cell and program != "rnncomp"]
    answers = []
    for peer in sorted(peers):
        inside = min(maes[cell, peer]) <= mean <= max(maes[cell, peer])
        answers.append(f"{KINDS[peer].title}: {'yes' if inside else 'no'}")
    return ", ".join(answers)


def wall_part(lines: list[dict[str, str]]) -> str:
    """Return the seconds of every round, and the median of the paired ratios."""
    seconds: dict[str, list[float]] = {}
    for line in lines:
        seconds.setdefault(line["program"], []).append(float(line["seconds"]))
    rows = []
    for program, times in seconds.items():
        pairs = zip(times, seconds.get("rnncomp", []), strict=False)
        ratios = [theirs / ours for theirs, ours in pairs]
        ratio = f"{statistics.median(ratios):.1f}" if ratios else ""
        runs = ", ".join(f"{time:.2f}" for time in times)
        rows.append([KINDS[program].title, runs, f"{statistics.median(times):.2f}", ratio])
    heads = ["program", "seconds of each round", "median", "times ours"]
    return "## Wall time of the whole program, one seed, four charts written\n\n" + table(
        heads, rows
    )


def render(folder: Path) -> str:
    """Return summary.md of `folder`."""
    parts = ["# Tutorial 1, the whole program\n"]
    for name, part in (("errors", errors_part), ("wall", wall_part)):
        lines = read_lines(folder / f"{name}.csv")
        if lines:
            parts.append(part(lines))
    return "\n".join(parts)
