"""Comparison as data: to JSON and back, and what it refuses."""

import json
import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from leaderboards import GRU, LSTM, WEAK, judged

from rnncomp.comparison.comparison import FORMAT, Comparison, plain
from rnncomp.comparison.leaderboard import MEASURED
from rnncomp.comparison.verdict import make_verdict
from rnncomp.errors import InvalidArgumentError


@pytest.fixture
def comparison():
    rows = (LSTM, GRU, *WEAK)
    return Comparison(
        leaderboard=rows,
        best="lstm",
        verdict=make_verdict(judged(rows, "lstm")),
        settings={"window": 5, "cells": ["lstm", "gru"]},
        environment={"level": "v3"},
        charts={"timeline": {"values": [1.0, None]}},
        data={"fingerprint": "ab"},
        notes=("A season of 12 steps was found.",),
        best_seed=2,
    )


def test_goes_to_json_and_back(comparison):
    text = json.dumps(comparison.to_dict(), allow_nan=False)
    again = Comparison.from_dict(json.loads(text))
    assert again == comparison
    assert again.to_dict() == comparison.to_dict()
    assert next(iter(comparison.to_dict())) == "format"
    assert comparison.to_dict()["format"] == "rnncomp-comparison/2"


def test_a_comparison_of_version_1_is_read(comparison):
    later = ("differences", "warnings", "command")
    old = {k: v for k, v in comparison.to_dict().items() if k not in later}
    new = ("strategy", "note", "validation_mase", *MEASURED)
    rows = [{k: v for k, v in row.items() if k not in new} for row in old["leaderboard"]]
    read = Comparison.from_dict(old | {"format": "rnncomp-comparison/1", "leaderboard": rows})
    assert (read.format, read.differences, read.warnings) == (FORMAT, (), ())
    for row, before in zip(read.leaderboard, rows, strict=True):
        assert row == before | {"strategy": None, "note": "", "validation_mase": None} | {
            name: {} for name in MEASURED
        }
    assert Comparison.from_dict(read.to_dict()) == read


def test_what_is_not_finite_becomes_null(comparison):
    odd = replace(
        comparison,
        charts={"a": np.array([1.0, np.nan]), "b": (math.inf, np.float32(0.5), np.int64(3))},
        data={"c": np.True_, "d": [-math.inf, {"e": math.nan}]},
    )
    result = odd.to_dict()
    assert result["charts"] == {"a": [1.0, None], "b": [None, 0.5, 3]}
    assert result["data"] == {"c": True, "d": [None, {"e": None}]}
    json.dumps(result, allow_nan=False)


def test_to_dict_is_a_copy(comparison):
    comparison.to_dict()["settings"]["cells"].append("x")
    assert comparison.settings["cells"] == ["lstm", "gru"]
    with pytest.raises(FrozenInstanceError):
        comparison.best = "gru"


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def with_row(values, **changes):
    first, *rest = values["leaderboard"]
    return values | {"leaderboard": [first | changes, *rest]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: v | {"format": "rnncomp-comparison/3"},
         r"format must be 'rnncomp-comparison/2', got 'rnncomp-comparison/3'; update rnncomp"),
        (lambda v: v | {"format": 7}, "pass what Comparison.to_dict"),
        (lambda v: without(v, "format"), "format must be"),
        (lambda v: [], "format must be"),
        (lambda v: without(v, "charts"), "complete, with charts"),
        (lambda v: v | {"verdickt": []}, "no key 'verdickt'; did you mean 'verdict'"),
        (lambda v: v | {"settings": None}, "settings must be of type dict, got None"),
        (lambda v: v | {"best_seed": True}, "best_seed must be of type int or null, got True"),
        (lambda v: v | {"best": "arima"}, "best must be a name of the leaderboard, got 'arima'"),
        (lambda v: v | {"verdict": [1]}, "verdict must be a list of sentences"),
        (lambda v: v | {"leaderboard": [7]}, "row 0 of leaderboard must hold every column"),
        (lambda v: v | {"leaderboard": [without(LSTM, "mae")]}, "row 0 .* mae missing"),
        (lambda v: v | {"leaderboard": [without(LSTM, "seeds")]}, "row 0 .* seeds missing"),
        (lambda v: with_row(v, name="../../etc"), "name in row 0 .* letters"),
        (lambda v: with_row(v, mae="0.1"), "mae in row 0 .* a number or null"),
        (lambda v: with_row(v, seeds=["../0"] * 5), "seeds in row 0 .* whole numbers"),
        (lambda v: with_row(v, scores={"mae": [1.0]}), "scores in row 0 .* lists of 5 numbers"),
        (
            lambda v: with_row(v, validation_scores={"mae": [1.0]}),
            "validation_scores in row 0 .* lists of 5 numbers",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(comparison, change, words):
    with pytest.raises(InvalidArgumentError, match=words) as error:
        Comparison.from_dict(change(comparison.to_dict()))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("odd", [object(), {1: 2}, {"a": {3, 4}}, np.array(["2024"], "M8[D]")])
def test_what_has_no_json_type_is_refused(odd):
    with pytest.raises(InvalidArgumentError):
        plain(odd)


def test_html_is_escaped(comparison):
    shown = replace(comparison, verdict=("<script>alert(1)</script>",))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<th>LSTM *</th>" in shown
    assert "0.01024 ± 0.00021" in shown


def test_repr_is_one_line(comparison):
    assert repr(comparison) == "Comparison(lstm, gru, ridge, persistence, mean; best='lstm')"
    assert comparison.format == FORMAT
