"""A source is read as what was learned was read, or refused: columns, roles, stamps, distances."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from rnncomp.errors import DataError, InvalidArgumentError, TimeColumnError
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.series import Series, load, load_panel

QUICK = {"window": 5, "units": 2, "epochs": 1}
STEPS = {"1d": dt.timedelta(days=1), "1m": dt.timedelta(minutes=1)}


def fitted(series, **options):
    return RecurrentForecaster("gru", **QUICK | options).fit(series)


def frame(rows=40, every="1d", start=0, **columns):
    stamps = [dt.datetime(2024, 1, 1) + STEPS[every] * k for k in range(start, start + rows)]
    values = [10.0 + k % 7 for k in range(start, start + rows)]
    return pl.DataFrame({"when": stamps, "sold": values, **columns})


def test_rows_at_another_distance_are_refused():
    forecaster = fitted(load(frame()))
    for source in (frame(every="1m"), load(frame(every="1m"))):
        with pytest.raises(InvalidArgumentError, match=r"'1d', as .* got '1m'; .*resample='1d'"):
            forecaster.predict(after=source)
        with pytest.raises(InvalidArgumentError, match="series frequency must be '1d'"):
            forecaster.update(source)


@pytest.mark.parametrize(
    ("roles", "what"),
    [
        ({"targets": ("a", "b")}, "targets"),
        ({"known": ("b",)}, "known"),
        ({"columns": ("b", "a")}, "columns"),
    ],
)
def test_the_same_columns_in_other_roles_are_refused(roles, what):
    values = np.arange(80.0).reshape(40, 2) % 7
    forecaster = fitted(Series(values, ("a", "b")))
    other = Series(values, **{"columns": ("a", "b")} | roles)
    with pytest.raises(InvalidArgumentError, match=f"series {what} must be") as caught:
        forecaster.predict(after=other)
    assert "\n" not in str(caught.value)


def test_the_time_column_is_the_one_that_was_learned():
    """Of two columns of stamps, here, the second one."""
    own = {"written": [dt.datetime(2030, 1, 1) + k * STEPS["1d"] for k in range(40)]}
    two = frame(**own).select("written", "when", "sold")
    forecaster = fitted(load(two, time="when"))
    assert forecaster.predict(after=two).times.tolist() == [dt.datetime(2024, 2, 10)]


@pytest.mark.parametrize("saved", [False, True])
def test_rows_that_were_only_counted_are_counted_again(tmp_path, saved):
    uneven = frame().filter(pl.int_range(40) != 20)
    forecaster = fitted(load(uneven, time=False))
    if saved:
        forecaster.save(tmp_path / "a.safetensors")
        forecaster = RecurrentForecaster.load(tmp_path / "a.safetensors")
    assert forecaster.predict(after=uneven).times is None


def test_one_series_of_a_table_of_many(tmp_path):
    def shop(name, level, start=0):
        return frame(start=start).select(pl.lit(name).alias("unique_id"), "when", "sold") \
            .with_columns(pl.col("sold") + level)  # fmt: skip

    table = pl.concat([shop("a", 0.0), shop("b", 100.0)])
    forecaster = fitted(load_panel(table))
    table.write_csv(tmp_path / "shops.csv")
    for source in (table, tmp_path / "shops.csv"):
        for name in "ab":
            made = forecaster.predict(after=source, of=name).values
            assert made.tolist() == forecaster.predict(of=name).values.tolist()
    with pytest.raises(InvalidArgumentError, match="unique_id must be one of a, got 'b'"):
        forecaster.predict(after=shop("a", 0.0), of="b")
    forecaster.update(pl.concat([shop("a", 0.0, 40), shop("b", 100.0, 40)]), of="b")
    assert [len(about.series) for about in forecaster.learned.values()] == [40, 80]
    with pytest.raises(TimeColumnError):  # without a name it is one series, whose stamps repeat
        fitted(load(frame())).predict(after=table)


@pytest.mark.parametrize("transform", ["log", "log-diff"])
def test_what_has_no_logarithm_is_refused(transform):
    series = load(frame())
    forecaster = fitted(series, transform=transform)
    words = r"column 'sold' must be above 0, .* got {} in row {}; train with"
    with pytest.raises(DataError, match=words.format(0, 1)):
        forecaster.update([3.0, 0.0])
    assert len(forecaster.learned[series.name].series) == 40
    values = series.values.copy()
    values[38] = -2.0
    bad = Series(values, ("sold",))
    with pytest.raises(DataError, match=words.format(-2, 38)):
        forecaster.predict(after=bad)
    forecaster.predict(after=bad.slice(0, 38))
    values[:] = series.values
    values[0] = 0.0  # before the window nothing is read
    forecaster.predict(after=Series(values, ("sold",)))
    fitted(series).update([0.0]).predict()


def test_the_calendar_of_new_values_comes_from_their_stamps():
    whole = load(frame(50), calendar="weekday")
    forecaster = fitted(whole.slice(0, 40)).update(whole.target_values[40:])
    (about,) = forecaster.learned.values()
    assert about.series.values.tolist() == whole.values.tolist()
    with pytest.raises(InvalidArgumentError, match=r"shape \(rows, 1\), without the calendar"):
        forecaster.update(whole.values[:1])


def test_a_plot_names_the_targets_there_are():
    two = Series(np.arange(80.0).reshape(40, 2) % 7, ("a", "b"), targets=("a", "b"))
    forecast = fitted(two).predict(2)
    assert forecast.drawing("b")["value_label"] == "b"
    with pytest.raises(InvalidArgumentError, match="target must be one of a, b, got 'nope'"):
        forecast.plot(target="nope")


@pytest.mark.parametrize("values", [[500.0], [500.0] * 3])
def test_new_rows_may_be_alike(values):
    """What is learned from must change from row to row; one new row cannot."""
    import polars as pl

    days = np.arange("2024-01-01", "2024-04-01", dtype="M8[D]").astype("M8[us]")
    frame = pl.DataFrame({"day": days, "sold": np.random.default_rng(0).normal(size=len(days))})
    forecaster = RecurrentForecaster("gru", window=6, units=2, epochs=1).fit(frame)
    later = days[-1] + np.arange(1, len(values) + 1) * np.timedelta64(1, "D")
    forecaster.update(pl.DataFrame({"day": later.astype("M8[us]"), "sold": values}))
    (known,) = forecaster.learned.values()
    assert known.series.target_values[-1] == 500.0
    assert forecaster.predict().times[0] == later[-1] + np.timedelta64(1, "D")


def test_no_series_at_all_is_refused():
    with pytest.raises(InvalidArgumentError, match="series must be one or more"):
        RecurrentForecaster("gru").fit([])
