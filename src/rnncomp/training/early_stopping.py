"""EarlyStopping, step for step as Keras does it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import integer, real
from rnncomp.nn.layer import check_flag
from rnncomp.training.callbacks import Logs
from rnncomp.training.monitor import MonitorCallback, check_verbose_flag
from rnncomp.training.progress import write


class EarlyStopping(MonitorCallback):
    """Stop when a quantity has not improved for `patience` epochs.

    Args:
        monitor: Name in the logs, ``val_loss`` by default.
        min_delta: Smaller changes are no improvement; its sign does not matter.
        patience: Epochs without improvement that are waited for, at least 0.
        verbose: 1 prints a line when it acts, 0 nothing.
        mode: ``min``, ``max``, or ``auto``: max for accuracies and cosine similarity, else min.
        baseline: Value that must be beaten for the waiting to start anew; None for none.
        restore_best_weights: Whether training ends with the weights of the best epoch.
        start_from_epoch: Epochs that are not looked at, at the start.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: `mode` is auto and `monitor` is neither a loss nor a metric.

    Example:
        >>> EarlyStopping(patience=5, restore_best_weights=True).patience
        5
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = integer("patience", patience, at_least=0)
        self.verbose = check_verbose_flag(verbose)
        self.baseline = None if baseline is None else real("baseline", baseline)
        self.restore_best_weights = check_flag("restore_best_weights", restore_best_weights)
        self.start_from_epoch = integer("start_from_epoch", start_from_epoch, at_least=0)
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_weights: list[NDArray[np.floating]] | None = None
        self.best_epoch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget what an earlier fit left."""
        self._reset()
        self.find_direction()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the epoch with the best one, and stop the model if patience is used up."""
        current = self.current(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.improves(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self.improves(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Say what happened, and restore the best weights if wanted."""
        if self.stopped_epoch > 0 and self.verbose:
            write(f"Epoch {self.stopped_epoch + 1}: early stopping\n")
        if self.best_weights is not None:
            if self.verbose:
                best = f"the end of the best epoch: {self.best_epoch + 1}"
                write(f"Restoring model weights from {best}.\n")
            self.model.set_weights(self.best_weights)

    def get_state(self) -> dict[str, Any]:
        """Return what a training that goes on elsewhere needs."""
        names = ("wait", "stopped_epoch", "best", "best_weights", "best_epoch")
        return {name: getattr(self, name) for name in names}
