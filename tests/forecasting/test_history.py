"""What a forecaster remembers: new rows are added, gaps and what is not new are refused."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from rnncomp.errors import InvalidArgumentError, TimeColumnError
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.series import Series, load

QUICK = {"window": 5, "units": 2, "epochs": 1}


def days(rows, start=0, holes=()):
    """A frame of days, whose numbers have a week."""
    first = dt.date(2024, 1, 1)
    return pl.DataFrame({
        "day": [first + dt.timedelta(k) for k in range(start, start + rows)],
        "sold": [None if k in holes else 10.0 + k % 7 for k in range(start, start + rows)],
    })  # fmt: skip


def fitted(series, **options):
    return RecurrentForecaster("gru", **QUICK | options).fit(series)


def known(forecaster):
    (about,) = forecaster.learned.values()
    return about.series


def test_a_frame_is_taken_from_the_last_known_row_on():
    forecaster = fitted(load(days(40)))
    whole = days(50)
    assert forecaster.update(whole) is forecaster
    assert known(forecaster).time.tolist() == load(whole).time.tolist()
    assert known(forecaster).target_values.tolist() == load(whole).target_values.tolist()
    expected = forecaster.predict(2, after=whole)
    assert forecaster.predict(2).values.tobytes() == expected.values.tobytes()
    assert forecaster.predict().times.tolist() == [dt.datetime(2024, 2, 20)]


def test_nothing_is_trained_by_an_update():
    forecaster = fitted(load(days(40)))
    (before,) = forecaster.learned.values()
    weights = b"".join(w.tobytes() for w in forecaster.model.get_weights())
    forecaster.update(days(50))
    (after,) = forecaster.learned.values()
    assert b"".join(w.tobytes() for w in forecaster.model.get_weights()) == weights
    assert after.transform is before.transform
    assert after.unseen == before.unseen


def test_the_new_rows_alone_are_enough():
    forecaster = fitted(load(days(40)))
    forecaster.update(days(6, start=40))
    assert len(known(forecaster)) == 46


def test_an_array_goes_on_with_stamps():
    forecaster = fitted(load(days(40)))
    forecaster.update([1.0, 2.0]).update(np.array([[3.0]]))
    series = known(forecaster)
    assert series.target_values[-3:].tolist() == [1.0, 2.0, 3.0]
    assert series.time.tolist() == load(days(43)).time.tolist()


def test_a_gap_is_refused_and_nothing_is_changed():
    forecaster = fitted(load(days(40)))
    with pytest.raises(TimeColumnError, match=r"go on at 2024-02-10, .* got 2024-02-11; pass"):
        forecaster.update(days(6, start=41))
    assert len(known(forecaster)) == 40


@pytest.mark.parametrize("new", [days(40), days(12, start=20), [], np.empty((0, 1))])
def test_what_is_not_new_is_refused(new):
    forecaster = fitted(load(days(40)))
    with pytest.raises(InvalidArgumentError, match="nothing new in them"):
        forecaster.update(new)


@pytest.mark.parametrize("new", [np.ones((3, 2)), np.ones((1, 1, 1))])
def test_an_array_of_another_shape_is_refused(new):
    with pytest.raises(InvalidArgumentError, match=r"shape \(rows, 1\)"):
        fitted(load(days(40))).update(new)


def test_other_columns_and_absent_stamps_are_refused():
    forecaster = fitted(load(days(40)))
    with pytest.raises(InvalidArgumentError, match="columns must be"):
        forecaster.update(Series(np.ones((3, 1)), columns=("bought",)))
    with pytest.raises(InvalidArgumentError, match="with stamps, as the series has them"):
        forecaster.update(Series(np.ones((3, 1)), columns=("sold",)))


def test_before_fit_there_is_nothing_to_update():
    with pytest.raises(InvalidArgumentError, match="not fitted"):
        RecurrentForecaster().update([1.0])


def test_of_several_series_one_is_updated():
    several = [Series(np.sin(np.arange(40.0))[:, None] + k, name=f"s{k}") for k in range(2)]
    forecaster = fitted(several)
    with pytest.raises(InvalidArgumentError, match=r"of must be the name .* pass for example of="):
        forecaster.update([1.0])
    with pytest.raises(InvalidArgumentError, match="'s9'"):
        forecaster.update([1.0], of="s9")
    forecaster.update([1.0], of="s1")
    assert [len(about.series) for about in forecaster.learned.values()] == [40, 41]


@pytest.mark.parametrize("fill", ["ffill", "interpolate", "mask"])
@pytest.mark.parametrize("saved", [False, True])
def test_new_rows_are_filled_as_those_that_were_learned(tmp_path, fill, saved):
    """Also by a forecaster from a file, whose last rows have no holes."""
    forecaster = fitted(load(days(40, holes=(3, 4)), missing=fill))
    if saved:
        forecaster.save(tmp_path / "a.safetensors")
        forecaster = RecurrentForecaster.load(tmp_path / "a.safetensors")
    before = len(known(forecaster))
    forecaster.update(days(20, start=30, holes=(44,)))
    series = known(forecaster)
    assert len(series) == before + 10
    assert series.observed[-6].tolist()[0] is False
    assert series.observed[-5:].all()
    filled = {"interpolate": (10 + 43 % 7 + 10 + 45 % 7) / 2}.get(fill, 10 + 43 % 7)
    assert series.target_values[-6] == filled
    if fill == "mask":
        assert series.values[-7:, 1].tolist() == [1, 0, 1, 1, 1, 1, 1]
    # And rows without a hole, which alone would have no column of what was observed:
    forecaster.update(days(8, start=50))
    assert len(known(forecaster)) == before + 18
    forecaster.predict(after=days(30, start=10))


def test_updated_rows_widen_intervals():
    """They were not learned from, so they count among those that tell the errors."""
    forecaster = fitted(load(days(60)))
    narrow = forecaster.predict(levels=60).interval(60)
    rng = np.random.default_rng(0)
    forecaster.update(10 + 500 * rng.normal(size=60))
    wide = forecaster.predict(levels=60).interval(60)
    assert wide[1] - wide[0] > 10 * (narrow[1] - narrow[0])
