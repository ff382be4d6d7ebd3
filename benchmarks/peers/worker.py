"""The loop of a worker process: JSON lines in, JSON lines out, frameworks loaded once.

A peer file defines a class with the methods of `Peer` and calls `serve(ItsClass)`. Arguments on
the command line: the cores that the process may use, before any framework is imported.
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

    def trained(self) -> list[float]:
        """Return predictions after one unshuffled epoch from the task's first weights."""


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


def use_cores(count: int) -> None:
    """Keep this process on `count` cores; must run before a framework starts its threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-count:])
    os.environ["OMP_NUM_THREADS"] = str(count)


def requested_cores() -> int:
    """Return the core count of the command line and keep to it."""
    count = int(sys.argv[1])
    use_cores(count)
    return count


def timed(peer: Peer, n: int) -> dict[str, Any]:
    """Train n epochs; return the seconds of each and of the whole call."""
    start = time.perf_counter()
    epoch_seconds = peer.epochs(n)
    return {"epoch_seconds": epoch_seconds, "fit_seconds": time.perf_counter() - start}


def answer(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
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
    raise ValueError(f"unknown request {request['do']!r}")


def serve(make: type[Peer], *arguments: Any) -> None:
    """Answer requests until standard input ends; what frameworks print goes to standard error."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    peer = make(*arguments)
    for line in sys.stdin:
        try:
            reply = answer(peer, json.loads(line))
        except Exception:
            reply = {"error": traceback.format_exc()}
        out.write(json.dumps(reply) + "\n")
