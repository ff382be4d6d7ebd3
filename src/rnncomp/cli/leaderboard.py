"""The leaderboard and the verdict of a comparison, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rnncomp.cli.output import LABELS, number, table, with_spread

WIDE = 104  # columns from which MSE and microseconds fit as well


def leaderboard_table(rows: Sequence[Mapping[str, Any]], *, best: str | None, width: int) -> Table:
    """Return the leaderboard: every network and baseline, lowest MAE first.

    Args:
        rows: Rows of the leaderboard.
        best: Name of the network chosen on the validation part, marked with ``*``.
        width: Columns of the terminal; a narrow one gets fewer columns.
    """
    wide = width >= WIDE
    headers = ["", "MAE", *(["MSE"] if wide else []), "RMSE", "MASE", "R2"]
    headers += ["weights", "fit s", *(["us/forecast"] if wide else [])]
    made = table(headers, [])
    for row in rows:
        network = row["kind"] == "network"
        made.add_row(*_cells(row, best=best, wide=wide), style="bold" if network else "dim")
    return made


def _cells(row: Mapping[str, Any], *, best: str | None, wide: bool) -> list[str]:
    mark = " *" if row["name"] == best else ""
    diverged = f" ({row['diverged']} diverged)" if row.get("diverged") else ""
    cells = [
        LABELS.get(row["name"], row["name"]) + mark + diverged,
        with_spread(row["mae"], row.get("mae_spread")),
        *([number(row["mse"])] if wide else []),
        number(row["rmse"]),
        number(row["mase"], 3),
        number(row["r2"], 3),
        f"{row['n_params']:,}" if row.get("n_params") else "-",
        number(row.get("fit_seconds"), 3),
    ]
    return cells + ([number(row.get("predict_microseconds"), 3)] if wide else [])


def print_comparison(
    to: Console,
    *,
    heading: str,
    rows: Sequence[Mapping[str, Any]],
    best: str | None,
    verdict: Sequence[str],
    notes: Sequence[str] = (),
) -> None:
    """Print heading, leaderboard, what the mark means, and the verdict."""
    to.print(Text(heading, style="bold"))
    to.print(leaderboard_table(rows, best=best, width=to.width))
    for note in notes:
        to.print(Text(note, style="dim"))
    to.print(Text("\nVerdict", style="bold"))
    for sentence in verdict:
        to.print(Padding(Text(sentence), (0, 0, 0, 2)))
