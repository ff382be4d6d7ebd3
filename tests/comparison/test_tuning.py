"""tune: what it looks at, what it keeps, and that it does not depend on the machine."""

import csv
import json
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import rnncomp
from rnncomp.comparison import search, trials
from rnncomp.errors import BaselineError, InvalidArgumentError, MissingExtraError, SplitError
from rnncomp.forecasting import NetworkConfig, Recipe, TrainingJob, prepare, run_training
from rnncomp.forecasting.preparing import joined_data
from rnncomp.series import Series
from rnncomp.windows import Parts, Split

SPACE = {"window": (5, 14), "units": [2, 3], "learning_rate": (1e-3, 1e-1)}
QUICK = {"space": SPACE, "layers": 1, "dropout": 0.0, "epochs": 2, "horizon": 2}


def wave(rows=160, noise_from=None, frame_type="polars"):
    rng = np.random.default_rng(3)
    season = 10 * np.sin(2 * np.pi * np.arange(rows) / 12)
    values = 100 + season + rng.normal(size=rows)
    if noise_from is not None:
        values[noise_from:] = rng.normal(1e4, 1e3, size=rows - noise_from)
    return Series(values[:, None], columns=("a",), name="wave", frame_type=frame_type)


def untimed(found):
    """The result without the seconds, which no two searches share."""
    return [{**trial, "seconds": None} for trial in found.trials], found.baselines, found.per_cell


@pytest.fixture(scope="module")
def found():
    return rnncomp.tune(wave(), cell=["gru", "lstm"], trials=6, **QUICK)


@pytest.mark.parametrize(
    "options", [{}, {"within_parts": True}, {"train_until": "90", "validation_until": "127"}]
)
def test_the_test_part_has_no_say(options):
    parts = Split.fractions().parts(160, 5) if "train_until" not in options else None
    first = 128 if parts is None else parts.test[0]
    options = QUICK | {"seeds": 1} | options
    clean, noisy = (
        rnncomp.tune(wave(noise_from=noise), trials=5, **options) for noise in (None, first)
    )
    assert untimed(clean) == untimed(noisy)


def test_the_last_validated_row_does_have_a_say():
    last = Split.fractions().parts(160, 5).validation[1] - 1
    clean, noisy = (
        rnncomp.tune(wave(noise_from=noise), trials=1, seeds=1, **QUICK) for noise in (None, last)
    )
    assert clean.trials[0]["error"] < noisy.trials[0]["error"]


def test_an_error_is_that_of_the_same_windows_made_by_hand(found):
    """Whatever the window, it is validated on those that the longest, 14, leaves."""
    trial = next(t for t in found.trials if t["options"]["window"] < 12 and t["cell"] == "gru")
    own = trial["options"]
    parts = Split.fractions().parts(160, 5)
    series = wave()
    config = NetworkConfig(
        cell="gru", horizon=2, epochs=2, features=1, **own, layers=1, dropout=0.0
    )
    recipe = Recipe(window=own["window"], horizon=2, ahead=2)
    known = Parts(parts.train, parts.validation, (parts.validation[1], parts.validation[1]))
    made = prepare(series.slice(0, parts.validation[1]), known, recipe)
    # Windows of 14 begin at row 0, so those of this length begin so much later.
    first = range(14 - own["window"], made.learned["train"].stop)
    made.learned["train"] = first
    data = joined_data([made])
    data.ahead.pop("test")
    cutoffs = np.asarray(made.cutoffs("validation"))
    rows = cutoffs[:, None] + np.array([1, 2])
    for seed, error in trial["errors"].items():
        result = run_training(TrainingJob(data.fingerprint(), config, int(seed)), data)
        predicted = made.transform.inverse(
            result.predictions["validation"], made.last("validation")
        )
        by_hand = np.abs(series.target_values[rows] - predicted).mean()
        assert error == pytest.approx(by_hand, rel=1e-12)  # sums in another order
    assert trial["error"] == np.mean(list(trial["errors"].values()))


def test_the_number_of_jobs_changes_nothing(found):
    one = rnncomp.tune(wave(), cell=["gru", "lstm"], trials=6, jobs=1, **QUICK)
    assert untimed(one) == untimed(found)


