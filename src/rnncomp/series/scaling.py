"""Scalers: fit on the training rows, get a FittedScaler that goes both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from rnncomp._check import fail, one_of, real
from rnncomp.errors import MissingValuesError

Array = NDArray[np.float64]


PIECE = 1 << 16  # rows


def pieces(array: NDArray[Any]) -> Iterator[Any]:
    """Cut the rows of an array into indices of at most PIECE; an array without rows is one."""
    if array.ndim == 0:
        yield ...
        return
    for first in range(0, len(array), PIECE):
        yield slice(first, first + PIECE)


@dataclass(frozen=True, eq=False)
class FittedScaler:
    """A line per column: ``scaled = (value - center) / spread + floor``.

    Attributes:
        kind: "minmax", "standard" or "none".
        center: What is subtracted, shape (F,).
        spread: What it is divided by, shape (F,), never 0.
        floor: What is added after, shape (F,).

    Example:
        >>> fitted = MinMaxScaler().fit([2.0, 4.0])
        >>> fitted.transform([2.0, 3.0, 4.0]), fitted.inverse([0.5])
        (array([0. , 0.5, 1. ]), array([3.]))
    """

    kind: str
    center: Array
    spread: Array
    floor: Array

    def transform(
        self, values: ArrayLike, column: int | None = None, *, dtype: DTypeLike = np.float64
    ) -> NDArray[np.floating]:
        """Return the values scaled.

        Args:
            values: In the user's unit, shape (rows,) for one column or (rows, F); any shape when
                `column` says which column they belong to.
            column: The column that all values belong to; None for all columns side by side.
            dtype: Of the result; the arithmetic is float64.

        Returns:
            A new array of the same shape.

        Raises:
            InvalidArgumentError: The shape does not fit the columns the scaler was fitted on.
        """
        array, pick = self._line(values, column)
        center, spread, floor = self.center[pick], self.spread[pick], self.floor[pick]
        scaled = np.empty(array.shape, dtype)
        # Piece by piece: a long series is not to stand in memory three times.
        for rows in pieces(array):
            scaled[rows] = (array[rows].astype(np.float64) - center) / spread + floor
        return scaled

    def inverse(self, values: ArrayLike, column: int | None = None) -> Array:
        """Return scaled values in the user's unit; the arguments are those of `transform`."""
        array, pick = self._line(values, column)
        center, spread, floor = self.center[pick], self.spread[pick], self.floor[pick]
        plain = np.empty(array.shape)
        for rows in pieces(array):
            plain[rows] = (array[rows].astype(np.float64) - floor) * spread + center
        return plain

    def to_dict(self) -> dict[str, Any]:
        """Return the scaler as plain values, for a model file."""
        lines = {"center": self.center, "spread": self.spread, "floor": self.floor}
        return {"kind": self.kind} | {name: line.tolist() for name, line in lines.items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> FittedScaler:
        """Return the scaler that `to_dict` described.

        Raises:
            InvalidArgumentError: A field is absent, not finite, of another length, or spread is 0.
        """
        names = ("center", "spread", "floor")
        absent = [name for name in ("kind", *names) if name not in plain]
        if absent:
            raise fail("scaler", "a mapping with kind, center, spread and floor", sorted(plain))
        kind = one_of("scaler kind", plain["kind"], SCALERS)
        try:
            lines = [np.asarray(plain[name], dtype=np.float64) for name in names]
        except (TypeError, ValueError):
            raise fail("scaler", "three lists of numbers", {n: plain[n] for n in names}) from None
        shapes = {line.shape for line in lines}
        if len(shapes) > 1 or lines[0].ndim != 1 or not all(np.isfinite(x).all() for x in lines):
            raise fail("scaler", "three lists of finite numbers of one length", dict(plain))
        if (lines[1] == 0.0).any():
            raise fail("scaler spread", "other than 0", plain["spread"])
        return cls(kind, *lines)

    def _line(self, values: ArrayLike, column: int | None) -> tuple[NDArray[Any], Any]:
        array = np.asarray(values)
        columns = len(self.center)
        if column is not None:
            if not 0 <= column < columns:
                raise fail("column", f"0 .. {columns - 1}", column)
            return array, column
        one = array.ndim == 1 and columns == 1
        if not one and (array.ndim != 2 or array.shape[1] != columns):
            raise fail("values", f"of shape (rows, {columns})", array.shape, "or pass column=")
        return array, 0 if one else slice(None)


class Scaler(Protocol):
    """What `MinMaxScaler`, `StandardScaler` and `NoScaler` have in common."""

    def fit(self, values: ArrayLike) -> FittedScaler:
        """Learn the line of each column from the training rows."""
        ...


@dataclass(frozen=True)
class MinMaxScaler:
    """Bring each column's range in the training rows to `feature_range`.

    A constant column is only shifted, to the lower end: it has no range to divide by.

    Args:
        feature_range: Lower and upper end, lower below upper.

    Example:
        >>> MinMaxScaler((-1, 1)).fit([10.0, 20.0]).transform([15.0])
        array([0.])
    """

    feature_range: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        try:
            low, high = self.feature_range
        except (TypeError, ValueError):
            raise fail("feature_range", "(lower, upper)", self.feature_range) from None
        real("feature_range[1]", high, above=real("feature_range[0]", low))

    def fit(self, values: ArrayLike) -> FittedScaler:
        """Learn the range of each column.

        Args:
            values: The training rows, shape (rows,) or (rows, F), finite.

        Returns:
            The scaler.

        Raises:
            InvalidArgumentError: `values` has no rows or another rank.
            MissingValuesError: `values` holds NaN or infinity.
        """
        table = _table(values)
        low, high = self.feature_range
        lowest = table.min(axis=0)
        spread = _nonzero((table.max(axis=0) - lowest) / (high - low))
        return FittedScaler("minmax", lowest, spread, np.full_like(lowest, low))


@dataclass(frozen=True)
class StandardScaler:
    """Bring each column's mean in the training rows to 0 and its standard deviation to 1.

    The deviation divides by the number of rows. A constant column is only shifted, to 0.

    Example:
        >>> StandardScaler().fit([1.0, 3.0]).transform([1.0, 2.0, 3.0])
        array([-1.,  0.,  1.])
    """

    def fit(self, values: ArrayLike) -> FittedScaler:
        """Learn mean and deviation of each column; see `MinMaxScaler.fit`."""
        table = _table(values)
        lowest = table.min(axis=0)
        constant = lowest == table.max(axis=0)
        # The mean of equal numbers may differ from them by a rounding.
        mean = np.where(constant, lowest, table.mean(axis=0))
        deviation = np.where(constant, 0.0, table.std(axis=0))
        return FittedScaler("standard", mean, _nonzero(deviation), np.zeros_like(mean))


@dataclass(frozen=True)
class NoScaler:
    """Leave the values as they are.

    Example:
        >>> NoScaler().fit([1.0, 3.0]).transform([2.0])
        array([2.])
    """

    def fit(self, values: ArrayLike) -> FittedScaler:
        """Learn only how many columns there are; see `MinMaxScaler.fit`."""
        zeros = np.zeros(_table(values).shape[1])
        return FittedScaler("none", zeros, zeros + 1.0, zeros)


SCALERS: dict[str, Scaler] = {
    "minmax": MinMaxScaler(),
    "none": NoScaler(),
    "standard": StandardScaler(),
}
"""The scalers by the names that `compare` and the command line use."""


def make_scaler(scale: str | Scaler) -> Scaler:
    """Return the scaler called "minmax", "standard" or "none"; a scaler passes through."""
    return SCALERS[one_of("scale", scale, SCALERS)] if isinstance(scale, str) else scale


def _table(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in (1, 2) or array.size == 0:
        raise fail("values", "of shape (rows,) or (rows, F) with at least one row", array.shape)
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        raise MissingValuesError(
            f"values must be finite to fit a scaler, got {len(bad)} that are not, the first in row "
            f"{bad[0][0]}; fill or drop them first"
        )
    return array.reshape(len(array), -1)


def _nonzero(spread: Array) -> Array:
    return np.where(spread == 0.0, 1.0, spread)
