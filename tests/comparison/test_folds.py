"""Folds, strategies, steps and intervals of a comparison: who learns what, and what rows hold."""

import numpy as np
import pytest

from rnncomp.comparison import Settings, compare
from rnncomp.comparison.contenders import network_contender
from rnncomp.comparison.scores import scored
from rnncomp.comparison.task import make_task
from rnncomp.errors import SplitError
from rnncomp.forecasting import TrainingJob, joined_data, run_training
from rnncomp.series import Series

QUICK = {"window": 6, "units": 3, "epochs": 2, "seeds": 2, "cells": ["gru", "lstm"], "season": 1}


def wave(rows=160, columns=1):
    rng = np.random.default_rng(3)
    season = 10 * np.sin(2 * np.pi * np.arange(rows) / 12)
    values = 100 + season[:, None] + rng.normal(size=(rows, columns)).cumsum(axis=0) / 3
    return Series(values, columns=tuple("abc"[:columns]))


def by_fold(series, settings):
    """The weights of the first seed of each fold's network, and the task."""
    task = make_task(series, settings)
    weights = []
    for (ready,) in task.of("gru"):
        data = joined_data([ready])
        job = TrainingJob(data.fingerprint(), task.configs["gru"], 0)
        weights.append(b"".join(w.tobytes() for w in run_training(job, data).weights))
    return weights, task


def test_a_fold_learns_from_the_rows_before_its_block_alone():
    # Blocks longer than the validation part, so that each fold learns from the block before it.
    settings = Settings(folds=3, test_fraction=0.5, **QUICK | {"cells": ["gru"]}, patience=1)
    before, task = by_fold(wave(), settings)
    assert len(set(before)) == 3
    for fold in range(3):
        values = wave().values.copy()
        first = task.folds[fold][0].test[0]
        values[first:] = 1e4 * np.random.default_rng(fold).normal(size=values[first:].shape)
        after, _ = by_fold(Series(values), settings)
        assert after[: fold + 1] == before[: fold + 1]
        assert all(a != b for a, b in zip(after[fold + 1 :], before[fold + 1 :], strict=True))


def test_the_choice_is_made_in_the_first_fold():
    """Noise in all that the later folds alone validate on changes no choice."""
    options = QUICK | {"folds": 3}
    series = wave()
    first = make_task(series, Settings(**options)).folds[0][0].test[0]
    values = series.values.copy()
    values[first:] = 1e3 * np.random.default_rng(0).normal(size=values[first:].shape)
    ours, theirs = (compare(s, **options).comparison for s in (series, Series(values)))
    assert (ours.best, ours.best_seed) == (theirs.best, theirs.best_seed)
    rows = [{row["name"]: row for row in made.leaderboard} for made in (ours, theirs)]
    for name in rows[0]:
        assert rows[0][name]["validation_mae"] == rows[1][name]["validation_mae"]
        assert rows[0][name]["mae"] != rows[1][name]["mae"]
    alone = compare(series, **QUICK).comparison
    assert (alone.best, alone.best_seed) == (ours.best, ours.best_seed)


@pytest.mark.parametrize("horizon", [1, 3])
def test_rows_hold_errors_by_fold_and_by_step(horizon):
    series = wave()
    run = compare(series, folds=3, horizon=horizon, **QUICK)
    task = make_task(series, Settings(folds=3, horizon=horizon, **QUICK))
    columns = run.predictions
    blocks = [len(task.cutoffs("test", fold, task.curves[0])) for fold in range(3)]
    assert sum(blocks) * horizon == len(columns["actual"])
    bounds = np.cumsum(blocks)[:-1]
    for row in run.comparison.leaderboard:
        seeds = row.get("seeds") or [None]
        names = [row["name"] if seed is None else f"{row['name']}_seed_{seed}" for seed in seeds]
        errors = np.stack([(columns[name] - columns["actual"]).reshape(-1, horizon)
                           for name in names])  # fmt: skip
        by_block = [block.mean() for block in np.split(np.abs(errors), bounds, axis=1)]
        # Means in another order: some roundings of errors of about their size.
        np.testing.assert_allclose(row["by_fold"]["mae"], by_block, rtol=1e-12)
        np.testing.assert_allclose(
            row["by_step"]["mae"], np.abs(errors).mean(axis=(0, 1)), rtol=1e-12
        )
        rmse = np.sqrt(np.square(errors).mean(axis=1)).mean(axis=0)  # a mean over seeds
        np.testing.assert_allclose(row["by_step"]["rmse"], rmse, rtol=1e-12)


