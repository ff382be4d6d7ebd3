"""The leaderboard and the verdict of a comparison, for a terminal."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnncomp.cli.output import LABELS, aligned, number, table

# Which columns a terminal must do without when it is narrower than this.
NEEDS = {"MSE": 112, "us/forecast": 100, "R2": 88}


def leaderboard_table(rows: Sequence[Mapping[str, Any]], *, best: str | None, width: int) -> Table:
    """Return the leaderboard: every network and baseline, lowest MAE first.

    Args:
        rows: Rows of the leaderboard.
        best: Name of the network chosen on the validation part, marked with ``*``.
        width: Columns of the terminal; a narrow one gets fewer columns.
    """
    columns: dict[str, list[str]] = {
        "": [_name(row, best) for row in rows],
        "MAE": aligned([row["mae"] for row in rows], [row.get("mae_spread") for row in rows]),
        "MSE": aligned([row["mse"] for row in rows]),
        "RMSE": aligned([row["rmse"] for row in rows]),
        "MASE": aligned([row["mase"] for row in rows], digits=3),
        "R2": [_score(row["r2"]) for row in rows],
        "weights": [f"{row['n_params']:,}" if row.get("n_params") else "-" for row in rows],
        "fit s": [_seconds(row.get("fit_seconds")) for row in rows],
        "us/forecast": [number(row.get("predict_microseconds"), 3) for row in rows],
    }
    shown = {name: cells for name, cells in columns.items() if width >= NEEDS.get(name, 0)}
    made = table(list(shown), [])
    for row, cells in zip(rows, zip(*shown.values(), strict=True), strict=True):
        made.add_row(*cells, style="bold" if row["kind"] == "network" else "dim")
    return made


def _name(row: Mapping[str, Any], best: str | None) -> str:
    mark = " *" if row["name"] == best else ""
    diverged = f" ({row['diverged']} diverged)" if row.get("diverged") else ""
    return str(LABELS.get(row["name"], row["name"])) + mark + diverged


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
) -> None:
    """Print heading, leaderboard (a table a strategy), what the mark means, and the verdict."""
    to.print(Text(heading, style="bold"))
    strategies = [way for way in dict.fromkeys(row["strategy"] for row in rows) if way]
    for strategy in strategies if len(strategies) > 1 else [None]:
        if strategy is not None:
            to.print(Text(f"\n{strategy}", style="bold"))
        shown = [row for row in rows if strategy is None or row["strategy"] in (None, strategy)]
        to.print(leaderboard_table(shown, best=best, width=to.width))
    for note in notes:
        to.print(Text(note, style="dim"))
    to.print(Text("\nVerdict", style="bold"))
    for sentence in verdict:
        to.print(Text(_indented(sentence, to)), soft_wrap=True)


def _indented(sentence: str, to: Console) -> str:
    """Wrap a sentence for a terminal; in a file or a pipe it stays one line."""
    width = to.width if to.is_terminal else sys.maxsize
    return textwrap.fill(sentence, width, initial_indent="  ", subsequent_indent="  ")
