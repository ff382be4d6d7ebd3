"""The README keeps its promises: its program runs, its commands, files and links exist."""

import csv
import re
from pathlib import Path

import pytest

import rnncomp
from rnncomp.cli import main
from rnncomp.cli.app import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/callbacks.md", "docs/index.md"]
PAGES += ["docs/models.md", "docs/forecasting.md", "docs/cells.md", "docs/equations.md"]
PAGES += ["docs/questions.md", "docs/recipes.md", "benchmarks/README.md"]
PAGES += ["docs/notebooks/README.md", "docs/inside.md", "docs/reach.md"]
TRAINING = ("compare", "backtest", "fit")


def blocks(page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [body for name, body in found if name == language]


def test_the_program_runs(tmp_path, monkeypatch, capsys):
    program, after = blocks("README.md", "python")
    assert len([line for line in program.splitlines() if line]) <= 10
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: False)
    # Fewer epochs: the test is whether the lines run, not how well the networks learn.
    quick = program.replace("seeds=5", "seeds=1, epochs=1")
    assert quick != program
    names = {}
    exec(compile(quick, "README.md", "exec"), names)
    assert capsys.readouterr().out.strip()
    exec(compile(after.replace("seeds=5", "seeds=1, epochs=1"), "README.md", "exec"), names)
    assert len(names["forecast"]) == 6
    assert (tmp_path / "runs" / "sunspots" / "comparison.json").exists()


def test_the_commands_run(tmp_path, monkeypatch, capsys):
    """In their order and as they stand, but for fewer epochs and seeds, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    lines = [line for text in blocks("README.md", "") for line in text.splitlines()]
    commands = [line.partition("#")[0].split() for line in lines if line.startswith("rnncomp ")]
    assert " ".join(words[1] for words in commands) == (
        "compare compare datasets inspect compare report backtest fit forecast explain explain"
    )
    for words in commands:
        quick = ["--epochs", "1", "--seeds", "1"] if words[1] in TRAINING else []
        with pytest.raises(SystemExit) as left:
            main([*words[1:], *quick])
        assert left.value.code == 0, capsys.readouterr().err
    assert len(list((tmp_path / "runs").glob("*/report.html"))) == 3
    assert (tmp_path / "forecast.png").exists()


def test_the_verdict_and_the_table_are_those_of_the_run():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (page,) = re.findall(r"\((benchmarks/runs/[\w-]*sunspots[\w-]*/README\.md)\)", text)
    kept = (ROOT / page).read_text(encoding="utf-8")
    said = kept.partition("Verdict:")[2].partition("Beware")[0]
    quoted = re.findall(r"^> (.+)$", text, re.MULTILINE)
    assert quoted == re.findall(r"^- (.+)$", said, re.MULTILINE)
    with (ROOT / page).with_name("leaderboard.csv").open(encoding="utf-8") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    shown = re.findall(
        r"^\| (\w+)[^|]* \| (\d+\.\d\d)[^|]* \| [^|]*\| (\d\.\d\d) \|", text, re.MULTILINE
    )
    assert [name for name, _, _ in shown] == list(rows)
    for name, mae, mase in shown:
        assert (mae, mase) == (
            f"{float(rows[name]['mae']):.2f}",
            f"{float(rows[name]['mase']):.2f}",
        )


def test_the_program_of_the_index_runs():
    (program,) = blocks("docs/index.md", "python")
    names = {}
    exec(compile(program, "docs/index.md", "exec"), names)
    assert names["y"].shape == (1,)


def test_the_programs_of_the_page_on_models_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for program in blocks("docs/models.md", "python"):
        exec(compile(program, "docs/models.md", "exec"), names)
    assert names["y"].shape == (8, 1)


def test_the_program_of_callbacks_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (program,) = blocks("docs/callbacks.md", "python")
    names = {}
    exec(compile(program, "docs/callbacks.md", "exec"), names)
    assert list(names["history"].history) == ["loss", "val_loss", "learning_rate"]


def test_every_command_named_exists():
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for name in re.findall(r"^(?:`?)rnncomp (\w+)", text, re.MULTILINE):
            assert name in COMMANDS, name


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)", text) if "://" not in t]
    assert all((ROOT / page).parent.joinpath(target).exists() for target in targets), targets


@pytest.mark.parametrize("page", PAGES)
def test_files_named_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|native|docs|benchmarks)/[\w./]+)`", text)
    for name in named:
        assert (ROOT / name).exists(), name


def test_make_has_the_commands_that_the_pages_name():
    rules = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = set()
    for page in PAGES:
        named |= set(re.findall(r"`make ([a-z]+)\b", (ROOT / page).read_text(encoding="utf-8")))
    assert named <= set(rules)
    assert {"check", "test", "bench", "docs", "demo"} <= named
