"""inspect: what is in a source, and what stands between it and a comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, ParamSpec, TypeVar

import numpy as np

from rnncomp._check import integer
from rnncomp.errors import DataError
from rnncomp.series.dates import format_stamps
from rnncomp.series.findings import ColumnSummary, FoundSeason, Inspection
from rnncomp.series.frequency import (
    Grid,
    find_grid,
    frequency_words,
    grid_times,
    steps_in_words,
)
from rnncomp.series.loading import check_options, check_varies, even_grid, read_table
from rnncomp.series.missing import Filled, fill_missing
from rnncomp.series.numbers import Numbers, is_numeric, numbers_of, read_numbers
from rnncomp.series.roles import Names, Roles, choose_roles, choose_time
from rnncomp.series.seasons import find_seasons
from rnncomp.series.series import Series
from rnncomp.series.stamps import Stamps, looks_like_time, read_stamps
from rnncomp.series.table import Table

P = ParamSpec("P")
T = TypeVar("T")
_SHOWN_GAPS = 5


def inspect(
    source: Any,
    *,
    target: Names | None = None,
    features: Names = (),
    time: str | Literal[False] | None = None,
    time_format: str | None = None,
    missing: str = "error",
    separator: str | None = None,
    decimal: str = ".",
    max_bytes: int | str | None = None,
    window: int = 50,
    horizon: int = 1,
) -> Inspection:
    """Look at a source without training on it; the arguments are those of `load`.

    Bad data are listed as obstacles, each in the words in which `load` would refuse them.

    Args:
        source: See `load`; also a `Series`.
        target: The column to predict.
        features: Further columns that the network sees.
        time: The time column; False only counts rows.
        time_format: How the time column is written.
        missing: What to do about missing values. With "error" they are listed, and seasons are
            looked for with the holes interpolated.
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
    check_options(missing, decimal)
    data = source.to_frame() if isinstance(source, Series) else source
    table = read_table(data, separator=separator, max_bytes=max_bytes)
    obstacles = _Obstacles()
    roles = _roles(table, obstacles, target, features, time, decimal)
    stamps, grid = _stamps(table, obstacles, roles.time, time_format)
    numbers = _numbers(table, obstacles, roles, decimal)
    filled = _filled(table, obstacles, numbers, stamps, grid, missing)
    windows = _windows(table, obstacles, filled, window, horizon)
    notes = [*table.notes, *(stamps.notes if stamps else ()), *(filled.notes if filled else ())]
    return Inspection(
        **_columns(table, roles, decimal),
        **_span(stamps, grid),
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


def _roles(
    table: Table,
    obstacles: _Obstacles,
    target: Names | None,
    features: Names,
    time: str | Literal[False] | None,
    decimal: str,
) -> Roles:
    """Return the roles, with those that cannot be given left empty."""
    time_column = obstacles.meet(choose_time, table, time)
    # With the time column in doubt, the others are still worth a look.
    known = time if time_column is not None or time is False else None
    roles = obstacles.meet(
        choose_roles, table, target=target, features=features, time=known, decimal=decimal
    )
    return roles or Roles(time_column, ())


def _stamps(
    table: Table, obstacles: _Obstacles, time: str | None, time_format: str | None
) -> tuple[Stamps | None, Grid]:
    stamps = None if time is None else obstacles.meet(read_stamps, table, time, time_format)
    obstacles.meet(even_grid, table, time, stamps)
    if stamps is None:
        return None, Grid(None, np.arange(len(table.frame)))
    return stamps, find_grid(stamps.times)


def _numbers(table: Table, obstacles: _Obstacles, roles: Roles, decimal: str) -> dict[str, Numbers]:
    found = {name: obstacles.meet(numbers_of, table, name, decimal) for name in roles.columns}
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


def _columns(table: Table, roles: Roles, decimal: str) -> dict[str, Any]:
    """Return the fields of an inspection that speak of columns."""
    return {
        "source": table.source,
        "rows": len(table.frame),
        "columns": tuple(_summary(table, name, roles, decimal) for name in table.frame.columns),
        "target": roles.targets[0] if roles.targets else None,
        "time": roles.time,
    }


def _summary(table: Table, name: str, roles: Roles, decimal: str) -> ColumnSummary:
    column = table.frame[name]
    role = "time" if name == roles.time else ""
    role = "target" if name in roles.targets else "feature" if name in roles.features else role
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


def _span(stamps: Stamps | None, grid: Grid) -> dict[str, Any]:
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
