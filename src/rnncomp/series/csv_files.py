"""CSV: bytes to a Table of text columns, every defect named by its line."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rnncomp.errors import DataFileError
from rnncomp.series.table import Table, join_names

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = (",", ";", "\t", "|")
_NUMBER_OR_DATE = re.compile(
    r"[+-]?[\d.,]+(e[+-]?\d+)?|\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?([T ].*)?"
)
_LINE_LIMIT = 1 << 20
_OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x28\xb5\x2f\xfd": "compressed with zstandard",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"ARROW1": "an Arrow file",
    b"\x89HDF": "an HDF5 file",
    b"%PDF": "a PDF",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<?xml": "XML",
    b"{": "JSON",
    b"[": "JSON",
}


def read_csv(
    data: bytes, *, source: str, name: str, separator: str | None, max_bytes: int
) -> Table:
    """Read CSV text into columns of text.

    Args:
        data: The file's bytes, already expanded.
        source: What messages call the file.
        name: Name for the series.
        separator: The character between cells; None finds it in the first line.
        max_bytes: Cap on rows x columns x 8.

    Returns:
        The table; cells are text, absent cells null.

    Raises:
        DataFileError: The bytes are not a CSV file with a header and rows.
    """
    import polars as pl  # noqa: PLC0415

    data = check_text(data, source)
    separator = separator or _find_separator(data)
    header = _read_header(data, source, separator)
    rows = data.count(b"\n")
    if rows * len(header) * 8 > max_bytes:
        raise DataFileError(
            f"{source} must hold at most {max_bytes:,} bytes as numbers, got about {rows:,} rows x "
            f"{len(header)} columns x 8 bytes; pass a larger max_bytes or set RNNCOMP_MAX_BYTES"
        )
    try:
        frame = pl.read_csv(data, separator=separator, infer_schema=False, raise_if_empty=False)
    except pl.exceptions.PolarsError as error:
        raise _ragged(data, source, separator, header, error) from None
    if len(frame.columns) != len(header):
        raise DataFileError(
            f"{source} must have quotes around whole names in its header, got a header that "
            f"reads as {join_names(header)} or as {join_names(frame.columns)}; remove the quotes"
        )
    frame = _without_trailing_blanks(frame.rename(dict(zip(frame.columns, header, strict=True))))
    if not len(frame):
        raise DataFileError(f"{source} must hold rows of numbers, got only a header; add rows")

    def place(wanted: Sequence[int]) -> list[str]:
        return _lines(data, separator, wanted)

    return Table(source, name, frame, place)


def check_text(data: bytes, source: str) -> bytes:
    """Return the bytes without byte-order mark and old line ends, or say why they are no text."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise DataFileError(f"{source} must hold a header and rows, got an empty file; fill it")
    for magic, what in _OTHER_FORMATS.items():
        if data.startswith(magic) or data[: len(magic)].lower() == magic:
            raise DataFileError(
                f"{source} must be CSV or Parquet, got {what}; save it as CSV and load that"
            )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataFileError(f"{source} must be UTF-8 text, got UTF-16; save it as UTF-8")
    if b"\0" in data[:_LINE_LIMIT]:
        raise DataFileError(f"{source} must be text, got bytes of 0; is it a CSV file?")
    try:
        str(data, "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataFileError(
            f"{source} must be UTF-8 text, got byte 0x{data[error.start]:02x} in line {line}; "
            "save it as UTF-8"
        ) from None
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    data = _without_comments(data)
    if not data.strip():
        raise DataFileError(f"{source} must hold a header and rows, got only comments; add rows")
    return data


def _without_comments(data: bytes) -> bytes:
    """Return the text with lines of ``#`` before the header emptied: line numbers stay."""
    end = 0
    while data[end : end + 1] in (b"#", b"\n", b"\r"):
        end = data.find(b"\n", end) + 1 or len(data)
    return b"\n" * data.count(b"\n", 0, end) + data[end:]


def _find_separator(data: bytes) -> str:
    line = data.lstrip(b"\r\n")[:_LINE_LIMIT].split(b"\n", 1)[0].decode(errors="replace")
    counts = [line.count(separator) for separator in SEPARATORS]
    return SEPARATORS[counts.index(max(counts))]


def _records(data: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of the header and each row, as Polars counts rows."""
    reader = csv.reader(
        io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""), delimiter=separator
    )
    line = 1
    # A cell of more than 128 KiB ends the records: what opened its quote is not a row.
    with contextlib.suppress(csv.Error):
        for cells in itertools.dropwhile(lambda cells: not cells, reader):
            yield line, cells
            line = reader.line_num + 1


def _read_header(data: bytes, source: str, separator: str) -> list[str]:
    first_line = data.lstrip(b"\r\n").find(b"\n", 0, _LINE_LIMIT)
    if first_line < 0 and len(data) > _LINE_LIMIT:
        raise DataFileError(
            f"{source} must have lines, got none in its first {_LINE_LIMIT:,} bytes; is it a CSV?"
        )
    _, first = next(_records(data, separator), (1, [""]))
    names = [name.strip() for name in first]
    if all(_NUMBER_OR_DATE.fullmatch(name) for name in names):
        raise DataFileError(
            f"{source} must begin with a header of column names, got {join_names(names)}; "
            "add a line with a name for each column on top"
        )
    names = [name or f"column_{number}" for number, name in enumerate(names, 1)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise DataFileError(
            f"{source} must have a different name for each column, got {join_names(doubled)} "
            "more than once; rename one of them in the header"
        )
    return names


def _without_trailing_blanks(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return frame.head(int(filled[-1]) + 1 if len(filled) else 0)


def _ragged(
    data: bytes, source: str, separator: str, header: list[str], error: Exception
) -> DataFileError:
    for line, cells in _records(data, separator):
        if len(cells) > len(header):
            return DataFileError(
                f"{source} must have {len(header)} cells in each line as its header, got "
                f"{len(cells)} in line {line}; put cells that hold {separator!r} in quotes, or "
                "pass separator="
            )
    if data.count(b'"') % 2:
        return DataFileError(
            f"{source} must close every quote, got an odd number of them; remove or double the one"
        )
    reason = str(error).strip().split("\n")[0]
    return DataFileError(f"{source} must be a CSV file, got one that cannot be read: {reason}")


def _lines(data: bytes, separator: str, wanted: Sequence[int]) -> list[str]:
    rows = itertools.islice(_records(data, separator), 1, max(wanted, default=0) + 2)
    starts = dict(enumerate(line for line, _ in rows))
    return [f"line {starts[row]}" if row in starts else f"row {row}" for row in wanted]
