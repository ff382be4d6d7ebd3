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
    return _percent(100.0 * (1.0 - small / large))


def percent_higher(large: float, small: float) -> str:
    """Write by how much `large` is above `small`, which is not 0.

    Example:
        >>> percent_higher(1.3, 1.0), percent_higher(1.0004, 1.0), percent_higher(30.0, 1.0)
        ('30 %', '0.04 %', '2,900 %')
    """
    return _percent(100.0 * (large / small - 1.0))


def percent_span(low: float, high: float) -> str:
    """Write an interval of percents; an end that is not 0 does not become 0.

    Example:
        >>> percent_span(2.21, 6.04), percent_span(-1.26, 14.2), percent_span(0.0004, 12.0)
        ('2.2 to 6.0 %', '-1 to 14 %', '0.0004 to 12.0000 %')
    """
    width = high - low
    decimals = 0 if width >= 10.0 else 1 if width >= 1.0 else 2
    ends = [end for end in (low, high) if end]
    while decimals < _MOST and any(not float(f"{end:.{decimals}f}") for end in ends):
        decimals += 1
    return f"{low:,.{decimals}f} to {high:,.{decimals}f} %"


def rounded(count: int) -> str:
    """Write a count that is an estimate: two digits, rounded up.

    Example:
        >>> rounded(7), rounded(1234), rounded(98_500)
        ('7', '1,300', '99,000')
    """
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"


def _percent(share: float) -> str:
    if share >= 10.0:
        return f"{math.floor(share + 1e-9):,} %"
    return f"{math.floor(10.0 * share + 1e-9) / 10.0:.1f} %" if share >= 1.0 else f"{share:.1g} %"
