"""`rnncomp tune`, and `rnncomp compare --tune`."""

import csv
import io
import json
import shlex
import sys
from contextlib import contextmanager

import pytest
from command import assert_one_line_error
from rich.console import Console

import rnncomp
import rnncomp.cli.compare
from rnncomp import Progress
from rnncomp.cli import progress as module
from rnncomp.cli.progress import LiveLines, PlainLines

QUICK = ("--horizon", "2", "--epochs", "1", "--search", "window=5:9", "--search", "units=2,3")


@pytest.fixture
def asked(monkeypatch):
    """What tune and compare are called with; neither is carried out."""
    calls = []

    class Stop(KeyboardInterrupt):
        pass

    def stand_in(source, **options):
        calls.append({name: value for name, value in options.items() if name != "progress"})
        raise Stop

    monkeypatch.setattr(rnncomp, "tune", stand_in, raising=False)
    monkeypatch.setattr(rnncomp, "compare", stand_in, raising=False)
    return calls


def test_prints_the_best_trials_and_how_to_go_on(rnncomp_program):
    result = rnncomp_program(
        "tune", "airline", "--cells", "gru,lstm", "--trials", "6", "--layers", "1", "--seeds", "7,",
        "--out", "trials.csv", *QUICK,
    )  # fmt: skip
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "The best 10 of 12 trials"
    errors = [float(line.split()[2]) for line in lines if line.split()[:1] in (["GRU"], ["LSTM"])]
    assert len(errors) == 10
    assert errors == sorted(errors)
    with open("trials.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    lowest = min(rows, key=lambda row: float(row["validation_mae"]))
    assert errors[0] == pytest.approx(float(lowest["validation_mae"]), abs=0.05)
    assert "ridge" in result.out
    following = shlex.split(lines[-1])
    assert following[:3] == ["rnncomp", "compare", "airline"]
    given = dict(zip(following[3::2], following[4::2], strict=True))
    assert given.pop("--learning-rate") == lowest["learning_rate"].rstrip("0")
    assert float(given.pop("--dropout")) == float(lowest["dropout"])
    assert given == {
        "--horizon": "2", "--epochs": "1", "--layers": "1", "--cells": lowest["cell"],
        "--window": lowest["window"], "--units": lowest["units"],
    }  # fmt: skip
    assert "wrote trials.csv" in result.err


def test_the_command_to_go_on_with_runs(rnncomp_program):
    result = rnncomp_program(
        "tune", "airline", "--target", '"passengers"', "--no-time", "--trials", "1",
        "--quiet", *QUICK,
    )  # fmt: skip
    words = shlex.split(result.out)
    assert "--no-time" in words
    again = rnncomp_program(*words[1:], "--seeds", "1", "--out", "run", "--json")
    assert again.code == 0, again.err
    settings = again.json()["settings"]
    assert settings["horizon"] == 2
    assert settings["cells"] == ["lstm"]
    assert settings["window"] == int(words[words.index("--window") + 1])


def test_json_is_the_whole_result(rnncomp_program):
    result = rnncomp_program("tune", "airline", "--trials", "2", "--json", *QUICK)
    assert (result.code, result.err) == (0, "")
    assert [trial["number"] for trial in result.json()["trials"]] == [0, 1]
    assert result.json()["space"]["units"] == {"choices": [2, 3]}


def test_options_that_are_given_are_not_searched(rnncomp_program, asked):
    rnncomp_program("tune", "airline", "--units", "50", "--search", "learning-rate=0.001:0.01")
    (call,) = asked
    assert call["units"] == 50
    assert call["space"] == {"learning_rate": (0.001, 0.01)}
    assert not {"window", "layers", "dropout", "learning_rate"} & set(call)
    assert (call["cell"], call["seeds"], call["trials"]) == (("lstm",), 2, 30)


def test_a_comparison_that_tunes_passes_the_same_on(rnncomp_program, asked, monkeypatch):
    shown = {}

    @contextmanager
    def display(networks, **given):
        shown.update(given)
        yield None

    monkeypatch.setattr(sys.modules["rnncomp.cli.compare"], "training_display", display)
    options = ("--tune", "9", "--window", "24", "--search", "units=8,16")
    rnncomp_program("compare", "airline", "--out", "run", *options)
    (call,) = asked
    assert shown["searches"] == 27
    assert (call["tune"], call["window"], call["space"]) == (9, 24, {"units": [8, 16]})
    assert not {"units", "layers", "dropout", "learning_rate"} & set(call)


def test_a_comparison_without_it_is_as_before(rnncomp_program, asked):
    rnncomp_program("compare", "airline", "--out", "run")
    (call,) = asked
    assert (call["window"], call["units"]) == (50, 50)
    assert not {"tune", "space"} & set(call)


def test_a_comparison_tunes_first(rnncomp_program):
    result = rnncomp_program(
        "compare",
        "airline",
        "--cells",
        "gru",
        "--tune",
        "2",
        "--seeds",
        "1",
        "--out",
        "run",
        *QUICK,
    )
    assert result.code == 0
    assert "searched for in 2 trials" in result.out
    with open("run/comparison.json", encoding="utf-8") as file:
        comparison = json.load(file)
    window = comparison["settings"]["per_cell"]["gru"]["window"]
    assert f"window {window}," in result.out.splitlines()[0]
    assert result.err.count("trained GRU, trial ") == 2


def test_ctrl_c_prints_what_was_found(rnncomp_program, monkeypatch):
    def told(self, event):
        if event.trial == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(PlainLines, "__call__", told)
    result = rnncomp_program("tune", "airline", "--trials", "9", "--out", "trials.csv", *QUICK)
    assert result.code == 130
    assert "The best 4 of 8 trials" in result.out
    assert "interrupted after 8 of 9 trials" in result.err
    with open("trials.csv", newline="") as file:
        states = [row["state"] for row in csv.DictReader(file)]
    assert states == ["finished"] * 4 + ["interrupted"] * 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tune", "airline", "--search", "units"), "must be NAME=LOWEST:HIGHEST"),
        (("tune", "airline", "--search", "units=a,b"), "got 'units=a,b'"),
        (("tune", "airline", "--search", "unit=8,16"), "did you mean 'units'?"),
        (("tune", "airline", "--search", "units=8", "--search", "units=9"), "each option once"),
        (("tune", "airline", "--search", "units=8", "--units", "9"), "space units must be left"),
        (("tune", "airline", "--json", "--quiet"), "--json and --quiet"),
        (("tune", "airline", "--train-until", "1955"), "--validation-until"),
        (("compare", "airline", "--search", "units=8"), "--search must be given with --tune"),
        (("compare", "airline", "--tune", "3", "--match", "parameters"), "equal must be 'units'"),
    ],
)
def test_what_does_not_fit_is_one_line(rnncomp_program, words, said):
    assert_one_line_error(rnncomp_program(*words), said)


