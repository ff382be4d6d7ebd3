"""What the commands print: tables on standard output, all made from plain values."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

FILE_WIDTH = 140  # columns when the output is no terminal, which has no width of its own
LABELS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def network_label(name: str) -> str:
    """Return how a table calls a network or baseline.

    Example:
        >>> network_label("gru_recursive"), network_label("ridge")
        ('GRU, recursive', 'ridge')
    """
    cell = name.removesuffix("_recursive")
    return LABELS.get(cell, cell) + (", recursive" if cell != name else "")


def console(*, stderr: bool = False) -> Console:
    """Return a rich console; its markup is off, for column names may hold brackets."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else FILE_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_json(value: Mapping[str, Any]) -> None:
    """Print `value` as JSON that every parser reads: no NaN, no infinity."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> Table:
    """Return a table with `left` columns of words and numbers to the right of them."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style="bold")
    for place, header in enumerate(headers):
        made.add_column(header, justify="left" if place < left else "right", no_wrap=place >= left)
    for row in rows:
        made.add_row(*row)
    return made


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """Return names and values in two columns, without a head."""
    made = Table.grid(padding=(0, 2))
    for name, value in pairs:
        made.add_row(f" {name}", value)
    return made


def number(value: float | None, digits: int = 4) -> str:
    """Write a number short: significant digits, thousands with commas, a dash for none.

    Example:
        >>> [number(v) for v in (0.01203, 12.3456, 1234567.0, 0.0, None, 2.19e-5)]
        ['0.01203', '12.35', '1,234,567', '0', '-', '2.19e-05']
    """
    if value is None or not math.isfinite(value):
        return "-"
    size = abs(value)
    if size >= 1e9 or 0 < size < 1e-4:
        return f"{value:.3g}"
    if value == 0 or size >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def aligned(
    values: Sequence[float | None],
    spreads: Sequence[float | None] | None = None,
    *,
    digits: int = 4,
) -> list[str]:
    """Write a column of numbers with the same decimals: `digits` digits for the smallest.

    Args:
        values: The numbers; None, NaN and infinity become a dash.
        spreads: Spread of each over seeds, written after it; None where there is none.
        digits: Significant digits of the smallest number that is not 0.

    Returns:
        One text for each number.

    Example:
        >>> aligned([0.01203, 0.3, None], [0.00041, None, None])
        ['0.01203 ± 0.00041', '0.30000', '-']
        >>> aligned([15137.0, 2038.25])
        ['15,137', '2,038']
    """
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    smallest = min(sizes, default=1.0)
    if smallest < 1e-6 or max(sizes, default=1.0) >= 1e9:
        texts = [number(value, digits) for value in values]
        notes = [_spread(spread, "{:.1g}") for spread in spreads or [None] * len(texts)]
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(smallest)))
        form = f"{{:,.{decimals}f}}"
        texts = [form.format(v) if v is not None and math.isfinite(v) else "-" for v in values]
        notes = [_spread(spread, form) for spread in spreads or [None] * len(texts)]
    return [text + note for text, note in zip(texts, notes, strict=True)]


def _spread(spread: float | None, form: str) -> str:
    return "" if spread is None or not math.isfinite(spread) else " ± " + form.format(spread)
