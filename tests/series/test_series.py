"""Series: checked once, never changed."""

import dataclasses

import numpy as np
import pytest

from rnncomp.errors import ColumnError, InvalidArgumentError, TimeColumnError
from rnncomp.series import Series, load

DAYS = np.arange("2010-01-01", "2010-01-06", dtype="M8[D]").astype("M8[us]")


def series(**changes):
    fields = {
        "values": np.arange(10.0).reshape(5, 2),
        "columns": ("a", "b"),
        "time": DAYS,
        "frequency": "1d",
        "time_unit": "D",
    }
    return Series(**fields | changes)


def test_the_first_column_is_the_target_unless_said():
    assert series().targets == ("a",)
    assert series().target_values.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert series(targets=("a", "b")).targets == ("a", "b")


def test_it_says_what_it_is_in_a_line():
    assert (
        repr(series(name="x")) == "Series('x', 5 rows of a, b, 2010-01-01 .. 2010-01-05, every 1d)"
    )
    assert repr(Series(np.zeros((0, 1)))) == "Series('series', 0 rows of value)"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros(5)}, "values must be of shape"),
        ({"values": np.zeros((5, 3))}, "values must be of shape"),
        ({"values": np.full((5, 2), np.nan)}, "values must be finite.*see row 0"),
        ({"columns": ("a", "a")}, "columns must be unique names"),
        ({"targets": ("b",)}, "columns must be unique names, targets first"),
        ({"time": DAYS[:4]}, "time must be of shape"),
        ({"time": DAYS.astype("M8[D]")}, "time must be of shape .* datetime64"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(InvalidArgumentError, match=message):
        series(**changes)


@pytest.mark.parametrize("time", [DAYS[::-1], DAYS[[0, 1, 1, 2, 3]]])
def test_time_must_increase(time):
    with pytest.raises(TimeColumnError, match="time must increase from row to row"):
        series(time=time)


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        series().name = "other"
    with pytest.raises(ValueError, match="read-only"):
        series().values[0, 0] = 1.0


def test_a_slice_shares_memory_and_keeps_the_rest():
    whole = series(name="x")
    part = whole.slice(1, 4)
    assert np.shares_memory(part.values, whole.values)
    assert part.format_times(part.time) == ["2010-01-02", "2010-01-03", "2010-01-04"]
    assert (part.frequency, part.name, part.columns) == ("1d", "x", ("a", "b"))
    assert part.format_times(part.future_times(1)) == ["2010-01-05"]


def test_the_fingerprint_is_of_values_time_and_names_only():
    base = series().fingerprint()
    assert series(name="other", frame_type="pandas").fingerprint() == base
    changed = np.arange(10.0).reshape(5, 2)
    changed[4, 1] = np.nextafter(9.0, 10.0)
    for changes in (
        {"values": changed},
        {"time": DAYS + np.timedelta64(1, "us")},
        {"time": None},
        {"columns": ("a", "c")},
        {"targets": ("a", "b")},
    ):
        assert series(**changes).fingerprint() != base


def test_the_fingerprint_of_a_built_in_series_is_known():
    """Run folders name their data by it: a change would orphan them."""
    assert load("airline").fingerprint().startswith("f8d45577e8f0b09c")


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("Y", "2010"),
        ("M", "2010-01"),
        ("D", "2010-01-01"),
        ("m", "2010-01-01 00:00"),
        ("s", "2010-01-01 00:00:00"),
        ("ms", "2010-01-01 00:00:00.000"),
    ],
)
def test_stamps_are_printed_as_finely_as_they_came(unit, text):
    assert series(time_unit=unit).format_times(DAYS[:1]) == [text]


def test_a_frame_has_time_first():
    frame = series(time_name="day").to_frame()
    assert frame.columns == ["day", "a", "b"]
    assert frame["day"].to_list() == DAYS.tolist()
    assert frame["b"].to_list() == [1.0, 3.0, 5.0, 7.0, 9.0]


