"""Whole processes: wall time, processor time, and the most memory they held."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from crew import HERE, KINDS, WorkerError, processors


@dataclass(frozen=True)
class Finished:
    """What a process took."""

    seconds: float
    cpu_seconds: float
    output: str


def run_process(command: list[str], environment: dict[str, str] | None = None) -> Finished:
    """Run a command to its end.

    Raises:
        WorkerError: It failed; the last lines it printed are in the message.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, cwd=HERE
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            lines = err.read().strip()[-2000:] or "nothing printed"
            raise WorkerError(f"exit code {process.returncode}: {lines}")
        return Finished(seconds, usage.ru_utime + usage.ru_stime, out.read())


def run_once(peer: str, cores: int, **request: Any) -> tuple[Finished, float]:
    """Run one job of a peer as a whole process; return what it took and its peak in MiB."""
    kind = KINDS[peer]
    command = [*kind.command(processors(cores)), "once", json.dumps(request)]
    try:
        done = run_process(command, kind.surroundings())
    except FileNotFoundError as error:
        hint = f"no environment: run benchmarks/setup_peers.py {kind.environment}"
        raise WorkerError(hint) from error
    return done, float(json.loads(done.output.splitlines()[-1])["peak_mib"])
