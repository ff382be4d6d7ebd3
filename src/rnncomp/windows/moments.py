"""Moments: dates as people write them, and the rows of a series that they name."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from rnncomp._check import fail, integer
from rnncomp.errors import SplitError
from rnncomp.series import Series

Moment = str | int | date | np.datetime64
"""A date, or a row of a series without time."""

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d{1,6})?)?)?)?)?)?")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_HINT = "write it as 1965, 1965-Q1, 1965-11, 1965-11-30 or 1965-11-30T12:00"


def period_of(name: str, moment: str | date | np.datetime64) -> tuple[np.datetime64, np.datetime64]:
    """Return the first microsecond of `moment`, a day or a whole month or year, and that after it.

    Example:
        >>> [str(end)[:10] for end in period_of("at", "1965-Q1")]
        ['1965-01-01', '1965-04-01']
    """
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    if isinstance(moment, str):
        quarter = _QUARTER.fullmatch(moment.strip().upper())
        if quarter:
            start = np.datetime64(f"{quarter[1]}-{3 * int(quarter[2]) - 2:02d}", "M")
            return _microsecond(start), _microsecond(start + 3)
        if not _DATE.fullmatch(moment.strip()):
            raise fail(name, "a date", moment, _HINT)
        moment = moment.strip()
    try:
        stamp = np.datetime64(moment)
    except ValueError:
        raise fail(name, "a date that exists", moment, _HINT) from None
    return _microsecond(stamp), _microsecond(stamp + 1)


def row_at(name: str, moment: Moment | None, series: Series) -> int:
    """Return the row of a series that `moment` names, the one after the last included.

    Args:
        name: Of the argument, for messages.
        moment: A row number from 0; or, of a series with time, a date: the first row of that day,
            month or year. Of a number in text four digits are a year. None for the row after the
            last.
        series: The series.

    Raises:
        SplitError: It has no such row.

    Example:
        >>> from rnncomp.series import load
        >>> airline = load("airline")
        >>> row_at("at", "1949-12", airline), row_at("at", "1961-01", airline), len(airline)
        (11, 144, 144)
    """
    if moment is None:
        return len(series)
    text = str(moment).strip()
    number = (
        text.isascii() and text.isdigit() and (series.time is None or not _DATE.fullmatch(text))
    )
    if number or isinstance(moment, (int, np.integer)):
        row = integer(name, int(text) if number else moment, at_least=0)
        if row <= len(series):
            return row
        rule = (
            f"{name} must be a row of series {series.name!r} or the one after, 0 .. {len(series)}"
        )
        raise SplitError(f"{rule}, got {row}")
    if series.time is None:
        raise fail(name, "a row number", moment, f"series {series.name!r} has no time")
    start, end = period_of(name, moment)
    stamps = series.time if series.frequency is None else _with_next(series)
    row = int(np.searchsorted(stamps, start, side="left"))
    if row == len(stamps) or not stamps[row] < end:
        first, last = series.format_times(series.time[[0, -1]])
        raise SplitError(
            f"{name} must name a row of {first} to {last} or the one after, got {text!r}; "
            f"choose one of series {series.name!r}"
        )
    return row


def _with_next(series: Series) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    after = series.future_times(1)
    assert series.time is not None
    assert after is not None
    return np.concatenate([series.time, after])


def _microsecond(stamp: Any) -> np.datetime64:
    moment: np.datetime64 = stamp.astype("datetime64[us]")
    return moment
