"""What callbacks share that watch one number of the logs: EarlyStopping and its like."""

from __future__ import annotations

import warnings

from rnncomp._check import fail, one_of, real
from rnncomp.errors import UnsupportedError
from rnncomp.training.callbacks import Callback, Logs


class MonitorCallback(Callback):
    """Base of callbacks that compare a number of the logs with the best one so far.

    Args:
        monitor: Name in the logs.
        mode: ``min``, ``max``, or ``auto``: max for accuracies and cosine similarity, else min.
        min_delta: Smaller changes are no improvement; its sign does not matter.
        best: What must be beaten first; None for nothing.
    """

    def __init__(
        self, monitor: str, mode: str, *, min_delta: float = 0.0, best: float | None = None
    ) -> None:
        if not isinstance(monitor, str):
            raise fail("monitor", "a name in the logs", monitor, "pass for example 'val_loss'")
        self.monitor = monitor
        self.mode = one_of("mode", mode, ("auto", "min", "max"))
        self.min_delta = abs(real("min_delta", min_delta))
        self.best = best
        self._rises = mode == "max"

    def find_direction(self) -> None:
        """Find out whether `monitor` should fall or rise.

        Raises:
            UnsupportedError: `mode` is auto and `monitor` is neither a loss nor a metric.
        """
        if self.mode != "auto":
            return
        compiled, name = self.model.compiled_with, self.monitor.removeprefix("val_")
        if name not in compiled.names:
            raise UnsupportedError(
                f"{type(self).__name__} cannot tell whether {self.monitor!r} should fall or rise; "
                "pass mode='min' or 'max', or monitor one of "
                f"{', '.join(compiled.names)} or val_..."
            )
        self._rises = compiled.rises(name)

    def improves(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference` by more than `min_delta`."""
        if reference is None:
            return True
        if self._rises:
            return value - self.min_delta > reference
        return value + self.min_delta < reference

    def current(self, logs: Logs | None) -> float | None:
        """Return the number to be watched, or None, with a warning, if it is not there."""
        logs = logs or {}
        value: float | None = logs.get(self.monitor)
        if value is None:
            warnings.warn(
                f"{type(self).__name__} monitors {self.monitor!r}, which this fit does not give; "
                f"it gives {', '.join(logs)}; pass validation_data or monitor one of these",
                stacklevel=2,
            )
        return value


def check_verbose_flag(value: object) -> int:
    """Return 0 (silent) or 1 (a line when the callback acts), or raise InvalidArgumentError."""
    if value not in (0, 1):
        raise fail("verbose", "0 or 1", value)
    return int(value == 1)
