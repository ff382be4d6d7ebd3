"""Our simple baselines are those of statsforecast, and none looks ahead."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnncomp.forecasting import (
    ARIMA,
    ETS,
    Drift,
    Mean,
    MovingAverage,
    Persistence,
    SeasonalNaive,
    Theta,
    make_baselines,
)

models = pytest.importorskip("statsforecast.models")

PAIRS = {
    "persistence": lambda k: (Persistence(), models.Naive()),
    "seasonal_naive": lambda k: (SeasonalNaive(k), models.SeasonalNaive(season_length=k)),
    "drift": lambda k: (Drift(), models.RandomWalkWithDrift()),
    "mean": lambda k: (Mean(), models.HistoricAverage()),
    "moving_average": lambda k: (MovingAverage(k), models.WindowAverage(window_size=k)),
}


def draw(seed):
    """Return a random series (rows, 1), cutoffs, a horizon and a season or window."""
    rng = np.random.default_rng(seed)
    rows, size = rng.integers(20, 300), 10.0 ** rng.integers(-6, 7)
    values = size * (np.cumsum(rng.normal(size=rows)) + rng.normal() * 100)
    k = int(rng.integers(1, 19))
    return values[:, None], rng.integers(k, rows, size=8), int(rng.integers(1, 40)), k


@pytest.mark.parametrize("name", PAIRS)
def test_equal_to_statsforecast(name):
    for seed in range(60):
        values, cutoffs, horizon, k = draw(seed)
        ours, theirs = PAIRS[name](k)
        made = ours.forecast_at(values, cutoffs, horizon)
        wanted = [theirs.forecast(y=values[: c + 1, 0], h=horizon)["mean"] for c in cutoffs]
        assert_allclose(made, wanted, rtol=1e-8, atol=1e-8 * np.abs(values).max())


@pytest.fixture(scope="module")
def learnt():
    """A series, and all baselines learnt on its rows 0 .. 59."""
    rows = np.arange(200)
    noise = np.random.default_rng(0).normal(size=200)
    values = (60 + 8 * np.sin(rows * np.pi / 2) + np.cumsum(noise))[:, None]
    made, notes = make_baselines("all", season=4, window=14, horizon=9)
    assert notes == []
    return values, [baseline.learn(values, 60) for baseline in made]


def test_no_forecast_changes_when_what_follows_its_cutoff_changes(learnt):
    rng = np.random.default_rng(5)
    values, baselines = learnt
    for _ in range(40):
        cutoffs = np.sort(rng.integers(20, 199, size=3))
        horizon = int(rng.integers(4, 10))
        changed = values.copy()
        changed[cutoffs[1] + 1 :] += rng.normal(size=(199 - cutoffs[1], 1)) * 1e3
        for baseline in baselines:
            before = baseline.forecast_at(values, cutoffs, horizon)[:2]
            after = baseline.forecast_at(changed, cutoffs, horizon)[:2]
            assert before.tobytes() == after.tobytes(), baseline.name
        changed[cutoffs[1]] += 1e3  # the last value that may play a part does
        for baseline in baselines:
            before = baseline.forecast_at(values, cutoffs, horizon)[1]
            after = baseline.forecast_at(changed, cutoffs, horizon)[1]
            assert (before != after).any(), baseline.name


def test_nothing_from_the_end_on_is_learnt(learnt):
    values, baselines = learnt
    changed = values.copy()
    changed[60:] = 1e6
    for baseline in baselines:
        before = baseline.forecast_at(values, np.array([59]), 9)
        if isinstance(baseline, (Theta, ETS, ARIMA)):
            baseline = type(baseline)(4, worker=baseline._worker)  # which has not learnt yet
        after = baseline.learn(changed, 60).forecast_at(values, np.array([59]), 9)
        assert before.tobytes() == after.tobytes(), baseline.name
