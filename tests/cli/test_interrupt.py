"""Ctrl-C in the middle of a training: exit code 130, one line, nothing left behind."""

import os
import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupted_comparison_leaves_nothing(tmp_path, jobs):
    options = ["compare", "--units", "4", "--seeds", "1", "--jobs", jobs, "--out", "deep/run"]
    # A first network of one epoch tells that trainings have begun; the long ones follow.
    code = (
        "import sys, rnncomp\n"
        "from rnncomp.cli import main, progress\n"
        "first = progress.PlainLines.__call__\n"
        "def told(self, event):\n"
        "    if event.epoch == 1: sys.stderr.write('epoch\\n'); sys.stderr.flush()\n"
        "    first(self, event)\n"
        "progress.PlainLines.__call__ = told\n"
        "main()"
    )
    program = [sys.executable, "-c", code, *options, "--epochs", "1000000"]
    with subprocess.Popen(
        program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        env=os.environ,
    ) as running:  # fmt: skip
        assert running.stderr.readline() == "epoch\n"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert out == ""
    lines = [line for line in err.splitlines() if line.strip() and line != "epoch"]
    assert lines == ["rnncomp: error: interrupted; nothing was written"]
    assert not list(tmp_path.iterdir())
