"""The fairness contract: who may look at what, and what is the same for all."""

import json

import numpy as np
import pytest

from rnncomp.comparison import Settings, compare
from rnncomp.comparison.contenders import baseline_contender, learned, planned_baselines
from rnncomp.comparison.task import make_task
from rnncomp.errors import DataError, InvalidArgumentError, SplitError
from rnncomp.forecasting import SeasonalNaive, TrainingJob, joined_data, run_training
from rnncomp.forecasting.preparing import rows_after
from rnncomp.metrics import mean_absolute_error, seasonal_scale
from rnncomp.nn import Network
from rnncomp.series import Series, load
from rnncomp.windows.parts import PART_NAMES

QUICK = {"window": 12, "units": 4, "epochs": 3, "seeds": 2}
TIMES = ("fit_seconds", "predict_microseconds")


def wave(rows=220, seed=3, columns=1):
    rng = np.random.default_rng(seed)
    season = 10 * np.sin(2 * np.pi * np.arange(rows) / 12)
    return Series(100 + season[:, None] + rng.normal(size=(rows, columns)).cumsum(axis=0) / 3,
                  columns=tuple("abc"[:columns]))  # fmt: skip


def weights_of(run):
    """All weights of a run by network and seed, as bytes."""
    return {
        (name, forecaster.seed): b"".join(w.tobytes() for w in forecaster.model.get_weights())
        for name, fitted in run.forecasters.items()
        for forecaster in fitted
    }


def without_times(run):
    """The result as JSON, but for the wall times, which no two runs share."""
    plain = run.comparison.to_dict()
    for row in plain["leaderboard"]:
        for name in TIMES:
            del row[name]
    return json.dumps(plain, sort_keys=True)


def only(task):
    """The one series of a comparison without folds, cut and scaled for any network."""
    ((ready,),) = task.windows
    return ready


def learned_ridge(task):
    """Ridge as it has learned in the first fold."""
    (ridge,) = planned_baselines(task)["ridge"]
    model, _ = learned(ridge, task, 0, task.curves[0])
    return model


def target_rows(task, name):
    """Rows of the targets that a part learns, watches or is tested on, shape (N, H)."""
    ready = only(task)
    starts = ready.ahead["test"] if name == "test" else ready.learned[name]
    return rows_after(np.asarray(starts) + task.settings.window - 1, task.settings.horizon)


# Parts


def test_tutorial_1_has_its_windows():
    task = make_task(load("sines"), Settings(window=50, scale_on="all"))
    ready = only(task)
    assert {name: len(target_rows(task, name)) for name in PART_NAMES} == {
        "train": 640, "validation": 160, "test": 200,
    }  # fmt: skip
    numbers = np.concatenate([target_rows(task, name)[:, 0] for name in PART_NAMES])
    assert numbers.tolist() == list(range(50, 1050))
    assert target_rows(task, "test")[0, 0] == 850  # the chart's "Test Start"
    values = load("sines").target_values
    scaled = (values - values.min()) / np.ptp(values)
    np.testing.assert_array_equal(ready.base[:, 0], scaled.astype(np.float32))
    first = ready.samples(ready.ahead["test"])
    np.testing.assert_array_equal(first.windows()[0, :, 0], scaled[800:850].astype(np.float32))
    assert first.targets[0, 0] == np.float32(scaled[850])
    np.testing.assert_array_equal(
        joined_data([ready]).ahead["test"].windows()[0, :, 0], scaled[800:850].astype(np.float32)
    )


@pytest.mark.parametrize("horizon", [1, 4])
@pytest.mark.parametrize("within_parts", [False, True])
def test_a_window_belongs_to_the_part_that_holds_its_targets(horizon, within_parts):
    settings = Settings(window=12, horizon=horizon, within_parts=within_parts)
    task = make_task(wave(), settings)
    for name, (first, end) in only(task).parts.to_dict().items():
        rows = target_rows(task, name)
        assert first <= rows.min() <= rows.max() < end
        start = rows.min() - 12
        assert (start >= first) == (within_parts or name == "train")


