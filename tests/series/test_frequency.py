"""Frequencies: found in stamps with and without gaps, and continued by the calendar."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError, TimeColumnError
from rnncomp.series import Series, load
from rnncomp.series.frequency import (
    find_grid,
    frequency_words,
    grid_times,
    steps_in_words,
    times_after,
)

# Ours, and what pandas calls it: the oracle for what comes next.
FREQUENCIES = {
    "1mo": "MS",
    "1q": "QS-JAN",
    "1y": "YS",
    "5mo": "5MS",
    "10y": "10YS",
    "1w": "7D",
    "2w": "14D",
    "1d": "D",
    "3d": "3D",
    "1h": "h",
    "6h": "6h",
    "30m": "30min",
    "15m": "15min",
    "1m": "min",
    "1s": "s",
    "250ms": "250ms",
    "7us": "7us",
}


def dates(frequency, rows, start="1999-01-01"):
    return pd.date_range(start, periods=rows, freq=frequency, unit="us").to_numpy().astype("M8[us]")


@pytest.mark.parametrize("ours", FREQUENCIES)
def test_found_and_continued_as_pandas_does(ours):
    times = dates(FREQUENCIES[ours], 60)
    grid = find_grid(times[:40])
    assert grid.frequency == ours
    assert grid.missing == 0
    assert (times_after(times[:40], ours, 20) == times[40:]).all()


@pytest.mark.parametrize("pandas_frequency", ["ME", "QE", "YE"])
def test_month_ends_stay_month_ends(pandas_frequency):
    times = dates(pandas_frequency, 60)
    grid = find_grid(times[:40])
    assert grid.frequency in ("1mo", "1q", "1y")
    assert (times_after(times[:40], grid.frequency, 20) == times[40:]).all()


def test_months_on_another_day_keep_it():
    times = dates("MS", 30) + np.timedelta64(14 * 24 + 6, "h")
    assert find_grid(times[:20]).frequency == "1mo"
    assert (times_after(times[:20], "1mo", 10) == times[20:]).all()


def test_a_thirtieth_falls_on_the_last_day_of_february():
    start = pd.Timestamp("2023-03-30")
    times = np.array([start + pd.DateOffset(months=n) for n in range(13)], "M8[us]")
    assert find_grid(times[:10]).frequency == "1mo"
    assert (times_after(times[:10], "1mo", 3) == times[10:]).all()


@pytest.mark.parametrize("clock", [0, 9])
def test_business_days_skip_weekends(clock):
    times = dates("B", 60) + np.timedelta64(clock, "h")
    assert find_grid(times[:40]).frequency == "1bd"
    assert (times_after(times[:40], "1bd", 20) == times[40:]).all()


def test_every_friday_is_a_week_and_five_days_in_a_row_are_days():
    assert find_grid(dates("W-FRI", 10)).frequency == "1w"
    assert find_grid(dates("D", 5, "2024-01-01")).frequency == "1d"


@given(
    ours=st.sampled_from(["1mo", "1w", "1d", "30m", "1bd"]),
    kept=st.lists(st.booleans(), min_size=8, max_size=60),
)
def test_gaps_do_not_hide_the_frequency(ours, kept):
    every = dates("B" if ours == "1bd" else FREQUENCIES[ours], len(kept) + 3)
    # Three rows in a row show the step, and every second row must be there.
    mask = np.array([True, True, True, *kept])
    mask[::2] = True
    times = every[mask]
    grid = find_grid(times)
    if ours == "1bd" and grid.frequency == "1d":
        assert not (np.diff(times) > np.timedelta64(2, "D")).any()  # no weekend was seen
        return
    assert grid.frequency == ours
    assert grid.missing == len(every[: np.flatnonzero(mask)[-1] + 1]) - len(times)
    assert (grid_times(times, grid) == every[: np.flatnonzero(mask)[-1] + 1]).all()
    assert (grid_times(times, grid)[grid.positions] == times).all()


def test_gaps_are_named_by_the_row_after_them():
    times = dates("D", 10)[[0, 1, 2, 4, 5, 8, 9]]
    grid = find_grid(times)
    assert grid.gaps().tolist() == [3, 5]
    assert grid.missing == 3


def test_a_missing_month_end_is_filled_with_the_month_end():
    times = dates("ME", 12)
    kept = np.delete(times, [1, 5])
    assert (grid_times(kept, find_grid(kept)) == times).all()


def test_a_first_stamp_at_the_end_of_february_does_not_make_all_month_ends():
    times = np.array([f"2023-0{month}-28" for month in range(2, 9)], "M8[us]")
    kept = np.delete(times, [2])
    assert (grid_times(kept, find_grid(kept)) == times).all()


@pytest.mark.parametrize(
    ("stamps", "row"),
    [
        (["2010-01-01", "2010-01-02", "2010-01-03", "2010-01-03T13:17:11", "2010-01-05"], 3),
        (["2010-01-01", "2010-01-02", "2010-01-09", "2010-01-31"], 2),
        (["2010-01-01", "2010-02-01", "2010-03-02", "2010-04-01"], 2),
    ],
)
def test_uneven_stamps(stamps, row):
    grid = find_grid(np.array(stamps, "M8[us]"))
    assert grid.frequency is None
    assert grid.uneven_row == row


@pytest.mark.parametrize("rows", [0, 1])
def test_fewer_than_two_stamps_have_no_frequency(rows):
    grid = find_grid(dates("D", rows))
    assert (grid.frequency, grid.uneven_row, grid.missing) == (None, None, 0)


def test_words():
    assert frequency_words("30m") == "every 30 minutes"
    assert frequency_words("1mo") == "every month"
    assert steps_in_words("30m", 48) == "1 day"
    assert steps_in_words("30m", 336) == "1 week"
    assert steps_in_words("1mo", 12) == "1 year"
    assert steps_in_words("1mo", 125) == "125 months"
    assert steps_in_words("1bd", 5) == "5 business days"
    assert steps_in_words("1w", 52) == "52 weeks"


@pytest.mark.parametrize("frequency", ["", "0d", "d", "1x", "1 d", "-1d"])
def test_what_is_no_frequency(frequency):
    with pytest.raises(InvalidArgumentError, match="frequency must be a count and a unit"):
        frequency_words(frequency)


def test_built_in_series():
    found = {
        name: load(name, missing="ffill").frequency for name in ("sunspots", "co2", "nyc_taxi")
    }
    assert found == {"sunspots": "1mo", "co2": "1w", "nyc_taxi": "30m"}


def test_future_times_of_a_series():
    series = load("airline")
    assert series.format_times(series.future_times(2)) == ["1961-01", "1961-02"]
    assert load("sines").future_times(3) is None
    with pytest.raises(InvalidArgumentError, match="steps must be"):
        series.future_times(0)
    loose = Series(np.zeros((1, 1)), time=dates("D", 1))
    with pytest.raises(TimeColumnError, match="must have a frequency"):
        loose.future_times(1)