def test_intervals_come_from_validation_and_are_counted_on_the_test_part():
    series, levels = wave(), (50, 80)
    settings = Settings(folds=2, horizon=2, levels=levels, **QUICK | {"cells": ["gru"]})
    task = make_task(series, settings)
    results = []
    for (ready,) in task.of("gru"):
        data = joined_data([ready])
        jobs = [TrainingJob(data.fingerprint(), task.configs["gru"], s) for s in (0, 1)]
        results.append([run_training(job, data) for job in jobs])
    contender = network_contender("gru", results, task)
    row, curve = scored(contender, task).row, task.curves[0]
    for level in levels:
        widths, held = [], []
        for make in contender.makers:
            inside = []
            for fold in range(2):
                left = np.abs(
                    task.actual("validation", fold, curve) - make("validation", fold, curve)
                )
                place = -(-(len(left) + 1) * level // 100) - 1
                width = np.sort(left, axis=0)[place]
                error = np.abs(task.actual("test", fold, curve) - make("test", fold, curve))
                inside.append(error <= width)
                widths.append(width)
            held.append(np.concatenate(inside).mean(axis=0))
        np.testing.assert_allclose(row["width"][f"{level}"], np.mean(widths, axis=0), rtol=1e-13)
        np.testing.assert_allclose(row["coverage"][f"{level}"], np.mean(held, axis=0), rtol=1e-13)
        assert all(0 < share < 1 for share in row["coverage"][f"{level}"])


def test_a_level_that_the_validation_part_cannot_tell_is_absent():
    run = compare(wave(rows=80), levels=[80, 99.5], **QUICK)
    for row in run.comparison.leaderboard:
        assert row["width"]["99.5"] is row["coverage"]["99.5"] is None
        assert row["width"]["80"][0] > 0


def test_the_forecasters_of_a_run_are_those_of_the_last_fold():
    options = QUICK | {"folds": 2, "cells": ["gru"], "dtype": "float64"}
    run = compare(wave(), **options)
    task = make_task(wave(), Settings(**options))
    cutoff = task.cutoffs("test", 1, task.curves[0])[-1]
    (forecaster, _) = run.forecasters["gru"]
    (about,) = forecaster.learned.values()
    assert about.unseen == task.folds[1][0].train[1]
    made = forecaster.predict(after=wave().slice(0, cutoff + 1)).values[0]
    # One window and many go through different kernels: float64 roundings of values of 100.
    assert made == pytest.approx(run.predictions["gru_seed_0"][-1], rel=1e-12)


def test_both_strategies_stand_side_by_side_on_the_same_windows():
    run = compare(wave(), horizon=3, strategy="both", **QUICK | {"cells": ["gru"]})
    rows = {row["name"]: row for row in run.comparison.leaderboard}
    assert (rows["gru"]["strategy"], rows["gru_recursive"]["strategy"]) == ("direct", "recursive")
    assert rows["gru"]["n_params"] == rows["gru_recursive"]["n_params"] + 2 * (3 + 1)
    assert rows["persistence"]["strategy"] is None
    alone = compare(wave(), horizon=3, strategy="recursive", **QUICK | {"cells": ["gru"]})
    ours, theirs = run.predictions["gru_recursive_seed_1"], alone.predictions["gru_seed_1"]
    assert ours.tobytes() == theirs.tobytes()


def test_a_recursive_ridge_without_a_future_of_its_inputs_says_so():
    """Of two targets each is an input of the other: the networks forecast both, ridge cannot."""
    series = Series(wave(columns=2).values, ("a", "b"), targets=("a", "b"))
    run = compare(series, horizon=3, strategy="recursive", **QUICK)
    rows = {row["name"]: row for row in run.comparison.leaderboard}
    assert rows["ridge"]["mae"] is None
    assert (
        rows["ridge"]["note"]
        == "ridge cannot be recursive: it forecasts one column alone, and the future of others is "
        "not known"
    )
    assert rows["gru"]["mae"] > 0


def test_more_folds_than_windows_are_refused():
    with pytest.raises(SplitError, match="use fewer folds"):
        compare(wave(rows=80), folds=40, **QUICK)
