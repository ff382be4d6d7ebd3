"""Backup: everything that a training needs to go on in another process, in one file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp._files import write_whole
from rnncomp.errors import InvalidArgumentError, ModelFileError, OutputError
from rnncomp.training.callbacks import Callback
from rnncomp.training.model import Model

FORMAT = "rnncomp-backup/1"
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Backup:
    """A training between two batches.

    Attributes:
        epoch: The epoch to go on in, counted from 0.
        batch: Batches of it that are done; 0 is before the epoch begins.
        reports: Sums of loss and metrics of these batches, shape (batch, K, 2).
        facts: Counts, learning rate, seed, and what the callbacks remember.
        arrays: Weights, the optimizer's state, and arrays that callbacks remember.
    """

    epoch: int
    batch: int
    reports: NDArray[np.float64]
    facts: dict[str, Any]
    arrays: Arrays

    @classmethod
    def of(
        cls,
        model: Model,
        callbacks: Sequence[Callback],
        place: tuple[int, int],
        reports: NDArray[np.float64],
    ) -> Backup:
        """Return how things stand now, at `place`: the epoch and the batches done in it."""
        compiled, network = model.compiled_with, model.network
        arrays: Arrays = {"params": network.params, "slots": compiled.slots_for(network.params)}
        facts = {
            "training": _training(model),
            "steps": callbacks[-1].params["steps"],
            "seed": model.seed,
            "iteration": compiled.iteration,
            "epochs": compiled.epochs,
            "stop_training": bool(model.stop_training),
            "callbacks": [_remembered(i, each, arrays) for i, each in enumerate(callbacks)],
        }
        if compiled.optimizer.schedule is None:
            facts["learning_rate"] = float(compiled.optimizer.learning_rate)
        return cls(*place, reports, facts, arrays)

    def restore(self, model: Model, callbacks: Sequence[Callback]) -> None:
        """Make things as they were.

        Raises:
            InvalidArgumentError: It is the backup of another training.
        """
        compiled, network, facts = model.compiled_with, model.network, self.facts
        found = [entry["class"] for entry in facts["callbacks"]]
        same = facts["training"] == _training(model)
        same = same and found == [type(each).__name__ for each in callbacks]
        if not same or (self.batch and facts["steps"] != callbacks[-1].params["steps"]):
            raise InvalidArgumentError(
                "backup_dir holds the backup of another training (other layers, loss, optimizer, "
                "callbacks or batches); remove it to start anew, or pass another folder"
            )
        network.params[...] = self.arrays["params"]
        compiled.slots_for(network.params)[...] = self.arrays["slots"]
        compiled.iteration, compiled.epochs = facts["iteration"], facts["epochs"]
        model.seed = network.seed = facts["seed"]
        model.stop_training = facts["stop_training"]
        if "learning_rate" in facts:
            compiled.optimizer.learning_rate = facts["learning_rate"]
        for index, callback in enumerate(callbacks):
            if state := self._state_of(index):
                callback.set_state(state)

    def _state_of(self, index: int) -> dict[str, Any]:
        state = dict(self.facts["callbacks"][index]["state"])
        for name, count in self.facts["callbacks"][index]["arrays"].items():
            state[name] = [self.arrays[f"{index}.{name}.{i}"] for i in range(count)]
        return state


def write_backup(path: Path, backup: Backup) -> None:
    """Put a backup in its place, so that a kill leaves the old one or the new one.

    Raises:
        OutputError: It cannot be written.
    """
    facts = {"format": FORMAT, "epoch": backup.epoch, "batch": backup.batch, **backup.facts}
    text = np.frombuffer(json.dumps(facts, default=_plain).encode(), np.uint8)
    buffer = io.BytesIO()
    arrays: Any = {"facts": text, "reports": backup.reports, **backup.arrays}
    np.savez(buffer, **arrays)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, buffer.getvalue())
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{path}: cannot be written ({why}); try another backup_dir") from None


def read_backup(path: Path) -> Backup:
    """Return the backup of a file; nothing in it is executed.

    Raises:
        ModelFileError: It is damaged, or of another version.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays: Arrays = {name: file[name] for name in file.files}
        facts = json.loads(arrays.pop("facts").tobytes())
        if facts.pop("format") != FORMAT:
            raise ValueError("it is of another version")
        return Backup(facts.pop("epoch"), facts.pop("batch"), arrays.pop("reports"), facts, arrays)
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ModelFileError(
            f"{path}: not a sound backup ({error}); remove it to start the training anew"
        ) from None


def _training(model: Model) -> list[str]:
    """Return what must be the same for a training to go on."""
    compiled = model.compiled_with
    parts = (model.network.spec, model.dtype, compiled.specs, compiled.optimizer.spec)
    return [repr(part) for part in parts]


def _remembered(index: int, callback: Callback, arrays: Arrays) -> dict[str, Any]:
    """Return the state of a callback as plain values; its lists of arrays go into `arrays`."""
    plain, counts = {}, {}
    for name, value in callback.get_state().items():
        if isinstance(value, list) and value and all(isinstance(v, np.ndarray) for v in value):
            counts[name] = len(value)
            arrays |= {f"{index}.{name}.{i}": array for i, array in enumerate(value)}
        else:
            plain[name] = value
    owner = type(callback).__name__
    try:
        json.dumps(plain, default=_plain)
    except (TypeError, ValueError):
        rule = "plain values and lists of arrays"
        raise fail(f"what get_state of {owner} returns", rule, plain) from None
    return {"class": owner, "state": plain, "arrays": counts}


def _plain(value: Any) -> Any:
    """Return NumPy's numbers and arrays as Python's; json asks for what it does not know."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError
