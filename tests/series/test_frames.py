"""Frames of pandas, polars and pyarrow, and arrays."""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rnncomp.errors import (
    ColumnError,
    DataFileError,
    InvalidArgumentError,
    MissingValuesError,
    TimeColumnError,
)
from rnncomp.series import load

MONTHS = [datetime.datetime(2010, month, 1) for month in range(1, 6)]
VALUES = [1.0, 2.0, 3.0, 5.0, 4.0]
INDEX = pd.DatetimeIndex(MONTHS, name="when")
FRAMES = {
    "pandas": pd.DataFrame({"when": MONTHS, "v": VALUES}),
    "pandas index": pd.DataFrame({"v": VALUES}, index=INDEX),
    "pandas period": pd.DataFrame({"v": VALUES}, index=INDEX.to_period("M")),
    "pandas series": pd.Series(VALUES, name="v", index=INDEX),
    "pandas text": pd.DataFrame({"when": [str(m.date()) for m in MONTHS], "v": VALUES}),
    "pandas dates": pd.DataFrame({"when": [m.date() for m in MONTHS], "v": VALUES}),
    "pandas objects": pd.DataFrame({"when": MONTHS, "v": np.array(VALUES, dtype=object)}),
    "pandas int": pd.DataFrame({"when": MONTHS, "v": np.array(VALUES, dtype="i2")}),
    "pandas nullable": pd.DataFrame({"when": MONTHS, "v": pd.array(VALUES, dtype="Float64")}),
    "polars": pl.DataFrame({"when": MONTHS, "v": VALUES}),
    "polars lazy": pl.LazyFrame({"when": MONTHS, "v": VALUES}),
    "polars dates": pl.DataFrame({"when": [m.date() for m in MONTHS], "v": VALUES}),
    "polars ns": pl.DataFrame({"when": pl.Series(MONTHS, dtype=pl.Datetime("ns")), "v": VALUES}),
    "polars decimal": pl.DataFrame({"when": MONTHS, "v": [decimal.Decimal(v) for v in VALUES]}),
    "pyarrow": pa.table({"when": MONTHS, "v": VALUES}),
    "pyarrow decimal": pa.table({"when": MONTHS, "v": [decimal.Decimal(v) for v in VALUES]}),
    "pyarrow half": pa.table({"when": MONTHS, "v": np.array(VALUES, dtype="f2")}),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_is_the_same_series(kind):
    series = load(FRAMES[kind])
    assert series.target_values.tolist() == VALUES
    assert series.columns == ("v",)
    assert series.time.tolist() == MONTHS
    assert series.frequency == "1mo"
    assert series.frame_type == kind.split()[0]


def test_frames_go_out_as_they_came_in():
    assert isinstance(load(FRAMES["pandas"]).to_frame(), pd.DataFrame)
    assert isinstance(load(FRAMES["polars"]).to_frame(), pl.DataFrame)
    assert isinstance(load(FRAMES["pyarrow"]).to_frame(), pa.Table)
    assert isinstance(load([1, 2, 4]).to_frame(), pl.DataFrame)


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_there_and_back(kind):
    series = load(FRAMES[kind])
    assert load(series.to_frame()).fingerprint() == series.fingerprint()


def test_the_source_is_neither_changed_nor_followed():
    frame = pd.DataFrame({"v": [1.0, 2.0, 4.0]})
    array = np.array([1.0, 2.0, 4.0])
    from_frame, from_array = load(frame), load(array)
    before = from_frame.fingerprint(), from_array.fingerprint()
    assert array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        from_array.values[0] = 7.0
    frame.loc[0, "v"] = 9.0
    array[0] = 9.0
    assert (from_frame.fingerprint(), from_array.fingerprint()) == before


def test_holes_in_frames():
    for frame in (
        pd.DataFrame({"v": pd.array([1, None, 3], dtype="Int64")}),
        pd.DataFrame({"v": np.array([1, None, 3.5], dtype=object)}),
        pl.DataFrame({"v": [1, None, 3]}),
        pa.table({"v": [1.5, None, 3.0]}),
    ):
        with pytest.raises(MissingValuesError, match=r"1 (empty cell|NaN) in column 'v' \(row 1\)"):
            load(frame)
        first, second = load(frame, missing="ffill").target_values[:2]
        assert first == second
    with pytest.raises(MissingValuesError, match="1 empty cell"):
        load(pd.DataFrame({"v": pd.array([1, None, 3], dtype="Int64")}))
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    with pytest.raises(MissingValuesError, match=r"\(row 1\)"):
        load(masked)


def test_time_zones():
    days = pd.date_range("2024-03-25", periods=14, freq="D", tz="Europe/Zurich")
    series = load(pd.DataFrame({"v": range(14)}, index=days))
    assert series.frequency == "1d"
    assert series.notes == ("time stamps keep the local time of Europe/Zurich",)
    hours = pd.date_range("2024-10-26", periods=72, freq="h", tz="Europe/Zurich")
    for frame in (
        pd.DataFrame({"v": range(72)}, index=hours),
        pl.from_pandas(pd.DataFrame({"when": hours, "v": range(72)})),
    ):
        series = load(frame)
        assert series.frequency == "1h"
        assert str(series.time[0]) == "2024-10-25T22:00:00.000000"
        assert series.notes == ("time stamps were moved from Europe/Zurich to UTC",)


@pytest.mark.parametrize(
    ("frame", "options", "error", "message"),
    [
        (pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"]), {}, ColumnError, "some name twice"),
        (pd.DataFrame({"v": [1j, 2]}), {}, ColumnError, "must have a column of numbers"),
        (pd.DataFrame({"v": [True, False]}), {"target": "v"}, ColumnError, "got Boolean"),
        (pl.DataFrame({"v": [[1], [2]]}), {"target": "v"}, ColumnError, r"got List\(Int64\)"),
        (
            pl.DataFrame({"v": [datetime.timedelta(1)]}),
            {"target": "v"},
            ColumnError,
            "got Duration",
        ),
        (
            pd.DataFrame({"v": ["a", "1", "2"]}),
            {},
            ColumnError,
            r"got text in 1 row: 'a' \(row 0\)",
        ),
        (pd.DataFrame({"v": []}), {}, DataFileError, "must hold rows, got none"),
        (pl.DataFrame(), {}, DataFileError, "must hold rows, got none"),
        (
            pl.DataFrame({"t": [datetime.time(1)], "v": [1]}),
            {"time": "t"},
            TimeColumnError,
            "must hold dates, got Time",
        ),
        (
            pd.DataFrame({"v": [1, 2]}, index=pd.DatetimeIndex(["2010-01-01", None])),
            {},
            TimeColumnError,
            r"1 empty cell \(row 1\)",
        ),
    ],
)
def test_frames_that_are_refused(frame, options, error, message):
    with pytest.raises(error, match=message):
        load(frame, **options)


def test_arrays():
    assert load(range(4)).target_values.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert load(np.arange(4, dtype="u1")).values.dtype == np.float64
    assert load(np.array([[1.0], [2.0]])).columns == ("value",)
    assert load([[1, 2], [3, 4]], target="column_2").target_values.tolist() == [2.0, 4.0]

    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.array([1.0, 3.0])

    assert load(Tensor()).target_values.tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    "source",
    [np.array(["a"]), np.zeros((2, 2, 2)), np.array(3), np.array([True]), [1j, 2], [[1, 2], [3]]],
)
def test_arrays_that_are_refused(source):
    with pytest.raises(InvalidArgumentError, match="source must be"):
        load(source)


@pytest.mark.parametrize("source", [3, None, {"v": [1, 2]}, object(), b"a.csv"])
def test_what_is_no_data_at_all(source):
    with pytest.raises(InvalidArgumentError, match="source must be data, got"):
        load(source)


def test_an_empty_array():
    with pytest.raises(DataFileError, match="the array must hold rows, got none"):
        load([])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_plain_column_needs_no_table_and_is_the_same_series(dtype):
    values = np.array([1.5, 2.25, 0.125], dtype)
    short, long = load(values), load(values.tolist())
    assert short.fingerprint() == long.fingerprint()
    assert (short.columns, short.name) == (long.columns, long.name) == (("value",), "array")
    assert load(values[:, None], name="x").fingerprint() == long.fingerprint()
    values[:] = 0.0
    assert short.target_values.tolist() == [1.5, 2.25, 0.125]
