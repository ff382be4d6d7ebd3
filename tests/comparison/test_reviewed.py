"""What a reviewer found by trying."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rnncomp
from rnncomp.comparison import Settings
from rnncomp.comparison.scores import best_seed, network_row
from rnncomp.comparison.task import make_task
from rnncomp.errors import DataError, UnsupportedError
from rnncomp.forecasting import TrainingJob, run_training
from rnncomp.series import Series, load

SMALL = {"window": 8, "cells": ["gru"], "units": 2, "epochs": 1}


def test_best_predicts_what_compare_took() -> None:
    values = np.random.default_rng(0).normal(size=120)
    run = rnncomp.compare(values, seeds=np.int64(1), **SMALL)
    from_array = run.best.predict(values, steps=2).values
    assert np.array_equal(from_array, run.best.predict(rnncomp.load(values), steps=2).values)


def test_values_whose_squares_overflow() -> None:
    values = np.random.default_rng(0).uniform(4e305, 6e305, size=120)
    with pytest.raises(DataError, match="at most 1e\\+100"):
        rnncomp.compare(values, seeds=1, **SMALL)


def test_the_choice_is_blind_to_what_a_network_makes_of_the_test_part():
    task = make_task(load("airline"), Settings(window=12, units=3, epochs=1, cells=("gru",)))
    config = task.settings.configs(1)["gru"]
    jobs = [TrainingJob(task.data.fingerprint(), config, seed) for seed in (0, 1)]
    results = [run_training(job, task.data) for job in jobs]
    made = results[0].predictions
    endless = dict(made, test=np.full_like(made["test"], np.inf))
    wild = [replace(results[0], predictions=endless), results[1]]
    (row, _), (other, made) = (network_row("gru", of, task) for of in (results, wild))
    for key in ("validation_mae", "validation_mse", "validation_scores", "seeds"):
        assert other[key] == row[key]
    assert best_seed(other) == best_seed(row)
    assert (other["diverged"], other["scores"]["mae"][0], made.seeds) == (1, None, (1,))
    assert other["mae"] == row["scores"]["mae"][1]


@pytest.mark.parametrize(
    "use",
    [
        lambda series: rnncomp.compare(series, seeds=1, **SMALL),
        lambda series: rnncomp.RecurrentForecaster("gru", window=8).fit(series),
    ],
)
def test_several_targets_are_refused(use) -> None:
    values = np.random.default_rng(0).normal(size=(120, 2))
    series = Series(values, columns=("a", "b"), targets=("a", "b"))
    with pytest.raises(UnsupportedError, match=r"one column is forecast .*, got \['a', 'b'\]"):
        use(series)
