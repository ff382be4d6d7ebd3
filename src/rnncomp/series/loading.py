"""load: any source to a checked Series."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import UnsupportedError
from rnncomp.series.datasets import find_dataset
from rnncomp.series.files import table_from_path, table_from_url
from rnncomp.series.frames import plain_column, table_from_array, table_from_frame
from rnncomp.series.limits import find_cap
from rnncomp.series.reading import Reading, make_series, read_rows
from rnncomp.series.roles import Names
from rnncomp.series.series import Series
from rnncomp.series.table import Table

_URL = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)


def load(
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
    name: str | None = None,
) -> Series:
    """Read a series from a file, an address, a frame, an array, or the built-in ones.

    Args:
        source: A path to .csv, .csv.gz, .tsv or .parquet; an http or https URL; the name of a
            built-in series (a name with a dot or a slash is a file); a pandas, polars or pyarrow
            frame; an array of shape (rows,) or (rows, F). A `Series` passes through.
        target: The column to predict, or several; None takes the only column of numbers.
        features: Further columns that the network sees beside the target, up to the cutoff.
        time: The time column; None takes a frame's time index or the first column of dates;
            False only counts rows, and so takes them as equally spaced.
        time_format: How the time column is written, as in strftime; None finds it.
        missing: What to do about empty cells, NaN, infinity and moments without a row: "error",
            "drop" (leaves the row out), "interpolate" (a line between the neighbours in time),
            "ffill" (the value before), or "mask" (the value before, and for each column with
            holes a feature `<name>_observed` of 1 and 0).
        known: Further columns whose values are known beyond the cutoff: plans, tariffs, holidays.
        calendar: What the network sees of the time stamps: any of minute, hour, weekday, weekend,
            monthday, yearday, week, month, quarter, each as sine and cosine of its cycle
            (`hour_sin`, `hour_cos`; weekend as 1 and 0).
        resample: Length of the buckets of time whose means become the rows, such as "1h", "1d",
            "1w" (from Monday) or "1mo", labelled by their start; empty ones are missing values.
            None refuses uneven stamps.
        separator: Character between the cells of a CSV file; None finds it.
        decimal: Decimal mark in text, "." or ",".
        max_bytes: Cap on the size of a file, also expanded, and on its rows x columns x 8; a
            number or text such as "2GiB". None takes RNNCOMP_MAX_BYTES, else 512 MiB.
        name: What to call the series; None takes the name of the source.

    Returns:
        The series, values finite and stamps evenly spaced.

    Raises:
        DataFileError: A file is missing, empty, unreadable or over the cap.
        ColumnError: A column is not there, holds text, or never changes.
        MissingValuesError: Values are missing and no rule was given.
        TimeColumnError: Stamps do not parse, repeat, run backwards, or are uneven; there are none
            for `calendar` or `resample` to go by, or a part of the calendar never changes.
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> load("sunspots")
        Series('sunspots', 3120 rows of sunspots, 1749-01 .. 2008-12, every 1mo)
    """
    if isinstance(source, Series):
        _no_options(
            time=(time, None),
            time_format=(time_format, None),
            missing=(missing, "error"),
            separator=(separator, None),
            decimal=(decimal, "."),
            max_bytes=(max_bytes, None),
            name=(name, None),
            known=(known, ()),
            calendar=(calendar, ()),
            resample=(resample, None),
        )
        return _unchanged(source, target, features)
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
    if (separator, max_bytes, reading) == (None, None, Reading(missing=missing, decimal=decimal)):
        series = _as_it_is(source, name)
        if series is not None:
            return series
    table = read_table(source, separator=separator, max_bytes=max_bytes, name=name)
    return make_series(read_rows(table, reading))


def read_table(
    source: Any,
    *,
    separator: str | None = None,
    max_bytes: int | str | None = None,
    name: str | None = None,
) -> Table:
    """Read a source into columns, without deciding anything about them; see `load`."""
    cap = find_cap(max_bytes)
    if separator is not None and (not isinstance(separator, str) or len(separator) != 1):
        raise fail("separator", "one character", separator, r"for a tab pass '\t'")
    if separator is not None and not separator.isascii():
        raise fail("separator", "an ASCII character", separator)
    if isinstance(source, str) and _is_name(source):
        return _built_in(source, name=name, max_bytes=cap)
    if isinstance(source, str) and _is_url(source):
        return table_from_url(source, name=name, separator=separator, max_bytes=cap)
    if isinstance(source, str):
        source = Path(source)
    if isinstance(source, os.PathLike):
        path = Path(source)
        return table_from_path(path, name=name, separator=separator, max_bytes=cap)
    if isinstance(source, np.ndarray | list | tuple | range):
        return table_from_array(source, name)
    return table_from_frame(source, name)


def _is_name(source: str) -> bool:
    """A name with a dot or a slash is a file, a bare name a built-in series."""
    return not any(mark in source for mark in "./\\")


def _is_url(source: str) -> bool:
    scheme = _URL.match(source)
    if scheme is None or scheme[1].lower() in ("http", "https"):
        return scheme is not None
    raise UnsupportedError(
        f"source must be a path or an http or https URL, got {source!r}; save the file first"
    )


def _as_it_is(source: Any, name: str | None) -> Series | None:
    """Return an array or formula that is one good column, without a table; None for all else."""
    formula = find_dataset(source).make if isinstance(source, str) and _is_name(source) else None
    column = plain_column(source if formula is None else formula())
    if column is None:
        return None
    return Series(column, name=name or ("array" if formula is None else source))


def _built_in(source: str, *, name: str | None, max_bytes: int) -> Table:
    dataset = find_dataset(source)
    if dataset.make is not None:
        return replace(table_from_array(dataset.make(), name or source), source=source)
    assert dataset.path is not None
    table = table_from_path(dataset.path, name=source, separator=None, max_bytes=max_bytes)
    return replace(table, source=source, name=name or source)


def _no_options(**given: tuple[object, object]) -> None:
    """Raise for the first option, a value and its default, that a Series cannot take any more."""
    for option, (value, usual) in given.items():
        if value != usual:
            hint = "load it again from where it came"
            raise fail(option, "left out for a Series, which has been read", value, hint)


def _unchanged(series: Series, target: Names | None, features: Names) -> Series:
    if target not in (None, series.targets, series.targets[0]) or features:
        raise fail(
            "target", f"{series.targets[0]!r} as in the series given", target, "load it again"
        )
    return series
