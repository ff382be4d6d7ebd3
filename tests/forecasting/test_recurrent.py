"""RecurrentForecaster: units, recursion, and what it refuses."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, SplitError, UnsupportedError
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.series import Series

QUICK = {"window": 6, "units": 3, "epochs": 2, "seeds": [4]}


def series(rows=80, columns=("sold",), size=100.0, seed=0):
    rng = np.random.default_rng(seed)
    return Series(size + rng.normal(size=(rows, len(columns))).cumsum(axis=0), columns=columns)


def scaler_of(forecaster):
    (learned,) = forecaster.learned.values()
    return learned.transform.scaler


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("horizon", [1, 2])
def test_forecasts_are_the_networks_output_in_the_users_unit(cell, horizon):
    given = series()
    forecaster = RecurrentForecaster(cell, horizon=horizon, **QUICK).fit(given)
    window = scaler_of(forecaster).transform(given.values[-6:]).astype(np.float32)
    output = forecaster.model.predict(window[None], verbose=0)[0].astype(np.float64)
    made = forecaster.predict(horizon)
    scaler = scaler_of(forecaster)
    np.testing.assert_array_equal(made.values, output * scaler.spread + scaler.center)
    ahead = {1: "one step ahead from true history", 2: "direct, 2 steps ahead"}
    assert made.strategy == ahead[horizon]


@pytest.mark.parametrize(("horizon", "steps"), [(1, 5), (2, 5), (3, 8)])
def test_beyond_the_horizon_forecasts_become_inputs(horizon, steps):
    """Appending the forecasts to the series by hand gives the same numbers, to float32."""
    given = series()
    forecaster = RecurrentForecaster("gru", horizon=horizon, **QUICK).fit(given)
    made = forecaster.predict(steps)
    assert made.strategy.startswith(f"recursive, {steps} steps ahead")
    values = given.values
    while len(values) < len(given) + steps:
        ahead = forecaster.predict(horizon, after=Series(values, given.columns)).values
        values = np.concatenate([values, ahead[:, None]])
    # Each of up to 5 rounds goes through the user's unit and back: 8 float32 roundings each.
    eps = np.finfo(np.float32).eps
    np.testing.assert_allclose(made.values, values[80 : 80 + steps, 0], rtol=40 * eps)


def test_a_horizon_as_long_as_the_window_or_longer():
    given = series()
    forecaster = RecurrentForecaster("lstm", horizon=9, **QUICK).fit(given)
    assert len(forecaster.predict(20)) == 20


def test_further_columns_are_seen_and_cannot_be_made_up():
    given = series(columns=("sold", "price"))
    forecaster = RecurrentForecaster("gru", horizon=2, **QUICK).fit(given)
    first = forecaster.predict(2).values
    other = given.values.copy()
    other[-2:, 1] += 5.0
    assert (forecaster.predict(2, after=Series(other, given.columns)).values != first).any()
    with pytest.raises(UnsupportedError, match=r"horizon 2 .* price; train with horizon=3"):
        forecaster.predict(3)


def test_the_columns_must_be_those_of_the_training():
    forecaster = RecurrentForecaster("gru", **QUICK).fit(series(columns=("sold", "price")))
    for columns in (("price", "sold"), ("sold",)):
        with pytest.raises(InvalidArgumentError, match=r"columns must be \['sold', 'price'\]"):
            forecaster.predict(after=series(columns=columns))


@pytest.mark.parametrize("horizon", [1, 2, 12])
def test_what_validates_is_not_learned_from_and_not_scaled_on(horizon):
    """The last fifth of the windows only watches: other values there give the same weights."""
    given = series()
    windows = 80 - 6 - horizon + 1
    first = 80 - horizon + 1 - round(0.2 * windows)  # the first row that validates
    changed = given.values.copy()
    changed[first:] += 1e3
    ours, theirs = (
        RecurrentForecaster("gru", horizon=horizon, **QUICK).fit(s)
        for s in (given, Series(changed, ("sold",)))
    )
    assert scaler_of(ours).to_dict() == scaler_of(theirs).to_dict()
    for a, b in zip(ours.model.get_weights(), theirs.model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert ours.history["loss"] == theirs.history["loss"]
    assert ours.history["val_loss"] != theirs.history["val_loss"]
    assert scaler_of(ours).center[0] == given.values[:first].min()


def test_the_row_before_the_first_that_validates_is_learned_from():
    given = series()
    changed = given.values.copy()
    changed[-16] = 500.0
    ours, theirs = (
        RecurrentForecaster("gru", **QUICK).fit(s) for s in (given, Series(changed, ("sold",)))
    )
    assert ours.history["loss"] != theirs.history["loss"]
    assert scaler_of(theirs).center[0] + scaler_of(theirs).spread[0] == 500.0


@pytest.mark.parametrize(("horizon", "rows"), [(1, 8), (3, 12)])
def test_a_series_too_short_to_learn_from(horizon, rows):
    """A window to learn from with its targets, then the targets of one that watches."""
    make = RecurrentForecaster("gru", horizon=horizon, **QUICK)
    make.fit(series(rows=rows))
    with pytest.raises(SplitError, match=f"needs {6 + horizon} rows or more, got {5 + horizon} "):
        make.fit(series(rows=rows - 1))
    with pytest.raises(SplitError, match="must have at least"):
        make.fit(series(rows=3))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cell": "gruu"}, "'gru'"),
        ({"window": 0}, "window must be an integer of at least 1, got 0"),
        ({"horizon": 1.5}, "horizon"),
        ({"units": 0}, "units"),
        ({"layers": 0}, "layers"),
        ({"epochs": 0}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate": 0.0}, "learning_rate must be a finite number above 0"),
        ({"patience": 0}, "patience"),
        ({"scale": "max"}, "'max'"),
        ({"seeds": [-1]}, "seed"),
        ({"seeds": [2**64]}, "seed"),
        ({"seeds": 0}, "seeds"),
        ({"seeds": [1, 1]}, "different"),
        ({"seed": 4}, "no option 'seed'; did you mean 'seeds'"),
        ({"transform": "logs"}, "'logs'"),
        ({"quantiles": (0.1, 0.9)}, "quantiles"),
        ({"targets": 2}, "no option 'targets'"),
    ],
)
def test_arguments_are_checked(options, words):
    with pytest.raises(InvalidArgumentError, match=words) as caught:
        RecurrentForecaster(**options)
    assert "\n" not in str(caught.value)


def test_before_fit_there_is_nothing_to_predict_or_save(tmp_path):
    for use in (lambda f: f.predict(after=series()), lambda f: f.save(tmp_path / "a.safetensors")):
        with pytest.raises(InvalidArgumentError, match=r"not fitted; call fit\(series\) first"):
            use(RecurrentForecaster())
    assert not list(tmp_path.iterdir())
