"""Parquet: its own record of rows and columns is checked before anything is read."""

from __future__ import annotations

import io
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
    failures = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError)
    try:
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
        frame = pl.read_parquet(opened(), columns=usable)
    except failures as error:
        raise _unreadable(source, error) from None
    return Table(source, name, frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)))


def _unreadable(source: str, error: BaseException) -> DataFileError:
    reason = str(error).strip().split("\n")[0][:200]
    return DataFileError(
        f"{source} must be a Parquet file that can be read, got: {reason}; write it again"
    )
