"""The file of a forecaster: what comes back, files of older versions, and hostile ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import ModelFileError, OutputError, UnsupportedError
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.forecasting.history import KEPT_ROWS
from rnncomp.series import Series, load
from rnncomp.training import load_beside, load_model, save_model

QUICK = {"window": 6, "units": 3, "epochs": 2}
OLD = Path(__file__).parent / "files" / "forecaster_1.safetensors"


@pytest.fixture(scope="module")
def fitted():
    options = {"horizon": 2, "layers": 2, "scale": "standard", "patience": 3, "seeds": [4, 8]}
    return RecurrentForecaster("lstm", **options, **QUICK).fit(load("airline"))


def saved(forecaster, folder, name="a.safetensors"):
    path = folder / name
    forecaster.save(path)
    return path


def same_forecast(ours, theirs, **options):
    one, two = (f.predict(**options) for f in (ours, theirs))
    assert one.values.tobytes() == two.values.tobytes()
    assert one.interval(60)[0].tobytes() == two.interval(60)[0].tobytes()
    if one.times is None or two.times is None:
        assert one.times is two.times is None
    else:
        assert one.times.tolist() == two.times.tolist()


# What comes back


def test_a_saved_forecaster_comes_back_equal(fitted, tmp_path):
    path = saved(fitted, tmp_path)
    loaded = RecurrentForecaster.load(path)
    assert vars(loaded.config) == vars(fitted.config)
    assert (loaded.name, loaded.seeds, loaded.columns) == ("lstm", (4, 8), ("passengers",))
    assert (loaded.scale, loaded.transform) == ("standard", "none")
    same_forecast(fitted, loaded, steps=7, levels=60)
    same_forecast(fitted, loaded, steps=7, levels=60, after=load("airline").slice(0, 50))
    again = saved(loaded, tmp_path, "again.safetensors")
    assert again.read_bytes() == path.read_bytes()


def test_the_network_in_it_is_an_ordinary_model(fitted, tmp_path):
    model = load_model(saved(fitted, tmp_path))
    for ours, theirs in zip(fitted.model.get_weights(), model.get_weights(), strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_several_series_of_several_columns_come_back(tmp_path):
    rng = np.random.default_rng(1)
    shape = {"columns": ("a", "b", "price"), "targets": ("a", "b"), "known": ("price",)}
    several = [
        Series(20 + rng.normal(size=(rows, 3)).cumsum(axis=0) / 9, name=name, **shape)
        for name, rows in (("east", 60), ("west", 50))
    ]
    forecaster = RecurrentForecaster("gru", seeds=2, transform="log-diff", **QUICK).fit(several)
    loaded = RecurrentForecaster.load(saved(forecaster, tmp_path))
    assert list(loaded.learned) == ["east", "west"]
    assert (loaded.transform, loaded.scale) == ("log-diff", "minmax")
    for name in ("east", "west"):
        known = 1 + rng.normal(size=(3, 1))
        same_forecast(forecaster, loaded, steps=3, levels=60, of=name, known=known)
        assert replace(loaded.learned[name].series, values=np.empty((0, 3))).to_frame().columns == [
            "a", "b", "price",
        ]  # fmt: skip


@pytest.mark.parametrize("first", ["1677-09-22T00:00:00.000001", "2024-02-29T23:59:59.999999"])
def test_stamps_come_back_to_the_microsecond(tmp_path, first):
    """A day and its microseconds: as one number they would not fit in a float64."""
    time = np.datetime64(first, "us") + np.arange(60) * np.timedelta64(1, "us")
    values = np.sin(np.arange(60.0))[:, None]
    given = Series(values, time=time, frequency="1us")
    forecaster = RecurrentForecaster("gru", **QUICK).fit(given)
    loaded = RecurrentForecaster.load(saved(forecaster, tmp_path))
    kept = loaded.learned["series"].series.time
    assert kept.tolist() == time[-len(kept) :].tolist()
    assert loaded.predict().times.tolist() == [time[-1] + np.timedelta64(1, "us")]


def test_holes_and_the_calendar_come_back(tmp_path):
    import polars as pl

    days = [f"2024-{1 + day // 28:02}-{1 + day % 28:02}" for day in range(84)]
    sold = [None if day in (5, 70) else float(day % 7) for day in range(84)]
    frame = pl.DataFrame({"day": days, "sold": sold}).with_columns(pl.col("day").str.to_date())
    given = load(frame, missing="ffill", calendar="weekday")
    forecaster = RecurrentForecaster("gru", **QUICK).fit(given)
    loaded = RecurrentForecaster.load(saved(forecaster, tmp_path))
    kept = loaded.learned["frame"].series
    assert kept.calendar == ("weekday",)
    assert kept.fill == "ffill"
    assert kept.observed.tolist() == given.observed[-len(kept) :].tolist()
    same_forecast(forecaster, loaded, steps=4, levels=60)


def test_of_a_long_series_the_end_is_written(tmp_path):
    values = np.sin(np.arange(30_000.0) / 7)
    forecaster = RecurrentForecaster("simple_rnn", **QUICK | {"epochs": 1}).fit(load(values))
    path = saved(forecaster, tmp_path)
    loaded = RecurrentForecaster.load(path)
    assert len(loaded.learned["array"].series) == KEPT_ROWS + 6
    assert loaded.learned["array"].unseen == 0
    assert loaded.predict().values.tobytes() == forecaster.predict().values.tobytes()
    loaded.predict(levels=95)


# Files of version 1


def test_a_file_of_version_1_still_forecasts():
    facts = json.loads(OLD.with_suffix(".json").read_text(encoding="utf-8"))
    loaded = RecurrentForecaster.load(OLD)
    assert (loaded.seeds, loaded.columns, loaded.scale) == ((9,), ("sold", "price"), "standard")
    given = Series(facts["values"], columns=tuple(facts["columns"]))
    made = loaded.predict(3, after=given).values
    # Made on other kernels perhaps: 3 float32 outputs after 5 steps, of a size of about 50.
    eps = np.finfo(np.float32).eps
    np.testing.assert_allclose(made, facts["forecast"], rtol=16 * eps)


def test_a_file_of_version_1_remembers_no_rows_but_takes_new_ones(tmp_path):
    facts = json.loads(OLD.with_suffix(".json").read_text(encoding="utf-8"))
    loaded = RecurrentForecaster.load(OLD)
    with pytest.raises(Exception, match="at least 5 rows long, got 0; pass more history"):
        loaded.predict()
    loaded.update(np.array(facts["values"]))
    forecast = loaded.predict(3)
    given = Series(facts["values"], columns=tuple(facts["columns"]))
    assert forecast.values.tolist() == loaded.predict(3, after=given).values.tolist()
    same_forecast(loaded, RecurrentForecaster.load(saved(loaded, tmp_path)), steps=3, levels=60)


# Damaged and hostile files


def change(**facts):
    return lambda extra, beside: extra["forecaster"].update(facts)


def change_config(**facts):
    return lambda extra, beside: extra["forecaster"]["config"].update(facts)


def change_series(**facts):
    return lambda extra, beside: extra["forecaster"]["series"][0].update(facts)


def change_transform(**facts):
    return lambda extra, beside: extra["forecaster"]["series"][0]["transform"].update(facts)


def remove(name):
    return lambda extra, beside: extra["forecaster"].pop(name)


def remove_of_series(name):
    return lambda extra, beside: extra["forecaster"]["series"][0].pop(name)


def twice(extra, beside):
    extra["forecaster"]["series"] *= 2


def array(name, make):
    return lambda extra, beside: beside.update({name: make(beside.get(name))})


def scaler(**facts):
    return change_transform(
        scaler={"kind": "minmax", "center": [0.0], "spread": [1.0], "floor": [0.0]} | facts
    )


DAMAGE = {
    "a newer format": change(format="rnncomp-forecaster/9"),
    "a format without a number": change(format="rnncomp-forecaster/"),
    "a format of a million digits": change(format="rnncomp-forecaster/" + "9" * 10**6),
    "format 0": change(format="rnncomp-forecaster/0"),
    "no format": remove("format"),
    "no forecaster": lambda extra, beside: extra.clear(),
    "a list": lambda extra, beside: extra.update(forecaster=[1]),
    "no config": remove("config"),
    "no seeds": remove("seeds"),
    "no series": remove("series"),
    "series of none": change(series=[]),
    "series of text": change(series=["a"]),
    "a series twice": twice,
    "another unit": change_config(units=4),
    "units of 10**9": change_config(units=10**9),
    "other layers": change_config(layers=1),
    "layers of 10**9": change_config(layers=10**9),
    "another cell": change_config(cell="gru"),
    "no cell": change_config(cell=None),
    "an unknown key": change_config(colour="red"),
    "a missing key": lambda extra, beside: extra["forecaster"]["config"].pop("window"),
    "no features": change_config(features=0),
    "another dtype": change_config(dtype="float64"),
    "no dtype": change_config(dtype="int8"),
    "a horizon that does not fit": change_config(horizon=3),
    "window of text": change_config(window="6"),
    "quantiles of another network": change_config(quantiles=[0.2, 0.5]),
    "quantiles without a median": change_config(horizon=1, quantiles=[0.2, 0.6]),
    "known columns that are none": change_config(known=1),
    "a list as config": change(config=[]),
    "a negative seed": change(seeds=[4, -1]),
    "a seed too many": change(seeds=[4, 8, 9]),
    "a seed too few": change(seeds=[4]),
    "a seed twice": change(seeds=[4, 4]),
    "no seed": change(seeds=[]),
    "seeds of text": change(seeds="48"),
    "too many columns": change_series(columns=["passengers", "x"]),
    "columns of numbers": change_series(columns=5),
    "a column of a number": change_series(columns=[5], targets=[5]),
    "another target": change_series(targets=["x"]),
    "a known target": change_series(known=["passengers"]),
    "a calendar of nothing": change_series(calendar=["hour"]),
    "a calendar that is none": change_series(calendar=["eternity"]),
    "no columns": remove_of_series("columns"),
    "no transform": remove_of_series("transform"),
    "no unseen": remove_of_series("unseen"),
    "unseen before the first": change_series(unseen=-1),
    "a name of a number": change_series(name=5),
    "a frequency of a number": change_series(frequency=5),
    "a frequency that is none": change_series(frequency="often"),
    "a fill that is none": change_series(fill="guess"),
    "a unit that is none": change_series(time_unit="parsec"),
    "a frame type that is none": change_series(frame_type="abacus"),
    "another transform": change_transform(kind="square"),
    "two targets": change_transform(targets=2),
    "a spread of 0": scaler(spread=[0.0]),
    "an empty scaler": change_transform(scaler={}),
    "a scaler of two": scaler(center=[0.0, 0.0], spread=[1.0, 1.0], floor=[0.0, 0.0]),
    "an array too many": array("surprise", lambda _: np.ones(3)),
    "an array of a series too many": array("values.1", lambda _: np.ones((3, 1))),
    "weights of another size": array("weights.1", lambda w: w[:-1]),
    "weights of another shape": array("weights.1", lambda w: w[None]),
    "weights of another dtype": array("weights.1", lambda w: w.astype(np.float64)),
    "values of another width": array("values.0", lambda v: np.repeat(v, 2, axis=1)),
    "values of another rank": array("values.0", lambda v: v.ravel()),
    "fewer values than stamps": array("values.0", lambda v: v[1:]),
    "stamps alone": array("time.0", lambda t: t[:, 0]),
    "stamps that run backwards": array("time.0", lambda t: t[::-1].copy()),
    "stamps at the end of time": array("time.0", lambda t: t + np.array([1e300, 0.0])),
    "stamps beyond datetime64": array("time.0", lambda t: t + np.array([1e12, 0.0])),
    "days of 10**9 microseconds": array("time.0", lambda t: t + np.array([0.0, 1e12])),
    "holes of another shape": array("observed.0", lambda _: np.zeros((1, 1))),
    "holes without a fill": array("observed.0", lambda _: np.zeros((35, 1))),
}


def damaged(forecaster, folder, damage):
    path = saved(forecaster, folder)
    model, extra, beside = load_beside(path, compile=False)
    extra = json.loads(json.dumps(extra))
    damage(extra, beside)
    save_model(model, path, extra=extra, beside=beside)
    return path


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_refused_in_one_line(fitted, tmp_path, name):
    path = damaged(fitted, tmp_path, DAMAGE[name])
    with pytest.raises(ModelFileError) as caught:
        RecurrentForecaster.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_the_damage_is_what_is_refused(fitted, tmp_path):
    """Written in the same way without a change, the file is sound."""
    path = damaged(fitted, tmp_path, lambda extra, beside: None)
    same_forecast(fitted, RecurrentForecaster.load(path), steps=3, levels=60)


def test_two_targets_for_a_network_of_one_are_refused(tmp_path):
    """Horizon 2 of one column and horizon 1 of two have the same network."""
    given = Series(np.random.default_rng(0).normal(size=(50, 2)), columns=("a", "b"))
    forecaster = RecurrentForecaster("gru", horizon=2, **QUICK).fit(given)
    path = damaged(forecaster, tmp_path, change_config(horizon=1, targets=2))
    with pytest.raises(ModelFileError, match="target"):
        RecurrentForecaster.load(path)


def test_a_plain_network_is_no_forecaster(fitted, tmp_path):
    path = tmp_path / "plain.safetensors"
    save_model(fitted.model, path)
    with pytest.raises(ModelFileError, match=r"got a plain network; load .* rnncomp\.load_model"):
        RecurrentForecaster.load(path)
    assert load_beside(path)[1] == {}


def test_a_missing_file_and_a_place_that_cannot_be_written(fitted, tmp_path):
    with pytest.raises(ModelFileError, match=r"none\.safetensors"):
        RecurrentForecaster.load(tmp_path / "none.safetensors")
    with pytest.raises(OutputError, match="absent"):
        fitted.save(tmp_path / "absent" / "a.safetensors")
    with pytest.raises(UnsupportedError, match=r"\.safetensors"):
        fitted.save(tmp_path / "a.h5")
