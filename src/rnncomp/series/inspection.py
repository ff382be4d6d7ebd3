"""inspect: what is in a source, and what stands between it and a comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, ParamSpec, TypeVar

import numpy as np

from rnncomp._check import integer
from rnncomp.errors import DataError
from rnncomp.series.calendar_columns import calendar_names, check_calendar
from rnncomp.series.findings import ColumnSummary, FoundSeason, Inspection
from rnncomp.series.frequency import Grid, find_grid, steps_in_words
from rnncomp.series.loading import read_table
from rnncomp.series.missing import Filled, fill_missing
from rnncomp.series.numbers import Numbers, numbers_of
from rnncomp.series.reading import Reading, check_varies, on_grid
from rnncomp.series.roles import Names, Roles, choose_time
from rnncomp.series.seasons import find_seasons
from rnncomp.series.series import Series
from rnncomp.series.stamps import Stamps
from rnncomp.series.summaries import calendar_summaries, column_fields, span_fields
from rnncomp.series.table import Table

P = ParamSpec("P")
T = TypeVar("T")


def inspect(
    source: Any,
    *,
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
    window: int = 50,
    horizon: int = 1,
) -> Inspection:
    """Look at a source without training on it; the arguments are those of `load`.

    Bad data are listed as obstacles, each in the words in which `load` would refuse them.

    Args:
        source: See `load`; also a `Series`, whose columns keep their roles.
        target: The column to predict.
        features: Further columns that the network sees up to the cutoff.
        time: The time column; False only counts rows.
        time_format: How the time column is written.
        missing: What to do about missing values. With "error" they are listed, and seasons are
            looked for with the holes interpolated.
        known: Further columns that it sees beyond the cutoff too.
        calendar: What it sees of the time stamps; its columns are listed with the others.
        resample: Length of the buckets of time that become the rows.
        separator: Character between the cells of a CSV file.
        decimal: Decimal mark in text.
        max_bytes: Cap on the size of a file.
        window: Time steps of a window, for counting windows.
        horizon: Steps ahead, for counting windows.

    Returns:
        The inspection.

    Raises:
        DataFileError: There is nothing to look at: the file cannot be read.
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> inspection = inspect("nyc_taxi", window=48)
        >>> inspection.frequency_words, inspection.windows, inspection.obstacles
        ('every 30 minutes', 10272, ())
        >>> inspection.seasons[0].words
        '1 week'
    """
    window, horizon = integer("window", window), integer("horizon", horizon)
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
    if isinstance(source, Series):
        source, reading = _of_series(source, reading)
    table = read_table(source, separator=separator, max_bytes=max_bytes)
    obstacles = _Obstacles()
    roles = _roles(table, obstacles, reading)
    fields = column_fields(table, roles, decimal)
    stamps = obstacles.meet(reading.stamps, table, roles.time)
    numbers = _numbers(table, obstacles, roles, decimal)
    table, numbers, stamps, grid = _rows(table, obstacles, roles, numbers, stamps, reading)
    filled = _filled(table, obstacles, numbers, stamps, grid, missing)
    windows = _windows(table, obstacles, filled, window, horizon)
    notes = [*table.notes, *(stamps.notes if stamps else ()), *(filled.notes if filled else ())]
    fields["columns"] += _calendar(table, obstacles, filled, reading)
    return Inspection(
        **fields,
        **span_fields(stamps, grid),
        seasons=_seasons(filled, grid.frequency),
        window=window,
        horizon=horizon,
        windows=windows,
        obstacles=tuple(obstacles.sentences),
        notes=tuple(notes),
    )


class _Obstacles:
    """Collects the sentences of what `load` would raise."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def add(self, sentence: str) -> None:
        if sentence not in self.sentences:
            self.sentences.append(sentence)

    def meet(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what a step of `load` returns, or note what it refuses and return None."""
        try:
            return step(*args, **kwargs)
        except DataError as error:
            self.add(str(error))
            return None


def _of_series(series: Series, reading: Reading) -> tuple[Any, Reading]:
    """Return a series as a frame, and the reading with its roles where none are given."""
    end = len(series.columns) - len(calendar_names(series.calendar))
    plain = replace(  # its calendar is made again
        series,
        values=series.values[:, :end],
        columns=series.columns[:end],
        known=series.columns[len(series.columns) - len(series.known) : end],
        calendar=(),
        observed=None,
    )
    if not reading.target:
        reading = replace(
            reading,
            target=plain.targets,
            features=plain.features,
            known=plain.known,
            calendar=series.calendar,
        )
    return plain.to_frame(), reading


def _roles(table: Table, obstacles: _Obstacles, reading: Reading) -> Roles:
    """Return the roles, with those that cannot be given left empty."""
    time_column = obstacles.meet(choose_time, table, reading.time)
    # With the time column in doubt, the others are still worth a look.
    in_doubt = time_column is None and reading.time is not False
    reading = replace(reading, time=None) if in_doubt else reading
    return obstacles.meet(reading.roles, table) or Roles(time_column, ())


def _rows(
    table: Table,
    obstacles: _Obstacles,
    roles: Roles,
    numbers: dict[str, Numbers],
    stamps: Stamps | None,
    reading: Reading,
) -> tuple[Table, dict[str, Numbers], Stamps | None, Grid]:
    """Return the rows on their grid; where they cannot be, as they are."""
    refused = stamps is None and roles.time is not None  # which has been noted
    found = None
    if not refused:
        found = obstacles.meet(on_grid, table, roles.time, numbers, stamps, reading)
    if found is not None:
        return found
    if stamps is None or reading.resample is not None:
        return table, numbers, None, Grid(None, np.arange(len(table.frame)))
    return table, numbers, stamps, find_grid(stamps.times)


def _calendar(
    table: Table, obstacles: _Obstacles, filled: Filled | None, reading: Reading
) -> tuple[ColumnSummary, ...]:
    if filled is None:
        return ()
    calendar = reading.calendar_parts
    obstacles.meet(check_calendar, filled.times, calendar, table.source)
    return () if filled.times is None else calendar_summaries(filled.times, calendar)


def _numbers(table: Table, obstacles: _Obstacles, roles: Roles, decimal: str) -> dict[str, Numbers]:
    found = {
        name: obstacles.meet(numbers_of, table, name, decimal, argument=roles.argument(name))
        for name in roles.columns
    }
    return {name: numbers for name, numbers in found.items() if numbers is not None}


def _filled(
    table: Table,
    obstacles: _Obstacles,
    numbers: dict[str, Numbers],
    stamps: Stamps | None,
    grid: Grid,
    missing: str,
) -> Filled | None:
    """Return the rows that `load` would keep; with "error", as if holes were interpolated."""
    if not numbers:
        return None
    times = None if stamps is None else stamps.times
    filled = obstacles.meet(fill_missing, table, numbers, times, grid, missing)
    if filled is None and missing == "error":
        try:
            kept = fill_missing(table, numbers, times, grid, "interpolate")
        except DataError:
            return None
        filled = Filled(kept.values, kept.times)
    if filled is not None:
        obstacles.meet(check_varies, table, next(iter(numbers)), filled.values[:, 0])
    return filled


def _windows(
    table: Table, obstacles: _Obstacles, filled: Filled | None, window: int, horizon: int
) -> int:
    rows = len(table.frame) if filled is None else len(filled.values)
    if rows < window + horizon:
        obstacles.add(
            f"{table.source} must have at least window + horizon = {window + horizon} rows, got "
            f"{rows}; pass a smaller window or horizon"
        )
    return max(rows - window - horizon + 1, 0)


def _seasons(filled: Filled | None, frequency: str | None) -> tuple[FoundSeason, ...]:
    if filled is None:
        return ()
    return tuple(
        FoundSeason(
            season.steps,
            season.correlation,
            None if frequency is None else steps_in_words(frequency, season.steps),
        )
        for season in find_seasons(filled.values[:, 0])
    )
