"""The loop of a worker process: JSON lines in, JSON lines out, frameworks loaded once.

A peer file defines a class with the methods of `Peer` that it can do and calls `serve(ItsClass)`.

    python PEER.py CPUS                        # answers requests
    python PEER.py CPUS once '{...}'           # one training in a whole process, then it ends

CPUS are the processors it may use, such as 0,1: it keeps to them before a framework is imported.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


class Peer(Protocol):
    """One way to train a task."""

    def describe(self) -> dict[str, str]:
        """Return versions of what is measured, by name."""

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the data and a network."""

    def epochs(self, n: int) -> list[float]:
        """Train n more epochs, shuffled; return the seconds of each."""


class EpochClock:
    """Callback, in Keras's words, that notes when each epoch begins and when the last one ends."""

    def __init__(self) -> None:
        super().__init__()
        self.begins: list[float] = []
        self.end = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the time."""
        self.begins.append(time.perf_counter())

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note the time; the last note stands."""
        self.end = time.perf_counter()

    def seconds(self) -> list[float]:
        """Return the seconds from each begin to the next, and from the last begin to the end."""
        return [after - begin for begin, after in pairwise([*self.begins, self.end])]


def requested_cores() -> int:
    """Keep this process on the processors of the command line; return how many they are.

    Must run before a framework starts its threads.
    """
    chosen = [int(word) for word in sys.argv[1].split(",")]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, chosen)
    os.environ["OMP_NUM_THREADS"] = str(len(chosen))
    return len(chosen)


def timed(peer: Peer, n: int) -> dict[str, Any]:
    """Train n epochs; return the seconds of each and of the whole call."""
    start = time.perf_counter()
    epoch_seconds = peer.epochs(n)
    return {"epoch_seconds": epoch_seconds, "fit_seconds": time.perf_counter() - start}


def stopwatch(job: Any, repeats: int) -> list[float]:
    """Return the seconds of each call of job()."""
    clock = time.perf_counter
    marks = [clock()]
    for _ in range(repeats):
        job()
        marks.append(clock())
    return [after - before for before, after in pairwise(marks)]


def answer(peer: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Do what one request asks."""
    match request["do"]:
        case "describe":
            return {"versions": peer.describe()}
        case "load":
            peer.load(request["task"], request["setting"])
            return {}
        case "epochs":
            return timed(peer, request["n"])
        case "trained":
            return {"predictions": peer.trained()}
        case "train_fresh":
            start = time.perf_counter()
            peer.load(request["task"], request["setting"])
            peer.epochs(request["n"])
            return {"seconds": time.perf_counter() - start}
        case "first_predictions":
            return {"predictions": peer.first_predictions(request["job"])}
        case "gradient_error":
            return {"error": peer.gradient_error()}
        case "one_window" | "many_windows":
            job = getattr(peer, request["do"])(request["windows"])
            for _ in range(request["warm_up"]):
                job()
            return {"seconds": stopwatch(job, request["repeats"])}
        case "run_many":
            return dict(peer.run_many(**request["arguments"]))
    raise ValueError(f"unknown request {request['do']!r}")


def once(peer: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Do one job as a program that does nothing else; return the most memory it held."""
    if request["do"] == "train_series":
        peer.train_series(request["task"])
    else:
        peer.load(request["task"], request["setting"])
        peer.epochs(request["n"])
    return {"peak_mib": peak_mib()}


def peak_mib() -> float:
    """Return the most memory that this process held, in MiB, without what its parent held."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("the system does not tell the peak of a process")


def serve(make: Any) -> None:
    """Answer requests until standard input ends; what frameworks print goes to standard error."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer = make()
    if len(sys.argv) > 2:
        out.write(json.dumps(once(peer, json.loads(sys.argv[3]))) + "\n")
        return
    for line in sys.stdin:
        try:
            reply = answer(peer, json.loads(line))
        except Exception:
            reply = {"failure": traceback.format_exc()}
        out.write(json.dumps(reply) + "\n")