def test_another_seed_proposes_other_trials(found):
    other = rnncomp.tune(wave(), cell=["gru", "lstm"], trials=6, seed=1, **QUICK)
    assert [t["options"] for t in other.trials[2:]] != [t["options"] for t in found.trials[2:]]


def test_proposals_learn_from_what_was_tried():
    """After the ten that begin a search, other errors lead to other proposals."""
    options = {**QUICK, "space": {"units": (2, 12)}, "window": 5, "seeds": 1, "epochs": 1}
    plain = rnncomp.tune(wave(), trials=20, learning_rate=0.001, **options)
    quick = rnncomp.tune(wave(), trials=20, learning_rate=0.1, **options)
    first, second = ([t["options"]["units"] for t in made.trials] for made in (plain, quick))
    assert first[:10] == second[:10]
    assert first != second


def test_all_trials_are_kept_and_the_best_is_the_lowest(found):
    assert [(t["cell"], t["number"]) for t in found.trials] == [
        (cell, number) for number in range(6) for cell in ("gru", "lstm")
    ]
    lowest = min(found.trials, key=lambda trial: trial["error"])
    assert (found.cell, found.best) == (lowest["cell"], lowest["options"])
    for cell, own in found.per_cell.items():
        lowest = min(t["error"] for t in found.trials if t["cell"] == cell)
        assert own == next(t["options"] for t in found.trials if t["error"] == lowest)
    for trial in found.trials:
        assert 5 <= trial["options"]["window"] <= 14
        assert trial["options"]["units"] in (2, 3)
        assert 1e-3 <= trial["options"]["learning_rate"] <= 1e-1
    rnncomp.RecurrentForecaster(found.cell, horizon=2, **found.best)


def test_the_first_trial_is_the_usual_configuration():
    usual = rnncomp.tune(wave(), trials=1, seeds=1, epochs=1, space={"window": (5, 50)})
    assert usual.trials[0]["options"] == {
        "window": 50, "units": 50, "layers": 1, "dropout": 0.0, "learning_rate": 0.001,
    }  # fmt: skip


def test_baselines_are_scored_on_the_same_windows(found):
    parts = Split.fractions().parts(160, 5)
    series, rows = wave().target_values, np.arange(parts.validation[0] - 1, parts.validation[1] - 2)
    truth = series[rows[:, None] + np.array([1, 2])]
    expected = np.abs(truth - series[rows][:, None]).mean()
    assert found.baselines["persistence"] == pytest.approx(expected, rel=1e-12)
    assert found.strongest[1] == min(found.baselines.values())


def test_baselines_learn_from_train_alone(monkeypatch):
    ends = []

    class Told:
        name = "told"

        def learn(self, values, end):
            ends.append(end)
            return self

        def forecast_at(self, values, cutoffs, horizon):
            raise BaselineError("told", "cannot")

    monkeypatch.setattr(search, "planned_baselines", lambda task: {"told": [Told()]})
    found = rnncomp.tune(wave(), trials=1, seeds=1, **QUICK)
    assert ends == [Split.fractions().parts(160, 5).train[1]]
    assert found.baselines == {"told": None}
    assert found.strongest is None
    assert "baseline" not in " ".join(found.sentences())


def test_a_repeated_trial_is_not_trained_again():
    events = []
    options = QUICK | {"space": {"units": [2]}, "window": 5, "learning_rate": 0.01}
    found = rnncomp.tune(wave(), trials=6, progress=events.append, **options)
    assert [t["state"] for t in found.trials] == ["finished"] + ["repeated"] * 5
    assert {t["error"] for t in found.trials} == {found.trials[0]["error"]}
    assert [(e.network, e.trial, e.seed) for e in events if e.done] in (
        [("lstm", 0, 0), ("lstm", 0, 1)],
        [("lstm", 0, 1), ("lstm", 0, 0)],
    )


