"""Reading: a table to rows without holes, and these to a Series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, one_of
from rnncomp.errors import ColumnError, TimeColumnError
from rnncomp.series.calendar_columns import calendar_names, calendar_values, check_calendar
from rnncomp.series.frequency import Grid, Times, find_grid
from rnncomp.series.limits import find_cap
from rnncomp.series.missing import RULES, Filled, fill_missing
from rnncomp.series.numbers import Numbers, numbers_of
from rnncomp.series.resampling import check_resample, resample_rows, suggestion
from rnncomp.series.roles import Names, Roles, as_names, choose_roles
from rnncomp.series.series import Series
from rnncomp.series.stamps import Stamps, read_stamps
from rnncomp.series.table import Table, count, join_names


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a table becomes a series: the options of `load` of the same names.

    Attributes:
        varying: Whether targets and the calendar must change from row to row, as those that are
            learned from must; rows that only follow need not.

    Raises:
        InvalidArgumentError: A rule, a mark, a frequency or a part of the calendar does not exist.
    """

    target: Names | None = None
    features: Names = ()
    known: Names = ()
    calendar: Names = ()
    time: str | Literal[False] | None = None
    time_format: str | None = None
    missing: str = "error"
    resample: str | None = None
    decimal: str = "."
    max_bytes: int | str | None = None
    varying: bool = True

    def __post_init__(self) -> None:
        one_of("missing", self.missing, RULES)
        if self.decimal not in (".", ","):
            raise fail("decimal", "'.' or ','", self.decimal)
        check_resample(self.resample)
        calendar_names(self.calendar_parts)

    @property
    def calendar_parts(self) -> tuple[str, ...]:
        """The parts of the calendar."""
        return as_names("calendar", self.calendar)

    def roles(self, table: Table) -> Roles:
        """Choose the columns; see `choose_roles`."""
        return choose_roles(
            table,
            target=self.target,
            features=self.features,
            known=self.known,
            time=self.time,
            decimal=self.decimal,
        )

    def stamps(self, table: Table, label: str | None) -> Stamps | None:
        """Read the time column, if there is one; before resampling a moment may come twice."""
        if label is None:
            return None
        return read_stamps(table, label, self.time_format, repeats=self.resample is not None)


@dataclass(frozen=True, eq=False)
class Rows:
    """What a table holds once its holes are filled.

    Attributes:
        table: Where it was, with the name, the kind of frame and its notes.
        roles: The columns.
        calendar: The parts of the calendar asked for.
        stamps: The time column as it was read or resampled, or None.
        frequency: Distance of the rows, or None.
        filled: Values of the columns in the order of `roles.columns`, and their stamps.
    """

    table: Table
    roles: Roles
    calendar: tuple[str, ...]
    stamps: Stamps | None
    frequency: str | None
    filled: Filled

    @property
    def masked(self) -> tuple[str, ...]:
        """The columns that need a column beside them to say what was observed."""
        if self.filled.fill != "mask" or self.filled.observed is None:
            return ()
        holes = np.flatnonzero(~self.filled.observed.all(axis=0))
        return tuple(self.roles.columns[i] for i in holes)


def read_rows(table: Table, reading: Reading) -> Rows:
    """Choose the columns, read them, resample and fill them as `reading` says; see `load`."""
    roles = reading.roles(table)
    numbers = {
        name: numbers_of(table, name, reading.decimal, argument=roles.argument(name))
        for name in roles.columns
    }
    stamps = reading.stamps(table, roles.time)
    table, numbers, stamps, grid = on_grid(table, roles.time, numbers, stamps, reading)
    times = None if stamps is None else stamps.times
    filled = fill_missing(table, numbers, times, grid, reading.missing)
    if reading.varying:
        for column, label in enumerate(roles.targets):
            check_varies(table, label, filled.values[:, column])
        check_calendar(filled.times, reading.calendar_parts, table.source)
    return Rows(table, roles, reading.calendar_parts, stamps, grid.frequency, filled)


