"""Numbers and lists as they stand in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

_FEWEST, _MOST = 3, 6  # significant digits of the smallest number


class Numbers:
    """Writes the numbers of one verdict with the same decimals, and different ones differently.

    Args:
        values: All that will be written, in the user's unit; they set the decimals.

    Example:
        >>> numbers = Numbers([0.01203, 0.3])
        >>> numbers(0.01203), numbers(0.3), Numbers([1523.4, 1523.3])(1523.4)
        ('0.0120', '0.3000', '1,523.4')
    """

    def __init__(self, values: Sequence[float]) -> None:
        sizes = [abs(value) for value in values if value]
        self.smallest, largest = min(sizes, default=1.0), max(sizes, default=1.0)
        self.powers = self.smallest < 1e-6 or largest >= 1e9
        different = {float(f"{value:.9g}") for value in values}
        for self.digits in range(_FEWEST, _MOST + 1):
            if len({self(value) for value in values}) >= len(different):
                break

    def __call__(self, value: float) -> str:
        """Write one number."""
        if self.powers:
            return f"{value:.{self.digits}g}"
        decimals = max(0, self.digits - 1 - math.floor(math.log10(self.smallest)))
        return f"{value:,.{decimals}f}"

    def spread(self, value: float) -> str:
        """Write a spread: as the numbers, but never a positive one as nothing."""
        text = self(value)
        return f"{value:.1g}" if value and not any(digit in "123456789" for digit in text) else text


def joined(parts: Sequence[str], word: str = "and") -> str:
    """Write a list.

    Example:
        >>> joined(["a", "b", "c"]), joined(["a", "b"], "or")
        ('a, b and c', 'a or b')
    """
    *front, last = parts
    return f"{', '.join(front)} {word} {last}" if front else last


def percent_lower(small: float, large: float) -> str:
    """Write by how much `small` is below `large`; 99.9 % does not become all.

    Example:
        >>> percent_lower(0.9, 1.2), percent_lower(0.999, 1.0), percent_lower(0.001, 1.0)
        ('25 %', '0.1 %', '99 %')
    """
    share = 100.0 * (1.0 - small / large)
    return f"{math.floor(share + 1e-9)} %" if share >= 10.0 else f"{share:.1g} %"


def shown_p(p: float) -> str:
    """Write a p-value.

    Example:
        >>> shown_p(0.0312), shown_p(2e-9)
        ('p = 0.031', 'p < 0.001')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
