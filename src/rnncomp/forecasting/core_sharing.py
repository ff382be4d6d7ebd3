"""CoreShare: what trainings that run side by side share, which is Ctrl-C and the cores."""

from __future__ import annotations

from threading import Event, Lock

from rnncomp.errors import TrainingError
from rnncomp.training import Sequential


class CoreShare:
    """Ends trainings, and shares the cores among those that are left.

    While there are as many trainings as cores or more, each has one core: nothing is faster.
    Towards the end the last ones share the cores that have become idle.

    Args:
        cores: Cores for all trainings together, at least 1.
        trainings: How many there are.

    Example:
        >>> core_share = CoreShare(cores=4, trainings=3)
        >>> core_share.cores(), core_share.finished(), core_share.cores()
        (1, None, 2)
        >>> core_share.cancel()
        >>> core_share.check()
        Traceback (most recent call last):
        rnncomp.errors.TrainingError: the training was cancelled
    """

    def __init__(self, cores: int, trainings: int) -> None:
        self._cores, self._left = cores, trainings
        self._lock, self._event = Lock(), Event()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """End all trainings that run, and those that come."""
        self._event.set()

    def check(self) -> None:
        """Raise TrainingError if `cancel` was called."""
        if self.cancelled:
            raise TrainingError("the training was cancelled")

    def finished(self) -> None:
        """Count a training out."""
        with self._lock:
            self._left -= 1

    def cores(self) -> int:
        """Return the cores that each of the trainings that are left may use now."""
        return max(1, self._cores // max(1, self._left))


class SharedSequential(Sequential):
    """A Sequential that asks before every native call whether, and on how many cores."""

    core_share: CoreShare | None = None

    def threads_for(self, window: int, rows: int) -> int:
        """Return how many threads may share a batch of `rows` windows; see Sequential."""
        if self.core_share is not None:
            self.core_share.check()
        return super().threads_for(window, rows)

    def cores(self) -> int:
        """Return the cores that the next native call may use."""
        return super().cores() if self.core_share is None else self.core_share.cores()
