"""Widths of intervals: from forecasts, made as the future is, of rows that nothing learned from."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.forecasting import RecurrentForecaster, calibration
from rnncomp.series import Series

QUICK = {"window": 5, "units": 3, "epochs": 2}


def series(rows=90, targets=1, known=0):
    rng = np.random.default_rng(4)
    values = 50 + rng.normal(size=(rows, targets + known)).cumsum(axis=0)
    names = tuple("abcdef"[: targets + known])
    return Series(values, names, targets=names[:targets], known=names[targets:])


def errors_by_hand(forecaster, given, first, steps):
    """Absolute errors of a forecast at every cutoff whose targets lie in rows `first` on."""
    found, targets = [], len(given.targets)
    for cutoff in range(first - 1, len(given) - steps):
        future = given.values[cutoff + 1 : cutoff + 1 + steps, targets:]
        known = future if given.known else None
        made = forecaster.predict(steps, after=given.slice(0, cutoff + 1), known=known).values
        actual = given.values[cutoff + 1 : cutoff + 1 + steps, :targets]
        found.append(np.abs(actual - made.reshape(steps, targets)).ravel())
    return np.array(found)


@pytest.mark.parametrize(("horizon", "steps"), [(1, 1), (2, 2), (1, 4), (2, 4)])
@pytest.mark.parametrize(("targets", "known"), [(1, 0), (2, 0), (1, 1)])
@pytest.mark.parametrize("transform", ["none", "diff"])
def test_the_scores_are_the_errors_of_forecasts_by_hand(horizon, steps, targets, known, transform):
    given = series(targets=targets, known=known)
    forecaster = RecurrentForecaster(
        "gru", horizon=horizon, seeds=2, transform=transform, dtype="float64", **QUICK
    ).fit(given)
    (about,) = forecaster.learned.values()
    errors = errors_by_hand(forecaster, given, about.unseen, steps)
    forecast = forecaster.predict(
        steps, levels=[50, 80], known=np.ones((steps, known)) if known else None
    )
    n = len(errors)
    for level in (50, 80):
        # The ceil((n + 1) * level / 100)-th smallest, by the definition of split conformal.
        place = -(-(n + 1) * level // 100) - 1
        width = np.sort(errors, axis=0)[place].reshape(forecast.values.shape)
        low, high = forecast.interval(level)
        # One window and many go through different kernels: float64 roundings of values of 50.
        np.testing.assert_allclose((high - low) / 2, width, rtol=0, atol=1e-11)
        np.testing.assert_allclose((high + low) / 2, forecast.values, rtol=1e-13)


def test_unseen_rows_are_those_that_validated():
    """Other values in them change neither weights nor scaler, but the widths."""
    given = series()
    first = RecurrentForecaster("gru", **QUICK).fit(given)
    (about,) = first.learned.values()
    values = given.values.copy()
    values[about.unseen :] += np.random.default_rng(0).normal(size=(90 - about.unseen, 1)) * 40
    other = RecurrentForecaster("gru", **QUICK).fit(Series(values, given.columns))
    (theirs,) = other.learned.values()
    assert (about.unseen, about.transform.to_dict()) == (
        theirs.unseen, theirs.transform.to_dict(),
    )  # fmt: skip
    for a, b in zip(first.model.get_weights(), other.model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    widths = [np.ptp(f.predict(levels=60).interval(60)) for f in (first, other)]
    assert widths[1] > widths[0]


def test_too_few_unseen_rows_are_refused():
    forecaster = RecurrentForecaster("gru", **QUICK).fit(series())
    (about,) = forecaster.learned.values()
    unseen = 90 - about.unseen
    with pytest.raises(SplitError, match=f"{unseen + 1} rows .* got {unseen}; fit with a larger"):
        forecaster.predict(unseen + 1, levels=50)
    with pytest.raises(InvalidArgumentError, match=f"with {unseen} unseen windows, got 99"):
        forecaster.predict(levels=99)
    with pytest.raises(InvalidArgumentError, match="level"):
        forecaster.predict(levels=[0])


def test_all_levels_are_taken_from_one_forecast_of_the_unseen_rows(monkeypatch):
    forecaster = RecurrentForecaster("gru", **QUICK).fit(series())
    asked = []
    windows = calibration.forecast_ahead

    def counted(network, samples, config):
        asked.append(len(samples))
        return windows(network, samples, config)

    monkeypatch.setattr(calibration, "forecast_ahead", counted)
    (about,) = forecaster.learned.values()
    forecaster.predict(levels=(20, 40, 60))
    assert sorted(asked) == [1, 90 - about.unseen]
    asked.clear()
    forecaster.predict(levels=())
    assert asked == [1]
