"""load_panel: many series below each other in one table to a Panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import ColumnError
from rnncomp.series.loading import read_table
from rnncomp.series.panel import Panel
from rnncomp.series.reading import Reading, Rows, make_series, read_rows
from rnncomp.series.roles import Names, choose_time
from rnncomp.series.table import Table

USUAL_ID = "unique_id"  # as Nixtla's tables have it


def load_panel(
    source: Any,
    *,
    id: str | None = USUAL_ID,
    target: Names | None = None,
    features: Names = (),
    time: str | Literal[False] | None = None,
    time_format: str | None = None,
    missing: str = "error",
    known: Names = (),
    calendar: Names = (),
    resample: str | None = None,
    separator: str | None = None,
    decimal: str = ".",
    max_bytes: int | str | None = None,
) -> Panel:
    """Read many series in long form: a row for each series and moment.

    Rows of one series need not be next to each other, but increase in time. Each series is read by
    the rules of `load`. Under missing="mask" all get the same columns of what was observed.

    Args:
        source: A file, an address, a frame or an array, as in `load`.
        id: The column that says which series a row belongs to; None for ``unique_id`` if it is
            there, else all rows are one series, read by the rules of `load` alone.
        target: The column to predict, or several; None takes ``y``, else the only column of
            numbers.
        features: See `load`, as for all options that follow.
        time: The time column; None takes ``ds``, else the first column of dates.
        time_format: How the time column is written.
        missing: What to do about missing values.
        known: Columns whose values are known beyond the cutoff.
        calendar: What the network sees of the time stamps.
        resample: Length of the buckets of time that become the rows.
        separator: Character between the cells of a CSV file.
        decimal: Decimal mark in text.
        max_bytes: Cap on the size of a file.

    Returns:
        The panel, its series in the order in which they first appear.

    Raises:
        ColumnError: A column is not there, or a row has no id.
        DataError: A series is refused by `load`; the message names it. See `load` for the kinds.
        InvalidArgumentError: An argument breaks its rule, or frequencies differ.

    Example:
        >>> import polars as pl
        >>> months = ["2024-01", "2024-02", "2024-03"] * 2
        >>> shops = ["a", "a", "a", "b", "b", "b"]
        >>> load_panel(pl.DataFrame({"unique_id": shops, "ds": months, "y": [1, 2, 4, 9, 7, 8]}))
        Panel(2 series of y by unique_id: 'a', 'b'; 6 rows, every 1mo)
    """
    reading = Reading(
        target=target,
        features=features,
        known=known,
        calendar=calendar,
        time=time,
        time_format=time_format,
        missing=missing,
        resample=resample,
        decimal=decimal,
        max_bytes=max_bytes,
    )
    table = read_table(source, separator=separator, max_bytes=max_bytes)
    if id is None and USUAL_ID not in table.frame.columns:
        one = make_series(read_rows(table, reading))
        return Panel((one,), (one.name,))
    id = id or USUAL_ID
    groups = _groups(table, id)
    table = replace(table, frame=table.frame.drop(id))
    reading = _with_usual_names(table, reading)
    rows = [_read_one(table, name, found, reading) for name, found in groups.items()]
    holes = {name for one in rows for name in one.masked}
    masked = tuple(name for name in rows[0].roles.columns if name in holes)
    return Panel(tuple(make_series(one, masked) for one in rows), tuple(groups), id)


def _groups(table: Table, label: str) -> dict[str, NDArray[np.int64]]:
    """Return the rows of each id, in the order of first appearance."""
    import polars as pl  # noqa: PLC0415

    column = table.column("id", label).cast(pl.String)
    empty = column.is_null() if column.null_count() else column.str.strip_chars() == ""
    if empty.any():
        row = int(empty.arg_true()[0])
        raise ColumnError(
            f"column {label!r} of {table.source} must name the series of each row, got an empty "
            f"cell ({table.place([row])[0]}); fill it or remove the row"
        )
    frame = pl.DataFrame({"id": column}).with_row_index("row")
    found = frame.group_by("id", maintain_order=True).agg("row")
    return {name: np.array(rows, dtype=np.int64) for name, rows in found.iter_rows()}


def _with_usual_names(table: Table, reading: Reading) -> Reading:
    """Settle the time column once for all series, and take Nixtla's names where they are."""
    names = table.frame.columns
    if reading.time is None:
        time = "ds" if "ds" in names else choose_time(table, None)
        reading = replace(reading, time=False if time is None else time)
    if reading.target is None and "y" in names:
        reading = replace(reading, target="y")
    return reading


def _read_one(table: Table, name: str, rows: NDArray[np.int64], reading: Reading) -> Rows:
    def place(wanted: Sequence[int]) -> list[str]:
        return table.place(rows[list(wanted)].tolist())

    source = f"series {name!r} of {table.source}"
    own = replace(table, source=source, name=name, frame=table.frame[rows], place=place)
    return read_rows(own, reading)