def test_a_search_that_diverged_says_so():
    options = QUICK | {"space": {"units": [2, 3]}, "window": 5, "scale": "none"}
    big = Series(wave().values * 1e30, columns=("a",))
    found = rnncomp.tune(big, trials=2, learning_rate=1e30, dtype="float32", **options)
    assert {trial["state"] for trial in found.trials} <= {"diverged", "repeated"}
    assert all(trial["error"] is None for trial in found.trials)
    assert "no trial finished" in found.sentences()[0]
    with pytest.raises(InvalidArgumentError, match=r"a trial that finished, got .*diverged"):
        found.best  # noqa: B018


def interrupt_at(trial):
    def told(event):
        if event.trial == trial:
            raise KeyboardInterrupt

    return told


def test_ctrl_c_gives_what_was_found():
    found = rnncomp.tune(wave(), trials=9, progress=interrupt_at(5), **QUICK)
    states = [trial["state"] for trial in found.trials]
    assert states == ["finished"] * 4 + ["interrupted"] * 4
    assert found.interrupted
    assert found.best in [trial["options"] for trial in found.trials[:4]]


def test_ctrl_c_before_anything_was_found_is_raised():
    with pytest.raises(KeyboardInterrupt):
        rnncomp.tune(wave(), trials=9, progress=interrupt_at(0), **QUICK)


def test_no_round_begins_after_the_time():
    found = rnncomp.tune(wave(), trials=12, seconds=1e-9, seeds=1, **QUICK)
    assert len(found.trials) == 4
    assert "4 of 12 trials" in found.sentences()[0]