def test_no_target_of_validation_or_test_is_trained_on():
    task = make_task(wave(), Settings(window=12, horizon=4))
    parts, data = only(task).parts, joined_data([only(task)])
    used = target_rows(task, "train").max()
    assert used < target_rows(task, "validation").min() <= parts.validation[0]
    assert data.train.starts_of().max() + 11 < parts.train[1]
    assert data.validation.starts_of().max() + 11 + 4 < parts.test[0]
    assert all(samples.targets is None for samples in data.ahead.values())


def test_dates_are_inclusive():
    task = make_task(
        load("airline"), Settings(window=12, train_until="1957", validation_until="1958-06")
    )
    assert only(task).parts.to_dict() == {
        "train": (0, 108),
        "validation": (108, 114),
        "test": (114, 144),
    }


def test_the_stride_thins_every_part():
    dense = make_task(wave(), Settings(window=12))
    thin = make_task(wave(), Settings(window=12, stride=3))
    for name in PART_NAMES:
        assert set(np.diff(target_rows(thin, name)[:, 0])) == {3}
        assert set(target_rows(thin, name).ravel()) <= set(target_rows(dense, name).ravel())


# Scaling


def test_the_scaler_sees_train_without_validation():
    """Facts of the sines: rows 0 to 689 reach 3.33, all of them 4.94."""
    series = load("sines")
    train = only(make_task(series, Settings())).transform.scaler
    both = only(make_task(series, Settings(scale_on="all"))).transform.scaler
    assert round(float(train.center[0] + train.spread[0]), 2) == 3.33
    assert round(float(both.center[0] + both.spread[0]), 2) == 4.94
    standard = only(make_task(series, Settings(scale="standard"))).transform.scaler
    assert standard.center[0] == pytest.approx(series.target_values[:690].mean(), rel=1e-14)


def test_a_leak_is_said():
    leaky = compare(wave(), scale_on="all", cells="gru", **QUICK | {"seeds": 1})
    assert leaky.comparison.settings["scale_on"] == "all"
    assert "leak" in leaky.verdict
    fair = compare(wave(), cells="gru", **QUICK | {"seeds": 1})
    assert "leak" not in fair.verdict + " ".join(fair.comparison.notes)


# Choices


NOISE = {
    "plain": {},
    "patience and a season to find": {"patience": 1, "epochs": 6},
    "several steps": {"horizon": 3},
    "standard scale": {"scale": "standard"},
    "two columns": {"columns": 2},
}


@pytest.mark.parametrize("options", NOISE.values(), ids=NOISE)
def test_noise_in_the_test_part_changes_no_choice_and_no_weight(options):
    options = QUICK | options
    series = wave(columns=options.pop("columns", 1))
    first = only(make_task(series, Settings.of(options))).parts.test[0]
    rng = np.random.default_rng(0)
    noisy = series.values.copy()
    noisy[first:] = 1e3 * rng.normal(size=noisy[first:].shape)
    run, other = (compare(s, **options) for s in (series, Series(noisy, series.columns)))
    assert weights_of(run) == weights_of(other)
    assert run.comparison.best == other.comparison.best
    assert (run.best.name, run.best.seed) == (other.best.name, other.best.seed)
    for ours, theirs in zip(by_name(run), by_name(other), strict=True):
        assert ours["validation_mae"] == theirs["validation_mae"], ours["name"]
        assert ours["validation_mse"] == theirs["validation_mse"], ours["name"]
        assert ours["mae"] != theirs["mae"], ours["name"]  # so the noise was there
        if ours["name"] != "mean":
            # MASE divides by a number of the training part.
            assert ours["mae"] / ours["mase"] == pytest.approx(theirs["mae"] / theirs["mase"])
    assert run.comparison.data["season"] == other.comparison.data["season"]
    assert run.comparison.data["transform"] == other.comparison.data["transform"]
    charts = [r.comparison.charts["training"] for r in (run, other)]
    assert charts[0]["losses"] == charts[1]["losses"]
    assert charts[0]["validation_losses"] == charts[1]["validation_losses"]


def by_name(run):
    return sorted(run.comparison.leaderboard, key=lambda row: row["name"])


