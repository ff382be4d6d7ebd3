"""What is said of one column of numbers: mean, spread; and the test of Diebold and Mariano."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rnncomp._check import fail, integer
from rnncomp.comparison.blocks import Array, autocovariance

# Scores that differ only by rounding in their own sum count as equal: 8 roundings of the mean.
_ROUNDING = 8 * 2.0**-52


def mean(values: Sequence[float]) -> float:
    """Return the mean of one or more numbers, shape (n,).

    Raises:
        InvalidArgumentError: There are no numbers.

    Example:
        >>> mean([1.0, 3.0])
        2.0
    """
    if not values:
        raise fail("values", "one or more numbers", list(values))
    return math.fsum(values) / len(values)


def sample_sd(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation (n - 1 below the line), None for fewer than two.

    Example:
        >>> sample_sd([1.0, 3.0])
        1.4142135623730951
        >>> sample_sd([1.0]) is None
        True
    """
    if len(values) < 2:
        return None
    centre = mean(values)
    sd = math.hypot(*(v - centre for v in values)) / math.sqrt(len(values) - 1)
    return 0.0 if sd <= _ROUNDING * abs(centre) else sd


def diebold_mariano(loss_a: Array, loss_b: Array, *, horizon: int = 1) -> tuple[float, float]:
    """Test whether two forecasts have the same expected loss, from their losses over time.

    ``DM = mean(d) / sqrt((R(0) + 2 sum_{k<h} R(k)) / N)`` with d the difference and R its
    autocovariances, times ``sqrt((N + 1 - 2h + h (h - 1) / N) / N)``, against Student's t with
    N - 1 degrees of freedom. Where the sum is not positive, which can happen for h > 1, the weights
    ``1 - k / h`` of Bartlett are put to it, which keep it from being negative.

    Source: F. X. Diebold and R. S. Mariano, Journal of Business & Economic Statistics 13 (1995),
    253-263; the factor and the t: D. Harvey, S. Leybourne and P. Newbold, International Journal of
    Forecasting 13 (1997), 281-291.

    Args:
        loss_a: Losses, one a window, shape (N,), in the order of time.
        loss_b: The same of the other forecast, shape (N,).
        horizon: Steps ahead h, 1 .. N - 1; default 1.

    Returns:
        The statistic, negative if the first is better, and the two-sided p-value. Where the
        difference never changes, 0 and 1 if it is 0, else infinity and 0.

    Raises:
        InvalidArgumentError: The shapes differ, or the horizon is as long as the series.

    Example:
        >>> statistic, p = diebold_mariano(np.array([1.0, 2, 3, 2]), np.array([2.0, 4, 4, 3]))
        >>> round(statistic, 4), round(p, 4)
        (-5.0, 0.0154)
    """
    from scipy.special import stdtr  # noqa: PLC0415

    loss_a, loss_b = np.asarray(loss_a, np.float64), np.asarray(loss_b, np.float64)
    if loss_a.ndim != 1 or loss_a.shape != loss_b.shape:
        raise fail("loss_b", f"of the shape of loss_a, {loss_a.shape}, and flat", loss_b.shape)
    n, h = len(loss_a), integer("horizon", horizon)
    if h >= n:
        raise fail("horizon", f"below the {n} windows", h, "test on more windows")
    difference = loss_a - loss_b
    centre = float(difference.mean())
    covariance = autocovariance(difference, h - 1)
    rounding = (_ROUNDING * (np.abs(loss_a).max() + np.abs(loss_b).max())) ** 2
    if covariance[0] <= rounding:
        same = centre**2 <= rounding
        return (0.0, 1.0) if same else (math.copysign(math.inf, centre), 0.0)
    spread = covariance[0] + 2.0 * covariance[1:].sum()
    if spread <= rounding:
        spread = covariance[0] + 2.0 * float(covariance[1:] @ (1.0 - np.arange(1, h) / h))
    short = math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic = short * centre / math.sqrt(spread / n)
    return statistic, min(1.0, 2.0 * float(stdtr(n - 1, -abs(statistic))))
