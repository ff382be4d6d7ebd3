"""Resampling: rows at any moments to the mean of each bucket of time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import DataFileError, TimeColumnError
from rnncomp.series.dates import format_stamps
from rnncomp.series.frequency import (
    Grid,
    Times,
    frequency_words,
    parse_frequency,
    plain_frequency,
    positions_on,
    times_after,
)
from rnncomp.series.limits import over_cap
from rnncomp.series.missing import describe_missing
from rnncomp.series.numbers import Numbers
from rnncomp.series.stamps import Stamps
from rnncomp.series.table import Table

_UNITS = {"y": "Y", "q": "M", "mo": "M", "w": "D", "d": "D", "h": "m", "m": "m"}
_COMMON = ("1s", "5s", "10s", "15s", "30s", "1m", "5m", "10m", "15m", "30m", "1h", "2h", "3h",
           "4h", "6h", "12h", "1d", "1w", "1mo", "1q", "1y")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Resampled:
    """Rows after resampling: one for each bucket that had any.

    Attributes:
        table: The new rows, named by their stamps in messages.
        numbers: Each column; NaN where a bucket had rows but no value.
        stamps: The start of each bucket, and a note on what was done.
        grid: Where the buckets lie; those without a row are its gaps.
    """

    table: Table
    numbers: dict[str, Numbers]
    stamps: Stamps
    grid: Grid


def check_resample(resample: str | None) -> None:
    """Raise InvalidArgumentError for a frequency that has no buckets."""
    if resample is None:
        return
    if not isinstance(resample, str):
        raise fail("resample", "a frequency such as '1h' or '1mo'", resample)
    _, unit = parse_frequency(resample, "resample")
    if unit == "bd":
        hint = "resample to '1d', or drop the weekends first"
        raise fail("resample", "a frequency without holes in it", resample, hint)


def bucket_starts(times: Times, every: str) -> Times:
    """Return the start of the bucket [start, start + every) that holds each stamp.

    Months, quarters and years are those of the calendar, weeks begin on Monday; all else is
    counted from 1970.

    Example:
        >>> stamps = np.array(["2024-02-29T12:34", "2024-03-01"], "M8[us]")
        >>> bucket_starts(stamps, "1mo").astype("M8[D]").astype(str).tolist()
        ['2024-02-01', '2024-03-01']
    """
    import polars as pl  # noqa: PLC0415

    return pl.Series(times).dt.truncate(every).to_numpy().astype("datetime64[us]")


def resample_rows(
    table: Table,
    numbers: dict[str, Numbers],
    stamps: Stamps | None,
    *,
    every: str,
    max_bytes: int,
) -> Resampled:
    """Take the mean of the values in each bucket of time.

    Args:
        table: Where the columns are.
        numbers: The columns; cells without a value have no part in a mean.
        stamps: When each row was, not decreasing; None is refused.
        every: Length of a bucket, such as "1h" or "1mo".
        max_bytes: Cap on buckets x columns x 8, empty buckets included.

    Returns:
        The rows of the buckets that are not empty.

    Raises:
        TimeColumnError: There is no time.
        DataFileError: There would be more buckets than `max_bytes` allows.
    """
    if stamps is None:
        raise TimeColumnError(
            f"resample={every!r} must have a time column to go by, got {table.source} without "
            "one; name the column with time=, or leave resample out"
        )
    starts, means = _means(numbers, stamps.times, every)
    positions = positions_on(starts, every)
    size = (int(positions[-1]) + 1) * max(len(numbers), 1) * 8
    if size > max_bytes:
        what = f"{positions[-1] + 1:,} rows {frequency_words(every)} x {len(numbers)} columns x 8"
        raise DataFileError(over_cap(table.source, f"{what} bytes", max_bytes))
    unit = _UNITS.get(parse_frequency(every)[1], stamps.unit)
    note = (
        f"resampled: {len(table.frame):,} rows became {len(starts):,}, the means of what was "
        f"observed {frequency_words(every)}"
    )
    left_out = [describe_missing(table, name, column) for name, column in numbers.items()]
    left_out = [sentence for sentence in left_out if sentence]
    if left_out:
        note += f"; no part of a mean: {' and '.join(left_out)}"
    return Resampled(
        replace(table, place=lambda rows: format_stamps(starts[list(rows)], unit)),
        means,
        Stamps(starts, unit, (*stamps.notes, note)),
        Grid(plain_frequency(every), positions),
    )


def _means(
    numbers: dict[str, Numbers], times: Times, every: str
) -> tuple[Times, dict[str, Numbers]]:
    """Return the buckets that have rows, and each column's mean in them."""
    import polars as pl  # noqa: PLC0415

    data = {str(i): column.values for i, column in enumerate(numbers.values())}
    frame = pl.DataFrame(data, nan_to_null=True)
    frame = frame.with_columns(bucket=pl.Series(bucket_starts(times, every)))
    found = frame.group_by("bucket", maintain_order=True).agg(pl.all().mean())
    none = np.empty(0, dtype=np.int64)
    means = {}
    for i, name in enumerate(numbers):
        values = found[str(i)].fill_null(float("nan")).to_numpy()
        means[name] = Numbers(values, np.flatnonzero(np.isnan(values)), none, none, none)
    return found["bucket"].to_numpy().astype("datetime64[us]"), means


def suggestion(times: Times) -> str:
    """Return what to resample uneven stamps to and what that would give, in words.

    The frequency is the common one that is nearest to the usual distance of the rows.

    Example:
        >>> days = np.array(["2024-01-01T07", "2024-01-02T09", "2024-01-03T08"], "M8[us]")
        >>> suggestion(days)
        "resample='1d' (--resample 1d) to take means every day, which gives 3 rows"
    """
    step = float(np.median(np.diff(times).astype(np.int64)))
    every = min(_COMMON, key=lambda frequency: abs(np.log(_length(frequency) / step)))
    starts = np.unique(bucket_starts(times, every))
    rows = int(positions_on(starts, every)[-1]) + 1
    without = f", {rows - len(starts):,} of them without a value" if rows > len(starts) else ""
    return (
        f"resample={every!r} (--resample {every}) to take means {frequency_words(every)}, which "
        f"gives {rows:,} rows{without}"
    )


def _length(frequency: str) -> int:
    """Return the microseconds of one step of a frequency, that after 1970-01-01."""
    return int(times_after(np.zeros(1, "datetime64[us]"), frequency, 1)[0].astype(np.int64))
