"""Cautions about training on simulated curves: how often they speak when they should, or not."""

import math

import numpy as np
import pytest

from rnncomp.comparison import compare
from rnncomp.comparison.cautions_training import (
    cut_short,
    did_not_learn,
    still_falling,
    validation_rising,
)
from rnncomp.errors import InvalidArgumentError

ROUNDS = 300


def told(detector, curve, noise):
    """Return how many of 100 curves with multiplied noise set a detector off."""
    found = 0
    for seed in range(ROUNDS):
        wobble = np.exp(noise * np.random.default_rng(seed).normal(size=len(curve)))
        found += detector(curve * wobble, subject="GRU") is not None
    return 100 * found / ROUNDS


def flat(n):
    return 0.1 + np.exp(-np.arange(n) * 20 / n)


def falling(n, share):
    return (1 - share) ** (np.arange(n) / (max(5, n // 5) - 1))


def rising(n, share):
    half = n // 2
    up = 1 + share * np.arange(1, n - half + 1) / (n - half)
    return np.concatenate([flat(n)[:half], flat(n)[half - 1] * up])


@pytest.mark.parametrize("n", [20, 50, 200])
def test_how_often_a_falling_loss_is_seen(n):
    assert told(still_falling, flat(n), 0.01) == 0
    assert told(still_falling, flat(n), 0.05) <= 5
    assert told(still_falling, falling(n, 0.1), 0.01) >= 98
    assert told(still_falling, falling(n, 0.3), 0.05) >= 93


@pytest.mark.parametrize("n", [20, 50, 200])
def test_how_often_a_rising_loss_is_seen(n):
    assert told(validation_rising, flat(n), 0.01) == 0
    assert told(validation_rising, flat(n), 0.05) <= 2
    assert told(validation_rising, flat(n), 0.1) <= 5
    assert told(validation_rising, falling(n, 0.3), 0.05) == 0
    assert told(validation_rising, rising(n, 0.3), 0.01) == 100
    assert told(validation_rising, rising(n, 0.3), 0.05) >= 90


def test_a_slow_fall_and_a_small_rise_are_not_worth_a_word():
    assert still_falling(falling(20, 0.04), subject="GRU") is None
    assert still_falling(falling(20, 0.06), subject="GRU") is not None
    assert validation_rising(rising(40, 0.08), subject="GRU") is None
    assert validation_rising(rising(40, 0.2), subject="GRU") is not None


def test_what_is_said_of_losses():
    found = still_falling(falling(20, 0.3), subject="GRU")
    assert (found.code, found.subject) == ("still_falling", "GRU")
    assert "by 30 % over the last 5 of 20; try epochs=40." in found.text
    found = validation_rising([9.0, 3.0, 1.0, 1.0, 1.0, 1.5, 2.0, 2.0, 2.0, 2.0], subject="GRU")
    assert found.code == "validation_rising"
    assert "since epoch 4 of 10, by 100 %" in found.text


@pytest.mark.parametrize("detector", [still_falling, validation_rising])
@pytest.mark.parametrize(
    "losses", [[], [1.0] * 3, [3.0, 2.0, 1.0, 0.0, 0.0], [math.nan] * 9, [1.0, math.inf] * 9]
)
def test_curves_that_say_nothing(detector, losses):
    assert detector(losses, subject="GRU") is None


def test_a_rise_over_the_last_two_epochs_is_no_rise():
    # A smooth valley, without noise, whose bottom is two epochs before the end, or four.
    for bottom, told_of in ((7, False), (5, True)):
        losses = np.exp(0.2 * (np.arange(10) - bottom) ** 2)
        assert (validation_rising(losses, subject="GRU") is not None) is told_of


def stuck(errors, mean_error=5.0):
    return did_not_learn(errors, mean_error, seeds=range(10, 10 + len(errors)), subject="LSTM")


def test_seeds_no_better_than_the_mean():
    text = stuck([0.1, 5.0, 0.1, None, 7.0, math.nan]).text
    assert "seeds 11 and 14 did not learn (error 7, the median of all seeds 2.55, that of " in text
    assert "\n" not in text
    assert "no seed did better" in stuck([5.1, 5.2]).text
    assert stuck([4.9, 4.8]) is None
    assert stuck([None, None]) is None


def test_a_seed_far_behind_the_others():
    assert "seed 13 did not learn" in stuck([1.0, 1.1, 0.9, 2.5]).text
    assert stuck([1.0, 1.1, 0.9, 1.8]) is None  # not twice as bad
    assert stuck([1.0, 2.0, 0.5, 3.0]) is None  # the others differ as much
    assert stuck([1.0, 1.1, 2.5]) is None  # two others show no usual distance
    assert "seeds 10 and 15 did" in stuck([3.0, 1.0, 1.1, 0.9, 1.0, 3.0, 1.0, 1.1]).text


def test_how_often_a_seed_is_called_stuck():
    rng = np.random.default_rng(0)
    groups = np.exp(0.1 * rng.normal(size=(1000, 5)))
    assert sum(stuck(list(group)) is not None for group in groups) == 0
    groups[:, 2] = 3.0
    assert sum(stuck(list(group)) is not None for group in groups) == 1000
    groups = np.exp(0.2 * rng.normal(size=(1000, 5)))
    assert sum(stuck(list(group)) is not None for group in groups) <= 20


def test_as_many_seeds_as_errors():
    with pytest.raises(InvalidArgumentError, match="seeds must be 2, one an error"):
        did_not_learn([1.0, 2.0], 5.0, seeds=[1], subject="LSTM")


def test_trainings_that_a_time_limit_ended_are_told():
    assert cut_short([50, 50], 50, subject="GRU") is None
    told = cut_short([50, 6, 11], 50, subject="GRU")
    assert (told.code, told.subject) == ("cut_short", "GRU")
    assert "ended 2 of 3 trainings after 6 to 11 of 50 epochs" in told.text


def test_a_comparison_with_a_time_limit_says_what_it_cut():
    options = {"window": 6, "units": 3, "cells": ["gru"], "seeds": 1, "epochs": 5000}
    run = compare("airline", time_limit=0.05, **options)
    codes = [found["code"] for found in run.comparison.warnings]
    assert "cut_short" in codes
    assert "still_falling" not in codes
