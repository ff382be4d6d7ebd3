"""Columns as frames of any kind, as CSV that a spreadsheet cannot run, and as HTML."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp.comparison.leaderboard import COLUMNS, NETWORK_LABELS

Row = Mapping[str, Any]

PIECE = 1 << 14  # rows whose cells are in memory at a time

# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHOWN = ("mae", "mse", "rmse", "mase", "r2", "n_params", "fit_seconds", "predict_microseconds")


class Columns(Mapping[str, np.ndarray[Any, Any]]):
    """Columns by name, each made anew whenever it is asked for: a long series has many.

    To make them forecasts again; ``dict(columns)`` makes all of them once.

    Example:
        >>> columns = Columns({"step": lambda: np.arange(3)})
        >>> list(columns), columns["step"].tolist()
        (['step'], [0, 1, 2])
    """

    def __init__(self, makers: Mapping[str, Callable[[], np.ndarray[Any, Any]]]) -> None:
        self._makers = dict(makers)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """Make a column."""
        return self._makers[name]()

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column; it is not made."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        """Return the names in order."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self._makers)


def leaderboard_frame(rows: Sequence[Row], frame_type: str) -> Any:
    """Return the leaderboard as a frame.

    Args:
        rows: Rows that hold `COLUMNS`.
        frame_type: ``polars``, ``pandas``, ``pyarrow``, or another that narwhals can make.
    """
    import narwhals as nw  # noqa: PLC0415

    # A whole number that may be absent, such as the seeds of a baseline, is a float in pandas.
    whole = nw.Float64 if frame_type == "pandas" else nw.Int64
    data = leaderboard_columns(rows)
    dtypes = {str: nw.String, float: nw.Float64, int: whole}
    schema = {
        name: nw.Int64 if kind is int and None not in data[name] else dtypes[kind]
        for name, kind in COLUMNS.items()
    }
    return nw.from_dict(data, schema=schema, backend=frame_type).to_native()  # type: ignore[arg-type]


def columns_frame(columns: Mapping[str, Any], frame_type: str) -> Any:
    """Return columns of equal length as a frame of that kind."""
    import narwhals as nw  # noqa: PLC0415

    return nw.from_dict(dict(columns), backend=frame_type).to_native()  # type: ignore[arg-type]


def leaderboard_columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return the leaderboard by column, without the scores by seed."""
    return {name: [row[name] for row in rows] for name in COLUMNS}


def write_csv(path: Path, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> None:
    """Write columns of equal length as CSV, UTF-8; absent, NaN and infinite are empty cells.

    Raises:
        OSError: The file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([safe_cell(name) for name in columns])
        made = list(columns.values())
        for first in range(0, max(map(len, made), default=0), PIECE):
            rows = slice(first, first + PIECE)
            writer.writerows(zip(*(_cells(values[rows]) for values in made), strict=True))


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


def comparison_html(rows: Sequence[Row], best: str | None, verdict: Sequence[str]) -> str:
    """Return verdict and leaderboard as HTML, all text escaped."""
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in verdict)
    head = "".join(f"<th>{escape(name)}</th>" for name in ("", *_SHOWN))
    body = "".join(_html_row(row, best) for row in rows)
    return (
        f"<div>{sentences}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _html_row(row: Row, best: str | None) -> str:
    name = str(NETWORK_LABELS.get(row["name"], row["name"]))
    name += " *" if row["name"] == best else ""
    cells = [_html_number(row[column], row.get(f"{column}_spread")) for column in _SHOWN]
    return f"<tr><th>{escape(name)}</th>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def _html_number(value: float | None, spread: float | None) -> str:
    if value is None:
        return "-"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return text if spread is None else f"{text} ± {spread:.2g}"


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
