"""Numbers as people read them, and as the page carries them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

Number = float | None

NONE = "–"
DIGITS_CARRIED = 6  # a chart 4,000 dots wide shows fewer


def is_number(value: object) -> bool:
    """Tell whether `value` is a finite number."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def short(value: Number, digits: int = 4) -> str:
    """Write a number with `digits` significant digits, thousands with commas, a dash for none.

    Example:
        >>> [short(v) for v in (0.012034, 12.3456, 1234567.0, 0.0, None, -2.19e-5)]
        ['0.01203', '12.35', '1,234,567', '0', '–', '−2.19e-05']
    """
    if value is None or not math.isfinite(value):
        return NONE
    size = abs(value)
    if size >= 1e9 or 0 < size < 1e-4:
        text = f"{value:.3g}"
    elif value == 0 or size >= 10**digits:
        text = f"{value:,.0f}"
    else:
        text = f"{value:#,.{digits}g}".rstrip(".")
    return _signed(text)


def column(values: Sequence[Number], digits: int = 4) -> list[str]:
    """Write a column with the same decimals: `digits` digits for the smallest that is not 0.

    Example:
        >>> column([0.01203, 0.3, None]), column([15137.0, 2038.25])
        (['0.01203', '0.30000', '–'], ['15,137', '2,038'])
    """
    places = decimals(values, digits)
    if places is None:
        return [short(value, digits) for value in values]
    return [fixed(value, places) for value in values]


def decimals(values: Sequence[Number], digits: int = 4) -> int | None:
    """Return how many decimals a column needs, None if powers of ten read better."""
    sizes = [abs(value) for value in values if value and math.isfinite(value)]
    smallest, largest = min(sizes, default=1.0), max(sizes, default=1.0)
    if smallest < 1e-6 or largest >= 1e9:
        return None
    return max(0, digits - 1 - math.floor(math.log10(smallest)))


def fixed(value: Number, places: int) -> str:
    """Write a number with so many decimals, a dash for none."""
    if value is None or not math.isfinite(value):
        return NONE
    return _signed(f"{value:,.{places}f}")


def percent(share: Number, places: int = 1, *, sign: bool = False) -> str:
    """Write a share as per cent.

    Example:
        >>> percent(0.784), percent(-0.0412, sign=True), percent(0.02, sign=True), percent(None)
        ('78.4 %', '−4.1 %', '+2.0 %', '–')
    """
    if share is None or not math.isfinite(share):
        return NONE
    return _signed(f"{100 * share:{'+' if sign else ''}.{places}f} %")


def carried(values: Iterable[Any]) -> list[Number]:
    """Return numbers as the page carries them: few digits, None for what is absent.

    Example:
        >>> carried([1 / 3, float("nan"), None, 7])
        [0.333333, None, None, 7.0]
    """
    return [
        float(f"{value:.{DIGITS_CARRIED}g}") if value is not None and math.isfinite(value) else None
        for value in values
    ]


def _signed(text: str) -> str:
    """Put a true minus, which is as wide as the digits, before a negative number."""
    return "−" + text[1:] if text.startswith("-") else text
