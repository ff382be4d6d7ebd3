"""What one native call gets: how much work, little enough for Ctrl-C, and how many threads."""

from __future__ import annotations

import math

TARGET_SECONDS = 0.08
GROWTH = 8
TRIAL_SHARE = 8  # a trial takes about 0.01 s
FIRST_OPERATIONS = 20_000_000  # under a millisecond in the kernels, 20 in plain NumPy

FIRST_INTERVAL, LONGEST_INTERVAL = 0.05, 2.0  # seconds of training between two trials of threads
_UNKNOWN = (math.inf, 0.0)  # the pace of one thread, of several, before they were seen


class PieceSizer:
    """Sizes the next piece of work from what the last one took.

    A unit is a batch in training, a block of rows in prediction. The first piece is sized by the
    work in a unit; a piece is at most GROWTH times the last, so that one lucky measurement cannot
    make a call that long.

    Args:
        unit_operations: Floating-point operations in a unit, roughly.
        target_seconds: What a piece should take.

    Example:
        >>> sizer = PieceSizer(1_000_000_000)
        >>> sizer.next(100)
        1
        >>> sizer.record(1, seconds=0.001)
        >>> sizer.next(100), sizer.next(3)
        (8, 3)
    """

    def __init__(
        self, unit_operations: int = FIRST_OPERATIONS, target_seconds: float = TARGET_SECONDS
    ) -> None:
        self.target_seconds = target_seconds
        self.size = max(1, FIRST_OPERATIONS // max(1, unit_operations))

    def next(self, left: int, *, trial: bool = False) -> int:
        """Return the units of the next piece, at most the `left` ones; few for a trial."""
        return min(max(1, self.size // TRIAL_SHARE) if trial else self.size, left)

    def record(self, units: int, seconds: float) -> None:
        """Learn from a piece of `units` that took `seconds`."""
        wanted = int(self.target_seconds * units / seconds) if seconds > 0.0 else units * GROWTH
        # A short last piece says little about long ones: it may not shrink them by its size.
        largest = max(self.size, units * GROWTH)
        self.size = max(1, min(wanted, largest))


class TeamSizer:
    """Chooses between one thread and several by what they are seen to bring.

    Threads that share a batch wait for each other some times a batch, so that one that has lost
    its core to another process holds up all of them: then one thread alone is faster. The last
    pace of each decides; what is not in use is tried again from time to time.

    Example:
        >>> team = TeamSizer()
        >>> team.next(2)
        2
        >>> team.record(2, units=10, seconds=0.1)  # time for a trial
        >>> team.next(2)
        1
        >>> team.record(1, units=10, seconds=0.2)
        >>> team.next(2)
        2
        >>> team.record(2, units=10, seconds=0.5)  # another process has come
        >>> team.next(2)
        1
    """

    def __init__(self) -> None:
        self.trial = False
        self._paces: dict[int, float] = {}  # threads to seconds a unit, as last seen
        self._last = 0  # threads of the last piece
        self._since_trial = 0.0
        self._interval = FIRST_INTERVAL

    def next(self, most: int) -> int:
        """Return the threads of the next piece, 1 or `most`; sets `trial`."""
        best = min((most, 1), key=lambda threads: self._paces.get(threads, _UNKNOWN[threads > 1]))
        self.trial = self._since_trial >= self._interval
        if most == 1 or most not in self._paces:
            self.trial, self._since_trial = False, 0.0
        if not self.trial:
            return best
        self._since_trial = 0.0
        self._interval = min(2.0 * self._interval, LONGEST_INTERVAL)
        return most if self._last == 1 else 1

    def record(self, threads: int, units: int, seconds: float) -> None:
        """Learn from a piece of `units` that took `seconds` on `threads`."""
        self._paces[threads], self._last = seconds / units, threads
        self._since_trial += 0.0 if self.trial else seconds
