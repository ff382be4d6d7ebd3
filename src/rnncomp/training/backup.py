"""BackupAndRestore: a training that is killed goes on where it was, to the byte."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp._files import write_whole
from rnncomp.errors import ModelFileError
from rnncomp.nn.layer import check_flag
from rnncomp.training.backup_file import Backup, read_backup, write_backup
from rnncomp.training.callbacks import Callback, Logs
from rnncomp.training.model_checkpoint import check_save_freq

FILE, PREVIOUS = "backup.npz", "previous.npz"


class BackupAndRestore(Callback):
    """Keep the state of a training in a folder, and go on from it when the program runs again.

    The process may be killed at any moment. The same program run again ends with the same
    weights, to the byte, as if it had never been killed: shuffles, the optimizer's state, the
    learning rate, the history and what callbacks remember (`Callback.get_state`) are kept, and
    within an epoch the batch. It is written when all callbacks have been called, wherever it
    stands among them.

    Args:
        backup_dir: Folder for the backup; made when it is first needed.
        save_freq: ``epoch``, or a number of batches, at least 1; then every batch is a native
            call.
        double_checkpoint: Whether the backup before the last is kept too, and used if the last
            is damaged.
        delete_checkpoint: Whether the backup is removed at the end of the training; then the
            folder is, unless something else is in it.

    Raises:
        InvalidArgumentError: An argument breaks its rule, or the folder holds the backup of
            another training.
        ModelFileError: The backup is damaged.
        OutputError: It cannot be written.

    Example:
        >>> BackupAndRestore("backup", save_freq=100).save_freq
        100
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        if not os.fspath(backup_dir):
            raise fail("backup_dir", "the name of a folder", backup_dir)
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = check_save_freq(save_freq)
        self.double_checkpoint = check_flag("double_checkpoint", double_checkpoint)
        self.delete_checkpoint = check_flag("delete_checkpoint", delete_checkpoint)
        self._batches = 0  # since the last backup

    def acts_on(self, hook: str) -> bool:
        """Whether `hook` does something: a backup in the midst of an epoch ends a native call."""
        if hook == "on_train_batch_end" and self.save_freq != "epoch":
            return True
        return super().acts_on(hook)

    def find(self) -> Backup | None:
        """Return the backup to go on from, None if there is none; the loop of fit asks."""
        folder, self._batches = Path(self.backup_dir), 0
        for name in (FILE, PREVIOUS):
            for left in folder.glob(f".{name}.*"):  # of a process killed while it wrote
                left.unlink(missing_ok=True)
        path, previous = folder / FILE, folder / PREVIOUS
        if not path.exists():
            return None
        try:
            return read_backup(path)
        except ModelFileError:
            if not (self.double_checkpoint and previous.exists()):
                raise
        return read_backup(previous)

    def after_batch(
        self,
        callbacks: Sequence[Callback],
        place: tuple[int, int],
        reports: NDArray[np.float64],
    ) -> None:
        """Write a backup if it is time, `place` being the epoch and the batches done in it."""
        self._batches += 1
        if self.save_freq != "epoch" and self._batches >= int(self.save_freq):
            self._batches = 0
            self._write(Backup.of(self.model, callbacks, place, reports))

    def after_epoch(self, callbacks: Sequence[Callback], epoch: int) -> None:
        """Write a backup before epoch `epoch`, if every epoch is asked for."""
        if self.save_freq == "epoch":
            nothing = np.empty(0)
            self._write(Backup.of(self.model, callbacks, (epoch, 0), nothing))

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the backup: the training is done."""
        if not self.delete_checkpoint:
            return
        folder = Path(self.backup_dir)
        for name in (PREVIOUS, FILE):
            (folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # it is not empty, or not there
            folder.rmdir()

    def get_state(self) -> dict[str, Any]:
        """Return the batches since the last backup."""
        return {"_batches": self._batches}

    def _write(self, backup: Backup) -> None:
        path = Path(self.backup_dir) / FILE
        if self.double_checkpoint and path.exists():
            write_whole(path.with_name(PREVIOUS), path.read_bytes())
        write_backup(path, backup)
