"""Forecasts of the baselines, which the table of predictions holds and the charts do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnncomp.report.numbers import Number, carried


def first_steps(
    predictions: Mapping[str, Sequence[Any]], timeline: Mapping[str, Any], names: Sequence[str]
) -> dict[str, list[Number]]:
    """Return what was forecast one step ahead, at the rows that the timeline draws.

    Args:
        predictions: Columns ``row``, ``step`` and one for each name, a row each window and step.
        timeline: ``index`` (n,), rows of the series, and ``test_index`` (m,), places among them.
        names: Whose forecasts; those without a column are left out.

    Returns:
        For each name m numbers, None where nothing was forecast.

    Example:
        >>> columns = {"row": [5, 6, 6, 7], "step": [1, 2, 1, 2], "ridge": [0.5, 9.0, 0.6, 9.0]}
        >>> first_steps(columns, {"index": [4, 5, 6], "test_index": [1, 2]}, ["ridge", "mean"])
        {'ridge': [0.5, 0.6]}
    """
    there = [name for name in names if name in predictions]
    if not there:
        return {}
    first = np.flatnonzero(np.asarray(predictions["step"]) == 1)
    rows = np.asarray(predictions["row"])[first].tolist()
    place = dict(zip(rows, first.tolist(), strict=True))
    wanted = [place.get(timeline["index"][at]) for at in timeline["test_index"]]
    return {name: _picked(np.asarray(predictions[name]), wanted) for name in there}


def _picked(values: np.ndarray[Any, Any], places: Sequence[int | None]) -> list[Number]:
    return carried(None if place is None else values[place] for place in places)
