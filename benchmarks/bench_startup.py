"""Start-up: processor time of the import and of --help, the wheel's size, tutorial 1's program."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from crew import HERE, KINDS, WorkerError
from options import Options
from processes import run_process
from rows import Row
from tutorial1 import WALL_PROGRAMS, run_program

NUMPY = "import numpy"
TO_TRAIN = "from rnncomp import LSTM, Dense, Sequential"  # the first import leaves most out
IMPORTS = {
    "rnncomp": "import rnncomp",
    "torch": "import torch",
    "keras-jax": "import keras",
    "keras-tensorflow": "import keras",
    "neuralforecast": "import neuralforecast",
    "darts": "from darts.models import BlockRNNModel",
    "onnxruntime": "import onnxruntime",
}
REPEATS = 7  # each of ours; the peers take seconds and get one


def run(options: Options) -> list[Row]:
    """Return the rows of all four."""
    rows = imports(options)
    rows += cpu_rows("rnncomp", "rnncomp --help", help_command(), options.rounds(REPEATS))
    rows += wheel(options)
    return rows + tutorial(options)


def help_command() -> list[str]:
    """Return the command line's own help."""
    return [str(Path(sys.executable).with_name("rnncomp")), "--help"]


def imports(options: Options) -> list[Row]:
    """Return the processor time of imports, NumPy's alone beside ours."""
    rows: list[Row] = []
    here = [sys.executable, "-c"]
    repeats = options.rounds(REPEATS)
    for line in (NUMPY, TO_TRAIN):
        rows += cpu_rows("rnncomp", line, [*here, line], repeats)
    for peer, line in IMPORTS.items():
        if peer == "rnncomp":
            rows += cpu_rows(peer, line, [*here, line], repeats)
        elif peer in options.peers:
            command = [KINDS[peer].python(), "-c", line]
            rows += cpu_rows(peer, line, command, 1)
    return rows


def cpu_rows(peer: str, name: str, command: list[str], repeats: int) -> list[Row]:
    """Return the processor time of a command, after one run that fills the page cache."""
    facts = {"bench": "startup", "name": name, "peer": peer, "cores": os.cpu_count() or 1}
    environment = KINDS[peer].surroundings()
    try:
        run_process(command, environment)
        took = [run_process(command, environment).cpu_seconds for _ in range(repeats)]
    except (WorkerError, FileNotFoundError) as error:
        why = error.short if isinstance(error, WorkerError) else "no environment"
        print(f"FAILED: {KINDS[peer].title}, {name}: {why}")
        return [Row(**facts, round=0, measure="cpu_seconds", value=math.nan, note=why)]
    return [Row(**facts, round=i, measure="cpu_seconds", value=s) for i, s in enumerate(took)]


def wheel(options: Options) -> list[Row]:
    """Return the size of the wheel, which is built for it (not in a quick run)."""
    if options.quick:
        return []
    facts = {"bench": "startup", "name": "wheel", "peer": "rnncomp", "cores": 1, "round": 0}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder]
        command += ["--no-build-isolation", "--config-settings=build-dir=build/wheel"]
        tools = str(Path(sys.executable).parent)
        environment = os.environ | {"PATH": tools + os.pathsep + os.environ.get("PATH", "")}
        done = subprocess.run(
            [*command, str(HERE.parent)],
            cwd=HERE.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            print(f"FAILED: the wheel:\n{done.stderr[-2000:]}")
            return [Row(**facts, measure="file_mb", value=math.nan, note="the build failed")]
        return [Row(**facts, measure="file_mb", value=wheels[0].stat().st_size / 1e6)]


def tutorial(options: Options) -> list[Row]:
    """Return the wall time of tutorial 1 as a whole program, ours and Keras's in turn."""
    programs = [p for p in WALL_PROGRAMS if p == "rnncomp" or p in options.peers]
    rows: list[Row] = []
    failed: dict[str, str] = {}
    for number in range(options.rounds(2)):
        for program in programs:
            facts = {"bench": "startup", "name": "tutorial 1", "peer": program}
            facts |= {"cores": os.cpu_count() or 1, "round": number}
            if program in failed:
                continue
            try:
                seconds, _ = run_program(program, number)
                rows.append(Row(**facts, measure="process_seconds", value=seconds))
            except (WorkerError, FileNotFoundError) as error:
                failed[program] = "no environment, or the program failed"
                print(f"FAILED: {program}, tutorial 1: {str(error)[-300:]}")
                facts |= {"round": 0, "value": math.nan, "note": failed[program]}
                rows.append(Row(**facts, measure="process_seconds"))
    return rows
