"""Networks with options of their own: tested on the same windows whatever they see."""

import numpy as np
import pytest

from rnncomp.comparison import Settings, compare
from rnncomp.comparison.task import make_task
from rnncomp.errors import InvalidArgumentError
from rnncomp.series import Series

QUICK = {"horizon": 2, "units": 3, "epochs": 1, "seeds": 1, "cells": ["gru", "lstm"]}


def wave(rows=150, seed=3):
    rng = np.random.default_rng(seed)
    season = 10 * np.sin(2 * np.pi * np.arange(rows) / 12)
    return Series((100 + season + rng.normal(size=rows))[:, None], columns=("a",), name="wave")


@pytest.mark.parametrize(
    "options",
    [{}, {"stride": 3}, {"within_parts": True}, {"folds": 2}, {"stride": 2, "transform": "diff"}],
    ids=str,
)
def test_windows_of_all_lengths_end_at_the_same_rows(options):
    per_cell = {"lstm": {"window": 7}, "gru": {"window": 12}}
    task = make_task(wave(), Settings(per_cell=per_cell, **QUICK | options))
    longest = make_task(wave(), Settings(window=12, **QUICK | options))
    short, long = task.of("lstm"), task.of("gru")
    for fold, whole in enumerate(longest.windows):
        for part in ("validation", "test"):
            expected = whole[0].cutoffs(part)
            assert short[fold][0].cutoffs(part) == long[fold][0].cutoffs(part) == expected
        for part in ("train", "validation"):
            starts = [of[fold][0].learned[part] for of in (short, long)]
            assert len(starts[0]) == len(starts[1])
            assert starts[0][0] == starts[1][0] + 5
    assert task.folds == longest.folds


def test_holes_are_left_out_for_all_windows_alike():
    series = wave()
    observed = np.ones((150, 1), dtype=bool)
    observed[[40, 110, 131]] = False
    holes = Series(series.values, columns=("a",), observed=observed, fill="interpolate")
    task = make_task(
        holes, Settings(per_cell={"lstm": {"window": 5}, "gru": {"window": 20}}, **QUICK)
    )
    for part in ("validation", "test"):
        short, long = (task.of(name)[0][0].cutoffs(part) for name in ("lstm", "gru"))
        np.testing.assert_array_equal(short, long)
        assert len(short) < len(range(*task.folds[0][0].to_dict()[part])) - 1


def test_each_network_has_its_own_options_and_ridge_the_longest_window():
    own = {"window": 19, "units": 5, "layers": 2, "dropout": 0.1, "learning_rate": 0.01}
    run = compare(wave(), window=14, per_cell={"gru": own}, **QUICK)
    gru, lstm = (run.forecasters[name][0].config for name in ("gru", "lstm"))
    assert {name: getattr(gru, name) for name in own} == own
    assert (lstm.window, lstm.units, lstm.layers, lstm.dropout) == (14, 3, 1, 0.0)
    settings = run.comparison.to_dict()["settings"]
    assert settings["per_cell"] == {"gru": own}
    assert settings["window_by_cell"] == {"gru": 19, "lstm": 14}
    row = next(row for row in run.comparison.leaderboard if row["name"] == "ridge")
    assert row["n_params"] == 2 * (19 + 1)
    assert "options of its own" in run.verdict


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"per_cell": {"simple_rnn": {"units": 3}}}, "per_cell must be one of gru, lstm"),
        ({"per_cell": {"gru": {"epochs": 3}}}, "per_cell gru must be one of window, units"),
        ({"per_cell": {"gru": {"units": 0}}}, "units must be an integer of at least 1, got 0"),
        ({"per_cell": {"gru": 3}}, "per_cell must be a mapping"),
        ({"per_cell": {"gru": {"units": 3}}, "equal": "parameters"}, "equal must be 'units'"),
        ({"tune": 0}, "tune must be an integer of at least 1, got 0"),
        ({"tune": 3, "strategy": "both"}, "strategy must be left out beside tune"),
        ({"tune": 3, "time_limit": 9.0}, "time_limit must be left out beside tune"),
        ({"space": {"units": (3, 4)}}, "space must be given with tune"),
    ],
)
def test_what_does_not_fit_is_refused(given, words):
    with pytest.raises(InvalidArgumentError, match=words):
        Settings(**QUICK | given)
