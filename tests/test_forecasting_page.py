"""docs/forecasting.md keeps its promise: all of it runs, in its order, in an empty folder."""

import re
import shlex
from pathlib import Path

import pytest

import rnncomp
from rnncomp.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "forecasting.md"
RUNS = PAGE.parents[1] / "benchmarks" / "runs"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    # Half of the time, for pictures that have tests of their own.
    monkeypatch.setattr(rnncomp.charts, "save_figures", lambda data, folder: None)
    names = {}
    for language, body in re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        if language == "python":
            exec(compile(body, "docs/forecasting.md", "exec"), names)
            continue
        for line in body.splitlines():
            words = shlex.split(line)
            assert words[0] == "rnncomp"
            with pytest.raises(SystemExit) as left:
                main(words[1:])
            assert left.value.code == 0, (line, capsys.readouterr().err)
    assert names["forecast"].strategy == "recursive, 24 steps ahead, 12 at a time"
    assert (tmp_path / "runs" / "sun" / "report.html").exists()
    assert (tmp_path / "forecast.png").exists()


def test_the_coverage_it_states_is_that_of_the_run():
    summary = (RUNS / "2026-11-21-coverage" / "summary.md").read_text(encoding="utf-8")
    measured = {}
    for line in summary.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 8 and cells[1].endswith("%"):
            measured[cells[0], cells[1]] = cells[7].split(" (")[0]
    kinds = ("exchangeable", "apart", "overlapping", "short", "drifting")
    share = r"\**([\d.]+ %)\**"
    stated = re.findall(rf"^\| [^|]+ \| {share} \| {share} \|$", TEXT, re.MULTILINE)
    assert stated == [(measured[kind, "80 %"], measured[kind, "90 %"]) for kind in kinds]


def test_the_wrong_verdicts_it_states_are_those_of_the_run():
    summary = (RUNS / "2026-11-21-verdict" / "summary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| all  \| ([\d,]+) \| ([\d.]+)% ± ([\d.]+)% \|", summary, re.MULTILINE)
    for count, wrong, error in rows:
        assert f"{wrong} % ± {error} %" in TEXT
        assert f"In {count} simulated comparisons" in TEXT
    assert len(rows) == 2
