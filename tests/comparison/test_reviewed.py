"""What a reviewer found by trying."""

from __future__ import annotations

import numpy as np
import pytest

import rnncomp
from rnncomp.errors import DataError

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
