"""Known columns: the values that a plan, a tariff or a holiday table gives for rows to come."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.errors import MissingValuesError
from rnncomp.series.dates import format_stamps
from rnncomp.series.files import table_from_path
from rnncomp.series.frames import table_from_array, table_from_frame
from rnncomp.series.frequency import Times
from rnncomp.series.limits import find_cap
from rnncomp.series.numbers import numbers_of
from rnncomp.series.stamps import finest_unit, read_stamps
from rnncomp.series.table import Table, join_names

Array = NDArray[np.float64]


def read_known(
    names: tuple[str, ...],
    given: Any,
    *,
    steps: int,
    times: Times | None,
    label: str,
    series: str,
) -> Array:
    """Read the future of known columns.

    Args:
        names: The columns, K of them.
        given: A frame or a file that has them, or an array of shape (at least `steps`, K).
        steps: How many rows are needed.
        times: Stamps of these rows, shape (steps,), or None.
        label: The time column to look for in a frame.
        series: Name of the series, for messages.

    Returns:
        Values, shape (steps, K), finite.

    Raises:
        InvalidArgumentError: `given` is absent, too short, of another shape, or needless.
        ColumnError: A column is not there or holds text.
        MissingValuesError: A value or a stamp that is needed is not there.
    """
    if not names:
        if given is not None:
            received = type(given).__name__
            raise fail("given", f"left out, as series {series!r} has no column for it", received)
        return np.empty((steps, 0))
    if given is None:
        hint = f"pass a frame with {join_names(names)}"
        rule = f"the next {steps} rows of the known columns of series {series!r}"
        raise fail("given", rule, given, hint)
    table = _table(given, names)
    values = np.column_stack([numbers_of(table, name, argument="given").values for name in names])
    rows = _rows(table, steps, times, label)
    holes = np.argwhere(~np.isfinite(values[rows]))
    if len(holes):
        row, column = (int(index) for index in holes[0])
        raise MissingValuesError(
            f"column {names[column]!r} of {table.source} must have a number for each step ahead, "
            f"got none in {table.place([int(rows[row])])[0]} for step {row + 1}; fill it"
        )
    return values[rows]


def _table(given: Any, names: tuple[str, ...]) -> Table:
    if isinstance(given, str | os.PathLike):
        return table_from_path(Path(given), name=None, separator=None, max_bytes=find_cap(None))
    if not isinstance(given, np.ndarray | list | tuple | range):
        return table_from_frame(given, None)
    table = table_from_array(given, None)
    if len(table.frame.columns) != len(names):
        rule = f"an array with a column for each of {join_names(names)}"
        raise fail("given", rule, f"{len(table.frame.columns)} columns")
    renamed = dict(zip(table.frame.columns, names, strict=True))
    return Table("the array given", table.name, table.frame.rename(renamed))


def _rows(table: Table, steps: int, times: Times | None, label: str) -> NDArray[np.int64]:
    """Return which rows are the steps ahead: those with their stamps, else the first ones."""
    column = table.time_column or (label if label in table.frame.columns else None)
    if times is None or column is None:
        if len(table.frame) < steps:
            raise fail("given", f"at least {steps} rows long", len(table.frame), "pass more rows")
        return np.arange(steps)
    stamps = read_stamps(table, column).times
    rows = np.searchsorted(stamps, times)
    there = stamps[np.minimum(rows, len(stamps) - 1)] == times
    if not there.all():
        first = format_stamps(times[~there][:1], finest_unit(times))[0]
        raise MissingValuesError(
            f"column {column!r} of {table.source} must have a row for each step ahead, got none "
            f"for {first}; add it, or leave the column out to take the rows in order"
        )
    return rows
