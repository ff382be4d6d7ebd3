"""Frames and arrays as a Table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import ColumnError, DataFileError
from rnncomp.series.table import Table

if TYPE_CHECKING:
    import polars as pl


def table_from_array(values: Any, name: str | None) -> Table:
    """Take numbers of shape (rows,) or (rows, F); columns are "value" or "column_1", "column_2"...

    Raises:
        InvalidArgumentError: The array has another rank or holds no numbers.
    """
    import polars as pl  # noqa: PLC0415

    try:
        array = np.asarray(values)
    except ValueError:
        raise fail("source", "rows of equal length", type(values).__name__) from None
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiu":
        received = f"an array of shape {array.shape} and dtype {array.dtype}"
        raise fail("source", "numbers of shape (rows,) or (rows, F)", received)
    if not array.size:
        raise DataFileError("the array must hold rows, got none; pass at least two")
    columns = array.reshape(len(array), -1).astype(np.float64, copy=False)
    names = [f"column_{i + 1}" for i in range(columns.shape[1])] if array.ndim == 2 else ["value"]
    if len(names) == 1:
        names = ["value"]
    data = {label: np.ascontiguousarray(columns[:, i]) for i, label in enumerate(names)}
    # An array's NaN stays NaN, so that the message can tell it from an empty cell.
    return Table("the array", name or "array", pl.DataFrame(data, nan_to_null=False))


def table_from_frame(native: Any, name: str | None) -> Table:
    """Take a frame or a single column of pandas, polars, pyarrow or what else narwhals knows.

    Raises:
        InvalidArgumentError: narwhals does not know the object.
        ColumnError: Two columns have the same name.
        DataFileError: There are no rows.
    """
    import narwhals as nw  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    try:
        known = nw.from_native(native, allow_series=True)
    except (TypeError, ValueError) as error:
        if "unique" in str(error) or "uplicate" in str(error):
            raise ColumnError(
                "the frame must have a different name for each column, got some name twice; "
                "rename one of them"
            ) from None
        hint = "load a path, a URL, a built-in name, a pandas, polars or pyarrow frame, or an array"
        raise fail("source", "data", type(native).__name__, hint) from None
    if isinstance(known, nw.LazyFrame):
        known = known.collect()
    if isinstance(known, nw.Series):
        known = known.to_frame()
    kind = known.implementation.name.lower()
    source = f"the {kind} frame"
    if not len(known):
        raise DataFileError(f"{source} must hold rows, got none; pass at least two")
    columns: dict[str, pl.Series] = {}
    index = _time_index(nw.maybe_get_index(known))
    if index is not None:
        label = _index_name(nw.maybe_get_index(known), known.columns)
        columns[label] = pl.Series(label, index)
    for column in known.iter_columns():
        label = str(column.name) if column.name not in (None, "") else "value"
        columns[label] = _to_polars(column, label)
    frame = pl.DataFrame(list(columns.values()))
    time_column = None if index is None else next(iter(columns))
    return Table(source, name or "frame", frame, time_column=time_column, frame_type=kind)


def _to_polars(column: Any, label: str) -> pl.Series:
    """Convert one narwhals column; no frame library but polars is asked to convert itself."""
    import polars as pl  # noqa: PLC0415

    dtype = column.dtype
    native = column.to_native()
    if isinstance(native, pl.Series):
        return native.cast(pl.String) if native.dtype in (pl.Categorical, pl.Enum) else native
    if dtype.is_numeric():
        values = column.to_list() if column.null_count() else column.to_numpy()
        if dtype.is_decimal():
            values = [None if value is None else float(value) for value in column.to_list()]
        if dtype.is_float() and column.null_count():
            values = column.to_numpy()
        return pl.Series(label, values, strict=False)
    if dtype.is_temporal():
        return pl.Series(label, column.to_list())
    cells = [cell if cell is None else str(cell) for cell in column.to_list()]
    return pl.Series(label, cells, dtype=pl.String)


def _time_index(index: Any) -> Any:
    """Return a pandas index of moments as datetime64[us] in UTC, or None for any other."""
    if index is None:
        return None
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    if getattr(index, "tz", None) is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    values = np.asarray(index)
    return values.astype("datetime64[us]") if values.dtype.kind == "M" else None


def _index_name(index: Any, columns: list[str]) -> str:
    label = str(index.name) if index.name is not None else "time"
    while label in columns:
        label += "_index"
    return label
