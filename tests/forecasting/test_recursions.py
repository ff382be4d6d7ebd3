"""Known parameters along a true history: the forecasts of statsforecast's `forward`, at once."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnncomp.forecasting.baselines import recursion
from rnncomp.forecasting.baselines.arima import ARIMARecursion
from rnncomp.forecasting.baselines.ets import ETSRecursion
from rnncomp.forecasting.baselines.recursion import follow
from rnncomp.forecasting.baselines.theta import ThetaRecursion
from rnncomp.forecasting.baselines.worker import (
    arima_parameters,
    ets_parameters,
    theta_parameters,
)

models = pytest.importorskip("statsforecast.models")

EPS = np.finfo(np.float64).eps
CUTOFFS = np.array([99, 100, 131, 139, 101, 30])


def seasonal(rows=140, season=4, seed=0, slope=0.3):
    rng = np.random.default_rng(seed)
    t = np.arange(rows)
    pattern = np.array([3.0, -4.0, 6.0, -5.0])[t % season]
    return 80 + slope * t + pattern * (1 + t / 100) + np.cumsum(rng.normal(size=rows))


def fitted(model, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of statsforecast, about its own steps
        return model.fit(y[:100])


def forwarded(model, y, horizon):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.array([model.forward(y[: c + 1], horizon)["mean"] for c in CUTOFFS])


@pytest.mark.parametrize("kind", ["ANN", "AAN", "ANA", "AAA", "MNM", "MAM", "MAA", "MNN"])
def test_ets_as_forward(kind):
    y = seasonal()
    model = fitted(models.AutoETS(season_length=4, model=kind, damped=False), y)
    made = follow(ETSRecursion(**ets_parameters(model.model_)), y, CUTOFFS, 9)
    # The same sums, at most 140 rows of a few roundings each.
    assert_allclose(made, forwarded(model, y, 9), rtol=0, atol=140 * 8 * EPS * np.abs(y).max())


@pytest.mark.parametrize("kind", ["AAN", "AAA", "MAM"])
def test_a_damped_trend_as_forward_one_step_ahead(kind):
    y = seasonal()
    model = fitted(models.AutoETS(season_length=4, model=kind, damped=True), y)
    made = follow(ETSRecursion(**ets_parameters(model.model_)), y, CUTOFFS, 1)
    assert_allclose(made, forwarded(model, y, 1), rtol=0, atol=140 * 8 * EPS * np.abs(y).max())


def test_a_damped_trend_as_statsmodels_has_it():
    """phi + phi^2 + ...; statsforecast up to 2.1 begins phi + phi."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = seasonal()
    known = {"initialization_method": "known", "initial_level": 80.0, "initial_trend": 0.5}
    theirs = ETSModel(y, trend="add", damped_trend=True, **known)
    wanted = theirs.smooth([0.5, 0.2, 0.9, 80.0, 0.5]).forecast(9)
    ours = ETSRecursion(0.5, 0.2, 0.0, 0.9, 80.0, 0.5, [], multiplies=False)
    made = follow(ours, y, range(139, 140), 9)[0]
    assert_allclose(made, wanted, rtol=0, atol=140 * 8 * EPS * np.abs(y).max())


ORDERS = {
    "white noise": ((0, 0, 0), (0, 0, 0)),
    "ar, mean": ((2, 0, 0), (0, 0, 0)),
    "ma": ((0, 0, 2), (0, 0, 0)),
    "arma": ((1, 0, 2), (0, 0, 0)),
    "walk": ((0, 1, 0), (0, 0, 0)),
    "seasonal ar": ((1, 0, 1), (1, 1, 0)),
    "airline": ((0, 1, 1), (0, 1, 1)),
    "all": ((1, 1, 1), (1, 1, 1)),
    "twice": ((1, 2, 1), (0, 0, 0)),
}


