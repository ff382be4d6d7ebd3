"""Parts: the rows of train, validation and test; assign: which samples belong to which."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rnncomp._check import count, fail
from rnncomp.errors import SplitError

PART_NAMES = ("train", "validation", "test")


@dataclass(frozen=True)
class Parts:
    """Three neighbouring stretches of rows, in time order.

    Attributes:
        train: First row and the row after the last, as for ``range``.
        validation: The same; it begins where train ends, and may be empty.
        test: The same; it begins where validation ends.

    Raises:
        InvalidArgumentError: The stretches overlap, leave a gap or run backwards.

    Example:
        >>> parts = Parts(train=(0, 6), validation=(6, 8), test=(8, 10))
        >>> parts.rows
        10
    """

    train: tuple[int, int]
    validation: tuple[int, int]
    test: tuple[int, int]

    def __post_init__(self) -> None:
        bounds = [*self.train, *self.validation, *self.test]
        touching = self.train[1] == self.validation[0] and self.validation[1] == self.test[0]
        if bounds != sorted(bounds) or bounds[0] < 0 or not touching:
            raise fail("parts", "neighbouring stretches of rows in time order", self.to_dict())

    @property
    def rows(self) -> int:
        """Rows up to the end of the test part."""
        return self.test[1]

    def to_dict(self) -> dict[str, tuple[int, int]]:
        """Return the three stretches by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def assign(
    starts: range,
    *,
    window: int,
    horizon: int,
    parts: Parts,
    within_parts: bool = False,
    names: Sequence[str] = PART_NAMES,
) -> dict[str, range]:
    """Sort samples into the parts that hold their targets.

    A sample belongs to the part that holds all its targets; one whose targets lie in two parts
    belongs to none, so no target of a later part is ever trained on.

    Args:
        starts: First row of each window, increasing; N of them.
        window: Time steps T in a window, at least 1.
        horizon: Target steps H after it, at least 1.
        parts: The rows of each part.
        within_parts: Whether the inputs too must lie in the part; by default they may reach back.
        names: The parts that are wanted.

    Returns:
        ``{"train": rows, "validation": rows, "test": rows}``: positions in `starts`.

    Raises:
        SplitError: A part has no sample; the message says how many rows it needs. A part of no rows
            at all is a choice, and passes.

    Example:
        >>> parts = Parts(train=(0, 6), validation=(6, 8), test=(8, 10))
        >>> assign(range(7), window=3, horizon=1, parts=parts)
        {'train': range(0, 3), 'validation': range(3, 5), 'test': range(5, 7)}
    """
    window, horizon = count("window", window), count("horizon", horizon)
    members: dict[str, range] = {}
    for name in names:
        first, end = parts.to_dict()[name]
        earliest = first if within_parts else first - window
        # Starts s with earliest <= s and s + window + horizon <= end lie side by side.
        lowest = bisect_left(starts, earliest)
        members[name] = range(lowest, max(lowest, bisect_right(starts, end - window - horizon)))
        if not len(members[name]) and first < end:
            raise SplitError(_no_window(name, (first, end), window, horizon, within_parts))
    return members


def _no_window(
    name: str, part: tuple[int, int], window: int, horizon: int, within_parts: bool
) -> str:
    first, end = part
    reach_back = 0 if within_parts else min(first, window)
    need = window - reach_back + horizon
    return (
        f"the {name} part must hold at least one window: with window={window}, horizon={horizon}"
        f"{' and within_parts' if within_parts else ''} it needs {need} rows or more, got "
        f"{end - first} (rows {first} to {end - 1}); choose another split, a smaller window "
        "or horizon, or a smaller stride"
    )
