"""What a forecaster remembers of a series: enough to forecast from, and to know its own errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import TimeColumnError
from rnncomp.forecasting.last_window import check_positive
from rnncomp.series import FittedTransform, Series, load_panel
from rnncomp.series.calendar_columns import calendar_names, calendar_values
from rnncomp.series.loading import read_table
from rnncomp.series.reading import Reading, make_series, read_rows

ID = "unique_id"  # the column of a table of many series that says which a row belongs to
KEPT_ROWS = 4096  # of the rows that nothing was learned from, at most so many go into a file


@dataclass(frozen=True, eq=False)
class Learned:
    """One series that a forecaster has learned from.

    Attributes:
        series: Its rows; read back from a file, the last of them.
        transform: What is done to its values.
        unseen: The first row that no weight and no scaler has learned from.
        fill: How holes were filled in what was learned from; None if there were none.
    """

    series: Series
    transform: FittedTransform
    unseen: int
    fill: str | None = None

    def tail(self, window: int) -> Learned:
        """Return what goes into a file: the unseen rows, and the window before the first."""
        first = max(0, min(self.unseen, len(self.series)) - window - self.transform.lost)
        first = max(first, len(self.series) - window - self.transform.lost - KEPT_ROWS)
        rows = self.series.slice(first, len(self.series))
        return replace(self, series=rows, unseen=max(self.unseen - first, 0))


def load_like(source: Any, about: Learned, *, of: str | None = None) -> Series:
    """Return a source as a series of the kind of one that was learned from.

    Args:
        source: A Series as it is, or what `rnncomp.load` takes.
        about: Says which columns are forecast, seen and known, and how holes are filled.
        of: Name of the series, if it was asked for by name; the source may then be a table of many
            series with the column ``unique_id``.

    Raises:
        InvalidArgumentError: Its columns, their roles, or the distance of its rows are others.
    """
    like = about.series
    series = source if isinstance(source, Series) else _loaded(source, about, of)
    for what in ("columns", "targets", "known", "calendar"):
        learned, given = getattr(like, what), getattr(series, what)
        if given != learned:
            rule = f"{list(learned)}, as in what was learned"
            raise fail(f"series {what}", rule, list(given))
    # A series whose rows are only counted may be at any distance: its owner knows.
    if like.frequency and series.frequency and series.frequency != like.frequency:
        raise fail(
            "series frequency",
            f"{like.frequency!r}, as in what was learned",
            series.frequency,
            f"pass rnncomp.load(source, resample={like.frequency!r}), or train on such rows",
        )
    return series


def _loaded(source: Any, about: Learned, of: str | None) -> Series:
    like, plain = about.series, isinstance(source, (np.ndarray, list, tuple))
    if like.time is None and plain:
        return replace(like, values=_table(source, like), observed=None, fill=None, notes=())
    made = len(calendar_names(like.calendar))
    possible = {f"{name}_observed" for name in like.columns} if about.fill == "mask" else set()
    marks = tuple(name for name in like.features if name in possible)
    options: dict[str, Any] = {
        "target": list(like.targets),
        "features": [name for name in like.features if name not in marks],
        "known": like.known[: len(like.known) - made],
        "calendar": like.calendar,
        "missing": about.fill or "error",
    }
    if like.time is not None:
        options["time"] = like.time_name
    elif len(like):  # a file of version 1 has no rows, and does not say whether they had stamps
        options["time"] = False
    if of is not None and not plain and ID in read_table(source).frame.columns:
        series = load_panel(source, **options)[like.name]
    else:
        # New rows may all be alike, and may be one.
        reading = Reading(**options, varying=False)
        series = make_series(read_rows(read_table(source), reading))
    return _with_marks(series, like, marks)


def _with_marks(series: Series, like: Series, marks: tuple[str, ...]) -> Series:
    """Return a series with the marks of what was observed, where it has no holes to be marked."""
    absent = [name for name in marks if name not in series.columns]
    if not absent or set(series.columns) != set(like.columns) - set(absent):
        return series
    values, observed = np.ones((len(series), len(like.columns))), None
    places = [like.columns.index(name) for name in series.columns]
    values[:, places] = series.values
    if series.observed is not None:
        observed = np.ones(values.shape, np.bool_)
        observed[:, places] = series.observed
    return replace(series, values=values, columns=like.columns, observed=observed)


def appended(about: Learned, new: Any, *, of: str | None = None) -> Series:
    """Return the series of a forecaster with further rows after its last one.

    Args:
        about: What has been there.
        new: A Series or what `rnncomp.load` takes, with the same columns; of one with stamps the
            rows after the last known one are taken, and must follow it at once. An array of the
            values, shape (rows,) or (rows, F), follows at once, whatever the stamps; the columns
            of the calendar are not in it.
        of: See `load_like`.

    Raises:
        InvalidArgumentError: The columns are others, or nothing is new.
        TimeColumnError: The rows do not follow the last one.
        DataError: A target is not above 0, and its logarithm was learned.
    """
    series = about.series
    if isinstance(new, (np.ndarray, list, tuple)):
        values = _table(new, series)
        times = series.future_times(len(values)) if len(values) else None
        if times is not None and series.calendar:
            values = np.column_stack([values, calendar_values(times, series.calendar)])
        more = replace(series, values=values, time=times, observed=None, fill=None, notes=())
    else:
        more = load_like(new, about, of=of)
    if series.time is not None and len(more):
        more = _newer(series, more)
    if not len(more):
        raise fail("new_values", "rows after the last one known", 0, "there is nothing new in them")
    check_positive(more, about.transform)
    return _joined(series, more)


def _table(values: Any, like: Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    array = np.asarray(values, dtype=np.float64)
    table = array.reshape(-1, 1) if array.ndim == 1 else array
    width = len(like.columns) - len(calendar_names(like.calendar))
    if table.ndim != 2 or table.shape[1] != width:
        rule = f"of shape (rows, {width})" + (", without the calendar" if like.calendar else "")
        raise fail("values", rule, array.shape)
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
