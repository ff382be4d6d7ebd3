"""ReduceLROnPlateau, step for step as Keras does it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncomp._check import integer, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.training.callbacks import Logs
from rnncomp.training.monitor import MonitorCallback, check_verbose_flag
from rnncomp.training.progress import write


class ReduceLROnPlateau(MonitorCallback):
    """Multiply the learning rate by `factor` when a quantity has not improved for a while.

    It puts ``learning_rate`` into the logs, and so into the history, as it was in the epoch.

    Args:
        monitor: Name in the logs, ``val_loss`` by default.
        factor: At least 0 and below 1.
        patience: Epochs without improvement that are waited for, at least 0.
        verbose: 1 prints a line when it acts, 0 nothing.
        mode: ``min``, ``max``, or ``auto``: max for accuracies and cosine similarity, else min.
        min_delta: Smaller changes are no improvement; its sign does not matter.
        cooldown: Epochs after a reduction in which nothing is counted, at least 0.
        min_lr: The learning rate is not reduced below it, at least 0.
        **kwargs: None are known.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: `mode` is auto and `monitor` is neither a loss nor a metric.

    Example:
        >>> ReduceLROnPlateau(factor=0.5, patience=3).factor
        0.5
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise InvalidArgumentError(f"ReduceLROnPlateau has no argument {next(iter(kwargs))!r}")
        super().__init__(monitor, mode, min_delta=min_delta)
        self.factor = real("factor", factor, at_least=0.0, below=1.0)
        self.patience = integer("patience", patience, at_least=0)
        self.verbose = check_verbose_flag(verbose)
        self.cooldown = integer("cooldown", cooldown, at_least=0)
        self.min_lr = real("min_lr", min_lr, at_least=0.0)
        self._reset()

    def _reset(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget what an earlier fit left."""
        self._reset()
        self.find_direction()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare the epoch with the best one, and reduce if patience is used up."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = self.current(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.improves(current, self.best):
            self.best, self.wait = current, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter, self.wait = self.cooldown, 0

    def in_cooldown(self) -> bool:
        """Whether the last reduction is too fresh for another one."""
        return self.cooldown_counter > 0

    def _reduce(self, epoch: int) -> bool:
        """Return whether there was something left to reduce."""
        optimizer = self.model.optimizer
        old = float(optimizer.learning_rate)
        # Compared as Keras does: a rate that rounding left a little above min_lr is at its end.
        if not np.float32(old) > np.float32(self.min_lr):
            return False
        new = max(old * self.factor, self.min_lr)
        optimizer.learning_rate = new
        if self.verbose:
            what = f"ReduceLROnPlateau reducing learning rate to {new}."
            write(f"\nEpoch {epoch + 1}: {what}\n")
        return True

    def get_state(self) -> dict[str, Any]:
        """Return what a training that goes on elsewhere needs."""
        return {"best": self.best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}
