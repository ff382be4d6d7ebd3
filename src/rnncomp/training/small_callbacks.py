"""LambdaCallback and TerminateOnNaN."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from rnncomp._check import fail, nearest
from rnncomp.errors import InvalidArgumentError, TrainingError
from rnncomp.nn.layer import check_flag
from rnncomp.training.callbacks import HOOKS, Callback, Logs
from rnncomp.training.progress import write

Hook = Callable[..., object]


class LambdaCallback(Callback):
    """Call plain functions at Keras's hooks.

    Args:
        on_epoch_begin: Called with the epoch, counted from 0, and the logs.
        on_epoch_end: Called with the epoch and the logs.
        on_train_begin: Called with the logs.
        on_train_end: Called with the logs.
        on_train_batch_begin: Called with the batch, and the logs by name.
        on_train_batch_end: Called with the batch, and the logs by name.
        **kwargs: Functions for other hooks, such as ``on_test_end``.

    Raises:
        InvalidArgumentError: A name is no hook, or something is no function.

    Example:
        >>> seen = []
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
        >>> callback.on_epoch_end(0, {})
        >>> seen
        [0]
    """

    def __init__(
        self,
        on_epoch_begin: Hook | None = None,
        on_epoch_end: Hook | None = None,
        on_train_begin: Hook | None = None,
        on_train_end: Hook | None = None,
        on_train_batch_begin: Hook | None = None,
        on_train_batch_end: Hook | None = None,
        **kwargs: Hook,
    ) -> None:
        given: dict[str, Any] = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in {**given, **kwargs}.items():
            if name not in HOOKS:
                hint = nearest(name, HOOKS) or f"it has {', '.join(HOOKS)}"
                raise InvalidArgumentError(f"LambdaCallback has no argument {name!r}; {hint}")
            if function is None and name in given:
                continue
            if not callable(function):
                raise fail(name, "a function", function)
            setattr(self, name, function)


class TerminateOnNaN(Callback):
    """Stop the training at a batch that makes the loss NaN or infinite.

    It looks at every batch, so that each costs a native call.

    Args:
        raise_error: Whether to raise TrainingError instead of printing a line and ending fit.

    Example:
        >>> TerminateOnNaN(raise_error=True).raise_error
        True
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = check_flag("raise_error", raise_error)

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Stop if the loss so far is no finite number."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise TrainingError(
                f"the loss is {loss} at batch {batch}, so the training is ended; use a smaller "
                "learning_rate, or clipnorm"
            )
        write(f"Batch {batch}: Invalid loss, terminating training\n")
        self.model.stop_training = True
