"""Residuals: what a forecast leaves over, by step ahead and along time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, integer

Array = NDArray[np.float64]
AnyFloats = NDArray[np.floating]

_PIECE = 1 << 16  # numbers of a temporary array at a time
_NORMAL_95 = 1.959963984540054  # 97.5 % of a normal distribution lies below


def first_step(actual: ArrayLike, predicted: ArrayLike) -> Array:
    """Return ``actual - predicted`` of the first step ahead, in the order of the windows.

    Args:
        actual: What happened, shape (N, H).
        predicted: What was forecast, shape (N, H).

    Returns:
        Shape (N,), in the unit of the values; above 0 where the forecast was too low.

    Raises:
        InvalidArgumentError: The shapes differ, are not (N, H), or there are no windows.

    Example:
        >>> first_step([[3.0, 4.0], [5.0, 6.0]], [[1.0, 1.0], [6.0, 6.0]]).tolist()
        [2.0, -1.0]
    """
    true, made = _windows(actual, predicted)
    return np.asarray(true[:, 0], np.float64) - made[:, 0]


def by_step(actual: ArrayLike, predicted: ArrayLike) -> dict[str, Array]:
    """Return the errors of each step ahead, over the windows.

    Args:
        actual: What happened, shape (N, H).
        predicted: What was forecast, shape (N, H).

    Returns:
        ``mae``, ``rmse`` and ``bias`` (mean of ``predicted - actual``: above 0 where forecasts are
        too high), each of shape (H,), in the unit of the values.

    Raises:
        InvalidArgumentError: The shapes differ, are not (N, H), or there are no windows.

    Example:
        >>> {name: e.tolist() for name, e in by_step([[1.0], [2.0]], [[2.0], [5.0]]).items()}
        {'mae': [2.0], 'rmse': [2.23606797749979], 'bias': [2.0]}
    """
    true, made = _windows(actual, predicted)
    windows, steps = true.shape
    sums = np.zeros((3, steps))
    rows = max(1, _PIECE // steps)
    for first in range(0, windows, rows):
        error = np.asarray(made[first : first + rows], np.float64) - true[first : first + rows]
        sums += np.abs(error).sum(axis=0), np.square(error).sum(axis=0), error.sum(axis=0)
    mae, mse, bias = sums / windows
    return {"mae": mae, "rmse": np.sqrt(mse), "bias": bias}


def autocorrelation(values: ArrayLike, lags: int = 40) -> Array:
    """Return the autocorrelation of residuals at distances 0 .. lags.

    ``r_k = sum((x_t - m) (x_{t+k} - m)) / sum((x_t - m)^2)`` with the mean m over all of them.
    Source: G. E. P. Box, G. M. Jenkins, Time Series Analysis (1970), equation 2.1.11.

    Args:
        values: Residuals along time, shape (N,), finite.
        lags: The largest distance, at least 1; at most N - 1 are returned. Default 40.

    Returns:
        Shape (min(lags, N - 1) + 1,), the first 1. Of constant values, zeros behind it.

    Raises:
        InvalidArgumentError: `values` is not 1-D, not finite or empty, or `lags` is below 1.

    Example:
        >>> autocorrelation([1.0, -1.0, 1.0, -1.0], lags=2).tolist()
        [1.0, -0.75, 0.5]
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        rule = "1-D and finite, with at least one value"
        raise fail("values", rule, f"shape {array.shape}, NaN or infinity" if array.size else array)
    furthest = min(integer("lags", lags), len(array) - 1)
    # By a power of two, which changes no digit: squares of large and of tiny numbers stay in range.
    array = np.ldexp(array, -int(np.frexp(np.abs(array).max())[1]))
    array -= array.mean()
    size = float(array @ array)
    if size <= len(array) * np.finfo(np.float64).eps ** 2:  # what rounding leaves of a constant
        alone: Array = np.eye(1, furthest + 1)[0]
        return alone
    sums = [float(array[: len(array) - lag] @ array[lag:]) for lag in range(furthest + 1)]
    return np.array(sums) / size


def white_noise_band(n: int) -> float:
    """Return how large the autocorrelation of n independent values is in 95 of 100 cases.

    ``1.96 / sqrt(n)``: M. S. Bartlett, Journal of the Royal Statistical Society B 8 (1946), 27-41.

    Example:
        >>> round(white_noise_band(100), 3)
        0.196
    """
    return _NORMAL_95 / math.sqrt(integer("n", n))


def ljung_box_p(correlations: ArrayLike, n: int) -> float:
    """Return the p-value of Ljung and Box: could values with these correlations be white noise?

    ``Q = n (n + 2) sum(r_k^2 / (n - k))`` beside chi-squared with as many degrees of freedom as
    lags. Source: G. M. Ljung, G. E. P. Box, Biometrika 65 (1978), 297-303.

    Args:
        correlations: From `autocorrelation`, with that at distance 0; shape (lags + 1,).
        n: Of how many values, more than lags.

    Returns:
        Between 0 and 1; below 0.05 something was left that a forecast could have used.

    Raises:
        InvalidArgumentError: There is no lag, or not fewer lags than values.

    Example:
        >>> ljung_box_p([1.0, 0.0, 0.0], 100), ljung_box_p([1.0, 0.5], 100) < 0.001
        (1.0, True)
    """
    from scipy.special import chdtrc  # noqa: PLC0415

    found = np.asarray(correlations, dtype=np.float64)
    if found.ndim != 1 or not 2 <= len(found) <= n:
        raise fail("correlations", f"of 1 to {n - 1} lags behind that of 0", found.shape)
    lags = np.arange(1, len(found))
    q = n * (n + 2) * float(np.sum(found[1:] ** 2 / (n - lags)))
    return float(chdtrc(len(lags), q))


def _windows(actual: ArrayLike, predicted: ArrayLike) -> tuple[AnyFloats, AnyFloats]:
    true, made = np.asarray(actual), np.asarray(predicted)
    if true.ndim != 2 or not true.size:
        raise fail("actual", "of shape (windows, steps), at least one of each", true.shape)
    if made.shape != true.shape:
        raise fail("predicted", f"of the shape of actual {true.shape}", made.shape)
    return true, made