def test_ridge_and_its_penalty_do_not_see_the_test_part():
    series = wave()
    settings = Settings(window=12)
    noisy = series.values.copy()
    noisy[only(make_task(series, settings)).parts.test[0] :] = -7.0
    ours, theirs = (learned_ridge(make_task(s, settings)) for s in (series, Series(noisy)))
    assert ours.penalty == theirs.penalty
    assert ours.weights.tobytes() == theirs.weights.tobytes()


def test_best_is_the_lowest_on_validation_even_where_the_test_part_says_otherwise():
    run = compare(wave(), **QUICK)
    networks = [row for row in run.comparison.leaderboard if row["kind"] == "network"]
    assert run.comparison.best == min(networks, key=lambda row: row["validation_mae"])["name"]
    row = next(row for row in networks if row["name"] == run.comparison.best)
    lowest = int(np.argmin(row["validation_scores"]["mae"]))
    assert run.best.seed == row["seeds"][lowest]


def test_patience_stops_by_the_validation_loss():
    run = compare(wave(), patience=1, **QUICK | {"epochs": 300, "seeds": [5], "cells": ["gru"]})
    history = run.best.history
    losses = history["val_loss"]
    assert len(losses) < 300
    assert losses[-1] >= min(losses) == losses[-2]


# The same for all


def test_all_networks_meet_the_same_batches_in_the_same_order(monkeypatch):
    orders = {}

    def record(seed, purpose, n):
        rows = permutation(seed, purpose, n)
        if purpose.startswith("shuffle/"):
            orders.setdefault((seed, purpose), []).append(rows.tobytes())
        return rows

    from rnncomp.training import fit

    permutation = fit.permutation
    monkeypatch.setattr(fit, "permutation", record)
    compare(wave(), jobs=1, **QUICK)
    assert len(orders) == 2 * 3  # seeds x epochs
    assert all(len(seen) == 3 and len(set(seen)) == 1 for seen in orders.values())
    assert len({seen[0] for seen in orders.values()}) == 6


@pytest.mark.parametrize("layers", [1, 2])
def test_networks_differ_in_the_cell_alone(layers):
    configs = Settings(layers=layers).configs(features=3)
    assert [config.cell for config in configs.values()] == ["simple_rnn", "lstm", "gru"]
    rest = [{**vars(config), "cell": None} for config in configs.values()]
    assert rest[0] == rest[1] == rest[2]


def test_equal_parameters_are_as_equal_as_whole_units_allow():
    from rnncomp.forecasting import network_spec

    settings = Settings(units=20, equal="parameters", horizon=2)
    configs = settings.configs(features=2)
    wanted = network_spec(configs["lstm"]).n_params
    assert configs["lstm"].units == 20
    for config in configs.values():
        sizes = {
            units: network_spec(type(config)(**{**vars(config), "units": units})).n_params
            for units in range(config.units - 1, config.units + 2)
        }
        assert min(sizes, key=lambda u: abs(sizes[u] - wanted)) == config.units
    run = compare(wave(), equal="parameters", **QUICK | {"seeds": 1, "epochs": 1})
    counts = [r["n_params"] for r in run.comparison.leaderboard if r["kind"] == "network"]
    assert max(counts) < 1.5 * min(counts)
    assert run.comparison.settings["units_by_cell"]["lstm"] == 4


# Scores


def test_scores_are_in_the_users_unit_over_all_steps():
    series = wave()
    run = compare(series, horizon=3, **QUICK)
    columns = run.predictions
    task = make_task(series, Settings(window=12, horizon=3))
    assert (
        columns["actual"].tolist()
        == series.target_values[target_rows(task, "test")].ravel().tolist()
    )
    for row in run.comparison.leaderboard:
        if row["kind"] == "baseline":
            assert row["mae"] == pytest.approx(
                mean_absolute_error(columns["actual"], columns[row["name"]]), rel=1e-13
            )
        else:
            by_seed = [columns[f"{row['name']}_seed_{seed}"] for seed in row["seeds"]]
            scores = [mean_absolute_error(columns["actual"], values) for values in by_seed]
            assert row["mae"] == pytest.approx(np.mean(scores), rel=1e-13)
            assert row["mae_spread"] == pytest.approx(np.std(scores, ddof=1), rel=1e-9)
            np.testing.assert_allclose(columns[row["name"]], np.mean(by_seed, axis=0), rtol=1e-13)
        scale = seasonal_scale(series.target_values[: only(task).parts.train[1]])
        assert row["mase"] == pytest.approx(row["mae"] / scale, rel=1e-13)


