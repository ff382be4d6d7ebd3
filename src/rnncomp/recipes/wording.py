"""Numbers in sentences and small tables of plain text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def short(value: float, digits: int = 4) -> str:
    """Write a number with so many significant digits; what is whole but for rounding, as whole.

    Example:
        >>> [short(v) for v in (0.0131224, 12.3456, 117.9999999999, 4321.5, 1.3e-13)]
        ['0.01312', '12.35', '118', '4,322', '0']
    """
    whole = abs(value - round(value)) < 1e-9 * max(1.0, abs(value))
    if whole or abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Write mean ± standard deviation over seeds, which one seed has not.

    Example:
        >>> spread([10.7, 10.1, 10.5]), spread([10.7])
        ('10.4 ± 0.3', '10.7')
    """
    if len(values) < 2:
        return short(values[0], digits)
    return plus_minus(float(np.mean(values)), float(np.std(values, ddof=1)), digits)


def plus_minus(mean: float, deviation: float | None, digits: int = 3) -> str:
    """Write a mean and its spread with the same decimals; None is no spread.

    A spread that has none of these decimals is still not nothing.

    Example:
        >>> plus_minus(0.12345, 0.00456), plus_minus(14.6, None)
        ('0.123 ± 0.005', '14.6')
        >>> plus_minus(4321.0, 0.034), plus_minus(0.0, 1.41)
        ('4,321 ± 0.03', '0.00 ± 1.41')
    """
    size = abs(mean) or deviation
    if deviation is None or not size:
        return short(mean, digits)
    decimals = max(0, digits - 1 - int(np.floor(np.log10(size))))
    around = f"{deviation:,.{decimals}f}"
    if deviation > 0 and not around.strip("0."):
        around = f"{deviation:.1g}"
    return f"{mean:,.{decimals}f} ± {around}"


def lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines: words to the left in the first column, numbers to the right.

    Example:
        >>> lines(["", "MAE"], [["ridge", "0.1"], ["GRU", "0.25"]])
        ['        MAE', 'ridge   0.1', 'GRU    0.25']
    """
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Example:
        >>> listed(["a"]), listed(["a", "b", "c"])
        ('a', 'a, b and c')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
