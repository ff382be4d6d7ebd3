"""RecurrentForecaster: units, recursion, what it refuses, and its file."""

import json

import numpy as np
import pytest

from rnncomp.errors import (
    InvalidArgumentError,
    ModelFileError,
    OutputError,
    SplitError,
    UnsupportedError,
)
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.series import Series, load
from rnncomp.training import load_model, load_with_extra, save_model

QUICK = {"window": 6, "units": 3, "epochs": 2, "seed": 4}


def series(rows=80, columns=("sold",), size=100.0, seed=0):
    rng = np.random.default_rng(seed)
    return Series(size + rng.normal(size=(rows, len(columns))).cumsum(axis=0), columns=columns)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
@pytest.mark.parametrize("horizon", [1, 2])
def test_forecasts_are_the_networks_output_in_the_users_unit(cell, horizon):
    given = series()
    forecaster = RecurrentForecaster(cell, horizon=horizon, **QUICK).fit(given)
    window = forecaster.scaler.transform(given.values[-6:]).astype(np.float32)
    output = forecaster.model.predict(window[None], verbose=0)[0].astype(np.float64)
    made = forecaster.predict(given, horizon)
    scaler = forecaster.scaler
    np.testing.assert_array_equal(made.values, output * scaler.spread + scaler.center)
    assert made.strategy == "direct"


@pytest.mark.parametrize(("horizon", "steps"), [(1, 5), (2, 5), (3, 8)])
def test_beyond_the_horizon_forecasts_become_inputs(horizon, steps):
    """Appending the forecasts to the series by hand gives the same numbers, to float32."""
    given = series()
    forecaster = RecurrentForecaster("gru", horizon=horizon, **QUICK).fit(given)
    made = forecaster.predict(given, steps)
    assert made.strategy == f"recursive, {horizon} at a time"
    values = given.values
    while len(values) < len(given) + steps:
        ahead = forecaster.predict(Series(values, given.columns), horizon).values
        values = np.concatenate([values, ahead[:, None]])
    # Each of up to 5 rounds goes through the user's unit and back: 8 float32 roundings each.
    eps = np.finfo(np.float32).eps
    np.testing.assert_allclose(made.values, values[80 : 80 + steps, 0], rtol=40 * eps)


def test_a_horizon_as_long_as_the_window_or_longer():
    given = series()
    forecaster = RecurrentForecaster("lstm", horizon=9, **QUICK).fit(given)
    assert len(forecaster.predict(given, 20)) == 20


def test_further_columns_are_seen_and_cannot_be_made_up():
    given = series(columns=("sold", "price"))
    forecaster = RecurrentForecaster("gru", horizon=2, **QUICK).fit(given)
    first = forecaster.predict(given, 2).values
    other = given.values.copy()
    other[-2:, 1] += 5.0
    assert (forecaster.predict(Series(other, given.columns), 2).values != first).any()
    with pytest.raises(UnsupportedError, match=r"horizon 2 .* price; train with horizon=3"):
        forecaster.predict(given, 3)


def test_the_columns_must_be_those_of_the_training():
    forecaster = RecurrentForecaster("gru", **QUICK).fit(series(columns=("sold", "price")))
    for columns in (("price", "sold"), ("sold",)):
        with pytest.raises(InvalidArgumentError, match=r"columns must be \['sold', 'price'\]"):
            forecaster.predict(series(columns=columns))


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
    assert ours.scaler.to_dict() == theirs.scaler.to_dict()
    for a, b in zip(ours.model.get_weights(), theirs.model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    assert ours.history["loss"] == theirs.history["loss"]
    assert ours.history["val_loss"] != theirs.history["val_loss"]
    assert ours.scaler.center[0] == given.values[:first].min()


def test_the_row_before_the_first_that_validates_is_learned_from():
    given = series()
    changed = given.values.copy()
    changed[-16] = 500.0
    ours, theirs = (
        RecurrentForecaster("gru", **QUICK).fit(s) for s in (given, Series(changed, ("sold",)))
    )
    assert ours.history["loss"] != theirs.history["loss"]
    assert theirs.scaler.center[0] + theirs.scaler.spread[0] == 500.0


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
        ({"seed": -1}, "seed"),
        ({"seed": 2**64}, "seed"),
    ],
)
def test_arguments_are_checked(options, words):
    with pytest.raises(InvalidArgumentError, match=words) as caught:
        RecurrentForecaster(**options)
    assert "\n" not in str(caught.value)