@pytest.mark.parametrize("horizon", [1, 3])
def test_predictions_are_those_of_the_forecasters_on_the_history_up_to_the_cutoff(horizon):
    series = wave()
    options = QUICK | {"dtype": "float64", "horizon": horizon}
    run = compare(series, **options)
    cutoffs = only(make_task(series, Settings.of(options))).cutoffs("test")
    for k, cutoff in [(0, cutoffs[0]), (-1, cutoffs[-1])]:
        history = series.slice(0, cutoff + 1)
        for name, fitted in run.forecasters.items():
            for forecaster in fitted:
                made = run.predictions[f"{name}_seed_{forecaster.seed}"].reshape(-1, horizon)[k]
                # One window and many go through different kernels: float64 roundings of the sums.
                np.testing.assert_allclose(
                    forecaster.predict(horizon, after=history).values, made, rtol=1e-12
                )
        made = run.predictions["persistence"].reshape(-1, horizon)[k]
        assert made.tolist() == [history.target_values[-1]] * horizon


def test_mase_divides_by_the_users_season_else_by_the_step_before():
    series = load("airline")
    options = {**QUICK, "seeds": 1, "cells": ["gru"], "epochs": 1}
    found = compare(series, **options)
    known = compare(series, season=12, **options)
    assert found.comparison.data["season"] == known.comparison.data["season"] == 12
    train = series.target_values[: found.comparison.data["parts"]["train"][1]]
    for run, season in ((found, 1), (known, 12)):
        row = run.comparison.leaderboard[0]
        assert row["mae"] / row["mase"] == pytest.approx(seasonal_scale(train, season))


def test_of_several_seasons_the_validation_part_chooses():
    """The taxi rides have a day (48 steps) and a week (336); the same at both ends of the data."""
    series = load("nyc_taxi").slice(0, 4000)
    settings = Settings(window=48, horizon=6)
    task = make_task(series, settings)
    errors = {}
    for season in (48, 336):
        cutoffs = task.cutoffs("validation", 0, task.curves[0])
        made = SeasonalNaive(season).forecast_at(series.values, cutoffs, 6)
        errors[season] = mean_absolute_error(task.actual("validation", 0, task.curves[0]), made)
    assert task.curves[0].season == min(errors, key=errors.get) == 336
    assert any("336 steps was found" in note and "better than" in note for note in task.notes)
    weekless = series.values.copy()
    first, end = only(task).parts.validation
    for row in range(first, end):  # every day is as the day before
        weekless[row] = weekless[row - 48]
    assert make_task(Series(weekless), settings).curves[0].season == 48


def test_without_a_season_the_seasonal_naive_is_the_persistence_and_that_is_said():
    run = compare(load("sines"), **QUICK | {"cells": ["gru"], "seeds": 1, "epochs": 1})
    rows = {row["name"]: row for row in run.comparison.leaderboard}
    if run.comparison.data["season"] == 1:
        assert rows["seasonal_naive"]["mae"] == rows["persistence"]["mae"]
        assert any("persistence" in note for note in run.comparison.notes)


def test_baselines_of_the_sines_are_those_of_the_tutorials_test_set():
    task = make_task(load("sines"), Settings(window=50, scale_on="all"))
    (curve,) = task.curves
    actual, size = task.actual("test", 0, curve), only(task).transform.scaler.spread[0]
    assert round(float(size), 5) == 9.88444  # 9.88443 in float32 tutorials' rounding
    errors = {}
    for name, models in planned_baselines(task).items():
        (make,) = baseline_contender(name, models, task).makers
        errors[name] = mean_absolute_error(actual, make("test", 0, curve)) / size
    assert list(errors) == ["persistence", "seasonal_naive", "drift", "mean", "ridge"]
    assert round(errors["persistence"], 4) == 0.0120
    assert 0.0091 <= round(errors["ridge"], 4) <= 0.0093


