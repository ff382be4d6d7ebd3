"""The baselines: their formulas, what they may look at, and facts known from elsewhere."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting import (
    Drift,
    Mean,
    MovingAverage,
    Persistence,
    Ridge,
    SeasonalNaive,
)
from rnncomp.forecasting.baselines import PENALTIES
from rnncomp.metrics import mean_absolute_error, root_mean_squared_error
from rnncomp.series import Series, load
from rnncomp.windows import make_samples

EPS = np.finfo(np.float64).eps


def walk(rows=90, columns=1, seed=0):
    return np.cumsum(np.random.default_rng(seed).normal(size=(rows, columns)), axis=0)


def one_by_one(rule, values, cutoffs, horizon):
    """Forecast from each history alone, as a person would."""
    return np.array([rule(values[: c + 1, 0], horizon) for c in cutoffs])


def drift_of(history, horizon):
    slope = (history[-1] - history[0]) / max(len(history) - 1, 1)
    return [history[-1] + h * slope for h in range(1, horizon + 1)]


def season_of(season):
    def rule(history, horizon):
        made = list(history)
        for _ in range(horizon):
            made.append(made[len(made) - season])
        return made[len(history) :]

    return rule


@pytest.mark.parametrize(
    ("baseline", "rule"),
    [
        (Persistence(), lambda history, horizon: [history[-1]] * horizon),
        (SeasonalNaive(1), season_of(1)),
        (SeasonalNaive(7), season_of(7)),
        (Drift(), drift_of),
        (Mean(), lambda history, horizon: [history.mean()] * horizon),
        (MovingAverage(1), lambda history, horizon: [history[-1]] * horizon),
        (MovingAverage(7), lambda history, horizon: [history[-7:].mean()] * horizon),
    ],
)
@pytest.mark.parametrize("horizon", [1, 3, 16])
def test_each_forecast_is_that_of_its_history_alone(baseline, rule, horizon):
    values, cutoffs = walk(), np.array([6, 7, 20, 89])
    made = baseline.forecast_at(values, cutoffs, horizon)
    assert made.shape == (4, horizon)
    # The running mean adds up to 90 numbers in another order than mean(): 90 roundings.
    assert_allclose(made, one_by_one(rule, values, cutoffs, horizon), rtol=0, atol=90 * EPS * 20)


BASELINES = [Persistence(), SeasonalNaive(7), Drift(), Mean(), MovingAverage(5), Ridge(6, 3)]


@pytest.mark.parametrize("baseline", BASELINES, ids=lambda baseline: baseline.name)
@pytest.mark.parametrize("step", [1, 3])
def test_pieces_and_a_range_of_cutoffs_change_nothing(monkeypatch, baseline, step):
    values, cutoffs = walk(), range(30, 89, step)
    baseline.fit(Series(values))
    whole = baseline.forecast_at(values, np.array(cutoffs), 3)
    assert baseline.forecast_at(values, cutoffs, 3).tobytes() == whole.tobytes()
    for module in ("base", "simple", "averages", "ridge"):
        monkeypatch.setattr(f"rnncomp.forecasting.baselines.{module}.ROWS", 8)
    # A product of fewer rows may be summed in another order: 6 lags, twice.
    bound = 12 * EPS * np.abs(whole).max() if baseline.name == "ridge" else 0.0
    assert_allclose(baseline.forecast_at(values, cutoffs, 3), whole, rtol=0, atol=bound)


@pytest.mark.parametrize("horizon", [1, 4])
@pytest.mark.parametrize("kind", ["persistence", "seasonal", "drift", "mean", "moving", "ridge"])
def test_no_forecast_changes_when_what_follows_its_cutoff_changes(kind, horizon):
    values = walk()
    ridge = Ridge(8, horizon).fit_samples(*halves(values[:60], 8, horizon))
    baselines = {"persistence": Persistence(), "seasonal": SeasonalNaive(7), "drift": Drift()}
    baseline = (baselines | {"mean": Mean(), "moving": MovingAverage(5), "ridge": ridge})[kind]
    for cutoff in (10, 40, 88):
        changed = values.copy()
        changed[cutoff + 1 :] = 1e9
        cutoffs = np.array([7, cutoff])
        before = baseline.forecast_at(values, cutoffs, horizon)
        assert before.tobytes() == baseline.forecast_at(changed, cutoffs, horizon).tobytes()
        changed[cutoff] += 1.0
        assert (before[1] != baseline.forecast_at(changed, cutoffs, horizon)[1]).any() or (
            kind == "seasonal" and horizon < 7
        )


def halves(values, window, horizon=1, share=0.7):
    samples = make_samples(values, window=window, horizon=horizon, dtype="float64")
    cut = round(share * len(samples))
    return samples.take(slice(0, cut)), samples.take(slice(cut, None))


@pytest.mark.parametrize("season", [0, -1, 2.5, None, True])
def test_season_is_a_whole_number(season):
    with pytest.raises(InvalidArgumentError, match="season"):
        SeasonalNaive(season)


def test_a_season_longer_than_the_history_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"season must be at most 5.*got 6"):
        SeasonalNaive(6).forecast_at(walk(), np.array([4, 30]), 1)


def test_a_moving_average_longer_than_the_history_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"window must be at most 5.*got 6"):
        MovingAverage(6).forecast_at(walk(), np.array([4, 30]), 1)


@pytest.mark.parametrize("window", [1, 2, 5, 48, 100])
def test_a_moving_average_forgets_what_has_left_the_window(window):
    """Small values after huge ones: a running sum that takes away would lose them."""
    values = walk(300)
    values[:100] += 1e9
    cutoffs = np.arange(99, 300)
    made = MovingAverage(window).forecast_at(values, cutoffs, 1)[:, 0]
    windows = [values[c + 1 - window : c + 1, 0] for c in cutoffs]
    whole = np.array([w.mean() for w in windows])
    # Two sums of up to `window` terms, each rounded relative to the size of its own window.
    size = np.array([np.abs(w).mean() for w in windows])
    assert np.all(np.abs(made - whole) <= 2 * window * EPS * size)


# Ridge


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("horizon", [1, 3])
def test_ridge_is_that_of_scikit_learn(columns, horizon):
    """The same weights as the oracle's at the penalty that was chosen."""
    from sklearn.linear_model import Ridge as Oracle

    train, validation = halves(walk(400, columns, seed=2), 6, horizon)
    ours = Ridge(6, horizon).fit_samples(train, validation)
    x = train.windows().reshape(len(train), -1)
    spread = np.tile(np.sqrt(x.var(axis=0).reshape(6, columns).mean(axis=0)), 6)
    oracle = Oracle(alpha=ours.penalty * len(x)).fit(x / spread, train.targets)
    # The covariance loses half of the digits: its condition number is up to 1 / penalty.
    bound = {"rtol": 1e-6, "atol": 1e-6}
    assert_allclose(ours.weights, (oracle.coef_.reshape(horizon, -1) / spread).T, **bound)
    assert_allclose(ours.intercept, np.reshape(oracle.intercept_, -1), **bound)


