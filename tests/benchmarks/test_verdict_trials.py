"""The trials of the verdict: a short form of them, and what the stored ones say."""

import csv
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
STORED = sorted((BENCHMARKS / "runs").glob("*-verdict"))[-1]


@pytest.fixture(scope="module")
def program():
    sys.path.insert(0, str(BENCHMARKS))
    import verdict_trials

    yield verdict_trials
    sys.path.remove(str(BENCHMARKS))
    del sys.modules["verdict_trials"]


@pytest.fixture(scope="module")
def stored(program):
    kinds = {"str": str, "int": int, "float": float, "bool": lambda text: text == "True"}
    readers = {field.name: kinds[field.type] for field in fields(program.Trial)}
    with (STORED / "trials.csv").open(newline="") as file:
        rows = [
            {name: readers[name](text) for name, text in row.items()}
            for row in csv.DictReader(file)
        ]
    return [program.Trial(**row) for row in rows]


def test_summary_is_made_from_the_rows(program, stored):
    assert program.summary(stored) == (STORED / "summary.md").read_text(encoding="utf-8")


def test_stored_trials_keep_the_promise(program, stored):
    """Errors of targets independent, beside those that windows share: in every family."""
    plain = [trial for trial in stored if trial.memory == 0.0]
    assert len(plain) >= 1000
    for key in program.FAMILIES.values():
        for value in {key(trial) for trial in plain}:
            family = [trial for trial in plain if key(trial) == value]
            assert sum(trial.wrong for trial in family) <= 0.05 * len(family)
            assert sum(trial.turned for trial in family) <= 0.05 * len(family)


def test_trials_come_out_as_they_are_stored(program, stored):
    chosen = stored[:: len(stored) // 12]
    for trial in chosen:
        cell = program.Cell(**{f.name: getattr(trial, f.name) for f in fields(program.Cell)})
        assert asdict(program.trial(cell, trial.number)) == asdict(trial)


@pytest.mark.parametrize("scenario", ["all tie", "a network is best"])
def test_the_verdict_holds_its_level_and_is_not_silent(program, scenario):
    """40 comparisons: 2 wrong are 5 %, and over 5 would come once in a hundred at 5 %."""
    cells = [
        program.Cell(scenario, seeds, 300, horizon, effect, heavy, 0.0)
        for seeds, horizon, effect, heavy in [
            (3, 1, 3.0, True), (5, 12, 0.3, False), (5, 1, 3.0, True), (10, 12, 3.0, True),
        ]
    ]  # fmt: skip
    made = [program.trial(cell, 1000 + number) for cell in cells for number in range(10)]
    assert sum(trial.wrong for trial in made) <= 5
    assert not any(trial.turned for trial in made)
    if scenario != "all tie":
        assert sum(trial.found for trial in made) >= 0.9 * sum(trial.differ for trial in made)