@pytest.mark.parametrize("drift", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_arima_as_forward(order, drift):
    plain, season = ORDERS[order]
    if drift and (plain[1] + season[1] > 1 or not any((*plain, *season))):
        pytest.skip("no drift after two differences")
    y = seasonal()
    model = models.ARIMA(order=plain, seasonal_order=season, season_length=4, include_drift=drift)
    model = fitted(model, y)
    made = follow(ARIMARecursion(**arima_parameters(model.model_)), y, CUTOFFS, 9)
    # Variances begin at 1e6: that many roundings are lost on the way to those of size 1.
    bound = 1e6 * 32 * EPS * np.abs(y).max()
    assert_allclose(made, forwarded(model, y, 9), rtol=0, atol=bound)


def test_a_filter_that_stands_still_goes_on_as_if_it_moved():
    y = seasonal(rows=600)
    ours = ARIMARecursion([0.6], [0.3, 0.0, 0.0, -0.5], [1.0, 0.0, 0.0, 1.0, -1.0], 0.0, 0.0)
    state = moving = ours.start()
    for first in range(0, 600, 20):
        state = ours.update(state, y[first : first + 20])
        n, mean, covariance, _ = moving
        for row in y[first : first + 20]:
            n, mean, covariance, _ = ours.update((n, mean, covariance, None), np.array([row]))
        moving = n, mean, covariance, None
    assert state[3] is not None  # the gain is kept, or this test tells nothing
    made, wanted = (ours.ahead([s], 5) for s in (state, moving))
    assert_allclose(made, wanted, rtol=0, atol=600 * 8 * EPS * np.abs(y).max())


def test_theta_without_a_season_as_forward():
    y = seasonal(slope=-0.4)
    model = fitted(models.Theta(season_length=1), y)
    made = follow(ThetaRecursion(**theta_parameters(model.model_)), y, CUTOFFS, 9)
    # A regression over 140 rows, whose sums of t * y are 140 times as large as the values.
    assert_allclose(made, forwarded(model, y, 9), rtol=0, atol=140 * 140 * 4 * EPS * 100)


@pytest.mark.parametrize("kind", ["multiplicative", "additive"])
def test_theta_keeps_the_pattern_it_has_learnt(kind):
    """As `predict` where it was learnt; later, as `forward` on values without the pattern."""
    y = seasonal() if kind == "multiplicative" else seasonal() - 85.0
    model = fitted(models.Theta(season_length=4), y)
    parameters = theta_parameters(model.model_)
    assert (len(parameters["seasonal"]), parameters["multiplies"]) == (4, kind[0] == "m")
    ours = ThetaRecursion(**parameters)
    bound = 140 * 140 * 4 * EPS * 100
    there = follow(ours, y, range(99, 100), 9)[0]
    assert_allclose(there, model.predict(9)["mean"], rtol=0, atol=bound)

    pattern = np.resize(parameters["seasonal"], 200)  # 100 rows are whole seasons
    plain = y / pattern[:140] if parameters["multiplies"] else y - pattern[:140]
    model.model_["m"] = 1  # no season to look for
    wanted = forwarded(model, plain, 9)
    for row, cutoff in zip(wanted, CUTOFFS, strict=True):
        ahead = pattern[cutoff + 1 : cutoff + 10]
        row[:] = row * ahead if parameters["multiplies"] else row + ahead
    assert_allclose(follow(ours, y, CUTOFFS, 9), wanted, rtol=0, atol=bound)


RECURSIONS = [
    ThetaRecursion(80.0, 0.4, 2.0, [1.1, 0.9, 1.0], multiplies=True, end=100),
    ETSRecursion(0.5, 0.2, 0.1, 0.9, 80.0, 0.5, [3.0, -3.0, 1.0, 2.0], multiplies=False),
    ARIMARecursion([0.5], [0.3], [1.0], 0.0, 0.1),
]


@pytest.mark.parametrize("model", RECURSIONS, ids=lambda model: type(model).__name__)
def test_pieces_and_the_order_of_cutoffs_change_nothing(model, monkeypatch):
    y = seasonal()
    whole = follow(model, y, CUTOFFS, 5)
    for cutoff, row in zip(CUTOFFS, whole, strict=True):
        assert follow(model, y, range(cutoff, cutoff + 1), 5)[0].tolist() == pytest.approx(
            row.tolist(), rel=64 * EPS
        )
    monkeypatch.setattr(recursion, "_ROWS", 7)
    monkeypatch.setattr(recursion, "_STATES", 2)
    assert_allclose(follow(model, y, CUTOFFS, 5), whole, rtol=64 * EPS)
    doubled = follow(model, y, np.repeat(CUTOFFS, 2), 5)
    assert_allclose(doubled, np.repeat(whole, 2, axis=0), rtol=64 * EPS)