# Forecasts do not see the future


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_no_forecast_of_a_network_changes_when_what_follows_its_cutoff_changes(cell):
    settings = Settings(window=12, horizon=2, units=4, epochs=1, cells=cell)
    series = wave()
    task = make_task(series, settings)
    job = TrainingJob("", settings.configs(1)[cell], seed=1)
    before = run_training(job, joined_data([only(task)])).predictions["test"]
    cutoffs = only(task).cutoffs("test")
    for k in (0, 17, len(cutoffs) - 1):
        changed = series.values.copy()
        changed[cutoffs[k] + 1 :] *= 3.0
        other = joined_data([only(make_task(Series(changed), settings))])
        after = run_training(job, other).predictions["test"]
        assert after[: k + 1].tobytes() == before[: k + 1].tobytes()
        assert k == len(cutoffs) - 1 or (after[k + 1 :] != before[k + 1 :]).any()


# The same bytes


@pytest.mark.parametrize("options", [{}, {"patience": 1, "layers": 2}], ids=["plain", "deep"])
def test_the_same_bytes_for_one_job_and_two(options):
    one, two = (compare(wave(), jobs=jobs, **QUICK | options) for jobs in (1, 2))
    assert weights_of(one) == weights_of(two)
    assert without_times(one) == without_times(two)
    assert list(one.predictions) == list(two.predictions)
    for name, values in one.predictions.items():
        assert np.array_equal(values, two.predictions[name]), name


def test_the_same_bytes_for_one_thread_and_two(monkeypatch):
    options = QUICK | {"batch_size": 48}  # three blocks of rows to share
    one = compare(wave(), **options)
    engine_with, asked = Network.engine_with, []

    def with_two(network, threads):
        asked.append(threads)
        return engine_with(network, 2)

    monkeypatch.setattr(Network, "engine_with", with_two)
    two = compare(wave(), **options)
    assert set(asked) == {1}
    assert weights_of(one) == weights_of(two)
    assert without_times(one) == without_times(two)


def test_a_seed_gives_the_same_network_whatever_else_is_compared():
    alone = compare(wave(), cells=["gru"], **QUICK | {"seeds": [1]})
    among = compare(wave(), **QUICK)
    assert weights_of(alone)["gru", 1] == weights_of(among)["gru", 1]
    assert len(set(weights_of(among).values())) == 6


# Refusals


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window": 0}, ["window", "at least 1", "0"]),
        ({"units": 2.5}, ["units", "2.5"]),
        ({"seeds": 0}, ["seeds", "at least 1"]),
        ({"seeds": []}, ["seeds"]),
        ({"seeds": [1, 1]}, ["seeds", "different"]),
        ({"seeds": [-1]}, ["seeds", "-1"]),
        ({"seeds": [2**64]}, ["seed", str(2**64)]),
        ({"cells": []}, ["cells"]),
        ({"cells": ["gruu"]}, ["'gruu'", "'gru'"]),
        ({"epoch": 3}, ["'epoch'", "'epochs'"]),
        ({"train_until": "1957"}, ["validation_until"]),
        ({"train_until": 90, "validation_until": 120, "test_fraction": 0.3}, ["test_fraction"]),
        ({"season": 200}, ["season", "200"]),
        ({"jobs": 0}, ["jobs", "at least 1"]),
        ({"jobs": 1.5}, ["jobs", "1.5"]),
    ],
)
def test_options_are_checked_before_anything_is_trained(options, words, monkeypatch):
    from rnncomp.forecasting import executors

    monkeypatch.setattr(executors, "run_training", None)
    with pytest.raises(InvalidArgumentError) as caught:
        compare(wave(), **options)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


def test_a_part_without_a_window_is_refused():
    with pytest.raises(SplitError, match="the train part must hold at least one window"):
        compare(wave(rows=60), window=40, train_until=20, validation_until=45)
    with pytest.raises(SplitError, match="500"):
        compare(wave(rows=60), window=500)


def test_without_a_validation_part_nothing_can_be_chosen():
    with pytest.raises(SplitError, match=r"validation part must hold a window.*every choice"):
        compare(wave(rows=30), window=28)


def test_a_constant_training_part_is_refused():
    values = np.concatenate([np.full(150, 4.0), np.arange(70.0)])
    with pytest.raises(DataError, match="must vary in the training part"):
        compare(values, **QUICK)
