"""What every forecaster promises: a new one is added to the list, not given a test of its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.forecasting.baselines import (
    ARIMA,
    ETS,
    Drift,
    Mean,
    MovingAverage,
    Persistence,
    Ridge,
    SeasonalNaive,
    Theta,
    Worker,
)
from rnncomp.series import Series, load

WINDOW = 8
WORKER = Worker()  # starts when first asked
QUICK = {"window": WINDOW, "units": 3, "epochs": 1, "seeds": [4]}


@dataclass(frozen=True)
class Case:
    """How to make a forecaster, and how many steps it reaches."""

    make: Any
    most_steps: int = 12


CASES = {
    "persistence": Case(Persistence),
    "seasonal_naive": Case(lambda: SeasonalNaive(5)),
    "seasonal_naive of 1": Case(lambda: SeasonalNaive(1)),
    "drift": Case(Drift),
    "mean": Case(Mean),
    "moving_average": Case(lambda: MovingAverage(5)),
    "ridge": Case(lambda: Ridge(WINDOW), 1),
    "ridge, 3 ahead": Case(lambda: Ridge(WINDOW, 3), 3),
    "theta": Case(lambda: Theta(4, worker=WORKER)),
    "ets": Case(lambda: ETS(4, worker=WORKER)),
    "arima": Case(lambda: ARIMA(worker=WORKER)),
    "simple_rnn": Case(lambda: RecurrentForecaster("simple_rnn", **QUICK)),
    "lstm": Case(lambda: RecurrentForecaster("lstm", **QUICK)),
    "gru, 3 ahead": Case(lambda: RecurrentForecaster("gru", horizon=3, **QUICK)),
    "two layers": Case(lambda: RecurrentForecaster("lstm", layers=2, **QUICK)),
    "standard scale": Case(lambda: RecurrentForecaster("gru", scale="standard", **QUICK)),
    "three seeds": Case(lambda: RecurrentForecaster("gru", **QUICK | {"seeds": [4, 0, 9]})),
    "log-diff": Case(lambda: RecurrentForecaster("gru", transform="log-diff", **QUICK)),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def months(rows=120, seed=0):
    rng = np.random.default_rng(seed)
    values = 50 + np.cumsum(rng.normal(size=rows)) + 3 * np.sin(np.arange(rows))
    time = (np.datetime64("2001-11", "M") + np.arange(rows)).astype("M8[us]")
    return Series(values[:, None], time=time, frequency="1mo", time_unit="M")


def test_fit_returns_the_forecaster_itself(case):
    forecaster = case.make()
    assert forecaster.fit(months()) is forecaster
    assert forecaster.kind in ("baseline", "network")
    assert forecaster.name == forecaster.name.lower().strip() != ""


def test_forecasts_carry_values_and_stamps(case):
    series = months()
    for steps in (1, case.most_steps):
        forecast = case.make().fit(series).predict(steps, after=series)
        assert (forecast.values.shape, forecast.values.dtype) == ((steps,), np.float64)
        assert np.isfinite(forecast.values).all()
        assert forecast.times.astype("M8[M]").tolist() == [
            stamp.tolist() for stamp in np.datetime64("2011-11", "M") + np.arange(steps)
        ]
        assert len(forecast) == steps
        assert forecast.strategy


def test_without_a_history_the_series_learned_is_forecast(case):
    series = months()
    forecaster = case.make().fit(series)
    for steps in (1, case.most_steps):
        ours, theirs = forecaster.predict(steps), forecaster.predict(steps, after=series)
        assert ours.values.tobytes() == theirs.values.tobytes()
        assert ours.times.tolist() == theirs.times.tolist()
    other = months(seed=9)
    assert forecaster.predict(after=other).values[0] != forecaster.predict().values[0]
    assert forecaster.fit(other).predict().series is other


def test_before_fit_there_is_no_history(case):
    with pytest.raises(InvalidArgumentError, match=r"call fit\(series\) first"):
        case.make().predict()


def test_without_stamps_there_are_none(case):
    series = Series(months().values)
    assert case.make().fit(series).predict(1, after=series).times is None


def test_forecasts_are_in_the_unit_of_the_series(case):
    """A thousand times the values are a thousand times the forecasts, about their size."""
    series = months()
    small = case.make().fit(series).predict(1, after=series).values
    large = Series(1000.0 * series.values)
    many = case.make().fit(large).predict(1, after=large).values
    # Scaled inputs of a network differ by roundings; 1e-3 of the values is 100 times those.
    np.testing.assert_allclose(many, 1000.0 * small, rtol=1e-3)
    assert 20 < small[0] < 100


def test_the_same_bytes_every_time(case):
    series = months()
    first = case.make().fit(series).predict(1, after=series).values
    forecaster = case.make().fit(months(seed=9))
    again = forecaster.fit(series).predict(1, after=series).values  # a fit starts afresh
    assert first.tobytes() == again.tobytes()


def test_more_steps_begin_with_the_fewer(case):
    series = months()
    forecaster = case.make().fit(series)
    longest = forecaster.predict(case.most_steps, after=series).values
    for steps in range(1, case.most_steps + 1):
        assert forecaster.predict(steps, after=series).values.tobytes() == longest[:steps].tobytes()


def test_predict_does_not_change_the_series_or_the_forecaster(case):
    series = months()
    before = series.fingerprint()
    forecaster = case.make().fit(series)
    first = forecaster.predict(1, after=series).values
    forecaster.predict(1, after=months(seed=3))
    assert forecaster.predict(1, after=series).values.tobytes() == first.tobytes()
    assert series.fingerprint() == before


def test_what_comes_after_the_end_of_the_series_plays_no_part(case):
    """The forecast from a prefix is that from the prefix, whatever array it is a view of."""
    series = months()
    forecaster = case.make().fit(series)
    prefix = series.slice(0, 90)
    other = np.concatenate([series.values[:90], 1e6 + series.values[90:]])
    changed = Series(other, time=series.time, frequency="1mo").slice(0, 90)
    first = forecaster.predict(1, after=prefix).values
    assert first.tobytes() == forecaster.predict(1, after=changed).values.tobytes()


def test_the_last_value_plays_a_part(case):
    """The window is not shifted: the newest value changes every forecast."""
    series = months()
    newer = series.values.copy()
    newer[-5:] += np.array([[30.0], [29.0], [31.0], [33.0], [40.0]])
    forecaster = case.make().fit(series)
    first = forecaster.predict(1, after=series).values
    assert forecaster.predict(1, after=Series(newer)).values[0] != first[0]


@pytest.mark.parametrize("steps", [0, -1, 1.5, "2", True, None])
def test_steps_are_checked(case, steps):
    forecaster = case.make().fit(months())
    with pytest.raises(InvalidArgumentError, match="steps"):
        forecaster.predict(steps, after=months())


def test_a_history_that_is_too_short_is_refused(case):
    forecaster = case.make().fit(months())
    if forecaster.kind == "network":  # its window, and a row before it for the first difference
        needed = WINDOW + ("diff" in forecaster.transform)
    else:
        needed = forecaster.needs
    if needed == 1:
        assert len(forecaster.predict(1, after=months(rows=1))) == 1
        return
    assert len(forecaster.predict(1, after=months(rows=needed))) == 1
    with pytest.raises(InvalidArgumentError, match=f"{needed} rows"):
        forecaster.predict(1, after=months(rows=needed - 1))


def test_frames_of_the_caller_come_back(case):
    import pandas as pd
    import polars as pl

    series = months()
    for kind in (pd.DataFrame, pl.DataFrame):
        stamps = series.time
        frame = kind({"month": stamps, "sold": series.values[:, 0]})
        loaded = load(frame)
        made = case.make().fit(loaded).predict(1, after=loaded).to_frame()
        assert isinstance(made, kind)
        assert list(made.columns) == ["month", "sold"]
        assert len(made) == 1
