"""What a handful of seeds can tell: means, spreads, t-tests, and Holm's correction.

The spread over seeds is what other random weights and batch orders give on the same test part. It
does not say how another stretch of the series would turn out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rnncomp._check import fail

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


def welch_p(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the two-sided p-value of Welch's t-test: could `a` and `b` have the same mean?

    ``t = (mean_a - mean_b) / sqrt(va/na + vb/nb)`` with the degrees of freedom of Welch and
    Satterthwaite. Source: B. L. Welch, Biometrika 34 (1947), 28-35.

    Args:
        a: Scores, one a seed, two or more.
        b: The same for another network; the spreads may differ.

    Returns:
        Between 0 and 1; without any spread 1 for equal means, else 0.

    Raises:
        InvalidArgumentError: A side has fewer than two scores.

    Example:
        >>> round(welch_p([1.0, 2.0, 3.0], [4.0, 5.0, 7.0]), 4)
        0.0419
    """
    part_a, part_b = _sd(a) / math.sqrt(len(a)), _sd(b) / math.sqrt(len(b))
    total = math.hypot(part_a, part_b)  # without squares, which underflow in tiny units
    difference = mean(a) - mean(b)
    if total == 0.0:
        return _without_spread(difference, mean(a))
    share_a, share_b = (part_a / total) ** 2, (part_b / total) ** 2
    freedom = 1.0 / (share_a**2 / (len(a) - 1) + share_b**2 / (len(b) - 1))
    return _two_sided(difference / total, freedom)


def one_sample_p(values: Sequence[float], fixed: float) -> float:
    """Return the two-sided p-value of Student's t-test: could the mean of `values` be `fixed`?

    ``t = (mean - fixed) / (sd / sqrt(n))`` with n - 1 degrees of freedom. Source: Student,
    Biometrika 6 (1908), 1-25.

    Args:
        values: Scores, one a seed, two or more.
        fixed: The score of a baseline, which has no seeds.

    Returns:
        Between 0 and 1; without any spread 1 for equal numbers, else 0.

    Raises:
        InvalidArgumentError: There are fewer than two scores.

    Example:
        >>> round(one_sample_p([1.0, 2.0, 3.0], 5.0), 4)
        0.0351
    """
    sd, difference = _sd(values), mean(values) - fixed
    if sd == 0.0:
        return _without_spread(difference, fixed)
    return _two_sided(difference / (sd / math.sqrt(len(values))), len(values) - 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for being several, so that all errors together stay rare.

    The smallest is multiplied by their number, the next by one less, and so on; none falls below
    the one before. Source: S. Holm, Scandinavian Journal of Statistics 6 (1979), 65-70.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda k: p_values[k])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = highest
    return corrected


def _sd(values: Sequence[float]) -> float:
    sd = sample_sd(values)
    if sd is None:
        raise fail("scores", "of two or more seeds", list(values), "one seed has no spread")
    return sd


def _without_spread(difference: float, size: float) -> float:
    return 1.0 if abs(difference) <= _ROUNDING * abs(size) else 0.0


def _two_sided(t: float, freedom: float) -> float:
    # scipy.special is a tenth of the import of scipy.stats.
    from scipy.special import stdtr  # noqa: PLC0415

    return min(1.0, 2.0 * float(stdtr(freedom, -abs(t))))
