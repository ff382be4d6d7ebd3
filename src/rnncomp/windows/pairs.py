"""make_samples: windows and the steps that follow them, as views into one array."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from rnncomp._check import count, fail, integer
from rnncomp.errors import SplitError
from rnncomp.samples import FloatArray, Samples


def make_samples(
    values: ArrayLike,
    target: int = 0,
    *,
    window: int,
    horizon: int = 1,
    stride: int = 1,
    dtype: DTypeLike | None = None,
) -> Samples:
    """Cut a series into windows and the target steps that follow each.

    Sample ``n`` starts at row ``s = n * stride``; its inputs are rows ``s .. s + window - 1`` of
    all columns, its targets rows ``s + window .. s + window + horizon - 1`` of column `target`.

    Args:
        values: The series, shape (rows,) or (rows, F). Used in place when it is C-contiguous and
            of the wanted dtype, else copied once; windows and targets are never copied.
        target: Column to predict, 0 .. F - 1.
        window: Time steps T that the network sees, at least 1.
        horizon: Steps H ahead to predict, at least 1.
        stride: Rows between the starts of neighbouring windows; ``stride=window`` does not overlap.
        dtype: float32 or float64; None keeps that of `values`, and float64 for integers.

    Returns:
        N samples with targets of shape (N, H), where N = (rows - window - horizon) // stride + 1.

    Raises:
        InvalidArgumentError: A number is below 1, or `values` or `target` break the rules above.
        SplitError: There are fewer than window + horizon rows.

    Example:
        >>> import numpy as np
        >>> samples = make_samples(np.arange(6.0), window=3, horizon=2)
        >>> samples.windows()[:, :, 0].tolist(), samples.targets.tolist()
        ([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]], [[3.0, 4.0], [4.0, 5.0]])
    """
    window, horizon = count("window", window), count("horizon", horizon)
    stride = count("stride", stride)
    base = _base(values, dtype)
    rows, features = base.shape
    target = integer("target", target, at_least=0)
    if target >= features:
        raise fail("target", f"a column 0 .. {features - 1}", target)
    if rows < window + horizon:
        raise SplitError(too_short(rows, window, horizon))
    # ahead[s] is the column's rows s + window .. s + window + horizon - 1, without a copy.
    ahead = np.lib.stride_tricks.sliding_window_view(base[window:, target], horizon)
    return Samples(base, range(0, len(ahead), stride), window, ahead[::stride])


def too_short(rows: int, window: int, horizon: int) -> str:
    """Return the sentence for a series that is too short for even one window."""
    need = window + horizon
    return (
        f"the series must have at least window + horizon = {need} rows, got {rows}; "
        f"pass a smaller window (now {window}) or horizon (now {horizon})"
    )


def _base(values: ArrayLike, dtype: DTypeLike | None) -> FloatArray:
    array = np.asarray(values)
    if dtype is None:
        dtype = array.dtype if array.dtype in (np.float32, np.float64) else np.float64
    elif np.dtype(dtype) not in (np.float32, np.float64):
        raise fail("dtype", "float32 or float64", str(np.dtype(dtype)))
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiu":
        received = (array.shape, str(array.dtype))
        raise fail("values", "numbers of shape (rows,) or (rows, F)", received)
    columns = array.reshape(len(array), -1) if array.size else array.reshape(0, 1)
    base: FloatArray = np.ascontiguousarray(columns, dtype=dtype)
    return base
