"""Calendar columns: the hour, the weekday, the month of each stamp, as numbers for a network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, one_of
from rnncomp.errors import TimeColumnError
from rnncomp.series.frequency import Times

Array = NDArray[np.float64]


def calendar_names(calendar: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the columns that `calendar_values` makes.

    Args:
        calendar: Any of `CALENDAR`.

    Raises:
        InvalidArgumentError: A name is none of them.

    Example:
        >>> calendar_names(("hour", "weekend"))
        ('hour_sin', 'hour_cos', 'weekend')
    """
    names: list[str] = []
    for part in calendar:
        one_of("calendar", part, CALENDAR)
        names += [part] if part == "weekend" else [f"{part}_sin", f"{part}_cos"]
    return tuple(names)


def calendar_values(times: Times, calendar: tuple[str, ...]) -> Array:
    """Return the columns of the calendar for each stamp.

    A place p in 0 .. 1 of its cycle becomes sin(2 pi p) and cos(2 pi p), so that 23 o'clock is as
    near to 0 o'clock as 1 o'clock is. `weekend` is 1 on Saturday and Sunday, else 0.

    Args:
        times: Stamps, shape (rows,), datetime64[us].
        calendar: Any of `CALENDAR`.

    Returns:
        Values, shape (rows, columns), the columns as `calendar_names` lists them.

    Example:
        >>> calendar_values(np.array(["2024-03-02T06:00"], "M8[us]"), ("hour", "weekend")).tolist()
        [[1.0, 0.0, 1.0]]
    """
    columns: list[Array] = []
    for part in calendar:
        place = CALENDAR[part](times)
        if part == "weekend":
            columns.append(place)
        else:
            columns += [_rounded(np.sin(2 * np.pi * place)), _rounded(np.cos(2 * np.pi * place))]
    return np.column_stack(columns) if columns else np.empty((len(times), 0))


def _rounded(wave: Array) -> Array:
    """Return a sine of half a turn as 0: its 1e-16 a scaler would stretch to the whole range."""
    return wave.round(12) + 0.0


def check_calendar(times: Times | None, calendar: tuple[str, ...], source: str) -> None:
    """Raise unless each part of the calendar exists and changes in the data.

    Args:
        times: Stamps of all rows, or None for a series without time.
        calendar: The parts asked for.
        source: What messages call the data.

    Raises:
        InvalidArgumentError: A part does not exist, or is named twice.
        TimeColumnError: The series has no time, or a part is the same in all rows.
    """
    calendar_names(calendar)
    for part in calendar:
        if times is None:
            raise TimeColumnError(
                f"calendar={part!r} must be taken from a time column, got {source} without one; "
                "name the column with time=, or leave calendar out"
            )
        if calendar.count(part) > 1:
            raise fail("calendar", f"names with {part!r} once", calendar, "remove one")
        if np.ptp(calendar_values(times, (part,)), axis=0).max(initial=0.0) == 0.0:
            raise TimeColumnError(
                f"calendar={part!r} must change from row to row, got the same {part} in all "
                f"{len(times):,} rows of {source}; leave it out"
            )


def _minute(times: Times) -> Array:
    place: Array = (times - times.astype("datetime64[h]")) / np.timedelta64(1, "h")
    return place


def _hour(times: Times) -> Array:
    place: Array = (times - times.astype("datetime64[D]")) / np.timedelta64(1, "D")
    return place


def _days(times: Times) -> NDArray[np.int64]:
    return times.astype("datetime64[D]").astype(np.int64)


def _day_of_week(times: Times) -> NDArray[np.int64]:
    """Return 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (_days(times) + 3) % 7


def _weekday(times: Times) -> Array:
    return _day_of_week(times) / 7


def _weekend(times: Times) -> Array:
    return (_day_of_week(times) >= 5).astype(np.float64)


def _day_in(times: Times, unit: str) -> Array:
    """Return how much of the month "M" or year "Y" has passed when a day begins."""
    first = times.astype(f"datetime64[{unit}]")
    start, end = (moment.astype("datetime64[D]").astype(np.int64) for moment in (first, first + 1))
    place: Array = (_days(times) - start) / (end - start)
    return place


def _week(times: Times) -> Array:
    """Return the place in the ISO year, whose weeks belong to the year that has their Thursday."""
    thursday = (_days(times) - _day_of_week(times) + 3).astype("datetime64[D]")
    year = thursday.astype("datetime64[Y]")
    week = (thursday - year).astype(np.int64) // 7
    last = (year + 1).astype("datetime64[D]") - 4  # 28 December is always in the last week
    last_thursday = last.astype(np.int64) - (last.astype(np.int64) + 3) % 7 + 3
    weeks = (last_thursday - year.astype("datetime64[D]").astype(np.int64)) // 7 + 1
    place: Array = week / weeks
    return place


def _month(times: Times) -> Array:
    return (times.astype("datetime64[M]").astype(np.int64) % 12) / 12


def _quarter(times: Times) -> Array:
    return (times.astype("datetime64[M]").astype(np.int64) % 12 // 3) / 4


CALENDAR: dict[str, Callable[[Times], Array]] = {
    "minute": _minute,
    "hour": _hour,
    "weekday": _weekday,
    "weekend": _weekend,
    "monthday": lambda times: _day_in(times, "M"),
    "yearday": lambda times: _day_in(times, "Y"),
    "week": _week,
    "month": _month,
    "quarter": _quarter,
}
"""What can be taken from a stamp, and its place in its cycle, 0 .. 1, shape (rows,).

`minute` and `hour` go on within themselves (half past six is 6.5 of 24), the others stand still.
"""
