"""future_known: what comes after the last row, from the calendar and from what is given."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rnncomp.errors import (
    ColumnError,
    DataFileError,
    InvalidArgumentError,
    MissingValuesError,
    TimeColumnError,
)
from rnncomp.series import Series

DAYS = np.arange("2024-03-01", "2024-03-15", dtype="M8[D]").astype("M8[us]")


def series(known=("plan", "price"), calendar=(), **changes):
    made = ("weekday_sin", "weekday_cos") if calendar else ()
    columns = ("sold", *known, *made)
    fields = {
        "time": DAYS,
        "frequency": "1d",
        "known": (*known, *made),
        "calendar": calendar,
        "time_name": "day",
    }
    return Series(np.arange(14.0 * len(columns)).reshape(14, -1), columns, **fields | changes)


def frame():
    days = pl.date_range(pl.date(2024, 3, 10), pl.date(2024, 3, 19), eager=True)
    return pl.DataFrame(
        {"price": np.arange(10.0), "plan": [False, True] * 5, "other": ["x"] * 10, "day": days}
    )


def test_rows_are_found_by_their_stamps():
    ahead = series().future_known(3, frame())
    assert ahead.tolist() == [[1, 5], [0, 6], [1, 7]]
    pandas = frame().rename({"day": "when"}).to_pandas().set_index("when")
    pandas.index = pd.DatetimeIndex(pandas.index)
    assert series().future_known(3, pandas).tolist() == ahead.tolist()
    later = Series(frame().select(pl.col("plan", "price").cast(float)).to_numpy(),
                   ("plan", "price"), time=DAYS[-5:][0] + np.arange(10) * np.timedelta64(1, "D"),
                   frequency="1d", time_name="other")  # fmt: skip
    assert series().future_known(3, later).tolist() == ahead.tolist()


def test_without_stamps_the_first_rows_are_meant():
    assert series().future_known(2, frame().drop("day")).tolist() == [[0, 0], [1, 1]]
    counted = series(time=None, frequency=None)
    assert counted.future_known(2, frame()).tolist() == [[0, 0], [1, 1]]
    assert series().future_known(2, np.array([[1.0, 2], [3, 4], [5, 6]])).tolist() == [
        [1, 2],
        [3, 4],
    ]
    assert series(known=("plan",)).future_known(2, [7, 8]).tolist() == [[7], [8]]


def test_the_calendar_goes_on_by_itself():
    whole = series(known=(), calendar=("weekday",))
    ahead = whole.future_known(7)
    assert ahead.shape == (7, 2)
    assert whole.future_times(1)[0] == np.datetime64("2024-03-15")  # a Friday
    fridays = [np.sin(2 * np.pi * 4 / 7), np.cos(2 * np.pi * 4 / 7)]
    assert np.abs(ahead[0] - fridays).max() < 1e-12
    both = series(known=("plan",), calendar=("weekday",))
    assert (both.future_known(7, range(7))[:, 1:] == ahead).all()
    assert (both.future_known(7, range(7))[:, 0] == np.arange(7)).all()


def test_nothing_known_is_no_column():
    assert series(known=()).future_known(3).shape == (3, 0)
    with pytest.raises(InvalidArgumentError, match="given must be left out, as series 'series'"):
        series(known=()).future_known(3, frame())


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (None, InvalidArgumentError, "next 3 rows of the known columns .* frame with 'plan', 'pri"),
        (frame().drop("price"), ColumnError, "given must be a column of .* got 'price'"),
        (frame().with_columns(plan=pl.lit("x")), ColumnError, "'plan' .* text in 10 rows"),
        (frame().drop("day").head(2), InvalidArgumentError, "at least 3 rows long, got 2"),
        (np.zeros((9, 3)), InvalidArgumentError, "a column for each of 'plan', 'price', got .3 co"),
        (frame().head(7), MissingValuesError, "a row for each step ahead, got none for 2024-03-17"),
        (
            frame().with_columns(price=pl.Series([None if i == 6 else 1.0 for i in range(10)])),
            MissingValuesError,
            "column 'price' .* a number for each step ahead, got none in row 6 for step 2",
        ),
        (frame().sort("day", descending=True), TimeColumnError, "must increase"),
        ("no_such_plan.csv", DataFileError, "no_such_plan.csv must be a file that exists"),
    ],
)
def test_what_is_lacking_is_named(given, error, message):
    with pytest.raises(error, match=message) as caught:
        series().future_known(3, given)
    assert "\n" not in str(caught.value)


def test_a_plan_is_read_from_a_file(tmp_path):
    path = tmp_path / "plan.csv"
    numbers = frame().with_columns(pl.col("plan").cast(pl.Float64))  # "true" in a file is text
    numbers.write_csv(path)
    expected = series().future_known(3, frame())
    for given in (path, str(path)):
        assert series().future_known(3, given).tolist() == expected.tolist()
