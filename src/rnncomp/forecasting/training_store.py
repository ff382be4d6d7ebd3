"""TrainingStore: finished trainings as files, so that what broke off can go on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp._check import as_path
from rnncomp._files import write_whole
from rnncomp.errors import ModelFileError, OutputError
from rnncomp.forecasting.training_data import array_hash
from rnncomp.forecasting.training_job import TrainingJob, TrainingResult
from rnncomp.samples import FloatArray
from rnncomp.training.tensor_file import parse_json, read_header, read_tensors, tensor_bytes

FORMAT = "rnncomp-training/1"
SUFFIX = ".safetensors"
_OURS = re.compile(rf"\.?[0-9a-f]{{64}}{re.escape(SUFFIX)}(\..*)?")  # those half written as well


class TrainingStore:
    """A folder that holds finished trainings, a file each, named by `TrainingJob.key`.

    A file appears whole or not at all, so that a kill at any moment costs no finished training,
    and several processes may share the folder. What is read back equals what was put in, to the
    byte. A file that is damaged, or of another training than its name says, counts as absent.

    Args:
        folder: Where the files are; made if it is absent.

    Attributes:
        folder: The folder.
        notes: Sentences about files that could not be used or written, each once.

    Raises:
        OutputError: The folder cannot be made.

    Example:
        >>> import tempfile
        >>> from rnncomp.forecasting import NetworkConfig, TrainingData, run_training
        >>> from rnncomp.windows import make_samples
        >>> samples = make_samples(np.arange(20.0), window=3)
        >>> data = TrainingData(samples, samples, {"test": samples})
        >>> config = NetworkConfig(cell="gru", window=3, units=2, epochs=1, dtype="float64")
        >>> job = TrainingJob(data.fingerprint(), config, seed=0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = TrainingStore(folder)
        ...     print(store.get(job))
        ...     store.put(run_training(job, data))
        ...     print(store.get(job).n_params)
        None
        33
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = as_path("folder", folder).expanduser().absolute()
        self.notes: list[str] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.folder}: must be a folder for finished trainings, but cannot be made "
                f"({error.strerror}); choose another place"
            ) from None

    def get(self, job: TrainingJob) -> TrainingResult | None:
        """Return the result of a training, or None if it is not here.

        A file that is here but cannot be used gets a note.

        Args:
            job: The training; the result carries its `name` and `fold`.
        """
        path = self._path(job)
        if not os.path.isfile(path):
            return None
        try:
            return _read(path, job)
        except ModelFileError:
            self.note(f"{path}: a kept training that is damaged; it is run again")
        except _OtherTrainingError:
            self.note(f"{path}: kept for another training than its name says; it is run again")
        return None

    def put(self, result: TrainingResult) -> None:
        """Keep a result, in place of one that is here.

        Raises:
            OutputError: The file cannot be written; nothing is left behind.
        """
        try:
            write_whole(self._path(result.job), _to_bytes(result))
        except OSError as error:
            why = error.strerror or str(error)
            raise OutputError(
                f"{self.folder}: finished trainings cannot be kept ({why}); "
                "free space there, or they will have to run again"
            ) from None

    def note(self, sentence: str) -> None:
        """Add a sentence to `notes`, unless it is there."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def clear(self) -> None:
        """Remove the trainings, and the folder if nothing else is in it."""
        with suppress(OSError):  # what stays is in nobody's way
            for path in list(self.folder.iterdir()):
                if _OURS.fullmatch(path.name):
                    path.unlink(missing_ok=True)
            self.folder.rmdir()

    def _path(self, job: TrainingJob) -> Path:
        return self.folder / (job.key() + SUFFIX)


class _OtherTrainingError(Exception):
    """A file holds another training than the one that was asked for."""


def _to_bytes(result: TrainingResult) -> bytes:
    tensors: dict[str, FloatArray] = {
        **{f"weights.{k}": weight for k, weight in enumerate(result.weights)},
        **{f"predictions.{part}": made for part, made in result.predictions.items()},
        **{f"history.{k}": np.array(v, np.float64) for k, v in result.history.items()},
    }
    facts = {
        "weights": len(result.weights),
        "predictions": list(result.predictions),
        "history": list(result.history),
        "fit_seconds": result.fit_seconds,
        "predict_microseconds": result.predict_microseconds,
        "n_params": result.n_params,
    }
    texts = {"format": FORMAT, "job": result.job.facts(), "facts": json.dumps(facts)}
    return tensor_bytes(tensors, texts | {"sha256": _digest(texts, tensors)})


def _read(path: Path, job: TrainingJob) -> TrainingResult:
    """Read a file; whose training it is is checked before its numbers take memory."""
    header = read_header(path)
    texts = dict(header.metadata)
    if (texts.get("format"), texts.get("job")) != (FORMAT, job.facts()):
        raise _OtherTrainingError
    tensors = read_tensors(path, header, finite=False)  # a training that diverged holds NaN
    if texts.pop("sha256", "") != _digest(texts, tensors):
        raise ModelFileError(f"{path}: its checksum does not hold; train again")
    facts: dict[str, Any] = parse_json(path, "its facts", texts["facts"])
    return TrainingResult(
        job=job,
        weights=[tensors[f"weights.{k}"] for k in range(facts["weights"])],
        history={k: tensors[f"history.{k}"].tolist() for k in facts["history"]},
        predictions={part: tensors[f"predictions.{part}"] for part in facts["predictions"]},
        fit_seconds=facts["fit_seconds"],
        predict_microseconds=facts["predict_microseconds"],
        n_params=facts["n_params"],
    )


def _digest(texts: Mapping[str, str], tensors: Mapping[str, FloatArray]) -> str:
    """Return the SHA-256 of all in a file; the format itself would not notice a changed number."""
    digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(name.encode() + array_hash(tensors[name]))
    return digest.hexdigest()
