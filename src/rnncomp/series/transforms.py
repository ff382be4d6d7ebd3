"""What is done to values before a network sees them, and undone to its forecasts.

In this order: the logarithm of the targets, the difference of the targets to the row before, a
scaler for every column. All is fitted on the training rows of a fold alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnncomp._check import fail, integer, one_of
from rnncomp.errors import DataError
from rnncomp.series.scaling import FittedScaler, Scaler, pieces
from rnncomp.series.series import Series

Array = NDArray[np.float64]

TRANSFORMS = ("none", "log", "diff", "log-diff")


@dataclass(frozen=True, eq=False)
class FittedTransform:
    """Values to scaled rows, and scaled forecasts back to values.

    Attributes:
        kind: "none", "log", "diff" or "log-diff"; of the targets alone.
        targets: The first columns, K of them.
        scaler: Of all columns, fitted on what the others left.

    Example:
        >>> from rnncomp.series.scaling import NoScaler
        >>> values = np.array([[1.0], [3.0], [6.0]])
        >>> diff = fit_transform(Series(values), range(3), kind="diff", scaler=NoScaler())
        >>> diff.transform(values)[1:, 0], diff.inverse(np.array([[4.0, 5.0]]), values[2:])[0]
        (array([2., 3.]), array([10., 15.]))
    """

    kind: str
    targets: int
    scaler: FittedScaler

    @property
    def lost(self) -> int:
        """Rows at the start that have no transformed value."""
        return 1 if "diff" in self.kind else 0

    def transform(self, values: Array, *, dtype: DTypeLike = np.float64) -> NDArray[np.floating]:
        """Return values, shape (rows, F), as a network sees them.

        The first `lost` rows hold a difference of 0, which no window may contain.
        """
        return self.scaler.transform(_forward(self.kind, values, self.targets), dtype=dtype)

    def inverse(self, made: NDArray[np.floating], last: Array) -> Array:
        """Return scaled forecasts in the user's unit.

        Args:
            made: Shape (N, H * K), the K targets of a step side by side.
            last: Values of the targets in the row before each forecast, shape (N, K).

        Returns:
            Shape (N, H * K).
        """
        if self.kind == "none" and self.targets == 1:
            return self.scaler.inverse(made, column=0)
        steps = made.reshape(len(made), -1, self.targets)
        plain = np.empty(steps.shape)
        for column in range(self.targets):
            plain[..., column] = self.scaler.inverse(steps[..., column], column=column)
        if self.lost:
            start = np.log(last) if "log" in self.kind else last
            plain = start[:, None, :] + np.cumsum(plain, axis=1)
        if "log" in self.kind:
            np.exp(plain, out=plain)
        return plain.reshape(made.shape)

    def to_dict(self) -> dict[str, Any]:
        """Return the transform as plain values, for a model file."""
        return {"kind": self.kind, "targets": self.targets, "scaler": self.scaler.to_dict()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> FittedTransform:
        """Return the transform that `to_dict` described.

        Raises:
            InvalidArgumentError: A field is absent or does not hold.
        """
        absent = [name for name in ("kind", "targets", "scaler") if name not in plain]
        if absent:
            raise fail("transform", "a mapping with kind, targets and scaler", sorted(plain))
        scaler = FittedScaler.from_dict(plain["scaler"])
        targets = integer("transform targets", plain["targets"])
        if targets > len(scaler.center):
            raise fail("transform targets", f"at most {len(scaler.center)}", targets)
        return cls(one_of("transform kind", plain["kind"], TRANSFORMS), targets, scaler)


def fit_transform(series: Series, rows: range, *, kind: str, scaler: Scaler) -> FittedTransform:
    """Learn a transform from some rows of a series; holes that were filled teach nothing.

    Args:
        series: The values.
        rows: The training rows.
        kind: One of `TRANSFORMS`.
        scaler: What to scale with.

    Raises:
        DataError: A target is not above 0, and its logarithm is wanted.
    """
    one_of("transform", kind, TRANSFORMS)
    targets = len(series.targets)
    if "log" in kind:
        _check_positive(series)
    lost = 1 if "diff" in kind else 0
    forward = _forward(kind, series.values[rows.start : rows.stop], targets)
    seen: NDArray[np.bool_] = np.ones(len(forward), np.bool_)
    if series.observed is not None:
        # What is interpolated comes from later rows, in further columns as well.
        past = len(series.columns) - len(series.known)
        columns = past if series.fill == "interpolate" else targets
        seen = np.all(series.observed[rows.start : rows.stop, :columns], axis=1)
        if lost:
            seen[1:] &= seen[:-1]
    seen[:lost] = False
    if not seen.any():
        raise fail("rows to fit a transform on", "one or more that were observed", len(rows))
    return FittedTransform(kind, targets, scaler.fit(forward if seen.all() else forward[seen]))


def _forward(kind: str, values: Array, targets: int) -> Array:
    if kind == "none":
        return values
    made = np.array(values)
    for rows in pieces(made):
        if "log" in kind:
            made[rows, :targets] = np.log(made[rows, :targets])
    if "diff" in kind:
        made[1:, :targets] -= made[:-1, :targets].copy()
        made[:1, :targets] = 0.0
    return made


def _check_positive(series: Series) -> None:
    bad = np.argwhere(series.values[:, : len(series.targets)] <= 0.0)
    if len(bad):
        row, column = bad[0]
        raise DataError(
            f"column {series.columns[column]!r} must be above 0 for transform='log', got "
            f"{series.values[row, column]:g} in row {row}; use transform='none' or 'diff'"
        )
