"""Line: one equation of a step, with symbols, with numbers, and what comes out.

Shapes: K numbers read, U units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp.explanation.computed import difference
from rnncomp.samples import FloatArray

Array = NDArray[np.float64]

DIGITS = 6  # significant ones of a number that is shown
MOST_NUMBERS = 6  # of a vector that is shown whole
MOST_TERMS = 6  # of a sum that is shown whole


@dataclass(frozen=True, eq=False)
class Operand:
    """A vector (U,), or the matrix (K, U) of a product, by its symbol."""

    symbol: str
    value: Array


@dataclass(frozen=True, eq=False)
class Product:
    """``vector @ matrix``: (K,) @ (K, U) = (U,)."""

    vector: Operand
    matrix: Operand

    @property
    def value(self) -> Array:
        """The product, (U,)."""
        product: Array = self.vector.value @ self.matrix.value
        return product


Part = str | Operand | Product
"""A piece of an equation: text as it is, a vector, a product."""


@dataclass(frozen=True, eq=False)
class Line:
    """One equation.

    Attributes:
        symbol: What it gives, ``f_3``.
        meaning: What that is, in words.
        parts: The right side.
        value: What comes out, worked out in float64 from what the parts hold, shape (U,).
        engine: The same number as the engine has it, shape (U,).
        whole: Whether every unit depends on all others (softmax), so that none stands alone.
    """

    symbol: str
    meaning: str
    parts: tuple[Part, ...]
    value: Array
    engine: FloatArray
    whole: bool = False

    @property
    def difference(self) -> float:
        """How far the engine is from `value`."""
        return difference(self.value, self.engine)

    def rows(self, unit: int | None = None, digits: int = DIGITS) -> list[str]:
        """Return the right side in symbols, with numbers, with products worked out, and the result.

        Args:
            unit: For one unit alone, each product term by term; None for all units as vectors.
            digits: Significant ones of every number.
        """
        if unit is not None and not self.whole:
            rows = [
                "".join(_unit_symbols(part, unit) for part in self.parts),
                self._joined([_unit_numbers(part, unit, digits) for part in self.parts]),
            ]
            result = number(float(self.value[unit]), digits)
        else:
            rows = [
                "".join(_symbols(part) for part in self.parts),
                "".join(_numbers(part, digits) for part in self.parts),
            ]
            result = vector(self.value, digits)
        if any(isinstance(part, Product) for part in self.parts):
            rows.append(self._joined([_worked(part, unit, digits) for part in self.parts]))
        kept = [row for n, row in enumerate(rows) if row not in rows[:n]]
        return kept if kept[-1] == result else [*kept, result]

    def _joined(self, shown: list[str]) -> str:
        """Return the parts as one text; a negative number after an operator stands in brackets."""
        text = ""
        for part, words in zip(self.parts, shown, strict=True):
            bare = not text or text.endswith("(") or isinstance(part, str)
            text += words if bare or not words.startswith("-") else f"({words})"
        return text

    def left(self, unit: int | None = None) -> str:
        """Return the left side, ``f_3`` or ``f_3[0]``."""
        return self.symbol if unit is None or self.whole else f"{self.symbol}[{unit}]"


def number(value: float, digits: int = DIGITS) -> str:
    """Return a number as it stands in an equation.

    Example:
        >>> number(0.123456789), number(2.0), number(-0.0)
        ('0.123457', '2', '0')
    """
    return format(value + 0.0, f".{digits}g")


def vector(values: FloatArray, digits: int = DIGITS) -> str:
    """Return a vector, folded where it is long.

    Example:
        >>> vector(np.array([1.0, -0.5])), vector(np.arange(50.0))
        ('[1 -0.5]', '[0 1 2 … 49] (50,)')
    """
    shown = [number(float(v), digits) for v in values]
    if len(shown) <= MOST_NUMBERS:
        return f"[{' '.join(shown)}]"
    return f"[{' '.join(shown[:3])} … {shown[-1]}] ({len(shown)},)"


def matrix(values: FloatArray, digits: int = DIGITS) -> str:
    """Return a matrix row by row, or its shape where it is large.

    Example:
        >>> matrix(np.eye(2)), matrix(np.eye(50))
        ('[[1 0] [0 1]]', '(50, 50)')
    """
    if max(values.shape) > 3:
        return f"({values.shape[0]}, {values.shape[1]})"
    return f"[{' '.join(vector(row, digits) for row in values)}]"


def _symbols(part: Part) -> str:
    if isinstance(part, Product):
        return f"{part.vector.symbol} @ {part.matrix.symbol}"
    return part if isinstance(part, str) else part.symbol


def _numbers(part: Part, digits: int) -> str:
    if isinstance(part, Product):
        values = part.matrix.value
        shown = matrix(values, digits)
        shown = shown if shown.startswith("[") else f"{part.matrix.symbol} {shown}"
        return f"{vector(part.vector.value, digits)} @ {shown}"
    return part if isinstance(part, str) else vector(part.value, digits)


def _unit_symbols(part: Part, unit: int) -> str:
    if isinstance(part, Product):
        a, w = part.vector.symbol, part.matrix.symbol
        terms = [f"{a}[{k}]·{w}[{k},{unit}]" for k in range(len(part.vector.value))]
        return " + ".join(_folded(terms))
    return part if isinstance(part, str) else f"{part.symbol}[{unit}]"


def _unit_numbers(part: Part, unit: int, digits: int) -> str:
    if isinstance(part, Product):
        values, weights = part.vector.value, part.matrix.value[:, unit]
        terms = [
            f"{_factor(float(v), digits)}·{_factor(float(w), digits)}"
            for v, w in zip(values, weights, strict=True)
        ]
        shown = _folded(terms)
        if len(shown) < len(terms):
            rest = float(values[MOST_TERMS - 1 : -1] @ weights[MOST_TERMS - 1 : -1])
            count = len(terms) - MOST_TERMS
            shown[-2] = f"({count} more: {number(rest, digits)})"
        return " + ".join(shown)
    return part if isinstance(part, str) else number(float(part.value[unit]), digits)


def _worked(part: Part, unit: int | None, digits: int) -> str:
    """Return a part with its products worked out."""
    if isinstance(part, str):
        return part
    if unit is None:
        return vector(part.value, digits)
    return number(float(part.value[unit]), digits)


def _factor(value: float, digits: int) -> str:
    """Return a number, in brackets if it is negative."""
    shown = number(value, digits)
    return f"({shown})" if shown.startswith("-") else shown


def _folded(terms: Sequence[str]) -> list[str]:
    """Return all terms, or the first ones, an ellipsis and the last."""
    if len(terms) <= MOST_TERMS:
        return list(terms)
    return [*terms[: MOST_TERMS - 1], "…", terms[-1]]
