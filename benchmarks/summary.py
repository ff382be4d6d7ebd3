"""The tables of a run: a pure function of its rows."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crew import KINDS
from rows import Row

CELL_TITLES = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}

HOW_TO_READ = """\
Milliseconds per epoch through each peer's own training loop (ours and Keras: `fit`), the median
over rounds of the median epoch of a round, and the range over rounds. Start and end of a `fit` are
left out for all; raw.csv has them in `fit_ms`. *Share of peak*: the arithmetic of the recurrent
layers over time and over the multiply-add limit measured right before and after by peak.cpp.
*Error*: max|prediction - reference| / max|reference| after one unshuffled epoch from the same
weights, the reference in float64 (torch's Adam places epsilon elsewhere, so it may end elsewhere).
"""


@dataclass(frozen=True)
class Score:
    """The rounds of one contestant, together."""

    row: Row
    ms: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of the multiply-add limit."""
        return self.row.gflop / (self.ms / 1e3) / self.row.peak_gflops


def scores(rows: Iterable[Row]) -> list[Score]:
    """Return a score for each contestant, in order of appearance."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        key = (row.bench, row.name, row.peer, row.cores, row.task, row.setting)
        groups.setdefault(key, []).append(row)
    return [_score(group) for group in groups.values()]


def _score(group: list[Row]) -> Score:
    times = [row.epoch_ms for row in group]
    return Score(group[0], statistics.median(times), min(times), max(times))


def table(heads: list[str], lines: Iterable[list[str]]) -> str:
    """Return a Markdown table; all but the first two columns to the right."""
    rule = ["---" if i < 2 else "---:" for i in range(len(heads))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, rule, *lines)) + "\n"


def number(value: float) -> str:
    """Return three significant digits."""
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}"


def cells_part(found: list[Score]) -> str:
    """Return a table for each number of cores: every peer, and how many times ours it takes."""
    parts = ["## Three cells, 50 units, against the frameworks\n"]
    parts.append("640 windows x 50 steps x 1 feature, batch 32, float32, Adam.\n")
    for cores in sorted({score.row.cores for score in found}):
        here = [score for score in found if score.row.cores == cores]
        ours = {score.row.cell: score.ms for score in here if score.row.peer == "rnncomp"}
        heads = ["cell", "peer", "ms per epoch", "range", "times ours", "share of peak", "error"]
        lines = [_cells_line(score, ours[score.row.cell]) for score in here]
        parts.append(f"### On {cores} core{'s' * (cores > 1)}\n\n" + table(heads, lines))
    parts.append(_ratios(found))
    return "\n".join(parts)


def _cells_line(score: Score, ours: float) -> list[str]:
    row = score.row
    return [
        CELL_TITLES[row.cell],
        KINDS[row.peer].title,
        number(score.ms),
        f"{number(score.low)} to {number(score.high)}",
        f"{score.ms / ours:.1f}",
        f"{100 * score.share:.1f} %",
        f"{row.error:.1e}",
    ]


def _ratios(found: list[Score]) -> str:
    """Return how many times faster ours is on the most cores, each peer at its best core count."""
    most = max(score.row.cores for score in found)
    peers = list(dict.fromkeys(s.row.peer for s in found if s.row.peer != "rnncomp"))
    best: dict[tuple[str, str], float] = {}
    for score in found:
        if score.row.peer != "rnncomp" or score.row.cores == most:
            key = (score.row.peer, score.row.cell)
            best[key] = min(score.ms, best.get(key, score.ms))
    cells = list(dict.fromkeys(score.row.cell for score in found))
    lines = [
        [KINDS[peer].title, "", *(f"{best[peer, c] / best['rnncomp', c]:.1f}" for c in cells)]
        for peer in peers
    ]
    heads = ["times faster than", "", *(CELL_TITLES[cell] for cell in cells)]
    return f"### Ours on {most} cores, each peer at its better core count\n\n" + table(heads, lines)


def cliff_part(found: list[Score]) -> str:
    """Return a table for each number of cores: every variant against the base row's share."""
    parts = ["## No cliff beside that row\n"]
    parts.append(
        "Ours alone, one thing changed at a time; *of base* compares shares of peak. A batch of\n"
        "up to 16 rows is one block and stays on one core: batch 7 has half of two cores at most.\n"
    )
    for cores in sorted({score.row.cores for score in found}):
        here = [score for score in found if score.row.cores == cores]
        base = {score.row.cell: score.share for score in here if score.row.name == "base"}
        heads = ["cell", "changed", "ms per epoch", "range", "share of peak", "of base", "error"]
        lines = [_cliff_line(score, base[score.row.cell]) for score in here]
        parts.append(f"### On {cores} core{'s' * (cores > 1)}\n\n" + table(heads, lines))
    return "\n".join(parts)


def _cliff_line(score: Score, base: float) -> list[str]:
    return [
        CELL_TITLES[score.row.cell],
        "(base)" if score.row.name == "base" else score.row.name,
        number(score.ms),
        f"{number(score.low)} to {number(score.high)}",
        f"{100 * score.share:.1f} %",
        f"{100 * score.share / base:.0f} %",
        f"{score.row.error:.1e}",
    ]


def tuning_part(found: list[Score]) -> str:
    """Return all settings tried, fastest first within a peer, cell and number of cores."""
    order = sorted(found, key=lambda s: (s.row.peer, s.row.cores, s.row.cell, s.ms))
    heads = ["peer", "setting", "cores", "cell", "ms per epoch"]
    lines = [
        [KINDS[s.row.peer].title, f"`{s.row.setting}`", str(s.row.cores), s.row.cell, number(s.ms)]
        for s in order
    ]
    return "## Settings tried\n\n" + table(heads, lines)


PARTS: dict[str, Callable[[list[Score]], str]] = {
    "cells": cells_part,
    "cliff": cliff_part,
    "tuning": tuning_part,
}


def peak_part(rows: list[Row]) -> str:
    """Return the range of the multiply-add limit over the run."""
    lines = []
    for dtype, cores in sorted({(row.dtype, row.cores) for row in rows}):
        limits = [row.peak_gflops for row in rows if (row.dtype, row.cores) == (dtype, cores)]
        lines.append([dtype, str(cores), f"{min(limits):.0f} to {max(limits):.0f}"])
    return "## The machine's limit\n\n" + table(["dtype", "cores", "GFLOP/s"], lines)


def render(rows: list[Row]) -> str:
    """Return summary.md."""
    parts = ["# Summary\n", HOW_TO_READ, peak_part(rows)]
    for bench, part in PARTS.items():
        chosen = [row for row in rows if row.bench == bench]
        if chosen:
            parts.append(part(scores(chosen)))
    return "\n".join(parts)
