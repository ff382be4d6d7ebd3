"""Parquet: its own record of rows and columns is checked before anything is read."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from rnncomp.errors import DataFileError
from rnncomp.series.limits import over_cap
from rnncomp.series.table import Table


def read_parquet(source_data: Path | bytes, *, source: str, name: str, max_bytes: int) -> Table:
    """Read the columns of a Parquet file that can be numbers, dates or text.

    Args:
        source_data: The file, or its bytes.
        source: What messages call it.
        name: Name for the series.
        max_bytes: Cap on rows x columns x 8.

    Returns:
        The table.

    Raises:
        DataFileError: The file is damaged, empty, or over the cap.
    """
    import polars as pl  # noqa: PLC0415

    def opened() -> Path | io.BytesIO:
        return source_data if isinstance(source_data, Path) else io.BytesIO(source_data)

    # A damaged file can make the reader panic, which is no ordinary Exception.
    failures: tuple[type[BaseException], ...]
    failures = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError)
    try:
        with _without_panic_notes():
            schema = pl.read_parquet_schema(opened())
            rows = int(pl.scan_parquet(opened()).select(pl.len()).collect().item())
    except failures as error:
        raise _unreadable(source, error) from None
    usable = [label for label, dtype in schema.items() if not dtype.is_nested()]
    if rows * len(usable) * 8 > max_bytes:
        what = f"{rows:,} rows x {len(usable)} columns x 8 bytes"
        raise DataFileError(over_cap(source, what, max_bytes))
    if not rows or not usable:
        what = f"{rows} rows and {len(usable)} plain columns"
        raise DataFileError(f"{source} must hold rows of numbers, got {what}; add some")
    try:
        with _without_panic_notes():
            frame = pl.read_parquet(opened(), columns=usable)
    except failures as error:
        raise _unreadable(source, error) from None
    return Table(source, name, frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)))


@contextlib.contextmanager
def _without_panic_notes() -> Iterator[None]:
    """Keep the reader, when it panics, from writing pages to standard error before we can speak."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error to protect
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _unreadable(source: str, error: BaseException) -> DataFileError:
    reason = str(error).strip().split("\n")[0][:200]
    return DataFileError(
        f"{source} must be a Parquet file that can be read, got: {reason}; write it again"
    )
