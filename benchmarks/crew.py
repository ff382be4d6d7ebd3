"""Worker processes: started once, asked one at a time, so that only one of them ever computes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS_HOME = Path(os.environ.get("RNNCOMP_PEERS", HERE.parent / ".venv-peers"))


@dataclass(frozen=True)
class PeerKind:
    """How a peer is started: its environment under PEERS_HOME (None: this one), file, variables."""

    title: str
    environment: str | None
    script: str
    variables: tuple[tuple[str, str], ...] = ()

    def python(self) -> str:
        """Return the interpreter."""
        if self.environment is None:
            return sys.executable
        return str(PEERS_HOME / self.environment / "bin" / "python")

    def command(self, cpus: list[int]) -> list[str]:
        """Return the command of a worker on these processors."""
        places = ",".join(map(str, cpus))
        return [self.python(), str(HERE / "peers" / self.script), places]

    def surroundings(self) -> dict[str, str]:
        """Return the environment variables of a worker."""
        return {**os.environ, **dict(self.variables)}


KINDS = {
    "rnncomp": PeerKind("rnncomp", None, "ours_peer.py"),
    "reference": PeerKind(
        "float64 reference", None, "ours_peer.py", (("RNNCOMP_BACKEND", "reference"),)
    ),
    "rnncomp-fit": PeerKind(
        "rnncomp.fit on Keras", None, "keras_fit_peer.py", (("KERAS_BACKEND", "jax"),)
    ),
    "torch": PeerKind("torch", "torch", "torch_peer.py"),
    "keras-jax": PeerKind("Keras on JAX", "jax", "keras_peer.py", (("KERAS_BACKEND", "jax"),)),
    "keras-tensorflow": PeerKind(
        "Keras on TensorFlow", "tensorflow", "keras_peer.py", (("KERAS_BACKEND", "tensorflow"),)
    ),
    "neuralforecast": PeerKind("NeuralForecast", "neuralforecast", "neuralforecast_peer.py"),
    "darts": PeerKind("Darts", "darts", "darts_peer.py"),
    "onnxruntime": PeerKind("onnxruntime", "onnxruntime", "onnxruntime_peer.py"),
}
FRAMEWORKS = ("torch", "keras-jax", "keras-tensorflow")
FORECASTERS = ("neuralforecast", "darts")
PEERS = (*FRAMEWORKS, *FORECASTERS, "onnxruntime")


class WorkerError(RuntimeError):
    """A worker reported an error, died, or could not be started."""

    @property
    def short(self) -> str:
        """The last line, which says what went wrong, without folders of this machine."""
        last = str(self).strip().splitlines()[-1]
        return last.replace(str(PEERS_HOME), "...").replace(str(HERE.parent), "...")[:200]


def processors(count: int, first: int | None = None) -> list[int]:
    """Return `count` processors of those that this process may use: the last, or from `first`."""
    if not hasattr(os, "sched_getaffinity"):
        return list(range(count))
    allowed = sorted(os.sched_getaffinity(0))
    chosen = allowed[-count:] if first is None else allowed[first : first + count]
    return chosen or allowed


class Worker:
    """One peer on a number of cores.

    Args:
        name: A key of KINDS.
        cores: How many processors it may use.
        first: Number of the first of them; None for the last ones.
    """

    def __init__(self, name: str, cores: int, first: int | None = None) -> None:
        kind = KINDS[name]
        self.name, self.cores, self.title = name, cores, kind.title
        self.versions: dict[str, str] = {}
        if not Path(kind.python()).exists():
            raise WorkerError(f"no environment: run benchmarks/setup_peers.py {kind.environment}")
        self.process = subprocess.Popen(
            kind.command(processors(cores, first)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("RNNCOMP_BENCH_DEBUG") else None,
            env=kind.surroundings(),
            text=True,
        )

    def send(self, do: str, **arguments: Any) -> None:
        """Send one request; `reply` waits for what comes back."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise WorkerError(f"{self.title}: the process ended before {do}") from error

    def reply(self) -> dict[str, Any]:
        """Wait for the reply to what was sent."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        reply = json.loads(line) if line else {"failure": "the process ended"}
        if "failure" in reply:
            raise WorkerError(f"{self.title} on {self.cores} core(s): {reply['failure']}")
        return dict(reply)

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send one request and wait for its reply."""
        self.send(do, **arguments)
        return self.reply()

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Crew:
    """Workers that have loaded, and what kept others from it, by (peer, cores)."""

    workers: list[Worker]
    absent: dict[tuple[str, int], str]


@contextmanager
def crew(members: list[tuple[str, int]]) -> Iterator[Crew]:
    """Start a worker for each (name, cores), wait until each has loaded, and end all after use.

    A peer that does not start is left out, printed, and kept in `absent`.
    """
    started: list[Worker] = []
    found = Crew([], {})
    try:
        for name, cores in members:
            try:
                started.append(Worker(name, cores))
                started[-1].versions = started[-1].ask("describe")["versions"]
                found.workers.append(started[-1])
            except WorkerError as error:
                if name in ("rnncomp", "reference"):
                    raise
                print(f"MISSING: {KINDS[name].title} on {cores} core(s): {error.short}", flush=True)
                found.absent[name, cores] = error.short
        yield found
    finally:
        for worker in started:
            worker.close()