def test_the_penalty_is_the_one_with_the_lowest_error_on_validation():
    from sklearn.linear_model import Ridge as Oracle

    rng = np.random.default_rng(8)
    # 30 lags, 40 windows, much noise: strong penalties win.
    values = (np.sin(np.arange(100)) + rng.normal(size=100))[:, None]
    train, validation = halves(values, 30, share=0.57)
    x, x_new = (s.windows().reshape(len(s), -1) for s in (train, validation))
    scale = x.var(axis=0).mean()
    errors = {}
    for penalty in PENALTIES:
        oracle = Oracle(alpha=penalty * scale * len(x)).fit(x, train.targets)
        made = oracle.predict(x_new).reshape(-1, 1)
        errors[penalty] = np.mean((made - validation.targets) ** 2)
    chosen = Ridge(30).fit_samples(train, validation).penalty
    assert chosen == min(errors, key=errors.get)
    assert PENALTIES[0] < chosen  # the case is one where the choice matters


def test_the_penalty_grid_reaches_from_almost_nothing_to_almost_everything():
    assert PENALTIES[0] <= 1e-8
    assert PENALTIES[-1] >= 1.0
    assert np.all(np.diff(np.log10(PENALTIES)) <= 1.0 + 1e-9)


def test_ridge_finds_a_line_and_its_intercept_is_free():
    """A straight line far from zero is forecast exactly: a penalised intercept could not."""
    values = (1e4 + 3.0 * np.arange(80))[:, None]
    ridge = Ridge(4, 2).fit_samples(*halves(values, 4, 2))
    made = ridge.forecast_at(values, np.array([50]), 2)
    assert_allclose(made, values[51:53].T, rtol=1e-6)


def test_ridge_on_a_constant_history_gives_the_constant():
    values = np.full((40, 1), 7.0)
    ridge = Ridge(5).fit_samples(*halves(values, 5))
    assert ridge.forecast_at(values, np.array([20]), 1) == 7.0


