"""Stamps: which texts are dates, what is refused, and time zones."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import TimeColumnError
from rnncomp.series import load
from rnncomp.series.dates import date_kind
from rnncomp.series.stamps import looks_like_time, read_stamps
from rnncomp.series.table import Table


def stamps_of(cells, name="t", **options):
    frame = pl.DataFrame({name: cells})
    return read_stamps(Table("a.csv", "a", frame), name, **options)


@pytest.mark.parametrize(
    ("cells", "times", "unit"),
    [
        (["1749", "1750"], ["1749", "1750"], "Y"),
        (["1749-01", "1749-02"], ["1749-01", "1749-02"], "M"),
        (["1749/1", "1749/2"], ["1749-01", "1749-02"], "M"),
        (["2010Q1", "2010Q2"], ["2010-01", "2010-04"], "M"),
        (["2010-q3", "2010-q4"], ["2010-07", "2010-10"], "M"),
        (["20240229", "20240301"], ["2024-02-29", "2024-03-01"], "D"),
        (["2024-02-29", "2024-03-01"], ["2024-02-29", "2024-03-01"], "D"),
        (["2024/2/29", "2024/3/1"], ["2024-02-29", "2024-03-01"], "D"),
        (["2024.02.29", "2024.03.01"], ["2024-02-29", "2024-03-01"], "D"),
        (["29.02.2024", "01.03.2024"], ["2024-02-29", "2024-03-01"], "D"),
        (["01.02.2024", "02.02.2024"], ["2024-02-01", "2024-02-02"], "D"),
        (["29/02/2024", "01/03/2024"], ["2024-02-29", "2024-03-01"], "D"),
        (["2/28/2023", "3/1/2023"], ["2023-02-28", "2023-03-01"], "D"),
        (["29-02-2024", "01-03-2024"], ["2024-02-29", "2024-03-01"], "D"),
        (["2024-02-29T12:00", "2024-02-29T12:30"], ["2024-02-29T12:00", "2024-02-29T12:30"], "m"),
        (["2024-02-29 9:00", "2024-02-29 10:00"], ["2024-02-29T09:00", "2024-02-29T10:00"], "m"),
        (
            ["2024-02-29 12:00:00", "2024-02-29 12:00:01"],
            ["2024-02-29T12:00:00", "2024-02-29T12:00:01"],
            "s",
        ),
        (
            ["2024-02-29 12:00:00", "2024-02-29 12:00:00.5"],
            ["2024-02-29T12:00:00", "2024-02-29T12:00:00.5"],
            "ms",
        ),
        (
            ["2024-02-29 12:00:00.000001", "2024-02-29 12:00:00.000002"],
            ["2024-02-29T12:00:00.000001", "2024-02-29T12:00:00.000002"],
            "us",
        ),
        (["29.02.2024 13:00", "01.03.2024 13:00"], ["2024-02-29T13:00", "2024-03-01T13:00"], "m"),
        (["1600000000", "1600000060"], ["2020-09-13T12:26:40", "2020-09-13T12:27:40"], "s"),
        (
            ["1600000000500", "1600000001000"],
            ["2020-09-13T12:26:40.5", "2020-09-13T12:26:41"],
            "ms",
        ),
        ([" 2024-02-29 ", "2024-03-01"], ["2024-02-29", "2024-03-01"], "D"),
    ],
)
def test_texts_that_are_dates(cells, times, unit):
    stamps = stamps_of(cells)
    assert stamps.times.tolist() == np.array(times, "M8[us]").tolist()
    assert stamps.times.dtype == np.dtype("M8[us]")
    assert stamps.unit == unit
    assert stamps.notes == ()


@given(
    moments=st.lists(
        st.datetimes().map(lambda moment: np.datetime64(moment, "us")), min_size=2, unique=True
    )
)
def test_whatever_numpy_writes_is_read_back(moments):
    times = np.sort(np.array(moments))
    for unit in ("s", "us"):
        coarse = np.unique(times.astype(f"M8[{unit}]"))
        text = np.datetime_as_string(coarse).tolist()
        assert (stamps_of(text).times == coarse).all()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            ["2010-01", "2010-02-01"],
            r"one format, got '2010-01' \(row 0\) and '2010-02-01' \(row 1\)",
        ),
        (["2010-01-01", "01/02/2010"], "one format"),
        (["2010-01-01 00:00", "2010-01-02"], "one format"),
        (["2010-01-01 00:00", "2010-01-02 00:00:00"], "one format"),
        (["2010-01-01T00:00Z", "2010-01-01T01:00"], "one format"),
        (["2010-02-28", "2010-02-30"], r"hold dates that exist, got '2010-02-30' \(row 1\)"),
        (["2010-12", "2010-13"], "hold dates that exist, got '2010-13'"),
        (["yesterday", "today"], r"hold dates, got 'yesterday' \(row 0\)"),
        (["01/02/2010", "02/02/2010"], "tell day from month.*time_format='%d/%m/%Y' or '%m/%d/%Y'"),
        (["13/02/2010", "02/13/2010"], "one order of day and month"),
        (["2010-01", "", None], r"a date in each row, got 2 empty cells \(row 1, row 2\)"),
        (["2010-02", "2010-01", "2010-03"], r"increase .*'2010-01' \(row 1\) after '2010-02'"),
        (["2010-03", "2010-02", "2010-01"], "newest row comes first: reverse"),
        (
            ["2010-01", "2010-01", "2010-02", "2010-02"],
            r"each moment once.*\(row 1, 2 repeats in all",
        ),
    ],
)
def test_stamps_that_are_refused(cells, message):
    with pytest.raises(TimeColumnError, match=message) as caught:
        stamps_of(cells)
    assert str(caught.value).startswith("column 't' of a.csv must ")


def test_a_format_can_be_given():
    stamps = stamps_of(["01/02/2010", "02/02/2010"], time_format="%d/%m/%Y")
    assert stamps.times.astype("M8[D]").astype(str).tolist() == ["2010-02-01", "2010-02-02"]
    with pytest.raises(TimeColumnError, match=r"time_format='%Y', got '01/02/2010' \(row 0\)"):
        stamps_of(["01/02/2010"], time_format="%Y")


def test_offsets_are_taken_off_to_utc():
    stamps = stamps_of(["2010-01-01T01:00:00+02:00", "2010-01-01T02:00:00+0200"])
    assert stamps.times.astype("M8[h]").astype(str).tolist() == ["2009-12-31T23", "2010-01-01T00"]
    assert stamps.notes == ("time stamps were moved from their own offsets to UTC",)
    behind = stamps_of(["2010-01-01T01:00-03:30", "2010-01-01T02:00-03:30"])
    assert str(behind.times[0].astype("M8[m]")) == "2010-01-01T04:30"


def test_utc_needs_no_note():
    stamps = stamps_of(["2010-01-01T01:00:00Z", "2010-01-01T02:00:00Z"])
    assert stamps.notes == ()
    assert str(stamps.times[0].astype("M8[h]")) == "2010-01-01T01"


def test_an_hour_that_clocks_repeat_in_autumn_is_two_hours_in_utc():
    cells = [
        f"2024-10-27T0{hour}:00+0{offset}:00" for hour, offset in [(1, 2), (2, 2), (2, 1), (3, 1)]
    ]
    hours = stamps_of(cells).times.astype("M8[h]").astype(int)
    assert np.diff(hours).tolist() == [1, 1, 1]


def test_local_midnights_stay_days():
    stamps = stamps_of(["2024-01-01T00:00+01:00", "2024-01-02T00:00+01:00"])
    assert stamps.times.astype("M8[h]").astype(str).tolist() == ["2024-01-01T00", "2024-01-02T00"]


def test_days_stay_days_over_a_change_of_clocks():
    cells = ["2024-03-30T00:00+01:00", "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00"]
    stamps = stamps_of(cells)
    assert stamps.times.astype("M8[D]").astype(str).tolist() == [cell[:10] for cell in cells]
    assert "local time" in stamps.notes[0]


@pytest.mark.parametrize(
    ("name", "cells", "is_time"),
    [
        ("when", ["2024-02-29"], True),
        ("when", ["1749", "1750"], False),
        ("year", ["1749", "1750"], True),
        ("Date ", ["20240229"], True),
        ("value", ["20240229"], False),
        ("timestamp", [1600000000], True),
        ("value", [1600000000], False),
        ("year", [1749], True),
        ("year", [12.5], False),
        ("note", ["2024-02-29", "x", "y"], False),
        ("note", [None, "", "2024-02"], True),
        ("note", ["", None], False),
    ],
)
def test_what_looks_like_time(name, cells, is_time):
    assert looks_like_time(pl.Series(name, cells)) is is_time


@pytest.mark.parametrize(
    "cell", ["12.5", "-1", "2024-", "2024-02-29T", "2024-02-29T25", "a2024-01"]
)
def test_what_is_no_date(cell):
    assert date_kind(cell) is None


def test_a_column_that_cannot_be_time(tmp_path):
    pl.DataFrame({"t": [0.5, 1.5, 2.5], "v": [1, 2, 4]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(TimeColumnError, match="must hold dates, got Float64; name another"):
        load(tmp_path / "a.parquet", time="t", target="v")


def test_uneven_stamps_are_refused_with_the_first_uneven_row(tmp_path):
    days = ["2010-01-01", "2010-01-02", "2010-01-05", "2010-01-25", "2010-02-28"]
    path = tmp_path / "a.csv"
    path.write_text("t,v\n" + "".join(f"{day},{n}\n" for n, day in enumerate(days)))
    message = r"evenly spaced, got '2010-01-05' \(line 4\) after '2010-01-02' \(line 3\), 3 days"
    with pytest.raises(TimeColumnError, match=message):
        load(path)
    assert len(load(path, time=False)) == 5
