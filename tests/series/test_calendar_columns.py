"""Calendar columns: the places of stamps in their cycles, as pandas has them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError, TimeColumnError
from rnncomp.series.calendar_columns import (
    CALENDAR,
    calendar_names,
    calendar_values,
    check_calendar,
)

DAY = np.timedelta64(1, "D")


def place_by_pandas(part, stamp):
    week = stamp.isocalendar()
    weeks_of_year = pd.Timestamp(week.year, 12, 28).isocalendar().week
    clock = (stamp - stamp.normalize()) / pd.Timedelta(1, "D")
    return {
        "minute": (stamp - stamp.floor("h")) / pd.Timedelta(1, "h"),
        "hour": clock,
        "weekday": stamp.dayofweek / 7,
        "monthday": (stamp.day - 1) / stamp.days_in_month,
        "yearday": (stamp.dayofyear - 1) / (366 if stamp.is_leap_year else 365),
        "week": (week.week - 1) / weeks_of_year,
        "month": (stamp.month - 1) / 12,
        "quarter": (stamp.quarter - 1) / 4,
    }[part]


@pytest.mark.parametrize("part", [part for part in CALENDAR if part != "weekend"])
@given(second=st.integers(-3_000_000_000, 3_000_000_000))
def test_the_place_in_each_cycle_is_that_of_pandas(part, second):
    stamp = pd.Timestamp(second, unit="s")
    times = np.array([stamp.to_datetime64()]).astype("M8[us]")
    place = 2 * np.pi * place_by_pandas(part, stamp)
    # The values are rounded to 12 digits.
    assert np.abs(calendar_values(times, (part,))[0] - [np.sin(place), np.cos(place)]).max() < 1e-12


def test_the_weekend_is_saturday_and_sunday():
    days = np.arange("2024-02-26", "2024-03-04", dtype="M8[D]").astype("M8[us]")  # from Monday
    assert calendar_values(days, ("weekend",))[:, 0].tolist() == [0, 0, 0, 0, 0, 1, 1]


def test_columns_follow_the_order_asked_for():
    assert calendar_names(("month", "weekend", "hour")) == (
        "month_sin", "month_cos", "weekend", "hour_sin", "hour_cos",
    )  # fmt: skip
    times = np.array(["2024-04-06T12:00"], "M8[us]")
    assert calendar_values(times, ("month", "weekend", "hour")).tolist() == [[1, 0, 1, 0, -1]]
    assert calendar_values(times, ()).shape == (1, 0)


@pytest.mark.parametrize(
    ("part", "step"),
    [("hour", DAY), ("minute", np.timedelta64(1, "h")), ("weekday", 7 * DAY), ("weekend", 7 * DAY)],
)
def test_what_never_changes_is_refused(part, step):
    times = np.datetime64("2024-01-01", "us") + step * np.arange(100)
    rule = f"calendar='{part}' must change .* got the same {part} in all 100 rows of a.csv; leave"
    with pytest.raises(TimeColumnError, match=rule):
        check_calendar(times, (part,), "a.csv")
    check_calendar(times, ("monthday",), "a.csv")


def test_it_needs_time_and_names_that_exist():
    with pytest.raises(TimeColumnError, match=r"'hour' must be taken from a time column.*time="):
        check_calendar(None, ("hour",), "a.csv")
    with pytest.raises(
        InvalidArgumentError, match=r"calendar must be one of .*did you mean 'hour'"
    ):
        check_calendar(None, ("hours",), "a.csv")
    days = np.arange("2024-01", "2024-03", dtype="M8[D]").astype("M8[us]")
    with pytest.raises(InvalidArgumentError, match="must be names with 'weekday' once"):
        check_calendar(days, ("weekday", "weekday"), "a.csv")


def test_half_a_turn_is_exactly_nothing():
    """A sine of 1e-16 beside 0 would be stretched to 0 .. 1 by a scaler."""
    halves = np.array(["2024-01-01T00", "2024-01-01T12"], "M8[us]")
    assert calendar_values(halves, ("hour",)).tolist() == [[0.0, 1.0], [0.0, -1.0]]
