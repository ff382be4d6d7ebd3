"""Worker: the process of `worker.py`, asked with a time limit and killed at its end."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Lock
from typing import Any

import numpy as np

from rnncomp.errors import BaselineCutError, BaselineError
from rnncomp.forecasting.forecast import Array

_PROGRAM = "rnncomp.forecasting.baselines.worker"
_START_SECONDS = 120.0  # to import statsforecast: 3 s, or much more from a cold disk

Process = subprocess.Popen[bytes]


class Worker:
    """A process that estimates models; it starts when first asked, and again after a kill.

    One serves all statistical baselines of a run, one request at a time, because it needs seconds
    to start. It ends with this object, and with the process that holds it.
    """

    def __init__(self) -> None:
        self._process: Process | None = None
        self._lock = Lock()

    def fit(
        self, model: str, y: Array, *, season: int, seconds: float, title: str
    ) -> dict[str, Any]:
        """Estimate a model.

        Args:
            model: ``theta``, ``ets`` or ``arima``.
            y: What it may see, shape (rows,).
            season: Rows in a season.
            seconds: When to kill it, counted from when the process stands ready.
            title: What an error calls the model.

        Returns:
            ``parameters``, as the recursions of this folder take them; ``next``, the forecast
            of the row after `y`.

        Raises:
            BaselineCutError: The time was over.
            BaselineError: The model cannot be estimated, or the process died.
        """
        head = {"model": model, "season": season, "seconds": seconds}
        with self._lock:
            process = self._started(title)
            reply = self._wait(process, lambda: _ask(process, head, y), seconds, title)
        if "error" in reply:
            raise BaselineError(title, f"cannot be estimated on {len(y)} rows: {reply['error']}")
        return reply

    def _started(self, title: str) -> Process:
        """Return the process, which has told that it is ready."""
        if self._process is None or self._process.poll() is not None:
            # -P: a file of the user's folder that is called numpy.py is not ours to run.
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            weakref.finalize(self, _end, process)
            hello = self._wait(process, lambda: _reply(process), _START_SECONDS, title)
            if "error" in hello:
                _end(process)
                raise BaselineError(title, f"needs statsforecast, which fails: {hello['error']}")
        return self._process

    def _wait(
        self, process: Process, ask: Callable[[], dict[str, Any]], seconds: float, title: str
    ) -> dict[str, Any]:
        """Return what `ask` returns, or kill the process: late, broken, or interrupted."""
        deadline = time.monotonic() + seconds
        with ThreadPoolExecutor(1, "baseline") as pool:
            try:
                reply = pool.submit(ask)
                # Short waits, because a blocked main thread would not see Ctrl-C everywhere.
                while not reply.done():
                    if (left := deadline - time.monotonic()) <= 0.0:
                        raise BaselineCutError(title, seconds)
                    wait([reply], timeout=min(left, 0.1))
                return reply.result()
            except (OSError, EOFError):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(1.0)  # its own end tells more than our kill
                _end(process)
                code = process.returncode
                raise BaselineError(title, f"failed: its process ended with code {code}") from None
            except BaseException:
                _end(process)  # which ends the thread too: its pipe is closed
                raise


def _ask(process: Process, head: dict[str, Any], y: Array) -> dict[str, Any]:
    assert process.stdin is not None
    series = io.BytesIO()
    np.save(series, y, allow_pickle=False)
    line = json.dumps(head | {"bytes": series.tell()}).encode()
    process.stdin.write(line + b"\n" + series.getbuffer())
    process.stdin.flush()
    return _reply(process)


def _reply(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    if not (line := process.stdout.readline()):
        raise EOFError
    reply: dict[str, Any] = json.loads(line)
    return reply


def _end(process: Process) -> None:
    """Kill a process, wait until it is gone, and leave no pipe open."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        with contextlib.suppress(OSError):  # a half-written request has nowhere to go
            stream.close()
