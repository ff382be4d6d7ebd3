"""cut: a series as windows with their targets, sorted into parts; the one way for everyone."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import DTypeLike

from rnncomp.errors import SplitError
from rnncomp.samples import FloatArray, Samples
from rnncomp.windows import Parts, Split, assign, make_samples
from rnncomp.windows.pairs import too_short


@dataclass(frozen=True, eq=False)
class Cut:
    """Windows of a series, and which part each belongs to.

    Attributes:
        samples: All windows with their targets, shape (N, H).
        members: Numbers of the samples of each part.
    """

    samples: Samples
    members: dict[str, range]

    def part(self, name: str) -> Samples:
        """Return the samples of a part."""
        return self.samples.take(self.members[name])


def cut(
    values: FloatArray,
    parts: Parts,
    *,
    window: int,
    horizon: int,
    stride: int = 1,
    within_parts: bool = False,
    dtype: DTypeLike | None = None,
) -> Cut:
    """Cut a series into windows; each belongs to the part that holds all its targets, or to none.

    Args:
        values: The series, shape (rows, F), target first.
        parts: The rows of each part; a scaler is fitted on those of train.
        window: Time steps T in a window.
        horizon: Target steps H after it.
        stride: Rows between the starts of neighbouring windows.
        within_parts: Whether the inputs too must lie in the part.
        dtype: Of the windows; None keeps that of `values`.

    Raises:
        SplitError: The series, or a part that has rows, is too short for a window.
    """
    samples = make_samples(values, window=window, horizon=horizon, stride=stride, dtype=dtype)
    assert isinstance(samples.starts, range)
    members = assign(
        samples.starts, window=window, horizon=horizon, parts=parts, within_parts=within_parts
    )
    return Cut(samples, members)


def last_windows(rows: int, *, window: int, horizon: int, share: float) -> Parts:
    """Return parts whose last one, test, holds the last `share` of all windows, at least one.

    Windows before it with targets in it belong to no part, so train has fewer than the rest.

    Raises:
        SplitError: The series is too short for a window in train and one after it.

    Example:
        >>> last_windows(100, window=6, horizon=2, share=0.2)
        Parts(train=(0, 80), validation=(80, 80), test=(80, 100))
    """
    windows = rows - window - horizon + 1
    if windows < 1:
        raise SplitError(too_short(rows, window, horizon))
    first = rows - horizon + 1 - max(1, round(share * windows))
    return Split.indices(first, first).parts(rows)
