"""The program as a whole: help, version, unknown names, exit codes, closed pipes."""

import errno
import subprocess
import sys

import pytest
from command import assert_one_line_error

import rnncomp
from rnncomp.cli.app import COMMANDS
from rnncomp.errors import DataFileError


@pytest.fixture
def failing(monkeypatch):
    """Let `rnncomp datasets` raise what the test wants."""

    def plant(error):
        def fail():
            raise error

        monkeypatch.setattr(rnncomp, "list_datasets", fail, raising=False)

    return plant


def test_help_lists_every_command(rnncomp_program):
    result = rnncomp_program("--help")
    assert result.code == 0
    assert all(name in result.out for name in COMMANDS)
    assert "Example:" in result.out
    assert rnncomp_program().out == result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_has_an_example(rnncomp_program, name):
    result = rnncomp_program(name, "--help")
    assert result.code == 0
    assert f"rnncomp {name}" in result.out.partition("Example:")[2]
    assert "--json" in result.out


def test_version(rnncomp_program):
    assert rnncomp_program("--version").out == f"rnncomp {rnncomp.__version__}\n"


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from rnncomp.cli import main\n"
        "try: main(['compare', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'polars', 'matplotlib', 'scipy', 'safetensors'} & set(sys.modules)\n"
        "sys.exit(str(sorted(heavy)) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_unknown_command_names_the_nearest(rnncomp_program):
    assert_one_line_error(rnncomp_program("comparr"), "'comparr'", "did you mean 'compare'?")


def test_unknown_option_names_the_nearest(rnncomp_program):
    assert_one_line_error(rnncomp_program("compare", "--windo", "3"), "--windo", "--window")


@pytest.mark.parametrize(
    "args",
    [
        ("compare", "--window", "many"),
        ("compare", "a.csv", "b.csv"),
        ("compare", "--missing", "guess"),
        ("compare", "--seeds", "a,b"),
        ("compare", "--json", "--quiet"),
        ("compare", "--time", "t", "--no-time"),
        ("compare", "--window"),
        ("datasets", "--out", "x.csv"),
        ("--nonsense",),
    ],
)
def test_bad_usage_is_one_line(rnncomp_program, args):
    assert_one_line_error(rnncomp_program(*args))


def test_our_errors_are_one_line_whatever_they_hold(rnncomp_program, failing):
    failing(DataFileError("first\nsecond   third"))
    assert_one_line_error(rnncomp_program("datasets"), "first second third")


def test_a_full_disk_is_one_line(rnncomp_program, failing):
    failing(OSError(errno.ENOSPC, "No space left on device", "runs/x"))
    assert_one_line_error(rnncomp_program("datasets"), "runs/x", "full")


def test_a_refused_path_is_one_line(rnncomp_program, failing):
    failing(PermissionError(errno.EACCES, "Permission denied", "/etc/x"))
    assert_one_line_error(rnncomp_program("datasets"), "/etc/x", "Permission denied")


def test_memory_that_runs_out_is_one_line(rnncomp_program, failing):
    failing(MemoryError())
    assert_one_line_error(rnncomp_program("datasets"), "memory")


def test_an_interrupt_leaves_with_130(rnncomp_program, failing):
    failing(KeyboardInterrupt())
    result = rnncomp_program("datasets")
    assert result.code == 130
    assert result.out == ""
    assert "interrupted" in result.err
    assert "Traceback" not in result.err


def test_a_fault_of_ours_is_one_line_and_says_so(rnncomp_program, failing, monkeypatch):
    monkeypatch.delenv("RNNCOMP_TRACEBACK", raising=False)
    failing(ZeroDivisionError("oops"))
    result = rnncomp_program("datasets")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "ZeroDivisionError: oops" in result.err


def test_the_traceback_of_a_fault_can_be_had(failing, monkeypatch):
    from rnncomp.cli import main

    monkeypatch.setenv("RNNCOMP_TRACEBACK", "1")
    failing(ZeroDivisionError("oops"))
    with pytest.raises(ZeroDivisionError):
        main(["datasets"])


def test_a_reader_that_leaves_early_is_no_error():
    program = [sys.executable, "-c", "from rnncomp.cli import main; main(['datasets', '--json'])"]
    reader = [sys.executable, "-c", "import sys; sys.stdin.close()"]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(program, **pipe) as first:
        subprocess.run(reader, stdin=first.stdout, check=True)
        first.stdout.close()
        complaint = first.stderr.read()
    assert complaint == b""
    assert first.returncode == 0


def test_a_terminal_without_the_character_gets_a_question_mark():
    program = [sys.executable, "-c", "from rnncomp.cli import main; main(['datasets', 'süd'])"]
    done = subprocess.run(
        program, capture_output=True, env={"PYTHONIOENCODING": "ascii", **_paths()}
    )
    assert done.returncode == 2
    assert b"s?d" in done.stderr
    assert b"Traceback" not in done.stderr


def _paths():
    import os

    return {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
