"""Numbers: a column as float64, with every cell that is not one accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import ColumnError
from rnncomp.series.table import Table, count

if TYPE_CHECKING:
    import polars as pl

EMPTY_WORDS = ("", "na", "n/a", "#n/a", "nan", "null", "none")
"""Cells that mean "no value here", in lower case."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ ,.'_\u00a0\u202f]\d{3})+([.,]\d+)?")


@dataclass(frozen=True, eq=False)
class Numbers:
    """One column read as numbers.

    Attributes:
        values: Shape (rows,), float64; NaN wherever there is no finite number.
        empty: Rows with an empty cell, or a word for it.
        not_a_number: Rows with NaN.
        infinite: Rows with plus or minus infinity.
        text: Rows with anything else.
    """

    values: NDArray[np.float64]
    empty: NDArray[np.int64]
    not_a_number: NDArray[np.int64]
    infinite: NDArray[np.int64]
    text: NDArray[np.int64]

    @property
    def missing(self) -> NDArray[np.int64]:
        """Rows without a finite number, text left aside."""
        return np.sort(np.concatenate([self.empty, self.not_a_number, self.infinite]))

    @property
    def finite(self) -> int:
        """How many rows hold a finite number."""
        return int(np.isfinite(self.values).sum())


def read_numbers(column: pl.Series, decimal: str = ".") -> Numbers:
    """Read a column of numbers or text as float64.

    Args:
        column: Numbers, or text as a CSV file has it.
        decimal: The decimal mark in text, "." or ",".

    Returns:
        The numbers and the rows that are none.

    Example:
        >>> import polars as pl
        >>> numbers = read_numbers(pl.Series(["1.5", "", "inf", "x"]))
        >>> numbers.values.tolist(), numbers.text.tolist()
        ([1.5, nan, nan, nan], [3])
    """
    import polars as pl  # noqa: PLC0415

    if decimal == "." or column.dtype != pl.String:
        floats = column.cast(pl.Float64, strict=False)
        if not floats.null_count() and bool(floats.is_finite().all()):  # the usual case, and fast
            return Numbers(floats.to_numpy(), *(np.empty(0, dtype=np.int64) for _ in range(4)))
    if column.dtype != pl.String:
        blank = column.is_null().to_numpy()
        text = np.zeros(len(column), dtype=bool)
        floats = column.cast(pl.Float64, strict=False)
    else:
        cells = column.str.strip_chars()
        written_nan = cells.str.to_lowercase() == "nan"
        blank = (
            (cells.is_null() | cells.str.to_lowercase().is_in(EMPTY_WORDS).fill_null(True))
            & ~written_nan.fill_null(False)
        ).to_numpy()
        if decimal == ",":
            cells = cells.str.replace(".", "x", literal=True).str.replace(",", ".", literal=True)
        floats = cells.cast(pl.Float64, strict=False)
        text = floats.is_null().to_numpy() & ~blank
    values = floats.fill_null(float("nan")).to_numpy().copy()
    infinite = np.isinf(values)
    values[infinite] = np.nan
    nan = np.isnan(values) & ~blank & ~infinite & ~text
    return Numbers(values, *(np.flatnonzero(mask) for mask in (blank, nan, infinite, text)))


def numbers_of(
    table: Table, label: str, decimal: str = ".", *, argument: str = "target"
) -> Numbers:
    """Read a column of numbers, or raise ColumnError for text in it.

    Args:
        table: Where the column is.
        label: The column.
        decimal: The decimal mark in text.
        argument: The argument that asked for it. All but a target may also be true and false, as
            holidays are, which become 1 and 0.
    """
    import polars as pl  # noqa: PLC0415

    column = table.column(argument, label)
    if column.dtype == pl.Boolean and argument != "target":
        column = column.cast(pl.Float64)
    if column.dtype.is_temporal() or column.dtype.is_nested() or column.dtype == pl.Boolean:
        raise ColumnError(
            f"column {label!r} of {table.source} must hold numbers, got {column.dtype}; "
            f"choose another {argument}"
        )
    numbers = read_numbers(column, decimal)
    if len(numbers.text):
        raise refuse_text(table, label, numbers, decimal)
    return numbers


def is_numeric(column: pl.Series) -> bool:
    """Return whether the column's type can hold numbers (text has to be read to know)."""
    import polars as pl  # noqa: PLC0415

    return column.dtype.is_numeric() or column.dtype == pl.String


def refuse_text(table: Table, name: str, numbers: Numbers, decimal: str) -> ColumnError:
    """Build the error for a column of numbers with text in it, first three cells named."""
    rows = numbers.text[:3].tolist()
    cells = [str(table.frame[name][row]) for row in rows]
    places = table.place(rows)
    shown = ", ".join(f"{shorten(c)} ({p})" for c, p in zip(cells, places, strict=True))
    total = count(len(numbers.text), "row")
    return ColumnError(
        f"column {name!r} of {table.source} must hold numbers, got text in {total}: {shown}; "
        f"{_advice(cells, decimal)}"
    )


def shorten(cell: str, most: int = 40) -> str:
    """Return a cell in quotes, cut to `most` characters.

    Example:
        >>> shorten("abcdef", most=3)
        "'abc...'"
    """
    return repr(cell if len(cell) <= most else cell[:most] + "...")


def _advice(cells: list[str], decimal: str) -> str:
    cells = [cell.strip() for cell in cells]
    if all(_THOUSANDS.fullmatch(cell) for cell in cells):
        other = "," if decimal == "." else "."
        either = all(cell.count(other) == 1 and decimal not in cell for cell in cells)
        return "write numbers without thousands separators" + (
            f", or, if the mark is a decimal one, pass decimal={other!r}" if either else ""
        )
    if decimal == "." and all(_DECIMAL_COMMA.fullmatch(cell) for cell in cells):
        return "these look like decimal commas: pass decimal=','"
    return "correct these cells or leave them empty, or choose another target"
