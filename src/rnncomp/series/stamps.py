"""Stamps: the time column found and read, increasing from row to row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import TimeColumnError
from rnncomp.series.dates import date_kind, parse_dates
from rnncomp.series.frequency import Times, find_grid
from rnncomp.series.numbers import shorten
from rnncomp.series.table import Table, count

if TYPE_CHECKING:
    import polars as pl

TIME_NAMES = ("date", "datetime", "day", "ds", "month", "period", "time", "timestamp", "year")
"""Names under which plain numbers (1749, 20240229) are taken for dates unasked."""

_PLAIN_NUMBERS = ("year", "compact", "seconds", "milliseconds")


@dataclass(frozen=True, eq=False)
class Stamps:
    """A column read as moments.

    Attributes:
        times: Shape (rows,), datetime64[us], increasing.
        unit: How finely the source wrote them: "Y", "M", "D", "m", "s", "ms" or "us".
        notes: What was done to them, in sentences.
    """

    times: Times
    unit: str
    notes: tuple[str, ...] = ()


def looks_like_time(column: pl.Series) -> bool:
    """Return whether a column is time: by type, or because most of its first cells are dates.

    Plain numbers such as 1749 count only under one of `TIME_NAMES`.

    Example:
        >>> import polars as pl
        >>> looks_like_time(pl.Series("when", ["2024-02-29", "2024-03-01"]))
        True
        >>> looks_like_time(pl.Series("value", ["1749", "1750"]))
        False
    """
    import polars as pl  # noqa: PLC0415

    if column.dtype in (pl.Date, pl.Datetime):
        return True
    named = column.name.strip().lower() in TIME_NAMES
    if column.dtype.is_integer() and named:
        column = column.head(20).cast(pl.String)
    if column.dtype != pl.String:
        return False
    cells = [cell.strip() for cell in column.drop_nulls().head(20).to_list() if cell.strip()]
    dates = [
        kind for kind in map(date_kind, cells) if kind and (named or kind not in _PLAIN_NUMBERS)
    ]
    return 2 * len(dates) > len(cells)


def read_stamps(
    table: Table, name: str, time_format: str | None = None, *, repeats: bool = False
) -> Stamps:
    """Read a column as increasing moments.

    Args:
        table: Where the column is.
        name: The column.
        time_format: How its text is written, in strftime's words; None finds it.
        repeats: Whether a moment may come more than once, as it may before resampling.

    Returns:
        The stamps, without offsets from UTC; see `settle_zone`.

    Raises:
        TimeColumnError: A cell is empty or no date, formats are mixed or ambiguous, or the stamps
            repeat or run backwards.
    """
    import polars as pl  # noqa: PLC0415

    column = table.column("time", name)
    if column.dtype.is_integer():
        column = column.cast(pl.String)
    if column.dtype == pl.String:
        column = column.str.strip_chars()
        _refuse_empty(table, name, (column.is_null() | (column == "")).to_numpy())
        stamps = _from_text(table, name, column, time_format)
    elif column.dtype in (pl.Date, pl.Datetime):
        _refuse_empty(table, name, column.is_null().to_numpy())
        stamps = _from_typed(column)
    else:
        raise TimeColumnError(
            f"column {name!r} of {table.source} must hold dates, got {column.dtype}; "
            "name another column with time=, or pass time=False to only count rows"
        )
    _check_order(table, name, stamps, repeats)
    return stamps


def _from_text(table: Table, name: str, cells: pl.Series, time_format: str | None) -> Stamps:
    if time_format is None:
        written, utc, unit = parse_dates(table, name, cells)
        times, notes = settle_zone(written, utc, "their own offsets")
        return Stamps(times, unit, notes)
    moments = cells.str.to_datetime(time_format, time_unit="us", strict=False)
    bad = moments.is_null().arg_true()
    if len(bad):
        row = int(bad[0])
        raise TimeColumnError(
            f"column {name!r} of {table.source} must be written as time_format={time_format!r}, "
            f"got {shorten(cells[row])} ({table.place([row])[0]}); correct the format or the cell"
        )
    return _from_typed(moments)


def _from_typed(column: pl.Series) -> Stamps:
    import polars as pl  # noqa: PLC0415

    if column.dtype == pl.Date:
        return Stamps(column.to_numpy().astype("datetime64[us]"), "D")
    zone = getattr(column.dtype, "time_zone", None)
    written = column.dt.replace_time_zone(None).to_numpy().astype("datetime64[us]")
    utc = written
    if zone is not None:
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_numpy()
    times, notes = settle_zone(written, utc.astype("datetime64[us]"), str(zone))
    return Stamps(times, finest_unit(times), notes)


def settle_zone(written: Times, utc: Times, zone: str) -> tuple[Times, tuple[str, ...]]:
    """Choose between the clock on the wall and UTC, where the two differ.

    UTC has no hour twice and none left out, so it is the choice for hours and minutes. Days begin
    at midnight on the wall, and are not all of one length in UTC.

    Args:
        written: Stamps by the clock on the wall, shape (rows,).
        utc: The same moments in UTC.
        zone: What to call their zone.

    Returns:
        The stamps chosen, and a note on the choice.

    Example:
        >>> wall = np.array(["2024-03-31", "2024-04-01", "2024-04-02"], "M8[us]")
        >>> utc = wall - np.array([1, 2, 2], "m8[h]")  # clocks went forward
        >>> settle_zone(wall, utc, "Europe/Zurich")[1]
        ('time stamps keep the local time of Europe/Zurich',)
    """
    if (written == utc).all():
        return written, ()
    midnights = (written.astype("datetime64[D]") == written).all()
    if midnights or (_is_even(written) and not _is_even(utc)):
        return written, (f"time stamps keep the local time of {zone}",)
    return utc, (f"time stamps were moved from {zone} to UTC",)


def _is_even(times: Times) -> bool:
    return bool((times[1:] > times[:-1]).all()) and find_grid(times).uneven_row is None


def finest_unit(times: Times) -> str:
    """Return the coarsest unit, from days down, that prints every stamp in full.

    Example:
        >>> finest_unit(np.array(["2024-02-29T12:30"], "M8[us]"))
        'm'
    """
    for unit in ("D", "m", "s", "ms"):
        if (times.astype(f"datetime64[{unit}]") == times).all():
            return unit
    return "us"


def _refuse_empty(table: Table, name: str, empty: NDArray[np.bool_]) -> None:
    rows = np.flatnonzero(empty)
    if len(rows):
        raise TimeColumnError(
            f"column {name!r} of {table.source} must have a date in each row, got "
            f"{count(len(rows), 'empty cell')} ({', '.join(table.place(rows[:3].tolist()))}); "
            "fill them, or pass time=False to only count rows"
        )


def _check_order(table: Table, name: str, stamps: Stamps, repeats: bool) -> None:
    steps = np.diff(stamps.times.astype(np.int64))
    wrong = np.flatnonzero(steps < (0 if repeats else 1))
    if not len(wrong):
        return
    rows = [int(wrong[0]), int(wrong[0]) + 1]
    before, after = table.place(rows)
    cell = table.frame[name][rows[1]]
    rule, advice = "increase from row to row", "sort the rows by it, oldest first"
    if (steps < 0).all():
        advice = "the newest row comes first: reverse the order of the rows"
    elif steps[wrong[0]] == 0:
        rule = "hold each moment once"
        advice = "remove repeated rows, or average them (resample=); for clocks set back, use UTC"
        total = int((steps == 0).sum())
        after += f", {count(total, 'repeat')} in all"
    raise TimeColumnError(
        f"column {name!r} of {table.source} must {rule}, got {shorten(str(cell))} ({after}) after "
        f"{shorten(str(table.frame[name][rows[0]]))} ({before}); {advice}"
    )
