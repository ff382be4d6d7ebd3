"""LearningRateScheduler, step for step as Keras does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.training.callbacks import Callback, Logs
from rnncomp.training.monitor import check_verbose_flag
from rnncomp.training.progress import write


class LearningRateScheduler(Callback):
    """Ask a function for the learning rate before every epoch.

    It puts ``learning_rate`` into the logs, and so into the history.

    Args:
        schedule: Called with the epoch, counted from 0, and the learning rate until now; or, if
            it takes one argument, with the epoch alone. It returns a float.
        verbose: 1 prints a line every epoch, 0 nothing.

    Raises:
        InvalidArgumentError: `schedule` is no function, or returns something else.

    Example:
        >>> slower = LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * 0.9)
        >>> slower.schedule(10, 0.5)
        0.45
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        if not callable(schedule):
            raise fail("schedule", "a function of the epoch and the learning rate", schedule)
        self.schedule = schedule
        self.verbose = check_verbose_flag(verbose)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the learning rate of the epoch."""
        optimizer = self.model.optimizer
        try:
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        except TypeError:  # it takes one argument
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.float32, np.float64)):
            raise fail("what schedule returns", "a float", rate, "return float(...) of it")
        optimizer.learning_rate = rate
        if self.verbose:
            what = f"LearningRateScheduler setting learning rate to {rate}."
            write(f"\nEpoch {epoch + 1}: {what}\n")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the learning rate into the logs."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
