"""Table: columns as a source gave them, before anything is decided about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnncomp._check import nearest
from rnncomp.errors import ColumnError

if TYPE_CHECKING:
    import polars as pl

Place = Callable[[Sequence[int]], list[str]]
"""Turns row numbers into what a person can look up: "line 7" of a file, "row 5" of a frame."""


def rows_from_zero(rows: Sequence[int]) -> list[str]:
    """Name rows of something that has no lines.

    Example:
        >>> rows_from_zero([0, 7])
        ['row 0', 'row 7']
    """
    return [f"row {row}" for row in rows]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length and how to speak of them.

    Attributes:
        source: What messages call it, such as "taxi.csv" or "the pandas frame".
        name: What the series will be called.
        frame: The columns; text stays text.
        place: Names rows for messages.
        time_column: A column that the source itself marks as time (a frame's index).
        frame_type: The kind of frame to give back.
        notes: What was done to the data, in sentences.
    """

    source: str
    name: str
    frame: pl.DataFrame
    place: Place = rows_from_zero
    time_column: str | None = None
    frame_type: str = "polars"
    notes: tuple[str, ...] = ()

    def column(self, argument: str, name: str) -> pl.Series:
        """Return a column, or raise ColumnError with the nearest names.

        Args:
            argument: The argument that asked for it.
            name: The column.
        """
        names = self.frame.columns
        if name not in names:
            same = [other for other in names if other.casefold() == name.casefold()]
            close = f"did you mean {same[0]!r}?" if same else nearest(name, names)
            raise ColumnError(
                f"{argument} must be a column of {self.source}, got {name!r}; "
                f"{close + ' ' if close else ''}columns are {join_names(names)}"
            )
        return self.frame[name]


def join_names(names: Iterable[str], most: int = 20) -> str:
    """Return names in quotes, the first `most` of them.

    Example:
        >>> join_names(["a", "b", "c"], most=2)
        "'a', 'b' and 1 more"
    """
    names = list(names)
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def count(amount: int, thing: str) -> str:
    """Return "1 row", "2 rows".

    Example:
        >>> count(1, "empty cell"), count(3, "row")
        ('1 empty cell', '3 rows')
    """
    return f"{amount} {thing}" + ("" if amount == 1 else "s")
