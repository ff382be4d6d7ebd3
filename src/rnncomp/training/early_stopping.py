"""EarlyStopping, step for step as Keras does it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer, one_of, real
from rnncomp.errors import UnsupportedError
from rnncomp.nn.layer import check_flag
from rnncomp.training.callbacks import Callback, Logs
from rnncomp.training.progress import write


class EarlyStopping(Callback):
    """Stop when a quantity has not improved for `patience` epochs.

    Args:
        monitor: Name in the logs, ``val_loss`` by default.
        min_delta: Smaller changes are no improvement; its sign does not matter.
        patience: Epochs without improvement that are waited for, at least 0.
        verbose: 1 prints a line when it acts, 0 nothing.
        mode: ``min``, ``max``, or ``auto``, which is min: all losses and metrics here are errors.
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
        if not isinstance(monitor, str):
            raise fail("monitor", "a name in the logs", monitor, "pass for example 'val_loss'")
        self.monitor = monitor
        self.mode = one_of("mode", mode, ("auto", "min", "max"))
        self.min_delta = abs(real("min_delta", min_delta))
        self.patience = integer("patience", patience, at_least=0)
        if verbose not in (0, 1):
            raise fail("verbose", "0 or 1", verbose)
        self.verbose = int(verbose)
        self.baseline = None if baseline is None else real("baseline", baseline)
        self.restore_best_weights = check_flag("restore_best_weights", restore_best_weights)
        self.start_from_epoch = integer("start_from_epoch", start_from_epoch, at_least=0)
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best: float | None = None
        self.best_weights: list[NDArray[np.floating]] | None = None
        self.best_epoch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget what an earlier fit left."""
        self._reset()
        metrics = self.model.metrics_names
        if self.mode == "auto" and self.monitor.removeprefix("val_") not in metrics:
            raise UnsupportedError(
                f"EarlyStopping cannot tell whether {self.monitor!r} should fall or rise; "
                f"pass mode='min' or 'max', or monitor one of {', '.join(metrics)} or val_..."
            )

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the epoch with the best one, and stop the model if patience is used up."""
        current = self._current(logs or {})
        if current is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.best is None or self._better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._better(current, self.baseline):
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

    def _better(self, value: float, reference: float) -> bool:
        if self.mode == "max":
            return value - self.min_delta > reference
        return value + self.min_delta < reference

    def _current(self, logs: dict[str, Any]) -> float | None:
        value: float | None = logs.get(self.monitor)
        if value is None:
            warnings.warn(
                f"EarlyStopping monitors {self.monitor!r}, which this fit does not give; it gives "
                f"{', '.join(logs)}; pass validation_data or monitor one of these",
                stacklevel=2,
            )
        return value
