"""docs/recipes.md: its commands and programs run, and its numbers are those of the recipes."""

import re
from pathlib import Path

import pytest

import rnncomp
from rnncomp.cli import main
from rnncomp.recipes import RECIPES, run_arithmetic, run_counting, run_sines, run_sunspots
from rnncomp.recipes.sequences import STARTS, TEST_STARTS, VALIDATION_STARTS

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rnncomp.write_dataset("sunspots", tmp_path / "monthly-sunspots.csv")
    return tmp_path


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_commands_run(folder, capsys):
    commands = [line.partition("#")[0].split() for line in blocks("")[0].splitlines()]
    assert len(commands) == 3
    for words in commands:
        with pytest.raises(SystemExit) as left:
            main([*words[1:], "--fast"])
        assert left.value.code == 0, capsys.readouterr().err
    assert len(list((folder / "runs").iterdir())) == 3


def test_the_program_runs(folder):
    names = {}
    (program,) = blocks("python")
    exec(compile(program, "docs/recipes.md", "exec"), names)
    assert len(names["told"].conclusion) == 2


def test_every_recipe_has_its_rows():
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == 2 * list(RECIPES)


def test_the_numbers_are_those_of_the_recipes():
    def facts(run, **options):
        return run(lambda text: None, epochs=1, seed=0, verbose=0, **options).facts

    sines, counting = facts(run_sines), facts(run_counting)
    arithmetic, sunspots = facts(run_arithmetic), facts(run_sunspots)
    weights = [f"{count:,}" for count in sines["parameters"].values()]
    assert f"{weights[0]}, {weights[1]} and {weights[2]} weights" in PAGE
    assert f"{sines['training_samples']} windows" in PAGE
    assert f"relu: {counting['parameters']:,} weights" in PAGE
    assert f"epochs on {counting['samples']} windows" in PAGE
    assert f"SimpleRNN with 5 units: {arithmetic['parameters']} weights" in PAGE
    held = f"{VALIDATION_STARTS + TEST_STARTS} of the {STARTS} starts are held out"
    assert f"{held}, {VALIDATION_STARTS} to validate and {TEST_STARTS} to test" in PAGE
    assert f"{sum(sunspots['months']):,} months" in PAGE
    assert f"2 units, {sunspots['by_hand']['parameters']} weights" in PAGE
    assert f"tanh twice, {sunspots['parameters']} weights" in PAGE
    assert "{} windows |".format(sunspots["windows"][0]) in PAGE
    assert "{} windows of them test".format(sunspots["windows"][1]) in PAGE
