"""docs/inside.md keeps its promise: all of it runs, in its order, in an empty folder."""

import re
import shlex
from pathlib import Path

import pytest

from rnncomp.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "inside.md"


def test_the_page_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    text = PAGE.read_text(encoding="utf-8")
    for language, body in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if language == "python":
            exec(compile(body, "docs/inside.md", "exec"), names)
            continue
        for line in body.splitlines():
            words = shlex.split(line)
            assert words[0] == "rnncomp"
            with pytest.raises(SystemExit) as left:
                main(words[1:])
            assert left.value.code == 0, (line, capsys.readouterr().err)
    for name in ("step.html", "gates.png", "lags.png"):
        assert (tmp_path / name).stat().st_size > 10_000
    assert names["trace"].times[-1] == "1960-05"
