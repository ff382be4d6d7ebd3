"""How much one native call gets: enough to be cheap, little enough for Ctrl-C."""

from __future__ import annotations

TARGET_SECONDS = 0.08
GROWTH = 8
FIRST_OPERATIONS = 20_000_000  # under a millisecond in the kernels, 20 in plain NumPy


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

    def next(self, left: int) -> int:
        """Return the units of the next piece, at most the `left` ones."""
        return min(self.size, left)

    def record(self, units: int, seconds: float) -> None:
        """Learn from a piece of `units` that took `seconds`."""
        wanted = int(self.target_seconds * units / seconds) if seconds > 0.0 else units * GROWTH
        # A short last piece says little about long ones: it may not shrink them by its size.
        largest = max(self.size, units * GROWTH)
        self.size = max(1, min(wanted, largest))