def test_before_fit_there_is_nothing_to_predict_or_save(tmp_path):
    for use in (lambda f: f.predict(series()), lambda f: f.save(tmp_path / "a.safetensors")):
        with pytest.raises(InvalidArgumentError, match=r"not fitted; call fit\(series\) first"):
            use(RecurrentForecaster())
    assert not list(tmp_path.iterdir())


# The file


@pytest.fixture(scope="module")
def fitted():
    options = {"horizon": 2, "layers": 2, "scale": "standard", "patience": 3}
    return RecurrentForecaster("lstm", **options, **QUICK).fit(load("airline"))


def test_a_saved_forecaster_comes_back_equal(fitted, tmp_path):
    path = tmp_path / "airline.safetensors"
    fitted.save(path)
    loaded = RecurrentForecaster.load(path)
    assert vars(loaded.config) == vars(fitted.config)
    assert (loaded.name, loaded.seed, loaded.columns) == ("lstm", 4, ("passengers",))
    ours, theirs = (f.predict(load("airline"), 7) for f in (fitted, loaded))
    assert ours.values.tobytes() == theirs.values.tobytes()
    assert ours.times.tolist() == theirs.times.tolist()
    again = tmp_path / "again.safetensors"
    loaded.save(again)
    assert load_with_extra(again)[1] == load_with_extra(path)[1]


def test_the_network_in_it_is_an_ordinary_model(fitted, tmp_path):
    fitted.save(tmp_path / "a.safetensors")
    model = load_model(tmp_path / "a.safetensors")
    for ours, theirs in zip(fitted.model.get_weights(), model.get_weights(), strict=True):
        assert ours.tobytes() == theirs.tobytes()


def change(**facts):
    def apply(extra):
        extra["forecaster"].update(facts)

    return apply


def change_config(**facts):
    def apply(extra):
        extra["forecaster"]["config"].update(facts)

    return apply


def remove(name):
    return lambda extra: extra["forecaster"].pop(name)


DAMAGE = {
    "another format": change(format="rnncomp-forecaster/9"),
    "no format": remove("format"),
    "no forecaster": lambda extra: extra.clear(),
    "a list": lambda extra: extra.update(forecaster=[1]),
    "no config": remove("config"),
    "no scaler": remove("scaler"),
    "no columns": remove("columns"),
    "no seed": remove("seed"),
    "other units": change_config(units=4),
    "units of 10**9": change_config(units=10**9),
    "other layers": change_config(layers=1),
    "layers of 10**9": change_config(layers=10**9),
    "another cell": change_config(cell="gru"),
    "no cell": change_config(cell=None),
    "an unknown key": change_config(colour="red"),
    "a missing key": lambda extra: extra["forecaster"]["config"].pop("units"),
    "no features": change_config(features=0),
    "another dtype": change_config(dtype="float64"),
    "no dtype": change_config(dtype="int8"),
    "a horizon that does not fit": change_config(horizon=3),
    "window of text": change_config(window="6"),
    "too many columns": change(columns=["passengers", "x"]),
    "columns of numbers": change(columns=5),
    "a spread of 0": change(scaler={"kind": "minmax", "center": [0], "spread": [0], "floor": [0]}),
    "an empty scaler": change(scaler={}),
    "a scaler of two": change(
        scaler={"kind": "minmax", "center": [0, 0], "spread": [1, 1], "floor": [0, 0]}
    ),
    "a negative seed": change(seed=-1),
    "a list as config": change(config=[]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_refused_in_one_line(fitted, tmp_path, name):
    path = tmp_path / "a.safetensors"
    fitted.save(path)
    model, extra = load_with_extra(path, compile=False)
    extra = json.loads(json.dumps(extra))
    DAMAGE[name](extra)
    save_model(model, path, extra=extra)
    with pytest.raises(ModelFileError) as caught:
        RecurrentForecaster.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_missing_file_and_a_place_that_cannot_be_written(fitted, tmp_path):
    with pytest.raises(ModelFileError, match=r"none\.safetensors"):
        RecurrentForecaster.load(tmp_path / "none.safetensors")
    with pytest.raises(OutputError, match="absent"):
        fitted.save(tmp_path / "absent" / "a.safetensors")
    with pytest.raises(UnsupportedError, match=r"\.safetensors"):
        fitted.save(tmp_path / "a.h5")