HOLES = np.array([[True, True], [False, True], [True, True], [True, False], [True, True]])


def test_known_columns_are_the_last_and_calendar_the_last_of_them():
    assert series().features == ("b",)
    assert series(known=("b",)).features == ()
    columns = ("a", "b", "plan", "month_sin", "month_cos")
    fields = {
        "values": np.zeros((5, 5)),
        "columns": columns,
        "known": columns[2:],
        "calendar": ("month",),
    }
    assert series(**fields).features == ("b",)
    assert "5 rows of a, b, known plan, month_sin, month_cos, 2010" in repr(series(**fields))
    for changes, message in (
        ({"known": ("plan",), "calendar": ()}, "known must be the last of columns"),
        ({"known": columns[1:], "targets": ("a", "b")}, "known must be the last of columns, after"),
        ({"calendar": ("hour",)}, "calendar must be of a series with time, its columns the last"),
        ({"time": None}, "calendar must be of a series with time"),
    ):
        with pytest.raises(InvalidArgumentError, match=message):
            series(**fields | changes)


def test_what_was_not_observed_goes_with_its_rows_and_columns():
    whole = series(observed=HOLES, fill="ffill")
    assert repr(whole).endswith("every 1d, 2 values filled (ffill))")
    assert not whole.observed.flags.writeable
    assert whole.slice(1, 4).observed.tolist() == HOLES[1:4].tolist()
    assert whole.slice(1, 4).fill == "ffill"
    none_left = whole.slice(2, 3)
    assert (none_left.observed, none_left.fill) == (None, None)
    full = series(observed=np.ones((5, 2), bool), fill="mask")
    assert (full.observed, full.fill) == (None, None)
    assert full.fingerprint() == series().fingerprint()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"observed": HOLES[:4], "fill": "mask"}, r"observed must be of shape \(5, 2\)"),
        ({"observed": HOLES.astype(float), "fill": "mask"}, "observed must be of shape"),
        ({"observed": HOLES}, "fill must be one of interpolate, ffill, mask where"),
        ({"observed": HOLES, "fill": "drop"}, "fill must be one of"),
    ],
)
def test_observed_and_fill_go_together(changes, message):
    with pytest.raises(InvalidArgumentError, match=message):
        series(**changes)


def test_the_fingerprint_tells_what_is_known_and_what_was_filled():
    prints = {
        series(**changes).fingerprint()
        for changes in (
            {},
            {"known": ("b",)},
            {"observed": HOLES, "fill": "ffill"},
            {"observed": HOLES, "fill": "interpolate"},
            {"observed": ~HOLES, "fill": "ffill"},
        )
    }
    assert len(prints) == 5


def test_one_target_of_several():
    values = np.arange(20.0).reshape(5, 4)
    observed = np.arange(20).reshape(5, 4) % 3 > 0
    both = series(values=values, columns=("a", "b", "c", "d"), targets=("a", "b"), known=("d",),
                  observed=observed, fill="mask")  # fmt: skip
    one = both.target("b")
    assert (one.columns, one.targets, one.known) == (("b", "a", "c", "d"), ("b",), ("d",))
    assert one.features == ("a", "c")
    assert one.target_values.tolist() == values[:, 1].tolist()
    assert (one.values == values[:, [1, 0, 2, 3]]).all()
    assert (one.observed == observed[:, [1, 0, 2, 3]]).all()
    assert (one.time_unit, one.fill) == (both.time_unit, "mask")
    assert both.target("a").columns == both.columns
    assert both.target("a").features == ("b", "c")
    single = series()
    assert single.target("a") is single
    with pytest.raises(ColumnError, match=r"must be one of 'a', 'b' of series .* got 'c'; load it"):
        both.target("c")


def test_only_values_and_columns_go_by_place():
    with pytest.raises(TypeError, match="positional"):
        Series(np.zeros((1, 1)), ("a",), ("a",))
