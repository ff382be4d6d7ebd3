"""Splits by fraction, by date and by row."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.series import Series, load
from rnncomp.windows import Parts, Split


@pytest.fixture(scope="module")
def airline():
    return load("airline")


@pytest.fixture(scope="module")
def half_hours():
    times = np.arange("2014-10-01", "2015-01-01", dtype="M8[h]").astype("M8[us]")
    return Series(np.arange(float(len(times)))[:, None], time=times, frequency="1h")


def last_of_train(series, moment):
    end = Split.until(moment, series.time[-2]).parts(series).train[1]
    return str(series.time[end - 1].astype("M8[m]"))


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        ("2014-10", "2014-10-31T23:00"),
        ("2014-10-05", "2014-10-05T23:00"),
        ("2014-10-05 12", "2014-10-05T12:00"),
        ("2014-10-05T12:30", "2014-10-05T12:00"),
        ("2014-10-05 12:00:00", "2014-10-05T12:00"),
        (date(2014, 11, 2), "2014-11-02T23:00"),
        (datetime(2014, 11, 2, 7), "2014-11-02T07:00"),
        (datetime(2014, 11, 2, 7, tzinfo=UTC), "2014-11-02T07:00"),
        (np.datetime64("2014-11", "M"), "2014-11-30T23:00"),
    ],
)
def test_a_moment_includes_all_of_itself(half_hours, moment, last):
    assert last_of_train(half_hours, moment) == last


@pytest.mark.parametrize("quarter", ["1958-Q2", "1958q2"])
def test_quarters(airline, quarter):
    assert Split.until(quarter, "1959").parts(airline) == Parts((0, 114), (114, 132), (132, 144))


def test_a_year_of_months_is_all_of_it(airline):
    parts = Split.until("1957", "1958").parts(airline)
    assert parts == Parts(train=(0, 108), validation=(108, 120), test=(120, 144))


def test_rows_of_a_series_without_time_are_inclusive():
    series = load("counting")
    expected = Parts((0, 6), (6, 8), (8, 10))
    assert Split.until(5, 7).parts(series) == expected
    assert Split.until("5", "7").parts(series) == expected
    assert Split.indices(6, 8).parts(series) == expected


@given(
    rows=st.integers(10, 5000),
    window=st.integers(0, 5),
    shares=st.tuples(st.floats(0.2, 0.7), st.floats(0.0, 0.2)),
)
def test_fractions_are_kept_to_within_a_row(rows, window, shares):
    train, validation = shares
    parts = Split.fractions(train, validation, 1 - train - validation).parts(rows, window)
    countable = rows - window
    assert 0 <= train * countable + 1e-6 - (parts.train[1] - window) < 1 + 1e-5
    assert abs((parts.validation[1] - window) - (train + validation) * countable) < 1 + 1e-5
    assert parts.rows == rows


def test_shares_that_floating_point_cannot_add_up_lose_no_row():
    # 0.1 + 0.7 is 0.7999999999999999
    assert Split.fractions(0.1, 0.7, 0.2).parts(10) == Parts((0, 1), (1, 8), (8, 10))


def test_a_series_shorter_than_the_window_says_so():
    with pytest.raises(SplitError, match="more rows than window=50, got 10; pass a smaller window"):
        Split.fractions().parts(10, window=50)


def test_default_shares_are_64_16_20():
    assert Split.fractions().parts(100) == Parts((0, 64), (64, 80), (80, 100))
    assert Split.fractions(test=0.5).parts(100) == Parts((0, 40), (40, 50), (50, 100))
    assert Split.fractions(0.7, test=0.1).parts(10) == Parts((0, 7), (7, 9), (9, 10))


@pytest.mark.parametrize(
    ("shares", "name"),
    [
        ({"test": 0.0}, "test"),
        ({"test": 1.0}, "test"),
        ({"test": float("nan")}, "test"),
        ({"train": 0.0, "validation": 0.8, "test": 0.2}, "train"),
        ({"validation": -0.1}, "validation"),
        ({"train": 0.5, "validation": 0.5, "test": 0.5}, r"train \+ validation \+ test"),
    ],
)
def test_bad_shares_are_named(shares, name):
    with pytest.raises(InvalidArgumentError, match=f"^{name} must be"):
        Split.fractions(**shares)


@pytest.mark.parametrize("moment", ["1965-13", "1965-02-30", "11.1965", "next year", "", "1965-Q5"])
def test_what_is_no_date_is_refused(airline, moment):
    with pytest.raises(InvalidArgumentError, match="train_until must be a date"):
        Split.until(moment, "1959").parts(airline)


def test_a_row_number_is_refused_for_a_series_with_time(airline):
    with pytest.raises(InvalidArgumentError, match=r"got 1957; pass '1957', or Split.indices"):
        Split.until(1957, 1958).parts(airline)


def test_a_date_is_refused_for_a_series_without_time():
    with pytest.raises(InvalidArgumentError, match="has no time column"):
        Split.until("2014-11", "2014-12").parts(load("sines"))


@pytest.mark.parametrize("moment", ["1948", "1961", "1960", "2050-01"])
def test_dates_outside_the_series_are_refused_with_its_span(airline, moment):
    message = (
        f"train_until must lie within .*got '{moment}'; the series runs from 1949-01 to 1960-12"
    )
    with pytest.raises(SplitError, match=message):
        Split.until(moment, "1959").parts(airline)


def test_rows_outside_the_series_are_refused():
    with pytest.raises(SplitError, match="10 rows, 0 to 9"):
        Split.until(3, 9).parts(load("counting"))


@pytest.mark.parametrize("until", ["1958", "1957-12-31", "1957"])
def test_validation_must_end_after_train(airline, until):
    with pytest.raises(SplitError, match="validation_until must be later than train_until"):
        Split.until("1958", until).parts(airline)


def test_indices_must_be_in_order_and_leave_a_test_part():
    with pytest.raises(InvalidArgumentError, match="test_start"):
        Split.indices(6, 5)
    with pytest.raises(SplitError, match="must leave rows for train and test"):
        Split.indices(6, 10).parts(10)


def test_a_split_describes_itself_in_plain_values():
    assert Split.until(date(1965, 1, 2), "1975").to_dict() == {
        "kind": "until",
        "train": "1965-01-02",
        "validation": "1975",
    }