def event(trial, *, done=False, **more):
    return Progress("gru", 1, 2, 4, 0.25, 0.5, done, trial=trial, **more)


def test_lines_name_the_trial(capsys, monkeypatch):
    told = PlainLines(3)
    told(event(7))
    told(event(7, done=True))
    told.next = 0.0
    told(event(8, seconds_left=60.0))
    told(event(None, done=True))
    assert capsys.readouterr().err.splitlines() == [
        "trained GRU, trial 7, seed 1: loss 0.2500  val 0.5000",
        "search, about 60 s left",
        "trained GRU, seed 1: 2 epochs, loss 0.2500  val 0.5000 (1 of 3)",
    ]


def test_bars_have_a_line_for_the_search(monkeypatch):
    screen = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(module, "console", lambda *, stderr: screen)
    with module._bars() as bars:
        told = LiveLines(bars, ["gru"], seeds=1, searches=30)
        for trial in range(3):
            told(event(trial, done=True, seconds_left=60.0))
        by_name = {task.description: task for task in bars.tasks}
        assert (by_name["search"].completed, by_name["search"].total) == (3, 30)
        assert "trial 2, seed 1" in by_name["search"].fields["text"]
        assert by_name["GRU"].completed == by_name["all"].completed == 0
        told(event(None, done=True))
        assert by_name["GRU"].completed == by_name["all"].completed == 1
