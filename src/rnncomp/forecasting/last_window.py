"""last_window: the end of a series as the one window that a forecast is made from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import DataError
from rnncomp.forecasting.forecast import check_history
from rnncomp.forecasting.preparing import scaled_rows
from rnncomp.samples import Samples
from rnncomp.series import FittedTransform, Series


def last_window(
    series: Series,
    transform: FittedTransform,
    *,
    name: str,
    window: int,
    horizon: int,
    steps: int,
    known: Any,
    dtype: str,
) -> Samples:
    """Return the one window at the end of a series, with what is known of the rows after it.

    Args:
        series: The history.
        transform: What is done to its values.
        name: Of the forecaster, for messages.
        window: Time steps in the window.
        horizon: Steps that are forecast at once; known columns stand so many rows early.
        steps: Steps to reach.
        known: Values ahead of columns whose future is known, for as many rows as the forecaster
            looks ahead: the steps, rounded up to whole horizons; see `Series.future_known`.
        dtype: ``float32`` or ``float64``.

    Raises:
        InvalidArgumentError: The history is too short, or `known` is absent or needless.
        DataError: A target in the window is not above 0, and its logarithm is wanted.
    """
    lost, ahead = transform.lost, len(series.known)
    check_history(name, len(series), window + lost)
    check_positive(series, transform, first=len(series) - window - lost)
    if known is not None and not ahead:
        raise fail("known", "left out, as no known columns were learned", type(known).__name__)
    tail = series.slice(len(series) - window - lost, len(series))
    reach = horizon * -(-steps // horizon)
    future = np.repeat(tail.values[-1:], reach, axis=0)
    if ahead:
        future[:, -ahead:] = series.future_known(reach, known)
    rows = replace(
        tail,
        values=np.concatenate([tail.values, future]),
        time=None,
        calendar=(),
        observed=None,
        fill=None,
    )
    base = scaled_rows(rows, transform, lead=horizon, dtype=dtype)
    return Samples(base, range(lost, lost + 1), window)


def check_positive(series: Series, transform: FittedTransform, *, first: int = 0) -> None:
    """Raise unless the targets have a logarithm, if one is wanted, from row `first` on.

    Raises:
        DataError: One is not above 0.
    """
    if "log" not in transform.kind:
        return
    bad = np.argwhere(series.values[first:, : transform.targets] <= 0.0)
    if len(bad):
        row, column = bad[0]
        raise DataError(
            f"column {series.columns[column]!r} must be above 0, as its logarithm was learned, got "
            f"{series.values[first + row, column]:g} in row {first + row}; train with "
            "transform='none' or 'diff'"
        )
