"""Run the program inside the test, as a shell would see it."""

import io
import json
import sys
from dataclasses import dataclass

import pytest

from rnncomp.cli import main


@dataclass
class Result:
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


class Program:
    """Calls `rnncomp` with arguments and collects what it wrote."""

    def __init__(self, capsys):
        self.capsys = capsys

    def __call__(self, *args):
        with pytest.raises(SystemExit) as left:
            main([str(arg) for arg in args])
        written = self.capsys.readouterr()
        return Result(left.value.code, written.out, written.err)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def assert_one_line_error(result, *words):
    """Exit code 2, nothing on stdout, one line on stderr that holds `words`, no traceback."""
    assert result.code == 2, result.err
    assert result.out == ""
    assert result.err.startswith("rnncomp: error: ")
    assert result.err.count("\n") == 1
    assert result.err.endswith("\n")
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err


__all__ = ["Program", "Result", "Terminal", "assert_one_line_error", "sys"]
