"""Roles: which column is time, which is the target, which are further inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import ColumnError
from rnncomp.series.numbers import Numbers, is_numeric, read_numbers, refuse_text
from rnncomp.series.stamps import looks_like_time
from rnncomp.series.table import Table, join_names

Names = str | Sequence[str]


@dataclass(frozen=True)
class Roles:
    """The columns chosen.

    Attributes:
        time: The time column, or None.
        targets: What to predict.
        features: What else the network sees, up to the cutoff.
        known: What it sees beyond the cutoff too.
    """

    time: str | None
    targets: tuple[str, ...]
    features: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of numbers, targets first, known ones last."""
        return self.targets + self.features + self.known

    def argument(self, name: str) -> str:
        """Return the argument that gave a column its role."""
        return "target" if name in self.targets else "known" if name in self.known else "features"


def choose_time(table: Table, time: str | Literal[False] | None) -> str | None:
    """Return the time column: the one named, or the first that looks like time, or None.

    Raises:
        ColumnError: The column named is not there.
    """
    if time is False:
        return None
    if time is not None:
        if not isinstance(time, str):
            raise fail("time", "the name of a column, or False to only count rows", time)
        return table.column("time", time).name
    if table.time_column is not None:
        return table.time_column
    return next((column.name for column in table.frame if looks_like_time(column)), None)


def choose_roles(
    table: Table,
    *,
    target: Names | None,
    features: Names,
    time: str | Literal[False] | None,
    decimal: str,
    known: Names = (),
) -> Roles:
    """Choose the columns; without a target named, the only column of numbers.

    Raises:
        ColumnError: A column is not there, is named twice, or the target cannot be guessed.
    """
    time_column = choose_time(table, time)
    targets = as_names("target", target)
    extra, ahead = as_names("features", features), as_names("known", known)
    if not targets:
        targets = (_only_numbers(table, time_column, extra + ahead, decimal),)
    named = [*targets, *extra, *ahead, *([time_column] if time_column is not None else [])]
    for argument, names in (("target", targets), ("features", extra), ("known", ahead)):
        for name in names:
            table.column(argument, name)
            if named.count(name) > 1:
                raise ColumnError(
                    f"{argument} must name a column once and not the time column, got {name!r} "
                    f"with time {time_column!r}; name another, or pass time=False"
                )
    return Roles(time_column, targets, extra, ahead)


def as_names(argument: str, names: Names | None) -> tuple[str, ...]:
    """Return one name or several as a tuple, None as an empty one, or raise.

    Example:
        >>> as_names("target", "a"), as_names("features", ["a", "b"])
        (('a',), ('a', 'b'))
    """
    if names is None:
        return ()
    several = isinstance(names, Sequence) and not isinstance(names, str)
    listed = tuple(names) if several else (names,)
    if not all(isinstance(name, str) for name in listed):
        raise fail(argument, "the name of a column, or a list of names", names)
    return tuple(map(str, listed))


def _only_numbers(
    table: Table, time_column: str | None, extra: tuple[str, ...], decimal: str
) -> str:
    """Return the one column of numbers that has no other role, or raise ColumnError."""
    read: dict[str, Numbers] = {}
    for column in table.frame:
        taken = column.name == time_column or column.name in extra
        if not taken and is_numeric(column):
            numbers = read_numbers(column, decimal)
            if not _counts_rows(column.name, numbers):
                read[column.name] = numbers
    clean = [name for name, numbers in read.items() if numbers.finite and not len(numbers.text)]
    if len(clean) == 1:
        return clean[0]
    if clean:
        raise ColumnError(
            f"target must be named when {table.source} has several columns of numbers, got "
            f"{join_names(clean)}; pass target={clean[0]!r} or another"
        )
    # A column that is mostly numbers was meant as numbers: its text is the thing to say.
    for name, numbers in read.items():
        if numbers.finite >= len(numbers.text):
            raise refuse_text(table, name, numbers, decimal)
    for name, numbers in read.items():
        error = refuse_text(table, name, numbers, decimal)
        if "decimal=" in str(error):
            raise error
    raise ColumnError(
        f"{table.source} must have a column of numbers, got {join_names(table.frame.columns)}"
        f"{f' with {time_column!r} as time' if time_column else ''}; add the column to predict"
    )


def _counts_rows(name: str, numbers: Numbers) -> bool:
    """Return whether a column without a name is just 0, 1, 2 ..., as frames write their index."""
    values = numbers.values
    return name == "column_1" and bool(np.array_equal(values, np.arange(len(values)) + values[0]))
