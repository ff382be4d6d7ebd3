"""Summaries: what a source holds, column by column and in time, as `inspect` tells it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncomp.series.calendar_columns import calendar_names, calendar_values
from rnncomp.series.dates import format_stamps
from rnncomp.series.findings import ColumnSummary
from rnncomp.series.frequency import Grid, Times, frequency_words, grid_times
from rnncomp.series.numbers import is_numeric, read_numbers
from rnncomp.series.roles import Roles
from rnncomp.series.stamps import Stamps, looks_like_time
from rnncomp.series.table import Table

_SHOWN_GAPS = 5


def column_fields(table: Table, roles: Roles, decimal: str) -> dict[str, Any]:
    """Return the fields of an inspection that speak of the columns of a source."""
    return {
        "source": table.source,
        "rows": len(table.frame),
        "columns": tuple(_summary(table, name, roles, decimal) for name in table.frame.columns),
        "target": roles.targets[0] if roles.targets else None,
        "time": roles.time,
    }


def calendar_summaries(times: Times, calendar: tuple[str, ...]) -> tuple[ColumnSummary, ...]:
    """Return the columns that would be made of the stamps of the rows."""
    values = calendar_values(times, calendar)
    return tuple(
        ColumnSummary(name, "calendar", "known", 0, *map(float, (c.min(), c.mean(), c.max())))
        for name, c in zip(calendar_names(calendar), values.T, strict=True)
    )


def _summary(table: Table, name: str, roles: Roles, decimal: str) -> ColumnSummary:
    column = table.frame[name]
    role = "time" if name == roles.time else ""
    if name in roles.columns:
        role = roles.argument(name).removesuffix("s")
    if role == "time" or (not role and looks_like_time(column)):
        return ColumnSummary(name, "time", role, int(column.null_count()))
    if not is_numeric(column):
        return ColumnSummary(name, str(column.dtype).lower(), role, int(column.null_count()))
    numbers = read_numbers(column, decimal)
    if len(numbers.text) > numbers.finite or not numbers.finite:
        return ColumnSummary(name, "text", role, len(numbers.empty))
    finite = numbers.values[np.isfinite(numbers.values)]
    low, mean, high = (float(value) for value in (finite.min(), finite.mean(), finite.max()))
    return ColumnSummary(name, "number", role, len(numbers.missing), low, mean, high)


def span_fields(stamps: Stamps | None, grid: Grid) -> dict[str, Any]:
    """Return the fields of an inspection that speak of time."""
    if stamps is None:
        return dict.fromkeys(("first", "last", "frequency", "frequency_words")) | {
            "gaps": 0,
            "first_gaps": (),
        }
    first, last = format_stamps(stamps.times[[0, -1]], stamps.unit)
    words = None if grid.frequency is None else frequency_words(grid.frequency)
    return {
        "first": first,
        "last": last,
        "frequency": grid.frequency,
        "frequency_words": words,
        "gaps": grid.missing,
        "first_gaps": tuple(_first_gaps(stamps, grid)),
    }


def _first_gaps(stamps: Stamps, grid: Grid) -> list[str]:
    every = grid_times(stamps.times, grid)
    absent = np.setdiff1d(every, stamps.times)[:_SHOWN_GAPS] if grid.missing else every[:0]
    return format_stamps(absent, stamps.unit)
