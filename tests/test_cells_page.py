"""docs/cells.md says what was measured: its numbers are those of the runs, its code runs."""

import csv
import doctest
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from rnncomp.explanation.flow import memory_steps

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "cells.md"
TEXT = PAGE.read_text(encoding="utf-8")
WORDS = " ".join(TEXT.split())
RUN = ROOT / "benchmarks" / "runs" / "2026-11-22-reach"
CELLS = ("simple_rnn", "lstm", "gru")


def table(path):
    """Return the cells of all rows of a page's tables."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]


DELAYS = ROOT / "benchmarks" / "runs" / "2026-11-22-memory" / "README.md"


def tables(path):
    """Return the tables of a page, each a list of its rows' cells."""
    parts = re.split(r"\n(?!\|)", Path(path).read_text(encoding="utf-8"))
    found = [[line for line in part.splitlines() if line.startswith("|")] for part in parts]
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        for lines in found
        if lines
    ]


SUMMARY = {tuple(row[:3]): row[3:] for row in table(RUN / "summary.md")}
SHOWN = {row[0]: row[1:] for row in table(PAGE)}


@pytest.fixture
def reach(monkeypatch):
    """The program that made the run."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import gradient_reach

    yield gradient_reach
    for path in (ROOT / "benchmarks").glob("*.py"):
        sys.modules.pop(path.stem, None)


def test_the_examples_run():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, attempted > 4) == (0, True)


@pytest.mark.parametrize(
    ("words", "task", "when", "column"),
    [
        ("memory before training, steps", "adding", "before", 0),
        ("memory after training on the sinusoids", "sines", "after", 0),
        ("memory after training on the adding problem", "adding", "after", 0),
        ("error of the sinusoids, MSE", "sines", "after", 3),
        ("error of the adding problem, MSE", "adding", "after", 3),
    ],
)
def test_the_table_is_that_of_the_run(words, task, when, column):
    assert SHOWN[words] == [SUMMARY[task, cell, when][column] for cell in CELLS]


def test_the_delays_are_those_of_the_run():
    budget, _, simple_rnn = tables(DELAYS)[:3]
    (shown,) = [rows for rows in tables(PAGE) if rows[0][0] == "steps"]
    assert len(shown) == 7
    assert [row for row in budget if row in shown] == shown
    head, fifty, hundred, two_hundred = (row[1:] for row in simple_rnn if row[0] != "---")
    as_above, _, epochs, clipped, relu = range(5)
    assert head[epochs], head[relu] == ("90 epochs", "relu, identity")
    assert f"three times the epochs ({fifty[epochs][:6]})" in WORDS
    assert f"or relu from an identity kernel ({fifty[relu][:6]})" in WORDS
    assert [how for how in range(5) if "(0 of" not in hundred[how]] == [relu]
    assert "(1 of 3" in hundred[relu]
    assert all("(0 of" in cell for cell in two_hundred)
    for row in (fifty, hundred, two_hundred):
        assert float(row[clipped].split()[0]) >= float(row[as_above].split()[0])


def test_times_are_those_of_the_readme():
    speed = {tuple(row[:2]): row[2].strip("*") for row in table("README.md") if len(row) == 6}
    names = ("SimpleRNN", "LSTM", "GRU")
    fifty, eight = ([speed[name, f"{units} units"] for name in names] for units in (50, 8))
    assert SHOWN["ms per epoch, 50 units"] == fifty
    assert f"{eight[0]}, {eight[1]} and {eight[2]} ms" in WORDS
    assert f"against {fifty[0]}, {fifty[1]} and {fifty[2]} of 50" in WORDS


def test_the_numbers_in_the_text_are_those_of_the_run():
    small, large = (SUMMARY["sines", f"simple_rnn x {gain}", "before"] for gain in ("0.7", "2"))
    left, grown = (row[2].split()[0] for row in (small, large))
    assert (
        f"multiplies the norm by {small[1].split()[0]}, and {left} is left of it at the first"
        in WORDS
    )
    assert f"by {large[1].split()[0]}, and it is {float(grown):,.0f} there" in WORDS
    kept = {cell: SUMMARY["adding", cell, "after"][1].split()[0] for cell in CELLS}
    assert f"at {kept['lstm']} (LSTM) and {kept['gru']} (GRU) a step" in WORDS


def test_the_errors_of_the_sunspots_are_those_of_the_run():
    path = ROOT / "benchmarks/runs/2026-11-21-sunspots-2/leaderboard.csv"
    with path.open(encoding="utf-8") as file:
        rows = {row["name"]: f"{float(row['mae']):.2f}" for row in csv.DictReader(file)}
    words = f"{rows['gru']}, {rows['simple_rnn']} and {rows['lstm']} for GRU, SimpleRNN and LSTM"
    assert words in WORDS


def test_what_the_text_says_of_seeds_is_so(reach):
    rows = reach.read(RUN / "trials.csv")
    last = {
        (row["cell"], row["seed"]): float(row["test_mse"])
        for row in rows
        if (row["task"], row["when"]) == ("adding", "after")
    }
    learned = {cell: [seed for name, seed in last if name == cell and last[cell, seed] < 0.016]
               for cell in CELLS}  # fmt: skip
    assert {cell: len(seeds) for cell, seeds in learned.items()} == dict(
        zip(CELLS, (1, 5, 5), strict=True)
    )
    memories = reach.of_each(rows, "memory_steps")["adding", "simple_rnn", "after"]
    norms = reach.curves(rows)["adding", "simple_rnn", "after"]
    (one,) = learned["simple_rnn"]
    assert memories.pop(int(one)) >= 48
    assert max(memories) < 20
    assert round(reach.factor(norms[int(one)]), 1) == 1.0


def test_a_gradient_that_stays_the_same_has_the_memory_that_the_text_says():
    assert f"has a memory of {memory_steps(np.ones(50))}." in WORDS


def test_what_the_text_says_of_the_forget_gates_is_so(reach):
    rows = [row for row in reach.read(RUN / "gates.csv") if row["cell"] == "lstm"]
    marks = sorted({int(row["step"]) for row in rows if float(row["marker"])})
    assert marks[0] == 2
    units = {}
    for row in rows:
        if row["name"] == "f" and marks[0] < int(row["step"]) < marks[1]:
            units.setdefault(row["unit"], []).append(float(row["value"]))
    first, second, *_ = sorted((np.mean(values) for values in units.values()), reverse=True)
    assert f"{first:.2f} on the mean over the steps between; the next has {second:.2f}" in WORDS


def test_the_summary_is_made_from_the_rows(reach):
    made = reach.summary(reach.read(RUN / "trials.csv"))
    assert (RUN / "summary.md").read_text(encoding="utf-8") == made


def test_the_memories_are_those_of_the_norms(reach):
    """The mean norms of the whole state, rounded to six digits, have the memory of each row."""
    rows = reach.read(RUN / "trials.csv")
    memories = reach.of_each(rows, "memory_steps")
    for key, norms in reach.curves(rows).items():
        assert [memory_steps(one[::-1]) for one in norms] == memories[key]
