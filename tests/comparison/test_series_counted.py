"""Several series and targets: cut at the same moments, and counted as often as they tell."""

import numpy as np
import pytest

import rnncomp
from rnncomp.comparison.contenders import baseline_contender, planned_baselines
from rnncomp.comparison.gathering import groups_of
from rnncomp.comparison.scores import grouped, scored
from rnncomp.comparison.settings import Settings
from rnncomp.comparison.task import make_task
from rnncomp.errors import DataError, SplitError
from rnncomp.forecasting import Persistence
from rnncomp.series import Series

SMALL = {"window": 6, "units": 3, "epochs": 1, "cells": ("gru",), "seeds": (0, 1)}


def days(rows=120, first="2024-01-01", seed=0, name="a", targets=1):
    rng = np.random.default_rng(seed)
    time = (np.datetime64(first, "D") + np.arange(rows)).astype("M8[us]")
    values = 50 + rng.normal(size=(rows, targets)).cumsum(axis=0)
    names = tuple(f"x{k}" for k in range(targets))
    return Series(values, names, targets=names, time=time, frequency="1d", name=name)


@pytest.mark.parametrize("folds", [1, 2])
def test_series_are_cut_at_the_same_moments(folds):
    long, late = days(), days(70, "2024-02-20", seed=1, name="b")
    task = make_task([long, late], Settings(**SMALL, folds=folds, horizon=2))
    for of_long, of_late in task.folds:
        for part in ("train", "validation", "test"):
            ends = [
                series.time[of.to_dict()[part][1] - 1]
                for series, of in ((long, of_long), (late, of_late))
            ]
            assert ends[0] == ends[1]


def test_a_series_that_has_no_part_is_named():
    with pytest.raises(SplitError, match=r"series 'b' must have rows in every part .* 'a'"):
        make_task([days(), days(40, name="b", seed=1)], Settings(**SMALL))


def test_targets_of_a_series_are_one_piece_of_evidence():
    """The same target twice tells no more than once: the same interval and p-value."""
    one = days()
    both = Series(
        np.repeat(one.values, 2, axis=1), ("x0", "again"), targets=("x0", "again"),
        time=one.time, frequency="1d", name="a",
    )  # fmt: skip
    task = make_task(both, Settings(**SMALL))
    assert len(task.curves) == 2
    assert groups_of(task) is None
    losses = np.arange(5.0)
    assert grouped([losses, losses + 2.0], task).tolist() == (losses + 1.0).tolist()
    (row,) = [
        scored(baseline_contender("persistence", of, task), task).losses
        for of in [planned_baselines(task)["persistence"]]
    ]
    assert row.shape == (1, len(task.tested(task.curves[0])))


def test_series_with_the_same_stamps_are_averaged_day_by_day():
    task = make_task([days(), days(seed=1, name="b")], Settings(**SMALL))
    assert task.aligned
    assert groups_of(task) is None
    assert grouped([np.array([1.0, 2.0]), np.array([3.0, 6.0])], task).tolist() == [2.0, 4.0]


def test_other_series_follow_one_another_with_the_same_weight():
    task = make_task([Series(days().values, name="a"), Series(days(90).values)], Settings(**SMALL))
    assert not task.aligned
    lengths = [len(task.tested(curve)) for curve in task.curves]
    losses = grouped([np.full(n, k + 1.0) for k, n in enumerate(lengths)], task)
    assert losses.mean() == pytest.approx(1.5)  # of the means 1 and 2, not of their windows
    assert groups_of(task).tolist() == [0] * lengths[0] + [1] * lengths[1]
    run = rnncomp.compare(list(task.series), **SMALL)
    row = next(row for row in run.comparison.leaderboard if row["name"] == "mean")
    assert run.comparison.settings["metric"] == "mase"
    found = scored(baseline_contender("mean", planned_baselines(task)["mean"], task), task)
    assert found.losses.mean() == pytest.approx(row["mase"])


def test_intervals_of_baselines_are_calibrated_out_of_sample():
    """What is forecast of the validation part comes from train alone."""
    told = []

    class Noted(Persistence):
        def learn(self, values, end):
            told.append(end)
            return self

    task = make_task(days(), Settings(**SMALL))
    baseline_contender("noted", [Noted()], task)
    parts = task.folds[0][0]
    assert told == [parts.train[1], parts.validation[1]]


def test_a_series_that_repeats_exactly_has_no_scale():
    repeats = Series(np.tile(np.arange(7.0), 20)[:, None])
    with pytest.raises(DataError, match="must not repeat exactly every 7 rows"):
        make_task(repeats, Settings(**SMALL, season=7))
