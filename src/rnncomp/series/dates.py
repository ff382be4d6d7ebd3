"""Dates: text as moments in time, in the one format that all cells share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import TimeColumnError
from rnncomp.series.frequency import Times
from rnncomp.series.numbers import shorten
from rnncomp.series.table import Table

if TYPE_CHECKING:
    import polars as pl

ADVICE = "write dates as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS, or pass time_format="
_CLOCK = r"[T ](\d{1,2}:\d{2})"
_SECONDS = r"(:\d{2}(?:[.]\d{1,9})?)"
_ZONE = r" ?(Z|[+-]\d{2}:?\d{2})"
_KINDS = {
    "year": r"(\d{4})",
    "month": r"(\d{4}[-/]\d{1,2})",
    "quarter": r"(\d{4}[- ]?[Qq][1-4])",
    "compact": r"(\d{8})",
    "seconds": r"(\d{9,10})",
    "milliseconds": r"(\d{12,13})",
    "year first": r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})",
    "year last": r"(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})",
}
_SINCE_1970 = {"seconds": "s", "milliseconds": "ms"}
_UNITS = {"year": "Y", "month": "M", "quarter": "M"}


@dataclass(frozen=True)
class _Shape:
    """How one cell is written; every cell of a column must share it."""

    kind: str
    clock: bool
    seconds: bool
    zone: bool

    @property
    def pattern(self) -> str:
        """A regular expression with a group for date, clock, seconds and zone that are there."""
        parts = (_CLOCK * self.clock, _SECONDS * self.seconds, _ZONE * self.zone)
        return "^" + _KINDS[self.kind] + "".join(parts) + "$"


def date_kind(cell: str) -> str | None:
    """Return which kind of date a cell is, or None.

    Example:
        >>> date_kind("2014-07-01 00:30:00"), date_kind("1749-01"), date_kind("12.5")
        ('year first', 'month', None)
    """
    shape = _shape(cell)
    return None if shape is None else shape.kind


def format_stamps(times: Times, unit: str) -> list[str]:
    """Return stamps as text down to `unit`, with a space before the time of day.

    Example:
        >>> format_stamps(np.array(["2024-02-29T12:30"], "M8[us]"), "m")
        ['2024-02-29 12:30']
    """
    text: list[str] = np.datetime_as_string(times, unit=unit).tolist()  # type: ignore[call-overload]
    return [stamp.replace("T", " ") for stamp in text]


def parse_dates(table: Table, name: str, cells: pl.Series) -> tuple[Times, Times, str]:
    """Read text as moments.

    Args:
        table: Where the column is, for messages.
        name: The column.
        cells: Its text, stripped, none empty.

    Returns:
        Stamps (rows,) datetime64[us] as written and in UTC, the same when they carry no offset
        from UTC; the unit they were written in.

    Raises:
        TimeColumnError: The first cell is no date, cells are written differently, the order of
            day and month cannot be told, or a date does not exist.
    """
    import polars as pl  # noqa: PLC0415

    shape = _shape(cells[0])
    if shape is None:
        raise _refuse(table, name, "hold dates", cells, [0])
    plain = _parse_plain(cells, shape)
    if plain is not None:
        return plain, plain, _unit(shape, plain)
    other = (~cells.str.contains(shape.pattern)).arg_true()
    if len(other):
        raise _refuse(table, name, "be written in one format", cells, [0, int(other[0])])
    if shape.kind in _SINCE_1970:
        return _since_1970(cells, _SINCE_1970[shape.kind])
    groups = cells.str.extract_groups(shape.pattern).struct.unnest()
    found = dict(zip(_group_names(shape), groups.get_columns(), strict=True))
    text = _iso_date(table, name, shape.kind, found["date"], cells)
    text = text + " " + found.get("clock", pl.Series(["00:00"]))
    text = text + found.get("seconds", pl.Series([":00"]))
    moments = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    absent = moments.is_null().arg_true()
    if len(absent):
        raise _refuse(table, name, "hold dates that exist", cells, [int(absent[0])])
    times = moments.to_numpy().astype("datetime64[us]")
    utc: Any = times - _offsets(found["zone"]) if shape.zone else times
    return times, utc, _unit(shape, times)


def _parse_plain(cells: pl.Series, shape: _Shape) -> Times | None:
    """Return the stamps if all are written like 2024-02-29 12:30:00, which is read fastest."""
    if shape.kind != "year first" or shape.zone:
        return None
    first = cells[0]
    mark = first[4]
    pattern = (
        f"%Y{mark}%m{mark}%d" + f"{first[10:11]}%H:%M" * shape.clock + ":%S%.f" * shape.seconds
    )
    moments = cells.str.to_datetime(pattern, time_unit="us", strict=False)
    return None if moments.null_count() else moments.to_numpy().astype("datetime64[us]")


def _shape(cell: str) -> _Shape | None:
    for kind, pattern in _KINDS.items():
        found = re.fullmatch(f"{pattern}(?:{_CLOCK}{_SECONDS}?{_ZONE}?)?", cell)
        if found:
            return _Shape(kind, found[2] is not None, found[3] is not None, found[4] is not None)
    return None


def _group_names(shape: _Shape) -> list[str]:
    flags = {"clock": shape.clock, "seconds": shape.seconds, "zone": shape.zone}
    return ["date", *(part for part, there in flags.items() if there)]


def _iso_date(table: Table, name: str, kind: str, dates: pl.Series, cells: pl.Series) -> pl.Series:
    """Return the dates as YYYY-MM-DD (or with one-digit months and days)."""
    if kind == "quarter":
        quarter = dates.str.tail(1).cast(int)
        return dates.str.head(4) + "-" + (quarter * 3 - 2).cast(str) + "-01"
    if kind == "compact":
        return dates.str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3")
    dates = dates.str.replace_all("[/.]", "-")
    if kind == "year last":
        day_first = _day_is_first(table, name, dates, cells)
        order = "$3-$2-$1" if day_first else "$3-$1-$2"
        return dates.str.replace(r"^(\d+)-(\d+)-(\d+)$", order)
    return dates + {"year": "-01-01", "month": "-01"}.get(kind, "")


def _day_is_first(table: Table, name: str, dates: pl.Series, cells: pl.Series) -> bool:
    if "." in cells[0]:  # 29.02.2024: nobody writes the month first with dots
        return True
    parts = dates.str.extract_groups(r"^(\d+)-(\d+)-").struct.unnest()
    first, second = (column.cast(int).to_numpy() > 12 for column in parts.get_columns())
    if first.any() and second.any():
        rows = sorted([int(first.argmax()), int(second.argmax())])
        raise _refuse(table, name, "be written in one order of day and month", cells, rows)
    if not first.any() and not second.any():
        raise TimeColumnError(
            f"column {name!r} of {table.source} must tell day from month, got {shorten(cells[0])} "
            f"({table.place([0])[0]}) and no number above 12; pass time_format='%d/%m/%Y' or "
            "'%m/%d/%Y', or write YYYY-MM-DD"
        )
    return bool(first.any())


def _since_1970(cells: pl.Series, unit: str) -> tuple[Times, Times, str]:
    times = cells.cast(int).to_numpy().astype(f"datetime64[{unit}]").astype("datetime64[us]")
    return times, times, unit


def _offsets(zones: pl.Series) -> NDArray[np.timedelta64]:
    """Return how far each zone is ahead of UTC, timedelta64[us]."""
    parts = zones.str.replace("Z", "+00:00", literal=True).str.extract_groups(
        r"^([+-])(\d{2}):?(\d{2})$"
    )
    sign, hours, minutes = parts.struct.unnest().get_columns()
    ahead = hours.cast(int).to_numpy() * 60 + minutes.cast(int).to_numpy()
    signed = np.where((sign == "-").to_numpy(), -ahead, ahead)
    offsets: NDArray[np.timedelta64] = (signed * 60_000_000).astype("timedelta64[us]")
    return offsets


def _unit(shape: _Shape, times: Times) -> str:
    if not shape.clock:
        return _UNITS.get(shape.kind, "D")
    if not shape.seconds:
        return "m"
    whole = (unit for unit in ("s", "ms") if (times.astype(f"datetime64[{unit}]") == times).all())
    return next(whole, "us")


def _refuse(
    table: Table, name: str, rule: str, cells: pl.Series, rows: list[int]
) -> TimeColumnError:
    places = table.place(rows)
    got = [f"{shorten(cells[row])} ({place})" for row, place in zip(rows, places, strict=True)]
    return TimeColumnError(
        f"column {name!r} of {table.source} must {rule}, got {' and '.join(got)}; {ADVICE}"
    )
