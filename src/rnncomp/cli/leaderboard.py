"""The leaderboard and the verdict of a comparison, for a terminal."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnncomp.cli.output import aligned, network_label, number, table

BESIDE, HELD = "beside it", "% held"  # how the heads of two columns end

# Errors in their order, and the significant digits of the smallest.
ERRORS = {"mae": 4, "mse": 4, "rmse": 4, "mase": 3}

# Which columns a terminal must do without when it is narrower than this.
NEEDS = {"MSE": 156, "us/forecast": 136, HELD: 122, "R2": 112, BESIDE: 100}


def leaderboard_table(
    rows: Sequence[Mapping[str, Any]],
    *,
    best: str | None,
    width: int,
    differences: Sequence[Mapping[str, Any]] = (),
    metric: str = "mae",
) -> Table:
    """Return the leaderboard: every network and baseline, in the order of `rows`.

    Args:
        rows: Rows of the leaderboard.
        best: Name of the network chosen on the validation part, marked with ``*``.
        width: Columns of the terminal; a narrow one gets fewer columns.
        differences: How the network spoken of stands to the others, with intervals.
        metric: The error that ranks, ``mae`` or ``mase``; it comes first, with its spread.
    """
    errors = {name: aligned([row[name] for row in rows], digits=d) for name, d in ERRORS.items()}
    spreads = [row.get(f"{metric}_spread") for row in rows]
    columns: dict[str, list[str]] = {
        "": [_name(row, best) for row in rows],
        metric.upper(): aligned([row[metric] for row in rows], spreads, digits=ERRORS[metric]),
        **_beside(rows, differences),
        **{name.upper(): cells for name, cells in errors.items() if name != metric},
        "R2": [_score(row["r2"]) for row in rows],
        **_held(rows),
        "weights": [f"{row['n_params']:,}" if row.get("n_params") else "-" for row in rows],
        "fit s": [_seconds(row.get("fit_seconds")) for row in rows],
        "us/forecast": [number(row.get("predict_microseconds"), 3) for row in rows],
    }
    shown = {name: cells for name, cells in columns.items() if width >= _needs(name)}
    made = table(list(shown), [])
    for row, cells in zip(rows, zip(*shown.values(), strict=True), strict=True):
        made.add_row(*cells, style="bold" if row["kind"] == "network" else "dim")
    return made


def _needs(name: str) -> int:
    return next((width for end, width in NEEDS.items() if name.endswith(end)), 0)


def _beside(
    rows: Sequence[Mapping[str, Any]], differences: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Return how much more the network spoken of errs than each row, in percent of the row's."""
    names = {row["name"] for row in rows}
    own = [found for found in differences if found["subject"] in names]
    if not own:
        return {}
    subject = own[0]["subject"]
    cells = {found["other"]: _interval(found) for found in own if found["subject"] == subject}
    name = network_label(subject)
    return {f"{name} {BESIDE}": [cells.get(row["name"], "") for row in rows]}


def _interval(found: Mapping[str, Any]) -> str:
    middle, low, high = (found[end] for end in ("difference", "low", "high"))
    if middle is None:
        return "-"
    size = f"{_percent(middle)} %"
    return size if low is None else f"{size} ({_percent(low)} to {_percent(high)})"


def _percent(share: float) -> str:
    """Write a share in percent; what is beyond ten times is only that."""
    percent = 100.0 * share
    if abs(percent) > 1000.0:
        return "> +1000" if percent > 0 else "< -1000"
    return f"{percent:+.1f}" if abs(percent) < 10.0 else f"{percent:+.0f}"


def _held(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return how often the widest intervals held the truth, over all steps."""
    levels = {level for row in rows for level, of in row["coverage"].items() if of}
    if not levels:
        return {}
    widest = max(levels, key=float)
    return {f"{widest} {HELD}": [_mean(row["coverage"].get(widest)) for row in rows]}


def _mean(shares: Sequence[float] | None) -> str:
    return f"{100 * sum(shares) / len(shares):.1f}" if shares else "-"


def _name(row: Mapping[str, Any], best: str | None) -> str:
    mark = " *" if row["name"] == best else ""
    diverged = f" ({row['diverged']} diverged)" if row.get("diverged") else ""
    return network_label(row["name"]) + mark + diverged


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}" if abs(value) < 100 else number(value)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def print_comparison(
    to: Console,
    *,
    heading: str,
    rows: Sequence[Mapping[str, Any]],
    best: str | None,
    verdict: Sequence[str],
    notes: Sequence[str] = (),
    warnings: Sequence[str] = (),
    differences: Sequence[Mapping[str, Any]] = (),
    metric: str = "mae",
) -> None:
    """Print heading, leaderboard (a table a strategy), what the mark means, and the verdict."""
    to.print(Text(heading, style="bold"))
    strategies = [way for way in dict.fromkeys(row["strategy"] for row in rows) if way]
    for strategy in strategies if len(strategies) > 1 else [None]:
        if strategy is not None:
            to.print(Text(f"\n{strategy}", style="bold"))
        shown = [row for row in rows if strategy is None or row["strategy"] in (None, strategy)]
        made = leaderboard_table(
            shown, best=best, width=to.width, differences=differences, metric=metric
        )
        to.print(made)
    for note in notes:
        to.print(Text(note, style="dim"))
    if warnings:
        to.print(Text("\nBeware", style="bold"))
        for sentence in warnings:
            to.print(Text(_indented(sentence, to)), soft_wrap=True)
    to.print(Text("\nVerdict", style="bold"))
    for sentence in verdict:
        to.print(Text(_indented(sentence, to)), soft_wrap=True)


def _indented(sentence: str, to: Console) -> str:
    """Wrap a sentence for a terminal; in a file or a pipe it stays one line."""
    width = to.width if to.is_terminal else sys.maxsize
    return textwrap.fill(sentence, width, initial_indent="  ", subsequent_indent="  ")
