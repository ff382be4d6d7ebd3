"""Quantile networks: intervals from quantiles that do not cross, and what corrects them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail
from rnncomp.forecasting.conformal import check_levels

Array = NDArray[np.float64]

_ROUNDING = 1e-9  # 0.05 and (100 - 90) / 200 are the same quantile


def sort_quantiles(forecasts: ArrayLike) -> Array:
    """Return forecasts of rising quantiles so that none is below the one before.

    Sorting never makes the quantile loss larger. Source: V. Chernozhukov, I. Fernández-Val, A.
    Galichon, Econometrica 78 (2010), 1093-1125.

    Args:
        forecasts: Of Q quantiles, from the lowest to the highest, shape (..., Q).

    Returns:
        The same numbers, ascending along the last axis.

    Example:
        >>> sort_quantiles([[1.0, 3.0, 2.0]]).tolist()
        [[1.0, 2.0, 3.0]]
    """
    return np.sort(np.asarray(forecasts, dtype=np.float64), axis=-1)


def interval_from_quantiles(
    forecasts: ArrayLike, quantiles: Sequence[float], level: float
) -> tuple[Array, Array]:
    """Return the interval of a level from the forecasts of a quantile network.

    Args:
        forecasts: One number a quantile, shape (..., Q); they are sorted first.
        quantiles: Which, ascending, each above 0 and below 1, shape (Q,).
        level: In percent; its two quantiles, (100 - level) / 200 below and above, must be there.

    Returns:
        Lower and upper ends, shape (...,).

    Raises:
        InvalidArgumentError: `quantiles` is not ascending or does not fit `forecasts`, or the
            level has no two quantiles among them; those which have are named.

    Example:
        >>> low, high = interval_from_quantiles([[1.0, 2.0, 4.0]], (0.1, 0.5, 0.9), 80)
        >>> low.tolist(), high.tolist()
        ([1.0], [4.0])
    """
    made = sort_quantiles(forecasts)
    known = [float(q) for q in quantiles]
    if known != sorted(set(known)) or not known or not 0.0 < known[0] <= known[-1] < 1.0:
        raise fail("quantiles", "ascending, each above 0 and below 1", list(quantiles))
    if made.ndim == 0 or made.shape[-1] != len(known):
        raise fail("forecasts", f"of shape (..., {len(known)}), one a quantile", made.shape)
    (percent,) = check_levels(level)
    low, high = (_place(known, (100.0 + sign * percent) / 200.0) for sign in (-1.0, 1.0))
    if low is None or high is None:
        whole = [200.0 * q - 100.0 for q in known if q > 0.5 and _place(known, 1.0 - q) is not None]
        levels = ", ".join(f"{value:g}" for value in whole) or "no level at all"
        raise fail("level", f"one that the quantiles give: {levels}", level)
    return made[..., low], made[..., high]


def quantile_scores(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Return how far the truth lies outside the two quantiles of a network, below 0 inside.

    Fitted to these, `ConformalWidths` moves both quantiles by the same width until they cover what
    they should. Source: Y. Romano, E. Patterson, E. Candès, Conformalized Quantile Regression,
    NeurIPS 2019, equation 6.

    Args:
        actual: What happened, shape (N, H); NaN where it is not known.
        low: The lower quantiles, shape (N, H).
        high: The upper quantiles, shape (N, H).

    Returns:
        ``max(low - actual, actual - high)``, shape (N, H).

    Example:
        >>> quantile_scores([[5.0], [1.0]], [[2.0], [2.0]], [[4.0], [4.0]]).tolist()
        [[1.0], [1.0]]
    """
    true = np.asarray(actual, dtype=np.float64)
    below: Array = np.asarray(low, dtype=np.float64) - true
    above: Array = true - np.asarray(high, dtype=np.float64)
    return np.maximum(below, above)


def _place(known: Sequence[float], wanted: float) -> int | None:
    return next((k for k, q in enumerate(known) if abs(q - wanted) < _ROUNDING), None)
