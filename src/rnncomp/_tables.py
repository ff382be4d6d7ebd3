"""Columns as CSV that a spreadsheet cannot run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from rnncomp._files import write_whole
from rnncomp.errors import OutputError

PIECE = 1 << 14  # rows whose cells are in memory at a time

# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def save_csv(path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> None:
    """Write columns as `write_csv` does, whole or not at all.

    Raises:
        OutputError: The file cannot be written; nothing is left behind.
    """
    text = io.StringIO(newline="")
    _write(text, columns)
    try:
        write_whole(path, text.getvalue().encode())
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{path}: cannot be written ({why}); choose another place") from None


def write_csv(path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> None:
    """Write columns of equal length as CSV, UTF-8; absent, NaN and infinite are empty cells.

    Raises:
        OSError: The file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        _write(file, columns)


def read_csv(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Return the columns that `write_csv` wrote: numbers, or text.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no such table.
    """
    with path.open(encoding="utf-8", newline="") as file:
        try:
            header, *rows = csv.reader(file, strict=True)
        except csv.Error as error:
            raise ValueError(str(error)) from None
    if any(len(row) != len(header) for row in rows):
        raise ValueError("its rows have different lengths")
    cells = zip(*rows, strict=True) if rows else [()] * len(header)
    return {_bare(name): _parsed(column) for name, column in zip(header, cells, strict=True)}


def safe_cell(text: str) -> str:
    """Return text with an apostrophe before what a spreadsheet would run as a formula.

    Example:
        >>> safe_cell("=1+1"), safe_cell("price")
        ("'=1+1", 'price')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _write(file: TextIO, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in columns])
    made = list(columns.values())
    for first in range(0, max(map(len, made), default=0), PIECE):
        rows = slice(first, first + PIECE)
        writer.writerows(zip(*(_cells(values[rows]) for values in made), strict=True))


def _cells(values: Iterable[Any]) -> list[Any]:
    """Return cells as csv takes them: numbers in their shortest exact form, text made safe."""
    if isinstance(values, np.ndarray):
        values = (np.datetime_as_string(values) if values.dtype.kind == "M" else values).tolist()
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, float) and not np.isfinite(value):
        return ""
    return value


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _parsed(cells: Sequence[str]) -> np.ndarray[Any, Any]:
    for kind in (np.int64, np.float64):
        try:
            return np.array([kind(cell) if cell or kind is np.int64 else np.nan for cell in cells])
        except ValueError:
            continue
    return np.array([_bare(cell) for cell in cells], dtype=object)
