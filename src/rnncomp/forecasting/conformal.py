"""Split-conformal intervals: how wide, from the errors on windows that nothing was trained on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, real

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ConformalWidths:
    """Half widths of intervals by step ahead, good for any level.

    Of n scores of a step the width at a level is the ``ceil((n + 1) * level / 100)``-th smallest.
    If the window to be forecast is exchangeable with those that gave the scores, the interval then
    holds the truth with a probability of at least the level, and of at most 1 / (n + 1) more.
    Sources: V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005); J. Lei
    et al., Journal of the American Statistical Association 113 (2018), 1094-1111, theorem 2.2.

    Attributes:
        scores: For each of the H steps its scores, ascending; none for one never observed.

    Example:
        >>> widths = ConformalWidths.fit([[float(k), 2.0 * k] for k in range(1, 20)])
        >>> widths.widths(90).tolist(), widths.widths(99).tolist()
        ([18.0, 36.0], [inf, inf])
        >>> widths.interval([100.0], 90)[1].tolist()
        [118.0]
    """

    scores: tuple[Array, ...]

    @classmethod
    def fit(cls, scores: ArrayLike) -> ConformalWidths:
        """Sort what the widths are taken from.

        Args:
            scores: Absolute residuals ``|actual - predicted|`` of windows that no weight, scaler or
                choice was made with, or the signed ones of `quantile_scores`; shape (N, H). NaN
                where a step was not observed.

        Returns:
            The widths.

        Raises:
            InvalidArgumentError: The shape is another one, a score is infinite, or none is
                observed.
        """
        table = np.array(scores, dtype=np.float64)
        if table.ndim != 2 or np.isnan(table).all() or np.isinf(table).any():
            rule = "(windows, steps) of finite numbers, NaN where a step was not observed"
            raise fail("scores", rule, _told(table), "pass |actual - predicted|")
        return cls(tuple(np.sort(step[~np.isnan(step)]) for step in table.T))

    @property
    def horizon(self) -> int:
        """H, the number of steps ahead that have widths."""
        return len(self.scores)

    @property
    def counts(self) -> tuple[int, ...]:
        """Of how many windows, for each step."""
        return tuple(map(len, self.scores))

    def widths(self, level: float) -> Array:
        """Return the half width of the interval at each step.

        Args:
            level: In percent, above 0 and below 100.

        Returns:
            Shape (H,), in the unit of the scores; infinite where there are too few windows for the
            level (see `largest_level`). Below 0 where quantiles were wider than they had to be.

        Raises:
            InvalidArgumentError: `level` is outside its range.
        """
        (wanted,) = check_levels(level)
        return np.array([_width(scores, wanted) for scores in self.scores])

    def interval(
        self,
        low: ArrayLike,
        level: float,
        *,
        high: ArrayLike | None = None,
    ) -> tuple[Array, Array]:
        """Return the lower and upper ends around forecasts.

        Args:
            low: The forecasts, shape (..., S), S at most H; of a quantile network its lower ones.
            level: In percent, above 0 and below 100.
            high: The upper forecasts of a quantile network, of the same shape; else None.

        Returns:
            Both of the shape of `low`. Where a quantile network is narrowed until its ends would
            cross, both are the middle.

        Raises:
            InvalidArgumentError: There are more steps than were calibrated: errors grow with the
                steps ahead, so no width is made up for them. Or the shapes differ.
        """
        lower = np.asarray(low, dtype=np.float64)
        upper = lower if high is None else np.asarray(high, dtype=np.float64)
        if lower.shape != upper.shape:
            raise fail("high", f"of the shape of low {lower.shape}", upper.shape)
        steps = lower.shape[-1] if lower.ndim else 0
        if not 1 <= steps <= self.horizon:
            hint = "calibrate with errors of forecasts that reach as far"
            raise fail("steps", f"1 to {self.horizon}, those calibrated", steps, hint)
        width = self.widths(level)[:steps]
        crossed = lower - width > upper + width
        middle = 0.5 * (lower + upper)
        return np.where(crossed, middle, lower - width), np.where(crossed, middle, upper + width)


def check_levels(levels: float | Iterable[float]) -> tuple[float, ...]:
    """Return levels in percent, each once, ascending.

    Args:
        levels: One or more numbers above 0 and below 100, whole or not; 95 % is 95, not 0.95.

    Raises:
        InvalidArgumentError: There is none, or one is outside.

    Example:
        >>> check_levels((95, 80, 95)), check_levels(99.5)
        ((80, 95), (99.5,))
        >>> check_levels(0)
        Traceback (most recent call last):
        rnncomp.errors.InvalidArgumentError: level must be a finite number above 0 and below 100...
    """
    several = isinstance(levels, Iterable) and not isinstance(levels, (str, bytes))
    listed: list[Any] = list(levels) if several else [levels]  # type: ignore[arg-type]
    if not listed:
        raise fail("levels", "one or more percents", listed, "pass for example (80, 95)")
    hint = "pass percents such as 80 or 95"
    checked = {real("level", value, above=0.0, below=100.0, hint=hint) for value in listed}
    return tuple(int(value) if value.is_integer() else value for value in sorted(checked))


def largest_level(n: int) -> float:
    """Return the highest level, in percent, at which n windows give a width that is not infinite.

    Example:
        >>> largest_level(9), round(largest_level(132), 2), largest_level(0)
        (90.0, 99.25, 0.0)
    """
    return 100.0 * n / (n + 1)


def _width(scores: Array, level: float) -> float:
    # As it is written: 99.9 is 999/10, not the binary number next to it.
    rank = math.ceil((len(scores) + 1) * Fraction(repr(level)) / 100)
    return math.inf if rank > len(scores) else float(scores[rank - 1])


def _told(table: Array) -> str:
    if table.ndim != 2 or not table.size:
        return f"shape {table.shape}"
    return "infinity" if np.isinf(table).any() else "NaN alone"