def test_the_time_left_is_that_of_the_whole_search(monkeypatch):
    """A round lasts ten seconds; in the first nobody knows how long those to come will take."""
    clock, events = iter(range(0, 1000, 10)), []
    monkeypatch.setattr(trials, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    rnncomp.tune(wave(), trials=12, seeds=1, progress=events.append, **QUICK)
    left = [[e.seconds_left for e in events if e.trial // 4 == k] for k in range(3)]
    assert set(left[0]) == {None}
    assert all(10 <= seconds < 20 for seconds in left[1])
    assert all(0 <= seconds < 10 for seconds in left[2])


def test_an_option_that_is_given_is_fixed():
    found = rnncomp.tune(wave(), trials=2, seeds=1, epochs=1, units=3, window=6, layers=1)
    assert list(found.space) == ["dropout", "learning_rate"]


def test_the_usual_window_is_at_most_a_quarter_of_train():
    found = rnncomp.tune(wave(60), trials=1, seeds=1, epochs=1, units=2)
    assert found.space["window"] == (8, 38 // 4)


def test_tables(found, tmp_path):
    frame = found.to_frame()
    assert frame.columns == [
        "cell", "number", "state", "window", "units", "learning_rate", "validation_mae",
        "validation_mae_seed_0", "validation_mae_seed_1", "seconds",
    ]  # fmt: skip
    assert frame["validation_mae"].to_list() == [trial["error"] for trial in found.trials]
    found.write_csv(tmp_path / "trials.csv")
    with (tmp_path / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["validation_mae_seed_1"]) for row in rows] == [
        trial["errors"]["1"] for trial in found.trials
    ]
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False)) == found.to_dict()
    assert found.to_dict()["space"]["units"] == {"choices": [2, 3]}
    assert repr(found).startswith("Tuning(12 trials, best ")
    assert "\n" not in repr(found)


def test_a_frame_goes_out_as_it_came():
    found = rnncomp.tune(wave(frame_type="pandas"), trials=1, seeds=1, **QUICK)
    assert isinstance(found.to_frame(), pd.DataFrame)


def test_several_series_are_chosen_by_mase():
    several = [wave(), Series(1e3 * wave(150).values, columns=("a",), name="other")]
    found = rnncomp.tune(several, trials=2, seeds=1, **QUICK)
    assert found.metric == "mase"
    assert "validation_mase" in found.columns()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"cell": "gruu"}, "cells must be one of"),
        ({"trials": 0}, "trials must be an integer of at least 1"),
        ({"seconds": 0}, "seconds must be a finite number above 0"),
        ({"folds": 2}, "tune has no option 'folds'"),
        ({"unit": 3}, "tune has no option 'unit'; did you mean 'units'"),
        ({"strategy": "both"}, "strategy must be 'direct' or 'recursive'"),
        ({"space": 3}, "space must be a mapping"),
        ({"space": {"epochs": [3]}}, "space must be one of window, units"),
        ({"space": {"units": (8, 4)}}, r"space units must be a range \(lowest, highest\)"),
        ({"space": {"units": (0, 4)}}, "space units must be an integer of at least 1, got 0"),
        ({"space": {"units": [2, 2]}}, "space units must be a list of different choices"),
        ({"space": {"units": []}}, "space units must be a range .* or a list of choices"),
        ({"space": {"dropout": (0.0, 1.0)}}, "space dropout must be a finite number"),
        ({"space": {"learning_rate": [0.0]}}, "space learning_rate must be a finite number"),
        ({"space": {"units": [2]}, "units": 3}, "space units must be left out"),
        (dict(zip(("window", "units", "layers", "dropout", "learning_rate"), (5, 2, 1, 0, 0.1),
                  strict=True)) | {"space": {}}, "space must be at least one of window"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(given, words):
    with pytest.raises(InvalidArgumentError, match=words):
        rnncomp.tune(wave(), **given)


def test_a_window_that_is_too_long_is_refused_before_anything_is_trained():
    events = []
    with pytest.raises(SplitError, match="window"):
        rnncomp.tune(wave(), trials=9, space={"window": (5, 150)}, progress=events.append)
    assert events == []


def test_without_optuna(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rnncomp\[tune\]'"):
        rnncomp.tune(wave())


# In a comparison


@pytest.fixture(scope="module")
def run():
    return rnncomp.compare(wave(), cells=["gru", "lstm"], tune=5, seeds=3, **QUICK)


def test_a_comparison_trains_what_was_chosen(run):
    """By the search that the same call of tune makes."""
    alone = rnncomp.tune(wave(), cell=["gru", "lstm"], trials=5, **QUICK)
    settings = run.comparison.settings
    assert settings["per_cell"] == alone.per_cell
    assert settings["tune"] == 5
    assert run.comparison.charts["search"]["seeds"] == [0, 1]
    assert settings["space"]["window"] == {"low": 5, "high": 14}
    for cell, own in alone.per_cell.items():
        assert len(run.forecasters[cell]) == 3
        config = run.forecasters[cell][0].config
        assert {name: getattr(config, name) for name in own} == own


def test_a_comparison_says_what_was_searched_and_keeps_it(run, tmp_path):
    notes = " ".join(run.comparison.notes)
    assert "5 trials on the validation part (window 5 to 14, units 2 or 3" in notes
    assert "lower error than the strongest baseline" in notes
    assert "with the same number of trials" in run.verdict
    again = rnncomp.Run.load(run.save(tmp_path / "run"))
    assert again.comparison.charts["search"]["trials"] == run.comparison.charts["search"]["trials"]
    with (tmp_path / "run" / "trials.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 10


def test_no_comparison_tests_what_a_search_has_validated(run):
    parts = run.comparison.data["parts"]
    assert parts["test"][0] >= Split.fractions().parts(160, 5).validation[1]


def test_a_comparison_that_is_resumed_searches_nothing_twice(tmp_path):
    store, events = rnncomp.TrainingStore(tmp_path), []
    options = {"cells": ["gru"], "tune": 5, "seeds": 1, "store": store, **QUICK}
    first = rnncomp.compare(wave(), **options)
    again = rnncomp.compare(wave(), progress=events.append, **options)
    assert all(event.stored for event in events)
    assert {event.trial for event in events} == {*range(5), None}
    assert first.comparison.settings == again.comparison.settings


def test_ctrl_c_in_the_search_ends_the_comparison():
    with pytest.raises(KeyboardInterrupt):
        rnncomp.compare(wave(), cells=["gru"], tune=9, progress=interrupt_at(5), **QUICK)


def test_options_of_single_cells_and_a_search_for_them_do_not_go_together():
    with pytest.raises(InvalidArgumentError, match="per_cell must be left out beside tune"):
        rnncomp.compare(wave(), tune=3, per_cell={"gru": {"units": 3}})
