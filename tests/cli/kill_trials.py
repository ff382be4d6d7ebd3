"""Kill trainings at random moments, go on, and compare with what was never killed, to the byte.

    python tests/cli/kill_trials.py                  # 20 kills of run_jobs with a store
    python tests/cli/kill_trials.py --compare        # 20 kills of `rnncomp compare`, then --resume
    python tests/cli/kill_trials.py --kills 3 --seed 7

SIGKILL cannot be caught: what it leaves is what a crash leaves.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

JOBS = """
import hashlib, sys
import numpy as np
from rnncomp.forecasting import NetworkConfig, TrainingData, TrainingJob, TrainingStore, run_jobs
from rnncomp.windows import make_samples

folder, out = sys.argv[1:3]
values = np.random.default_rng(0).uniform(size=400)
samples = make_samples(values, window=12, dtype="float32")
data = TrainingData(samples, samples.take(slice(0, 50)), {"test": samples})
todo = [
    TrainingJob(data.fingerprint(), NetworkConfig(cell=cell, window=12, units=12, epochs=40), seed)
    for cell in ("simple_rnn", "lstm", "gru") for seed in range(4)
]
store = TrainingStore(folder)
results = run_jobs(todo, {data.fingerprint(): data}, store=store)
digest = hashlib.sha256()
for result in results:
    digest.update(result.job.facts().encode() + repr(result.history).encode())
    for array in (*result.weights, *result.predictions.values()):
        digest.update(array.tobytes())
assert not store.notes, store.notes
store.clear()
open(out, "w").write(digest.hexdigest())
"""

COMPARE = [
    "compare",
    "airline",
    "--window",
    "12",
    "--units",
    "12",
    "--epochs",
    "60",
    "--seeds",
    "4",
]
MAIN = "from rnncomp.cli import main; main()"
TRAININGS = 12  # in both
# Of a clock, or of the folder: they differ from run to run.
OTHERWISE = ("fit_seconds", "predict_microseconds", "command")


class Trainings:
    """A program of `run_jobs` with a store; what comes out is a digest of all results."""

    def command(self, folder: Path, *, resume: bool) -> list[str]:
        """Return the program; it always goes on with what is kept."""
        return [sys.executable, "-c", JOBS, str(folder / "kept"), str(folder / "digest")]

    def outcome(self, folder: Path) -> str:
        """Return the digest; nothing else may be left."""
        assert [path.name for path in folder.iterdir()] == ["digest"]
        return (folder / "digest").read_text()

    def store(self, folder: Path) -> Path:
        """Return where trainings are kept."""
        return folder / "kept"


class Command:
    """`rnncomp compare`; what comes out is its folder, without durations and its own name."""

    def command(self, folder: Path, *, resume: bool) -> list[str]:
        """Return the command, with --resume after a kill."""
        program = [sys.executable, "-c", MAIN, *COMPARE, "--out", str(folder / "run")]
        return [*program, "--quiet", *(["--resume"] if resume else [])]

    def outcome(self, folder: Path) -> str:
        """Return a digest of comparison, networks and predictions; nothing else may be left."""
        assert [path.name for path in folder.iterdir()] == ["run"]
        digest = hashlib.sha256()
        for path in sorted((folder / "run").iterdir()):
            digest.update(path.name.encode())
            if path.suffix == ".json":
                digest.update(json.dumps(_timeless(json.loads(path.read_text()))).encode())
            elif path.name == "predictions.csv" or path.suffix == ".safetensors":
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def store(self, folder: Path) -> Path:
        """Return where trainings are kept."""
        return folder / ".run.trainings"


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if not k.startswith(OTHERWISE)}
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def trials(what: Trainings | Command, kills: int, seed: int) -> list[tuple[int, int, bool]]:
    """Kill `kills` times, each time in a new folder, and go on.

    A kill comes at a random moment after a random number of trainings has ended, so that it says
    something on a machine of any speed.

    Returns:
        For each kill, after how many trainings it came, how many were kept then, and whether what
        came out in the end is the same.
    """
    rng, found = random.Random(seed), []
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole"
        whole.mkdir()
        seconds = _run(what, whole, after=TRAININGS + 1, moment=0.0)
        assert seconds is not None
        expected = what.outcome(whole)
        for k in range(kills):
            folder, after = Path(place) / f"kill{k}", rng.randrange(TRAININGS)
            folder.mkdir()
            moment = rng.uniform(0.0, seconds / TRAININGS)
            ended = _run(what, folder, after=after, moment=moment) is not None
            kept = TRAININGS if ended else _kept(what, folder)
            if not ended:  # else the machine was fast enough to be done at that moment
                on = subprocess.run(
                    what.command(folder, resume=True), check=False, capture_output=True, text=True
                )
                assert on.returncode == 0, on.stderr
            found.append((after, kept, what.outcome(folder) == expected))
    return found


def _run(what: Trainings | Command, folder: Path, *, after: int, moment: float) -> float | None:
    """Run it, and kill it `moment` seconds after so many trainings; None if it was killed.

    Returns:
        The seconds from the first sign of the store to the end.
    """
    command = what.command(folder, resume=False)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while not what.store(folder).exists() and running.poll() is None:
            time.sleep(0.001)
        began = time.monotonic()
        while _kept(what, folder) < after and running.poll() is None:
            time.sleep(0.001)
        if running.poll() is None:
            time.sleep(moment)
            running.kill()
        code = running.wait()
    assert code in (0, -signal.SIGKILL), f"it ended by itself, with {code}"
    return time.monotonic() - began if code == 0 else None


def _kept(what: Trainings | Command, folder: Path) -> int:
    return len(list(what.store(folder).glob("[!.]*.safetensors")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compare", action="store_true", help="kill `rnncomp compare`")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    made = trials(Command() if options.compare else Trainings(), options.kills, options.seed)
    for after, kept, same in made:
        print(f"killed after {after:2}, {kept:2} kept: {'same' if same else 'DIFFERS'}")
    sys.exit(0 if all(same for _, _, same in made) else 1)
