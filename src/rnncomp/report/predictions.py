"""Forecasts of the baselines, which the table of predictions holds and the charts do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rnncomp.report.numbers import Number, carried


def first_steps(
    predictions: Mapping[str, Sequence[Any]], rows: Sequence[int], names: Sequence[str]
) -> dict[str, list[Number]]:
    """Return what was forecast for some rows of the first curve, one step ahead of each.

    Args:
        predictions: Columns ``row``, ``step`` and one for each name, a row each window and step;
            of several curves also ``series``, the names of the curves.
        rows: The rows, (m,).
        names: Whose forecasts; those without a column are left out.

    Returns:
        For each name m numbers, None where nothing was forecast.

    Example:
        >>> columns = {"row": [5, 6, 6, 7], "step": [1, 2, 1, 2], "ridge": [0.5, 9.0, 0.6, 9.0]}
        >>> first_steps(columns, [5, 6], ["ridge", "mean"])
        {'ridge': [0.5, 0.6]}
    """
    import numpy as np  # noqa: PLC0415

    there = [name for name in names if name in predictions]
    if not there:
        return {}
    stepped = np.asarray(predictions["step"]) == 1
    if "series" in predictions:  # the rows of other curves have the same numbers
        curves = np.asarray(predictions["series"])
        stepped &= curves == curves[0]
    first = np.flatnonzero(stepped)
    place = dict(zip(np.asarray(predictions["row"])[first].tolist(), first.tolist(), strict=True))
    wanted = [place.get(row) for row in rows]
    columns = {name: np.asarray(predictions[name]) for name in there}
    return {
        name: carried(None if at is None else column[at] for at in wanted)
        for name, column in columns.items()
    }
