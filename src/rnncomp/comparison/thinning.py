"""Which rows of a long series a picture needs: the lowest and the highest of each stretch."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

STRETCHES = 4000  # some two to a dot of the widest chart


def rows_to_draw(
    columns: Iterable[NDArray[np.floating]], *, stretches: int = STRETCHES
) -> NDArray[np.int64]:
    """Return the rows to keep so that lines drawn through them look as through all.

    Args:
        columns: Lines over the same rows, each of shape (rows,); looked at one after the other.
        stretches: Into how many pieces the rows are cut.

    Returns:
        All rows, if there are at most 4 a stretch; else the first and last row, and in each
        stretch those where a column is lowest and highest; increasing.

    Example:
        >>> rows_to_draw([np.array([0.0, 3.0, 1.0, -2.0, 0.0, 1.0])], stretches=1).tolist()
        [0, 1, 3, 5]
    """
    kept = {0}
    for column in columns:
        rows = len(column)
        if rows <= 4 * stretches:
            return np.arange(rows)
        length = -(-rows // stretches)
        kept.add(rows - 1)
        for first in range(0, rows, length):
            part = column[first : first + length]
            kept |= {first + int(np.argmin(part)), first + int(np.argmax(part))}
    return np.array(sorted(kept), dtype=np.int64)