def make_series(rows: Rows, masked: tuple[str, ...] | None = None) -> Series:
    """Add the columns that are made, of holes and of the calendar, and return the series.

    Args:
        rows: The rows.
        masked: Columns to get a column of what was observed; None for those with holes.

    Raises:
        ColumnError: A column that is made has the name of one that is there.
    """
    roles, filled = rows.roles, rows.filled
    columns = rows.masked if masked is None else masked
    marks = tuple(f"{name}_observed" for name in columns)
    dates = calendar_names(rows.calendar)
    _refuse_taken(rows, marks + dates)
    notes = rows.table.notes + (() if rows.stamps is None else rows.stamps.notes) + filled.notes
    if marks:
        notes += (f"what was observed, 1 or 0, is in {join_names(marks)}",)
    values, observed = _with_made(rows, columns)
    return Series(
        values,
        roles.targets + roles.features + marks + roles.known + dates,
        targets=roles.targets,
        time=filled.times,
        frequency=rows.frequency,
        name=rows.table.name,
        time_name=roles.time or "time",
        time_unit="us" if rows.stamps is None else rows.stamps.unit,
        frame_type=rows.table.frame_type,
        notes=notes,
        known=roles.known + dates,
        calendar=rows.calendar,
        observed=observed,
        fill=filled.fill,
    )


def _with_made(
    rows: Rows, columns: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """Return values and what was observed, with the marks of `columns` and the calendar put in."""
    roles, values, observed = rows.roles, rows.filled.values, rows.filled.observed
    if not columns and not rows.calendar:
        return values, observed
    there = np.ones(values.shape, bool) if observed is None else observed
    marks = there[:, [roles.columns.index(name) for name in columns]]
    times = rows.filled.times
    dates = np.empty((len(values), 0)) if times is None else calendar_values(times, rows.calendar)
    split = len(roles.columns) - len(roles.known)
    values = np.hstack([values[:, :split], marks, values[:, split:], dates])
    seen = [np.ones(made.shape, bool) for made in (marks, dates)]
    return values, np.hstack([there[:, :split], seen[0], there[:, split:], seen[1]])


def on_grid(
    table: Table,
    label: str | None,
    numbers: dict[str, Numbers],
    stamps: Stamps | None,
    reading: Reading,
) -> tuple[Table, dict[str, Numbers], Stamps | None, Grid]:
    """Return the rows and where they lie in time, resampled if that is asked for."""
    if reading.resample is None:
        return table, numbers, stamps, even_grid(table, label, stamps)
    cap = find_cap(reading.max_bytes)
    new = resample_rows(table, numbers, stamps, every=reading.resample, max_bytes=cap)
    return new.table, new.numbers, new.stamps, new.grid


def even_grid(table: Table, label: str | None, stamps: Stamps | None) -> Grid:
    """Return where the rows lie in time, or raise TimeColumnError for uneven stamps."""
    if stamps is None:
        return Grid(None, np.arange(len(table.frame)))
    grid = find_grid(stamps.times)
    if grid.uneven_row is not None:
        raise TimeColumnError(_uneven(table, str(label), stamps.times, grid.uneven_row))
    return grid


def _uneven(table: Table, label: str, times: Times, row: int) -> str:
    cells = [str(table.frame[label][i]) for i in (row - 1, row)]
    before, after = table.place([row - 1, row])
    step = (times[row] - times[row - 1]).astype(object)
    return (
        f"column {label!r} of {table.source} must be evenly spaced, got {cells[1]!r} ({after}) "
        f"after {cells[0]!r} ({before}), {step} later, unlike most rows; pass "
        f"{suggestion(times)}, or time=False (--no-time) to take the rows as equally spaced"
    )


def check_varies(table: Table, label: str, values: NDArray[np.float64]) -> None:
    """Raise ColumnError for a target that never changes."""
    if len(values) < 2 or values.min() == values.max():
        raise ColumnError(
            f"column {label!r} of {table.source} must change from row to row, got "
            f"{count(len(values), 'row')} of {values[0]:g}; choose a target that does"
        )


def _refuse_taken(rows: Rows, made: tuple[str, ...]) -> None:
    for name in made:
        if name in rows.roles.columns:
            raise ColumnError(
                f"column {name!r} of {rows.table.source} must have another name, got the one of a "
                "column that missing or calendar makes; rename it"
            )
