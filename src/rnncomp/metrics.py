"""Scores: pure functions of (true, predicted) arrays of any equal shape, over all elements."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, integer

PIECE = 1 << 16  # terms of a sum in memory at a time


def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the mean of the squared errors.

    Args:
        y_true: What happened, any shape, at least one element.
        y_pred: What was predicted, the same shape.

    Returns:
        The score in the squared unit of `y_true`; 0 is perfect.

    Raises:
        InvalidArgumentError: The shapes differ, or there are no elements.

    Example:
        >>> mean_squared_error([1.0, 2.0], [1.0, 4.0])
        2.0
    """
    true, predicted = _pair(y_true, y_pred)
    return _sum(lambda rows: np.square(true[rows] - predicted[rows]), true.size) / true.size


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the mean of the absolute errors.

    Args:
        y_true: What happened, any shape, at least one element.
        y_pred: What was predicted, the same shape.

    Returns:
        The score in the unit of `y_true`; 0 is perfect.

    Raises:
        InvalidArgumentError: The shapes differ, or there are no elements.

    Example:
        >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0])
        1.0
    """
    true, predicted = _pair(y_true, y_pred)
    return _sum(lambda rows: np.abs(true[rows] - predicted[rows]), true.size) / true.size


def root_mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the square root of the mean of the squared errors.

    Args:
        y_true: What happened, any shape, at least one element.
        y_pred: What was predicted, the same shape.

    Returns:
        The score in the unit of `y_true`; 0 is perfect.

    Raises:
        InvalidArgumentError: The shapes differ, or there are no elements.

    Example:
        >>> root_mean_squared_error([1.0, 2.0], [4.0, 6.0])
        3.5355339059327378
    """
    return math.sqrt(mean_squared_error(y_true, y_pred))


def r2_score(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the share of the variance of `y_true` that the prediction explains.

    Args:
        y_true: What happened, any shape, at least one element.
        y_pred: What was predicted, the same shape.

    Returns:
        The score: 1 is perfect, 0 is as good as the mean of `y_true`, below 0 is worse. For a
        constant `y_true`, 1 when every prediction is exact and 0 otherwise.

    Raises:
        InvalidArgumentError: The shapes differ, or there are no elements.

    Example:
        >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
        0.5
    """
    true, predicted = _pair(y_true, y_pred)
    mean = _sum(lambda rows: true[rows], true.size) / true.size
    residual = _sum(lambda rows: np.square(true[rows] - predicted[rows]), true.size)
    total = _sum(lambda rows: np.square(true[rows] - mean), true.size)
    if total == 0.0:
        return 1.0 if residual == 0.0 else 0.0
    return 1.0 - residual / total


def mean_absolute_scaled_error(y_true: ArrayLike, y_pred: ArrayLike, *, scale: float) -> float:
    """Return the mean absolute error as a multiple of `scale`.

    Args:
        y_true: What happened, any shape, at least one element.
        y_pred: What was predicted, the same shape.
        scale: The error of the seasonal naive on the training part, from `seasonal_scale`.

    Returns:
        The score without a unit; below 1 is better than the seasonal naive was on the training
        part. NaN when `scale` is 0: a training part that repeats exactly has no such error, and
        the score is undefined.

    Raises:
        InvalidArgumentError: The shapes differ, there are no elements, or `scale` is negative.

    Example:
        >>> mean_absolute_scaled_error([1.0, 2.0], [1.0, 4.0], scale=2.0)
        0.5
    """
    if not (math.isfinite(scale) and scale >= 0.0):
        raise fail("scale", "a finite number of at least 0", scale)
    error = mean_absolute_error(y_true, y_pred)
    return error / scale if scale > 0.0 else math.nan


def seasonal_scale(train_values: ArrayLike, season: int = 1) -> float:
    """Return the mean absolute error of "as one season ago" inside the training part.

    Args:
        train_values: The target in the training part, shape (rows,), rows above `season`.
        season: Rows in a season; 1 compares with the row before.

    Returns:
        The error in the unit of the values; 0 for values that repeat exactly.

    Raises:
        InvalidArgumentError: `season` is below 1, or there are not more rows than `season`.

    Example:
        >>> seasonal_scale([1.0, 2.0, 4.0, 7.0])
        2.0
        >>> seasonal_scale([1.0, 2.0, 4.0, 7.0], season=2)
        4.0
    """
    values = np.asarray(train_values, dtype=np.float64)
    season = integer("season", season)
    if values.ndim != 1 or len(values) <= season:
        hint = "choose a shorter season or a longer training part"
        raise fail("train_values", f"1-D with more than season={season} rows", values.shape, hint)
    before, after = values[:-season], values[season:]
    return _sum(lambda rows: np.abs(after[rows] - before[rows]), len(before)) / len(before)


def _sum(terms: Callable[[slice], NDArray[np.float64]], n: int, first: int = 0) -> float:
    """Return the sum of `n` terms from `first` on, made piece by piece.

    Halves are added as NumPy adds them (pairwise, a half of whole eights), so that a long sum has
    the error of np.sum, and not its temporary arrays.
    """
    if n <= PIECE:
        return float(np.sum(terms(slice(first, first + n))))
    half = n // 2 - n // 2 % 8
    return _sum(terms, half, first) + _sum(terms, n - half, first + half)


def _pair(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    true = np.asarray(y_true, dtype=np.float64)
    predicted = np.asarray(y_pred, dtype=np.float64)
    if true.shape != predicted.shape or true.size == 0:
        rule = f"of the shape of y_true {true.shape}, with at least one element"
        raise fail("y_pred", rule, predicted.shape)
    return true.ravel(), predicted.ravel()
