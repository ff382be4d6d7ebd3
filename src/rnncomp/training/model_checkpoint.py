"""ModelCheckpoint, step for step as Keras does it; every file appears whole or not at all."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp._check import integer, real
from rnncomp.errors import InvalidArgumentError, ModelFileError, OutputError, UnsupportedError
from rnncomp.nn.layer import check_flag
from rnncomp.training.callbacks import Logs
from rnncomp.training.monitor import MonitorCallback, check_verbose_flag
from rnncomp.training.progress import write


class ModelCheckpoint(MonitorCallback):
    """Save the model, or its weights, every epoch or every so many batches.

    A model with a weight that is no finite number is not written: a warning says so, and the
    last file stays.

    Args:
        filepath: Where to: a ``.safetensors`` or ``.keras`` file, for weights alone a
            ``.safetensors`` or ``.weights.h5`` file. ``{epoch:02d}``, counted from 1,
            ``{batch}`` and the names in the logs, ``{val_loss:.2f}``, are filled in. Folders
            that are missing are made.
        monitor: Name in the logs, ``val_loss`` by default, for `save_best_only`.
        verbose: 1 prints lines when it acts, 0 nothing.
        save_best_only: Whether to save only when `monitor` is better than ever.
        save_weights_only: Whether to call ``model.save_weights`` instead of ``model.save``.
        mode: ``min``, ``max``, or ``auto``: max for an accuracy, min for all else.
        save_freq: ``epoch``, or a number of batches, at least 1; then every batch is a native
            call.
        initial_value_threshold: What must be beaten first; None for nothing.

    Raises:
        InvalidArgumentError: An argument breaks its rule, or the logs lack a name in `filepath`.
        OutputError: A file cannot be written.
        UnsupportedError: The name ends otherwise, or `mode` is auto and `monitor` is neither a
            loss nor a metric.

    Example:
        >>> checkpoint = ModelCheckpoint("best.safetensors", save_best_only=True)
        >>> checkpoint.monitor
        'val_loss'
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        best = initial_value_threshold
        if best is not None:
            best = real("initial_value_threshold", best)
        super().__init__(monitor, mode, best=best)
        self.filepath = os.fspath(filepath)
        self.verbose = check_verbose_flag(verbose)
        self.save_best_only = check_flag("save_best_only", save_best_only)
        self.save_weights_only = check_flag("save_weights_only", save_weights_only)
        self.save_freq = check_save_freq(save_freq)
        self._batches = 0  # since the last save
        self._epoch = 0
        endings = (".safetensors", ".weights.h5" if self.save_weights_only else ".keras")
        if not self.filepath.endswith(endings):
            raise UnsupportedError(
                f"ModelCheckpoint does not support filepath={self.filepath!r} with "
                f"save_weights_only={self.save_weights_only}; end it in {' or '.join(endings)}"
            )

    def acts_on(self, hook: str) -> bool:
        """Whether `hook` does something: that of batches does only if they are counted."""
        own = type(self).on_train_batch_end is ModelCheckpoint.on_train_batch_end
        if hook == "on_train_batch_end" and own:
            return self.save_freq != "epoch"
        return super().acts_on(hook)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Find out what is best; the best value so far is kept from fit to fit."""
        if self.save_best_only:
            self.find_direction()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save after every `save_freq` batches, counted over epochs."""
        self._batches += 1
        if self.save_freq != "epoch" and self._batches >= int(self.save_freq):
            self._batches = 0
            self._save(self._epoch, batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, if every epoch is asked for."""
        if self.save_freq == "epoch":
            self._save(epoch, None, logs or {})

    def get_state(self) -> dict[str, Any]:
        """Return what a training that goes on elsewhere needs."""
        return {"best": self.best, "_batches": self._batches}

    def _save(self, epoch: int, batch: int | None, logs: Logs) -> None:
        path = self._path(epoch, batch, logs)
        if not self._is_wanted(epoch, logs, path):
            return
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            save = self.model.save_weights if self.save_weights_only else self.model.save
            save(path, overwrite=True)
        except ModelFileError as error:  # a weight is no finite number
            warnings.warn(f"ModelCheckpoint: {error}", stacklevel=2)
            return
        except OSError as error:
            if isinstance(error, OutputError):
                raise
            why = error.strerror or str(error)
            raise OutputError(f"{path}: cannot be written ({why}); try another place") from None
        self._say(epoch, f"finished saving model to {path}")

    def _path(self, epoch: int, batch: int | None, logs: Logs) -> str:
        place = {"epoch": epoch + 1}
        if batch is not None and "batch" not in logs:
            place["batch"] = batch + 1
        try:
            return self.filepath.format(**place, **logs)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise InvalidArgumentError(
                f"filepath={self.filepath!r} cannot be filled in ({error}); this fit gives "
                f"{', '.join([*place, *logs])}"
            ) from None

    def _is_wanted(self, epoch: int, logs: Logs, path: str) -> bool:
        """Return whether this is a time to save, and say so."""
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
            return True
        current = self.current(logs)
        if current is None:
            return True  # as Keras does, after a warning
        if np.ndim(current) > 0:
            warnings.warn(
                f"ModelCheckpoint monitors {self.monitor!r}, which is no single number; "
                "the model is saved whether it is better or not",
                stacklevel=2,
            )
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self.improves(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {best}")
            return False
        what = f"{self.monitor} improved from {best} to {current:.5f}, saving model to {path}"
        self._say(epoch, what)
        self.best = current
        return True

    def _say(self, epoch: int, text: str) -> None:
        if self.verbose:
            write(f"\nEpoch {epoch + 1}: {text}\n")


def check_save_freq(value: object) -> str | int:
    """Return ``epoch`` or a number of batches, or raise InvalidArgumentError."""
    if isinstance(value, str) and value == "epoch":
        return value
    return integer("save_freq", value, hint="or pass 'epoch'")
