"""Rows grouped into scores, and Markdown tables of them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from rows import Row
from tasks import Task

CELL_TITLES = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


@dataclass(frozen=True)
class Score:
    """The rounds of one contestant, together: `value` is their median."""

    row: Row
    value: float
    low: float
    high: float

    @property
    def missing(self) -> bool:
        """Whether nothing could be measured."""
        return math.isnan(self.value)

    @property
    def cell(self) -> str:
        """The cell, if there is a network."""
        return self.row.task.cell if self.row.task else ""

    @property
    def share(self) -> float:
        """Share of the multiply-add limit."""
        seconds = self.value / 1e3 if self.row.measure.endswith("_ms") else self.value
        return self.row.gflop / seconds / self.row.peak_gflops


def scores(rows: Iterable[Row]) -> list[Score]:
    """Return a score for each contestant and measure, in order of appearance."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        key = (row.bench, row.name, row.peer, row.cores, row.task, row.setting, row.measure)
        groups.setdefault(key, []).append(row)
    return [_score(group) for group in groups.values()]


def _score(group: list[Row]) -> Score:
    values = [row.value for row in group]
    return Score(group[0], statistics.median(values), min(values), max(values))


def chosen(
    rows: Iterable[Row], bench: str, measure: str | None = None, name: str | None = None
) -> list[Score]:
    """Return the scores of a part of the run."""
    return scores(
        row
        for row in rows
        if row.bench == bench and measure in (None, row.measure) and name in (None, row.name)
    )


def best(
    found: Iterable[Score], peer: str, task: Task | None = None, cores: int | None = None
) -> Score | None:
    """Return a peer's fastest score at a task, over its core counts unless one is given."""
    same = [
        s
        for s in found
        if s.row.peer == peer
        and task in (None, s.row.task)
        and cores in (None, s.row.cores)
        and not s.missing
    ]
    return min(same, key=lambda s: s.value) if same else None


def table(heads: list[str], lines: Iterable[list[str]]) -> str:
    """Return a Markdown table; all but the first two columns to the right."""
    rule = ["---" if i < 2 else "---:" for i in range(len(heads))]
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, rule, *lines)) + "\n"


def number(value: float) -> str:
    """Return three significant digits; a dash for what is missing."""
    if math.isnan(value):
        return "-"
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}" if value >= 0.1 else f"{value:.2g}"


def percent(share: float) -> str:
    """Return a share in per cent."""
    return "-" if math.isnan(share) else f"{100 * share:.1f} %"


def error(value: float) -> str:
    """Return a relative error."""
    return "-" if math.isnan(value) else f"{value:.1e}"


def span(score: Score) -> str:
    """Return the range over rounds, or why there is none."""
    return score.row.note if score.missing else f"{number(score.low)} to {number(score.high)}"
