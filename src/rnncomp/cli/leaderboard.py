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

# Which columns a terminal must do without when it is narrower than this.
NEEDS = {"MSE": 134, "us/forecast": 122, "R2": 112, HELD: 112, BESIDE: 90}


def leaderboard_table(
    rows: Sequence[Mapping[str, Any]],
    *,
    best: str | None,
    width: int,
    differences: Sequence[Mapping[str, Any]] = (),
) -> Table:
    """Return the leaderboard: every network and baseline, lowest MAE first.

    Args:
        rows: Rows of the leaderboard.
        best: Name of the network chosen on the validation part, marked with ``*``.
        width: Columns of the terminal; a narrow one gets fewer columns.
        differences: How the network spoken of stands to the others, with intervals.
    """
    columns: dict[str, list[str]] = {
        "": [_name(row, best) for row in rows],
        "MAE": aligned([row["mae"] for row in rows], [row.get("mae_spread") for row in rows]),
        **_beside(rows, differences),
        "MSE": aligned([row["mse"] for row in rows]),
        "RMSE": aligned([row["rmse"] for row in rows]),
        "MASE": aligned([row["mase"] for row in rows], digits=3),
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
    size = f"{100 * middle:+.1f} %"
    return size if low is None else f"{size} ({100 * low:+.0f} to {100 * high:+.0f})"


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
) -> None:
    """Print heading, leaderboard (a table a strategy), what the mark means, and the verdict."""
    to.print(Text(heading, style="bold"))
    strategies = [way for way in dict.fromkeys(row["strategy"] for row in rows) if way]
    for strategy in strategies if len(strategies) > 1 else [None]:
        if strategy is not None:
            to.print(Text(f"\n{strategy}", style="bold"))
        shown = [row for row in rows if strategy is None or row["strategy"] in (None, strategy)]
        to.print(leaderboard_table(shown, best=best, width=to.width, differences=differences))
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
