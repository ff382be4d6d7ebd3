"""What a reviewer found by trying."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rnncomp
from rnncomp.comparison import Settings
from rnncomp.comparison.contenders import network_contender
from rnncomp.comparison.scores import best_seed, scored
from rnncomp.comparison.task import make_task
from rnncomp.errors import DataError
from rnncomp.forecasting import TrainingJob, joined_data, run_training
from rnncomp.series import Series, load

SMALL = {"window": 8, "cells": ["gru"], "units": 2, "epochs": 1}


def test_best_predicts_what_compare_took() -> None:
    values = np.random.default_rng(0).normal(size=120)
    run = rnncomp.compare(values, seeds=np.int64(1), **SMALL)
    from_array = run.best.predict(2, after=values).values
    assert np.array_equal(from_array, run.best.predict(2, after=rnncomp.load(values)).values)


def test_values_whose_squares_overflow() -> None:
    values = np.random.default_rng(0).uniform(4e305, 6e305, size=120)
    with pytest.raises(DataError, match="at most 1e\\+100"):
        rnncomp.compare(values, seeds=1, **SMALL)


def test_the_choice_is_blind_to_what_a_network_makes_of_the_test_part():
    task = make_task(load("airline"), Settings(window=12, units=3, epochs=1, cells=("gru",)))
    config = task.settings.configs(1)["gru"]
    data = joined_data(task.of("gru")[0])
    jobs = [TrainingJob(data.fingerprint(), config, seed) for seed in (0, 1)]
    results = [run_training(job, data) for job in jobs]
    made = results[0].predictions
    endless = dict(made, test=np.full_like(made["test"], np.inf))
    wild = [replace(results[0], predictions=endless), results[1]]
    made = [scored(network_contender("gru", [of], task), task) for of in (results, wild)]
    row, other = (each.row for each in made)
    for key in ("validation_mae", "validation_mse", "validation_scores", "seeds"):
        assert other[key] == row[key]
    assert best_seed(other) == best_seed(row)
    assert (other["diverged"], other["scores"]["mae"][0]) == (1, None)
    assert (made[1].contender.chosen, made[1].contender.tested) == ((0, 1), (1,))
    assert other["mae"] == row["scores"]["mae"][1]


def test_several_targets_are_forecast_and_scored_each() -> None:
    """Each target is a curve of its own, and the table is in units of their scales."""
    values = np.random.default_rng(0).normal(size=(120, 2)).cumsum(axis=0) * [1.0, 1000.0]
    series = Series(values, columns=("a", "b"), targets=("a", "b"))
    run = rnncomp.compare(series, seeds=1, horizon=2, **SMALL)
    assert run.comparison.data["curves"] == ["series: a", "series: b"]
    columns = run.predictions
    for name in ("a", "b"):
        mine = columns["series"] == f"series: {name}"
        rows, column = columns["row"][mine], series.columns.index(name)
        assert columns["actual"][mine].tolist() == values[rows, column].tolist()
    for row in run.comparison.leaderboard:
        made = np.abs(columns[row["name"]] - columns["actual"])
        by_curve = [made[columns["series"] == f"series: {name}"].mean() for name in ("a", "b")]
        assert row["mae"] == pytest.approx(np.mean(by_curve), rel=1e-12)
    forecast = run.best.predict(3)
    assert forecast.values.shape == (3, 2)
    assert forecast.to_frame().columns == ["step", "a", "b"]
