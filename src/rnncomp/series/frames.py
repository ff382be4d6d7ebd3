"""Frames and arrays as a Table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.errors import ColumnError, DataFileError
from rnncomp.series.frequency import Times
from rnncomp.series.stamps import settle_zone
from rnncomp.series.table import Table

if TYPE_CHECKING:
    import polars as pl


def plain_column(values: Any) -> NDArray[np.float64] | None:
    """Return an array that is one column of finite, varying numbers, copied, shape (rows, 1).

    It needs no table: nothing has to be chosen, read or filled. None for all else, which goes the
    long way.
    """
    if type(values) is not np.ndarray or values.dtype not in (np.float32, np.float64):
        return None
    if values.ndim not in (1, 2) or values.size != len(values) or len(values) < 2:
        return None
    low, high = float(values.min()), float(values.max())  # NaN, if there is one
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return None
    return values.astype(np.float64).reshape(-1, 1)


def table_from_array(values: Any, name: str | None) -> Table:
    """Take numbers of shape (rows,) or (rows, F); columns are "value" or "column_1", "column_2"...

    Raises:
        InvalidArgumentError: The array has another rank or holds no numbers.
    """
    import polars as pl  # noqa: PLC0415

    try:
        array = np.asarray(values)
        if isinstance(values, np.ma.MaskedArray):
            array = np.ma.filled(values.astype(np.float64), np.nan)
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

    known = _known(native)
    if known is None:
        return table_from_array(native, name)
    kind = known.implementation.name.lower()
    source = f"the {kind} frame"
    if not len(known):
        raise DataFileError(f"{source} must hold rows, got none; pass at least two")
    columns: list[pl.Series] = []
    index = nw.maybe_get_index(known)
    stamps, notes = _time_index(index)
    if stamps is not None:
        columns.append(pl.Series(_index_name(index, known.columns), stamps))
    for column in known.iter_columns():
        label = str(column.name) if column.name not in (None, "") else "value"
        columns.append(_to_polars(column, label))
    return Table(
        source,
        name or "frame",
        pl.DataFrame(columns),
        time_column=None if stamps is None else columns[0].name,
        frame_type=kind,
        notes=notes,
    )


def _known(native: Any) -> Any:
    """Return a frame as narwhals has it, None for another thing that NumPy can read."""
    import narwhals as nw  # noqa: PLC0415

    try:
        known = nw.from_native(native, allow_series=True)
    except (TypeError, ValueError) as error:
        if "unique" in str(error) or "uplicate" in str(error):
            raise ColumnError(
                "the frame must have a different name for each column, got some name twice; "
                "rename one of them"
            ) from None
        if hasattr(native, "__array__"):
            return None
        hint = "load a path, a URL, a built-in name, a pandas, polars or pyarrow frame, or an array"
        raise fail("source", "data", type(native).__name__, hint) from None
    if isinstance(known, nw.LazyFrame):
        return known.collect()
    if isinstance(known, nw.Series):
        return (known if known.name else known.alias("value")).to_frame()
    return known


def _to_polars(column: Any, label: str) -> pl.Series:
    """Convert one narwhals column; no frame library but polars is asked to convert itself."""
    import narwhals as nw  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    dtype = column.dtype
    native = column.to_native()
    if isinstance(native, pl.Series):
        return native.cast(pl.String) if native.dtype in (pl.Categorical, pl.Enum) else native
    if dtype.is_decimal():
        floats = [None if value is None else float(value) for value in column.to_list()]
        return pl.Series(label, floats, dtype=pl.Float64)
    if dtype.is_numeric():
        whole = dtype.is_integer() and not column.null_count()
        numbers = pl.Series(label, (column if whole else column.cast(nw.Float64)).to_numpy())
        empty = pl.Series(column.is_null().to_numpy())
        # pandas has no empty cell in a column of floats but NaN, and means NaN there.
        return numbers if dtype.is_float() else numbers.set(empty, None)
    if dtype.is_temporal() or dtype == nw.Boolean:
        return pl.Series(label, column.to_list())
    cells = [cell if cell is None else str(cell) for cell in column.to_list()]
    return pl.Series(label, cells, dtype=pl.String)


def _time_index(index: Any) -> tuple[Times | None, tuple[str, ...]]:
    """Return a pandas index of moments as datetime64[us] and a note, or None for any other."""
    if index is None:
        return None, ()
    if hasattr(index, "to_timestamp"):
        index = index.to_timestamp()
    zone = getattr(index, "tz", None)
    written = np.asarray(index if zone is None else index.tz_localize(None))
    if written.dtype.kind != "M":
        return None, ()
    utc = written if zone is None else np.asarray(index.tz_convert("UTC").tz_localize(None))
    known = ~np.isnat(written)
    if not known.all():  # refused later, with the rows named
        return written.astype("datetime64[us]"), ()
    return settle_zone(written.astype("datetime64[us]"), utc.astype("datetime64[us]"), str(zone))


def _index_name(index: Any, columns: list[str]) -> str:
    label = str(index.name) if index.name is not None else "time"
    while label in columns:
        label += "_index"
    return label
