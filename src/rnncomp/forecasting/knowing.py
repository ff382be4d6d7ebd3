"""known_at: a series as it was known at a cutoff."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnncomp.series import Series


def known_at(series: Series, first: int, end: int) -> Series:
    """Return rows first .. end - 1 as they were known then.

    What was interpolated at the end comes from later rows: it repeats the value before instead.

    Example:
        >>> there = np.array([[True], [False], [True]])
        >>> series = Series(np.array([[1.0], [5.0], [9.0]]), observed=there, fill="interpolate")
        >>> known_at(series, 0, 2).target_values
        array([1., 1.])
    """
    rows = series.slice(first, end)
    if series.fill != "interpolate" or series.observed is None:
        return rows
    values = rows.values.copy()
    for column in range(len(series.columns) - len(series.known)):
        seen = np.flatnonzero(series.observed[:end, column])
        if len(seen):
            values[max(0, seen[-1] + 1 - first) :, column] = series.values[seen[-1], column]
    return replace(rows, values=values)
