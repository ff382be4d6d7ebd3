"""Missing values: found, counted, and dropped or filled only on request."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import MissingValuesError
from rnncomp.series.frequency import Grid, Times, frequency_words, grid_times
from rnncomp.series.numbers import Numbers
from rnncomp.series.table import Table, count

RULES = ("error", "drop", "interpolate", "ffill", "mask")
_ADVICE = 'pass missing="drop", "interpolate", "ffill" or "mask" (--missing) to go on'


@dataclass(frozen=True, eq=False)
class Filled:
    """Rows without holes.

    Attributes:
        values: Shape (rows, F), finite.
        times: Stamps of the rows, or None.
        notes: What was done, in sentences.
        observed: Which values were there, shape (rows, F); None for all.
        fill: The rule for the others, or None where none was needed.
    """

    values: NDArray[np.float64]
    times: Times | None
    notes: tuple[str, ...] = ()
    observed: NDArray[np.bool_] | None = None
    fill: str | None = None


def describe_missing(table: Table, name: str, numbers: Numbers) -> str:
    """Return what is missing in a column and where; an empty string for nothing."""
    kinds = {
        "empty cell": numbers.empty,
        "NaN": numbers.not_a_number,
        "infinite value": numbers.infinite,
    }
    found = [count(len(rows), kind) for kind, rows in kinds.items() if len(rows)]
    if not found:
        return ""
    first = table.place(numbers.missing[:3].tolist())
    more = ", ..." if len(numbers.missing) > 3 else ""
    return f"{' and '.join(found)} in column {name!r} ({', '.join(first)}{more})"


def describe_gaps(table: Table, grid: Grid, times: Times) -> str:
    """Return which stamps have no row; an empty string for none."""
    if not grid.missing or grid.frequency is None:
        return ""
    places = table.place(grid.gaps()[:3].tolist())
    more = ", ..." if len(grid.gaps()) > 3 else ""
    return (
        f"{count(grid.missing, 'absent row')} where one is due {frequency_words(grid.frequency)} "
        f"(before {', '.join(places)}{more})"
    )


def fill_missing(
    table: Table,
    columns: dict[str, Numbers],
    times: Times | None,
    grid: Grid,
    rule: str,
) -> Filled:
    """Apply a rule for missing values to rows on a grid.

    Args:
        table: Where the columns are, for messages.
        columns: The numbers of each column.
        times: Stamp of each row, or None.
        grid: Where the rows lie in time.
        rule: "error" refuses; "drop" leaves out each row with a hole, and what follows moves up;
            "interpolate" draws a line between the neighbours in time; "ffill" and "mask" repeat
            the last value. These three fill moments without a row too, and say what was observed.

    Returns:
        Rows without holes. What lies before the first full row (for "interpolate", also after the
        last) is left out, as there is nothing to fill it from.

    Raises:
        MissingValuesError: The rule is "error" and something is missing, or no full row is left.
    """
    values = np.column_stack([numbers.values for numbers in columns.values()])
    found = [describe_missing(table, name, numbers) for name, numbers in columns.items()]
    found.append("" if times is None else describe_gaps(table, grid, times))
    found = [sentence for sentence in found if sentence]
    if not found:
        return Filled(values, times)
    full = np.isfinite(values).all(axis=1)
    if rule == "error" or not full.any():
        what = " and ".join(found)
        advice = _ADVICE if full.any() else "there is no full row to go on with: fill the column"
        raise MissingValuesError(
            f"{table.source} must have no missing values, got {what}; {advice}"
        )
    if rule == "drop":
        kept = None if times is None else times[full]
        note = f"left out, the rows after them moved up: {' and '.join(found)}"
        return Filled(values[full], kept, (note,))
    if times is not None:
        values, times = _on_grid(values, times, grid)
    rows = _full_rows(values, rule)
    observed = np.isfinite(values[rows])
    words = {"interpolate": "interpolated"}.get(rule, "filled with the value before")
    note = f"{words}: {' and '.join(found)}"
    return Filled(
        _fill(values, rule)[rows],
        None if times is None else times[rows],
        (note,),
        None if observed.all() else observed,
        rule,
    )


def _on_grid(
    values: NDArray[np.float64], times: Times, grid: Grid
) -> tuple[NDArray[np.float64], Times]:
    every = grid_times(times, grid)
    spread = np.full((len(every), values.shape[1]), np.nan)
    spread[grid.positions] = values
    return spread, every


def _full_rows(values: NDArray[np.float64], rule: str) -> slice:
    """Return the rows from the first one on for which each column has something to fill from."""
    there = np.isfinite(values)
    first = int(there.argmax(axis=0).max())
    last = int(there[::-1].argmax(axis=0).max()) if rule == "interpolate" else 0
    return slice(first, len(values) - last)


def _fill(values: NDArray[np.float64], rule: str) -> NDArray[np.float64]:
    rows = np.arange(len(values))
    filled = np.empty_like(values)
    for column in range(values.shape[1]):
        known = np.flatnonzero(np.isfinite(values[:, column]))
        if rule == "interpolate":
            filled[:, column] = np.interp(rows, known, values[known, column])
        else:
            before = np.searchsorted(known, rows, side="right") - 1
            filled[:, column] = values[known[before], column]
    return filled
