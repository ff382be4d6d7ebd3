"""Frequency: the distance of the rows in time, on the calendar or in equal steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail

Times = NDArray[np.datetime64]
"""Stamps of dtype datetime64[us], increasing."""

# From long to short: a distance is named by the longest unit that divides it.
_MICROSECONDS = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
_MONTHS = {"y": 12, "q": 3, "mo": 1}
_FREQUENCY = re.compile(r"([1-9]\d*)(us|ms|s|m|h|d|w|mo|q|y|bd)")
_WORDS = {
    "us": "microsecond",
    "ms": "millisecond",
    "s": "second",
    "m": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mo": "month",
    "q": "quarter",
    "y": "year",
    "bd": "business day",
}


@dataclass(frozen=True, eq=False)
class Grid:
    """Where the rows lie on an even grid of moments.

    Attributes:
        frequency: The step, such as "1mo", "30m", "1bd"; None for uneven or fewer than two stamps.
        positions: Step of each row on the grid, shape (rows,), from 0; without gaps it is 0, 1, 2…
        uneven_row: The first row that does not fit, if the stamps are uneven.
    """

    frequency: str | None
    positions: NDArray[np.int64]
    uneven_row: int | None = None

    @property
    def missing(self) -> int:
        """How many steps between the first and the last row have no row."""
        return int(self.positions[-1]) + 1 - len(self.positions) if len(self.positions) else 0

    def gaps(self) -> NDArray[np.int64]:
        """Return the rows that come right after a gap."""
        return np.flatnonzero(np.diff(self.positions) > 1) + 1


def find_grid(times: Times) -> Grid:
    """Find the even grid that increasing stamps lie on, if there is one.

    Calendar months (and quarters, years) are tried first, then business days, then equal steps.
    A grid counts if at least half of its steps have a row.

    Args:
        times: Stamps, shape (rows,), datetime64[us], strictly increasing.

    Returns:
        The grid.

    Example:
        >>> months = np.array(["2020-01", "2020-02", "2020-04"], "M8[M]").astype("M8[us]")
        >>> grid = find_grid(months)
        >>> grid.frequency, grid.positions.tolist(), grid.missing
        ('1mo', [0, 1, 3], 1)
    """
    if len(times) < 2:
        return Grid(None, np.zeros(len(times), dtype=np.int64))
    for find in (_month_grid, _business_grid, _step_grid):
        grid = find(times)
        if grid is not None and grid.positions[-1] < 2 * len(times):
            return grid
    return Grid(None, np.arange(len(times)), _first_uneven(times))


def times_after(times: Times, frequency: str, steps: int) -> Times:
    """Return the stamps of the next rows.

    Args:
        times: Stamps so far, shape (rows,), at least one.
        frequency: Their distance, as `find_grid` names it.
        steps: How many to make.

    Returns:
        Stamps, shape (steps,); months keep their day, or stay at the month's end.

    Example:
        >>> ends = np.array(["2023-12-31", "2024-01-31"], "M8[us]")
        >>> times_after(ends, "1mo", 2).astype("M8[D]").astype(str).tolist()
        ['2024-02-29', '2024-03-31']
    """
    count, unit = parse_frequency(frequency)
    ahead = count * np.arange(1, steps + 1)
    if unit in _MONTHS:
        return _months_after(times, ahead * _MONTHS[unit])
    after: Times
    if unit == "bd":
        day = times[-1].astype("datetime64[D]")
        days = np.busday_offset(day, ahead, roll="backward")
        after = days.astype("datetime64[us]") + (times[-1] - day)
        return after
    after = times[-1] + (ahead * _MICROSECONDS[unit]).astype("timedelta64[us]")
    return after


def parse_frequency(frequency: str, argument: str = "frequency") -> tuple[int, str]:
    """Split "30m" into 30 and "m", or raise InvalidArgumentError with the name of the argument."""
    match = _FREQUENCY.fullmatch(frequency)
    if match is None:
        hint = "units are us ms s m h d w mo q y, and bd for business days"
        raise fail(argument, "a count and a unit such as '1mo' or '30m'", frequency, hint)
    return int(match[1]), match[2]


def plain_frequency(frequency: str) -> str:
    """Return the frequency in the longest unit that divides it, as `find_grid` names it.

    Example:
        >>> plain_frequency("60m"), plain_frequency("12mo"), plain_frequency("36h")
        ('1h', '1y', '36h')
    """
    count, unit = parse_frequency(frequency)
    if unit == "bd":
        return frequency
    units = _MONTHS if unit in _MONTHS else _MICROSECONDS
    longest, amount = _largest(count * units[unit], units)
    return f"{amount}{longest}"


def positions_on(times: Times, frequency: str) -> NDArray[np.int64]:
    """Return the steps from the first stamp to each, for stamps that lie on a grid.

    Args:
        times: Stamps, shape (rows,), at least one.
        frequency: The distance of the grid, not in business days.

    Returns:
        Steps, shape (rows,), from 0.

    Example:
        >>> months = np.array(["2020-01", "2020-07"], "M8[M]").astype("M8[us]")
        >>> positions_on(months, "1q").tolist()
        [0, 2]
    """
    count, unit = parse_frequency(frequency)
    if unit in _MONTHS:
        moments, step = times.astype("datetime64[M]").astype(np.int64), _MONTHS[unit]
    else:
        moments, step = times.astype(np.int64), _MICROSECONDS[unit]
    positions: NDArray[np.int64] = (moments - moments[0]) // (count * step)
    return positions


def frequency_words(frequency: str) -> str:
    """Return the frequency in words: "every 30 minutes", "every month"."""
    count, unit = parse_frequency(frequency)
    return f"every {_WORDS[unit]}" if count == 1 else f"every {_in_words(count, unit)}"


def steps_in_words(frequency: str, steps: int) -> str:
    """Return a number of steps as a duration: 48 steps of "30m" are "1 day"."""
    count, unit = parse_frequency(frequency)
    total = count * steps
    if unit in _MONTHS:
        years, rest = divmod(total * _MONTHS[unit], _MONTHS["y"])
        return _in_words(total, unit) if rest else _in_words(years, "y")
    if unit == "bd":
        return _in_words(total, unit)
    longest, amount = _largest(total * _MICROSECONDS[unit], _MICROSECONDS)
    return _in_words(amount, longest)


def _in_words(amount: int, unit: str) -> str:
    return f"{amount} {_WORDS[unit]}" + ("s" if amount > 1 else "")


def _largest(amount: int, units: dict[str, int]) -> tuple[str, int]:
    unit = next(unit for unit, size in units.items() if amount % size == 0)
    return unit, amount // units[unit]


def _first_uneven(times: Times) -> int:
    """Return the first row that is not where most others would have it."""
    since_month = (times - times.astype("datetime64[M]")).astype(np.int64)
    off_day = since_month != _most_common(since_month)
    steps = np.diff(times).astype(np.int64)
    if off_day.any() and off_day.mean() <= 0.5 and steps.min() > 27 * _MICROSECONDS["d"]:
        return int(off_day.argmax())
    return int((steps != _most_common(steps)).argmax()) + 1


def _most_common(numbers: NDArray[np.int64]) -> np.int64:
    values, counts = np.unique(numbers, return_counts=True)
    most: np.int64 = values[counts.argmax()]
    return most


def _month_grid(times: Times) -> Grid | None:
    days, months = times.astype("datetime64[D]"), times.astype("datetime64[M]")
    clock = times - days
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64)
    if (clock != clock[0]).any():
        return None
    if (of_month != of_month[0]).any() and not _month_ends(times).all():
        return None
    index = months.astype(np.int64) - months[0].astype(np.int64)
    steps = np.diff(index)
    if (steps == 0).any():
        return None
    step = int(np.gcd.reduce(steps))
    unit, count = _largest(step, _MONTHS)
    return Grid(f"{count}{unit}", index // step)


def _business_grid(times: Times) -> Grid | None:
    days = times.astype("datetime64[D]")
    clock = times - days
    over_a_weekend = (np.diff(days).astype(np.int64) >= 3).any()
    if (clock != clock[0]).any() or not over_a_weekend or not np.is_busday(days).all():
        return None
    index = np.busday_count(days[0], days)
    step = int(np.gcd.reduce(np.diff(index)))
    # Every fifth business day is a plain week.
    return Grid("1bd", index) if step == 1 else None


def _step_grid(times: Times) -> Grid:
    index = (times - times[0]).astype(np.int64)
    step = int(np.gcd.reduce(np.diff(index)))
    unit, count = _largest(step, _MICROSECONDS)
    return Grid(f"{count}{unit}", index // step)


def _month_ends(times: Times) -> NDArray[np.bool_]:
    days, months = times.astype("datetime64[D]"), times.astype("datetime64[M]")
    ends: NDArray[np.bool_] = (days + 1).astype("datetime64[M]") != months
    return ends


def _months_after(times: Times, months: NDArray[np.int64]) -> Times:
    last: Any = times[-1]
    day, month = last.astype("datetime64[D]"), last.astype("datetime64[M]")
    starts = (month + months).astype("datetime64[D]")
    length = ((month + months + 1).astype("datetime64[D]") - starts).astype(np.int64)
    wanted = (day - month.astype("datetime64[D]")).astype(np.int64)
    at_end = bool(_month_ends(times).all())
    of_month = length - 1 if at_end else np.minimum(wanted, length - 1)
    after: Times = (starts + of_month).astype("datetime64[us]") + (last - day)
    return after


def grid_times(times: Times, grid: Grid) -> Times:
    """Return the stamps of every step of the grid, those without a row included.

    Example:
        >>> months = np.array(["2020-01", "2020-02", "2020-04"], "M8[M]").astype("M8[us]")
        >>> grid_times(months, find_grid(months)).astype("M8[M]").astype(str).tolist()
        ['2020-01', '2020-02', '2020-03', '2020-04']
    """
    if grid.frequency is None or not grid.missing:
        return times
    steps = int(grid.positions[-1])
    # Month ends are recognised by all stamps together, so all go in, the first one moved last.
    anchored = np.concatenate([times[1:], times[:1]])
    return np.concatenate([times[:1], times_after(anchored, grid.frequency, steps)])
