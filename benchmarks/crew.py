"""Worker processes: started once, asked one at a time, so that only one of them ever computes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


KINDS = {
    "rnncomp": PeerKind("rnncomp", None, "ours_peer.py"),
    "reference": PeerKind(
        "float64 reference", None, "ours_peer.py", (("RNNCOMP_BACKEND", "reference"),)
    ),
    "torch": PeerKind("torch", "torch", "torch_peer.py"),
    "keras-jax": PeerKind("Keras on JAX", "jax", "keras_peer.py", (("KERAS_BACKEND", "jax"),)),
    "keras-tensorflow": PeerKind(
        "Keras on TensorFlow", "tensorflow", "keras_peer.py", (("KERAS_BACKEND", "tensorflow"),)
    ),
}
FRAMEWORKS = ("torch", "keras-jax", "keras-tensorflow")


class WorkerError(RuntimeError):
    """A worker reported an error or died."""


class Worker:
    """One peer on a number of cores."""

    def __init__(self, name: str, cores: int) -> None:
        kind = KINDS[name]
        self.name, self.cores, self.title = name, cores, kind.title
        if not Path(kind.python()).exists():
            raise SystemExit(
                f"no environment for {kind.title}: run benchmarks/setup_peers.py, or set "
                "RNNCOMP_PEERS to a folder that holds jax, tensorflow and torch"
            )
        self.process = subprocess.Popen(
            [kind.python(), str(HERE / "peers" / kind.script), str(cores)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("RNNCOMP_BENCH_DEBUG") else None,
            env={**os.environ, **dict(kind.variables)},
            text=True,
        )

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send one request and wait for its reply."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        reply = json.loads(line) if line else {"error": "the process ended"}
        if "error" in reply:
            raise WorkerError(f"{self.title}, {self.cores} core(s), {do}: {reply['error']}")
        return dict(reply)

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def crew(members: list[tuple[str, int]]) -> Iterator[list[Worker]]:
    """Start a worker for each (name, cores), wait until each has loaded, and end all after use."""
    workers: list[Worker] = []
    try:
        for name, cores in members:
            workers.append(Worker(name, cores))
            workers[-1].ask("describe")
        yield workers
    finally:
        for worker in workers:
            worker.close()
