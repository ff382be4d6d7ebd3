"""What a forecaster remembers of a series: enough to forecast from, and to know its own errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import TimeColumnError
from rnncomp.series import FittedTransform, Series, load
from rnncomp.series.calendar_columns import calendar_names

KEPT_ROWS = 4096  # of the rows that nothing was learned from, at most so many go into a file


@dataclass(frozen=True, eq=False)
class Learned:
    """One series that a forecaster has learned from.

    Attributes:
        series: Its rows; read back from a file, the last of them.
        transform: What is done to its values.
        unseen: The first row that no weight and no scaler has learned from.
    """

    series: Series
    transform: FittedTransform
    unseen: int

    def tail(self, window: int) -> Learned:
        """Return what goes into a file: the unseen rows, and the window before the first."""
        first = max(0, min(self.unseen, len(self.series)) - window - self.transform.lost)
        first = max(first, len(self.series) - window - self.transform.lost - KEPT_ROWS)
        rows = self.series.slice(first, len(self.series))
        return replace(self, series=rows, unseen=max(self.unseen - first, 0))


def load_like(source: Any, like: Series) -> Series:
    """Return a source as a series with the columns of another one.

    Args:
        source: A Series as it is, or what `rnncomp.load` takes.
        like: Says which columns are forecast, seen and known, and how holes are filled.

    Raises:
        InvalidArgumentError: Its columns are others.
    """
    series = source if isinstance(source, Series) else _loaded(source, like)
    if series.columns != like.columns:
        raise fail("series columns", f"{list(like.columns)}", list(series.columns))
    return series


def _loaded(source: Any, like: Series) -> Series:
    if like.time is None and isinstance(source, (np.ndarray, list, tuple)):
        return replace(like, values=_table(source, like), observed=None, fill=None, notes=())
    made = len(calendar_names(like.calendar))
    masks = [f"{name}_observed" for name in like.columns if f"{name}_observed" in like.features]
    series = load(
        source,
        target=list(like.targets),
        features=[name for name in like.features if name not in masks],
        known=like.known[: len(like.known) - made],
        calendar=like.calendar,
        missing="mask" if masks else like.fill or "error",
    )
    return _with_masks(series, like, masks)


def _with_masks(series: Series, like: Series, masks: list[str]) -> Series:
    """Return a series with all columns that say what was observed: `load` adds those with holes."""
    absent = [name for name in masks if name not in series.columns]
    if not absent or not set(series.columns) <= set(like.columns):
        return series
    rows = len(series)
    seen = np.ones((rows, 1))
    columns = dict(zip(series.columns, series.values.T, strict=True))
    values = [columns.get(name, seen[:, 0]) for name in like.columns]
    observed = series.observed
    if observed is not None:
        known = dict(zip(series.columns, observed.T, strict=True))
        observed = np.stack([known.get(n, seen[:, 0] == 1.0) for n in like.columns], axis=1)
    return replace(series, values=np.stack(values, axis=1), columns=like.columns, observed=observed)


def appended(series: Series, new: Any) -> Series:
    """Return a series with further rows after its last one.

    Args:
        series: What has been there.
        new: A Series or what `rnncomp.load` takes, with the same columns; of one with stamps the
            rows after the last known one are taken, and must follow it at once. An array of the
            values, shape (rows,) or (rows, F), follows at once, whatever the stamps.

    Raises:
        InvalidArgumentError: The columns are others, or nothing is new.
        TimeColumnError: The rows do not follow the last one.
    """
    if isinstance(new, (np.ndarray, list, tuple)):
        values = _table(new, series)
        times = series.future_times(len(values)) if len(values) else None
        more = replace(series, values=values, time=times, observed=None, fill=None, notes=())
    else:
        more = load_like(new, series)
    if series.time is not None:
        more = _newer(series, more)
    if not len(more):
        raise fail("new_values", "rows after the last one known", 0, "there is nothing new in them")
    return _joined(series, more)


def _table(values: Any, like: Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    array = np.asarray(values, dtype=np.float64)
    table = array.reshape(-1, 1) if array.ndim == 1 else array
    if table.ndim != 2 or table.shape[1] != len(like.columns):
        raise fail("values", f"of shape (rows, {len(like.columns)})", array.shape)
    return table


def _newer(series: Series, more: Series) -> Series:
    assert series.time is not None
    if more.time is None:
        raise fail("new_values", "with stamps, as the series has them", None, "pass an array")
    first = int(np.searchsorted(more.time, series.time[-1], side="right"))
    more = more.slice(first, len(more))
    due = series.future_times(1)
    if len(more) and due is not None and more.time is not None and more.time[0] != due[0]:
        missing, found = series.format_times(np.array([due[0], more.time[0]]))
        raise TimeColumnError(
            f"new_values must go on at {missing}, the step after the last one known, got {found}; "
            "pass the rows between, too"
        )
    return more


def _joined(series: Series, more: Series) -> Series:
    time = None
    if series.time is not None and more.time is not None:
        time = np.concatenate([series.time, more.time])
    observed = None
    if series.observed is not None or more.observed is not None:
        parts = [
            np.ones(each.values.shape, np.bool_) if each.observed is None else each.observed
            for each in (series, more)
        ]
        observed = np.concatenate(parts)
    return replace(
        series,
        values=np.concatenate([series.values, more.values]),
        time=time,
        observed=observed,
        fill=series.fill or more.fill,
    )
