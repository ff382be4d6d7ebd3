"""A look at one forecast is at the window and the units of that forecast."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import rnncomp
from rnncomp.errors import DataError, InvalidArgumentError, SplitError
from rnncomp.explanation.lags import lag_importance
from rnncomp.forecasting.baselines.ridge import Ridge

QUICK = {"window": 6, "units": 3, "epochs": 1}


@pytest.fixture(scope="module")
def airline():
    return rnncomp.load("airline")


def table(rows=80):
    """Return a series with a target, a column of the past and one whose future is known."""
    rng = np.random.default_rng(3)
    values = {name: rng.normal(size=rows).tolist() for name in ("load", "heat", "plan")}
    days = (np.datetime64("2024-01-01") + np.arange(rows)).astype(str).tolist()
    return rnncomp.load(
        pl.DataFrame({"day": days, **values}),
        target="load",
        features=["heat"],
        known=["plan"],
        calendar=["weekend"],
    )


@pytest.mark.parametrize("transform", ["none", "log", "diff", "log-diff"])
@pytest.mark.parametrize("horizon", [1, 3])
def test_the_values_are_those_of_predict(airline, transform, horizon):
    options = {"horizon": horizon, "transform": transform, "scale": "standard", **QUICK}
    forecaster = rnncomp.RecurrentForecaster("gru", **options).fit(airline)
    trace = rnncomp.explain(forecaster, at="1955-03")
    made = forecaster.predict(horizon, after=airline.slice(0, 74))
    np.testing.assert_array_equal(trace.values, made.values)
    assert trace.times == ("1954-09", "1954-10", "1954-11", "1954-12", "1955-01", "1955-02")
    assert trace.title == "gru, seed 0: airline, 1955-03"
    assert trace.columns == ("passengers",)


def test_the_next_value_is_the_usual_one(airline):
    forecaster = rnncomp.RecurrentForecaster("lstm", **QUICK).fit(airline)
    trace = rnncomp.explain(forecaster)
    np.testing.assert_array_equal(trace.values, forecaster.predict().values)
    assert trace.title == "lstm, seed 0: airline, 1961-01"
    np.testing.assert_array_equal(rnncomp.explain(forecaster, at=144).window, trace.window)


def test_each_seed_is_a_network(airline):
    forecaster = rnncomp.RecurrentForecaster("gru", seeds=[4, 9], **QUICK).fit(airline)
    one, other = (rnncomp.explain(forecaster, seed=seed) for seed in (4, 9))
    np.testing.assert_array_equal(one.output, rnncomp.explain(forecaster).output)
    mean = (one.values + other.values) / 2
    np.testing.assert_allclose(mean, forecaster.predict().values, rtol=1e-12)
    with pytest.raises(InvalidArgumentError, match="seed must be one of 4, 9, got 5"):
        rnncomp.explain(forecaster, seed=5)


def test_a_plan_is_seen_as_far_as_it_goes():
    series = table()
    forecaster = rnncomp.RecurrentForecaster("gru", horizon=2, **QUICK).fit(series)
    trace = rnncomp.explain(forecaster, at="2024-03-10")
    row = 31 + 29 + 9
    made = forecaster.predict(2, after=series.slice(0, row), known=series.slice(row, row + 2))
    np.testing.assert_array_equal(trace.values, made.values)
    assert trace.columns == ("load", "heat", "plan 2 steps on", "weekend 2 steps on")
    last = rnncomp.explain(forecaster)  # the last value whose plan is in the series
    assert last.title == "gru, seed 0: frame, 2024-03-19"
    assert last.output_names == ("2024-03-19", "2024-03-20")
    hint = r"'plan' must have values for the 2 steps from 2024-03-20.*take at='2024-03-19'"
    with pytest.raises(DataError, match=hint):
        rnncomp.explain(forecaster, at="2024-03-20")


def test_quantiles_come_back_in_their_order(airline):
    options = {"quantiles": (0.1, 0.5, 0.9), "horizon": 2, **QUICK}
    forecaster = rnncomp.RecurrentForecaster("gru", **options).fit(airline)
    values = rnncomp.explain(forecaster).values.reshape(2, 3)
    middle = forecaster.predict(2).values
    assert np.isin(middle, values).all()  # sorted there, if quantiles cross


def test_outputs_have_names(airline):
    forecaster = rnncomp.RecurrentForecaster("gru", horizon=3, **QUICK).fit(airline)
    assert rnncomp.explain(forecaster, at="1960-11").output_names == (
        "1960-11",
        "1960-12",
        "1961-01",
    )
    options = {"horizon": 2, "quantiles": (0.1, 0.5, 0.9), **QUICK}
    names = rnncomp.explain(rnncomp.RecurrentForecaster("gru", **options).fit(airline)).output_names
    assert names[:4] == (
        "1961-01 quantile 0.1",
        "1961-01 quantile 0.5",
        "1961-01 quantile 0.9",
        "1961-02 quantile 0.1",
    )


def test_a_reader_is_told_what_is_no_forecast(airline):
    forecaster = rnncomp.RecurrentForecaster("gru", seeds=[4, 9], **QUICK).fit(airline)
    first = forecaster.learned["airline"].unseen
    mean = "One of 2 networks (seeds 4, 9); their mean is the forecast."
    assert rnncomp.explain(forecaster, at=first).notes == (mean,)
    before, last = rnncomp.explain(forecaster, at=first - 1), airline.time[first - 1]
    assert before.notes[0] == mean
    learned = f"learned from this value: from all rows up to {airline.format_times([last])[0]}."
    assert before.notes[1].endswith(learned)
    other = replace(airline, values=airline.values + 1.0)
    assert rnncomp.explain(forecaster, other, at=20).notes == (mean,)


def test_one_of_several_series(airline):
    other = replace(airline.slice(0, 90), name="first half")
    forecaster = rnncomp.RecurrentForecaster("gru", **QUICK).fit([airline, other])
    with pytest.raises(InvalidArgumentError, match="of must be the name of one"):
        rnncomp.explain(forecaster)
    trace = rnncomp.explain(forecaster, of="first half")
    assert trace.title == "gru, seed 0: first half, 1956-07"
    np.testing.assert_array_equal(trace.values, forecaster.predict(of="first half").values)


@pytest.mark.parametrize(
    ("at", "error", "words"),
    [
        ("1961-02", SplitError, "at must name a row of 1949-01 to 1960-12 or the one after"),
        (
            145,
            SplitError,
            "at must be a row of series 'airline' or the one after, 0 .. 144, got 145",
        ),
        (1960, SplitError, "0 .. 144, got 1960"),
        (-1, InvalidArgumentError, "at must be an integer of at least 0, got -1"),
        ("1949-05", InvalidArgumentError, "take 1949-07 or later"),
        ("soon", InvalidArgumentError, "at must be a date, got 'soon'"),
    ],
)
def test_what_cannot_be_looked_at(airline, at, error, words):
    forecaster = rnncomp.RecurrentForecaster("gru", **QUICK).fit(airline)
    with pytest.raises(error) as raised:
        rnncomp.explain(forecaster, at=at)
    assert words in str(raised.value)


def test_a_number_is_a_row_and_four_digits_in_text_are_a_year():
    forecaster = rnncomp.RecurrentForecaster("gru", **QUICK).fit(rnncomp.load("sunspots"))
    for row in (1800, np.int64(1800)):
        assert rnncomp.explain(forecaster, at=row).title == "gru, seed 0: sunspots, 1899-01"
    assert rnncomp.explain(forecaster, at="1899").title == "gru, seed 0: sunspots, 1899-01"
    assert rnncomp.explain(forecaster, at="180").title == "gru, seed 0: sunspots, 1764-01"


def test_names_belong_to_networks(airline):
    forecaster = rnncomp.RecurrentForecaster("gru", **QUICK).fit(airline)
    with pytest.raises(InvalidArgumentError, match="times must be left out with a forecaster"):
        rnncomp.explain(forecaster, times=["a"])


def test_many_windows_are_those_of_the_unseen_rows(airline):
    options = {"horizon": 2, "scale": "standard", **QUICK}
    forecaster = rnncomp.RecurrentForecaster("gru", **options).fit(airline)
    look = forecaster.look_many()
    first = forecaster.learned["airline"].unseen
    assert len(look.windows) == 144 - first - 1
    last = rnncomp.explain(forecaster, at=143 - 1).window
    np.testing.assert_array_equal(look.windows.windows()[-1], last)
    one = rnncomp.explain(forecaster, at=first).window
    np.testing.assert_array_equal(look.windows.windows()[0], one)


def test_ridge_stands_beside_and_has_seen_no_more(airline):
    forecaster = rnncomp.RecurrentForecaster("gru", horizon=2, **QUICK).fit(airline)
    first = forecaster.learned["airline"].unseen
    ridge = Ridge(6, 2).fit(airline.slice(0, first))
    np.testing.assert_array_equal(forecaster.look_many().linear["ridge"], ridge.weights)
    lags = lag_importance(forecaster, output=1)
    windows, spread = forecaster.look_many().windows.windows(), forecaster.look_many().units
    distance = np.abs(windows - windows.mean(axis=1, keepdims=True)).mean(axis=0)[:, 0]
    expected = np.abs(ridge.weights[:, 1]) * distance  # one feature: its unit cancels
    np.testing.assert_allclose(lags.linear["ridge"][:, 0], expected, rtol=1e-5)
    assert spread.shape == (1,)
    assert lags.columns == ("passengers",)


@pytest.mark.parametrize(
    "options", [{"transform": "log"}, {"quantiles": (0.1, 0.5, 0.9)}], ids=["log", "quantiles"]
)
def test_ridge_is_left_out_where_it_is_another_question(airline, options):
    forecaster = rnncomp.RecurrentForecaster("gru", **QUICK, **options).fit(airline)
    lags = lag_importance(forecaster)
    assert lags.linear == {}
    words = {"transform": "it does not learn from values in log", "quantiles": "no quantiles"}
    assert words[next(iter(options))] in lags.without


def test_what_a_file_remembers_is_too_little_for_ridge(airline, tmp_path):
    forecaster = rnncomp.RecurrentForecaster("gru", **QUICK).fit(airline)
    forecaster.save(tmp_path / "a.safetensors")
    kept = rnncomp.RecurrentForecaster.load(tmp_path / "a.safetensors")
    whole, remembered = lag_importance(forecaster), lag_importance(kept)
    np.testing.assert_array_equal(whole.network, remembered.network)
    assert remembered.linear == {}
    again = lag_importance(kept, "airline")
    np.testing.assert_array_equal(again.linear["ridge"], whole.linear["ridge"])
    with pytest.raises(InvalidArgumentError, match=r"must hold the .* rows that 'airline' kept"):
        lag_importance(kept, airline.slice(0, 100))
    with pytest.raises(InvalidArgumentError, match="units must be left out with a forecaster"):
        lag_importance(kept, units=[1.0])
    with pytest.raises(InvalidArgumentError, match="output must be"):
        lag_importance(forecaster, output=1)