def test_ridge_does_not_mind_the_units_of_further_columns():
    """Columns in other units give the same forecasts: each is scaled before it is penalised."""
    values = walk(300, 3, seed=5)
    other = values * np.array([1.0, 1e4, 1e-4]) + np.array([0.0, 1e5, 3.0])
    made = [
        Ridge(6).fit_samples(*halves(v, 6)).forecast_at(v, np.arange(200, 290), 1)
        for v in (values, other)
    ]
    assert_allclose(made[0], made[1], rtol=0, atol=1e-5 * np.ptp(values))


@pytest.mark.parametrize("horizon", [1, 2, 12])
def test_what_chooses_the_penalty_of_ridge_is_not_fitted(horizon, monkeypatch):
    """The targets of the last fifth of the windows only choose; here there is no choice."""
    monkeypatch.setattr("rnncomp.forecasting.baselines.ridge.PENALTIES", (1e-3,))
    values = walk(100)
    windows = 100 - 6 - horizon + 1
    first = 100 - horizon + 1 - round(0.2 * windows)  # the first row that chooses
    changed = values.copy()
    changed[first:] += 1e3
    one, same = (Ridge(6, horizon).fit(Series(v)) for v in (values, changed))
    assert one.weights.tobytes() == same.weights.tobytes()
    changed[first - 1] += 1e3
    assert Ridge(6, horizon).fit(Series(changed)).weights.tobytes() != one.weights.tobytes()


def test_long_series_are_multiplied_in_pieces(monkeypatch):
    values = walk(500)
    whole = Ridge(6).fit_samples(*halves(values, 6))
    monkeypatch.setattr("rnncomp.forecasting.baselines.ridge.ROWS", 64)
    pieces = Ridge(6).fit_samples(*halves(values, 6))
    assert_allclose(pieces.weights, whole.weights, rtol=1e-6, atol=1e-9)
    cutoffs = np.arange(10, 480)
    assert_allclose(
        pieces.forecast_at(values, cutoffs, 1), whole.forecast_at(values, cutoffs, 1), rtol=1e-9
    )


def test_ridge_before_fit_and_beyond_its_horizon():
    with pytest.raises(InvalidArgumentError, match="call fit"):
        Ridge(4).forecast_at(walk(), np.array([20]), 1)
    ridge = Ridge(4, 2).fit(load("airline"))
    values = ridge.series.values
    for _ in range(2):  # two steps at a time, each appended to what is looked back on
        ahead = ridge.forecast_at(values, np.array([len(values) - 1]), 2)[0]
        values = np.concatenate([values, ahead[:, None]])
    assert ridge.predict(3).values.tolist() == values[144:147, 0].tolist()
    two = Series(np.column_stack([walk(60)[:, 0], walk(60, seed=1)[:, 0]]), columns=("a", "b"))
    with pytest.raises(InvalidArgumentError, match="at most the horizon 2 of ridge, as further"):
        Ridge(4, 2).fit(two).predict(3)


# Facts: the numbers that the tutorials' data give, computed elsewhere


@pytest.fixture(scope="module")
def sines():
    values = load("sines").target_values
    return ((values - values.min()) / np.ptp(values))[:, None]


def test_sines_persistence_as_on_the_tutorials_test_set(sines):
    cutoffs = np.arange(849, 1049)
    made = Persistence().forecast_at(sines, cutoffs, 1)
    assert round(mean_absolute_error(sines[850:], made), 4) == 0.0120


def test_sines_ridge_as_on_the_tutorials_test_set(sines):
    samples = make_samples(sines, window=50)
    ridge = Ridge(50).fit_samples(samples.take(slice(0, 640)), samples.take(slice(640, 800)))
    made = ridge.forecast_at(sines, np.arange(849, 1049), 1)
    assert 0.0091 <= round(mean_absolute_error(sines[850:], made), 4) <= 0.0093


@pytest.mark.parametrize(
    ("rows", "last_fifth", "last_132", "season_132", "mean"),
    [(2820, 20.1, 21.1, 34.9, 63.0), (3120, 19.6, 17.3, 35.6, 44.3)],
)
def test_sunspots(rows, last_fifth, last_132, season_132, mean):
    values = load("sunspots").values[:rows]

    def one_step(first):
        made = Persistence().forecast_at(values, np.arange(first - 1, rows - 1), 1)
        return round(root_mean_squared_error(values[first:], made), 1)

    def ahead(baseline):
        made = baseline.forecast_at(values, np.array([rows - 133]), 132)[0]
        return round(root_mean_squared_error(values[-132:, 0], made), 1)

    assert one_step(round(0.8 * rows)) == last_fifth
    assert one_step(rows - 132) == last_132
    assert ahead(SeasonalNaive(132)) == season_132
    assert ahead(Mean()) == mean
