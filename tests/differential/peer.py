"""Ask Keras, in its own environment, what it makes of configurations; answers are kept."""

import hashlib
import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = Path(os.environ.get("RNNCOMP_PEERS", ROOT / ".venv-peers"))  # as in benchmarks/crew.py
PYTHON = PEERS / "jax" / "bin" / "python"
KEPT = ROOT / "build" / "parity"
SOURCES = ("keras_side.py", "build.py", "given.py", "dice.py")
# Keras takes seconds to compile a training and milliseconds to run it: four times less with these.
FLAGS = "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
CHUNK = 13  # configurations of one process: it takes seconds to start, and grows by each


class PeerError(RuntimeError):
    """Keras raised, or could not be run."""


def answers(configs, jobs):
    """Yield (configuration, arrays or PeerError) as they come; those kept from before first."""
    missing = []
    for config in configs:
        if kept(config).exists():
            yield config, read(kept(config))
        else:
            missing.append(config)
    chunks = [missing[i : i + CHUNK] for i in range(0, len(missing), CHUNK)]
    with ThreadPoolExecutor(jobs) as pool:
        asked = [pool.submit(ask, chunk) for chunk in chunks]
        for answer in as_completed(asked):
            yield from answer.result()


def ask(configs):
    """Return [(configuration, arrays or PeerError)] from a process of its own."""
    if not PYTHON.exists():
        raise PeerError("no environment with Keras: run benchmarks/setup_peers.py jax")
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "configurations.json").write_text(json.dumps(configs))
        module = [str(PYTHON), "-m", "differential.keras_side"]
        files = [str(folder / "configurations.json"), name]
        variables = {**os.environ, "PYTHONPATH": str(HERE.parent), "XLA_FLAGS": FLAGS}
        run = subprocess.run(
            [*module, *files], env=variables, capture_output=True, text=True, check=False
        )
        return [(config, answer(config, folder, k, run)) for k, config in enumerate(configs)]


def answer(config, folder, k, run):
    """Return what the process left for configuration `k`, and keep it."""
    made, raised = folder / f"{k}.npz", folder / f"{k}.txt"
    if not made.exists():
        return PeerError(raised.read_text() if raised.exists() else run.stderr[-2000:])
    kept(config).write_bytes(made.read_bytes())
    return read(made)


def kept(config):
    """Return where the answer for a configuration is kept, while the programs stay the same."""
    parts = [json.dumps(config, sort_keys=True).encode()]
    parts += [(HERE / source).read_bytes() for source in SOURCES]
    return KEPT / f"{hashlib.sha256(b''.join(parts)).hexdigest()[:24]}.npz"


def read(path):
    """Return the arrays of a file by name."""
    with np.load(path) as file:
        return dict(file)
