"""The stored trainings of the adding problem: their tables, and what the notebook tells of them."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
STORED = sorted((BENCHMARKS / "runs").glob("*-memory"))
NOTEBOOK = ROOT / "docs" / "notebooks" / "what_does_an_lstm_remember.py"


@pytest.fixture
def problem(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import adding_problem

    yield adding_problem
    for path in BENCHMARKS.glob("*.py"):
        sys.modules.pop(path.stem, None)


def rows_of(folder):
    with (folder / "trials.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table(text, heading):
    """Return the lines of the table under a heading."""
    return [line for line in text.split(heading)[1].split("\n## ")[0].splitlines() if "|" in line]


def test_there_is_evidence():
    assert STORED


@pytest.mark.parametrize("folder", STORED, ids=lambda path: path.name)
def test_the_tables_are_made_from_the_rows(folder, problem):
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.endswith(problem.summary(rows_of(folder)))


def test_the_newest_run_has_every_training(problem):
    wanted = [tuple(map(str, case)) for case in problem.cases(5)]
    assert [problem.key(row) for row in rows_of(STORED[-1])] == wanted


def test_the_notebook_shows_the_tables_of_the_newest_run():
    text = (STORED[-1] / "README.md").read_text(encoding="utf-8")
    prose = [line.removeprefix("# ") for line in NOTEBOOK.read_text(encoding="utf-8").splitlines()]
    assert STORED[-1].name in "".join(prose)
    for heading in (
        "## The same budget",
        "## Every learning rate",
        "## Help for SimpleRNN",
        "## Help for LSTM",
    ):
        lines = table(text, heading)
        assert lines
        at = prose.index(lines[0])
        assert prose[at : at + len(lines)] == lines


def test_a_sequence_has_two_marks_and_their_sum(problem):
    x, y = problem.adding_problem(np.random.default_rng(0), 500, 21)
    numbers, marks = x[:, :, 0], x[:, :, 1]
    assert x.shape == (500, 21, 2)
    assert (marks[:, :10].sum(axis=1) == 1).all()
    assert (marks[:, 10:].sum(axis=1) == 1).all()
    np.testing.assert_array_equal((numbers * marks).sum(axis=1, keepdims=True), y)


def test_one_training_learns_and_stops_when_it_has(problem, monkeypatch):
    """A GRU adds over 10 steps; a limit that nothing reaches leaves it all its epochs."""
    monkeypatch.setattr(problem, "TRAINED", 2000)
    case = problem.Case("budget", "GRU", "", 10, 0.01, 0)
    line = problem.trial(case)
    assert int(line["epochs"]) < problem.EPOCHS
    assert problem.share(line) < problem.LEARNED
    assert problem.key(line) == tuple(map(str, case))
    monkeypatch.setattr(problem, "DONE", 0.0)
    assert int(problem.trial(case)["epochs"]) == problem.EPOCHS


def test_the_rate_is_chosen_on_validation_sequences(problem):
    line = {"seed": "0", "constant_mse": "1"}
    rows = [
        line | {"rate": "0.1", "validation_mse": "0.5", "test_mse": "0.01"},
        line | {"rate": "0.2", "validation_mse": "0.4", "test_mse": "0.9"},
    ]
    assert problem.told(rows) == "90 % (0 of 1; 0.2)"


def test_help_changes_what_it_names(problem):
    def built(setting, cell="SimpleRNN"):
        return problem.build(problem.Case("help", cell, setting, 20, 0.001, 0))

    plain, relu = built(""), built("relu, identity")
    np.testing.assert_array_equal(relu.get_weights()[1], np.eye(problem.UNITS))
    assert not np.array_equal(plain.get_weights()[1], np.eye(problem.UNITS))
    assert built("clipnorm 1").optimizer.get_config()["clipnorm"] == 1.0
    bias = built("forget bias 5", "LSTM").get_weights()[2].reshape(4, problem.UNITS)
    np.testing.assert_array_equal(bias.mean(axis=1), [0, 5, 0, 0])
