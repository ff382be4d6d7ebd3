"""Our simple baselines are those of statsforecast, and none looks ahead."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnncomp.forecasting import Drift, Mean, MovingAverage, Persistence, SeasonalNaive
from rnncomp.forecasting.baselines import Worker, make_baselines

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
    """All baselines, learnt on rows 0 .. 119 of two series, and the series."""
    found = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        rows = np.arange(200)
        values = 60 + 8 * np.sin(rows * np.pi / 6) + np.cumsum(rng.normal(size=200))
        made, notes = make_baselines("all", season=12, window=14, horizon=9)
        assert notes == []
        found.append((values[:, None], [b.learn(values[:, None], 120) for b in made]))
    return found


def test_no_forecast_changes_when_what_follows_its_cutoff_changes(learnt):
    rng = np.random.default_rng(5)
    for values, baselines in learnt:
        for _ in range(25):
            cutoffs = np.sort(rng.integers(20, 199, size=3))
            horizon = int(rng.integers(1, 10))
            changed = values.copy()
            changed[cutoffs[1] + 1 :] += rng.normal(size=(199 - cutoffs[1], 1)) * 1e3
            for baseline in baselines:
                before = baseline.forecast_at(values, cutoffs, horizon)
                after = baseline.forecast_at(changed, cutoffs, horizon)
                assert before[:2].tobytes() == after[:2].tobytes(), baseline.name
                # The newest value plays a part, so that nothing is read too early either.
                changed[cutoffs[1]] += 1e3
                late = baseline.forecast_at(changed, cutoffs, 12 if horizon > 9 else horizon)
                seasonal = baseline.name == "seasonal_naive"
                assert seasonal or (late[1] != before[1]).any(), baseline.name
                changed[cutoffs[1]] = values[cutoffs[1]]


def test_nothing_from_the_end_on_is_learnt(learnt):
    worker = Worker()
    for values, baselines in learnt[:1]:
        changed = values.copy()
        changed[120:] = 1e6
        for baseline in baselines:
            before = baseline.forecast_at(values, np.array([119]), 9)
            if hasattr(baseline, "_worker"):
                baseline = type(baseline)(12, worker=worker)  # not one that has learnt already
            after = baseline.learn(changed, 120).forecast_at(values, np.array([119]), 9)
            assert before.tobytes() == after.tobytes(), baseline.name
