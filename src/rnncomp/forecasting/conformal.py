"""Split-conformal intervals: how wide, from the errors on windows that nothing was trained on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, real

Array = NDArray[np.float64]

# Kept of many scores: a hundred numbers a step, however many windows there were.
KEPT_LEVELS = (*map(Fraction, range(1, 100)), Fraction("99.5"), Fraction("99.9"))
_KEYS = {"counts", "kept", "scaled"}
_MOST_WINDOWS = 2**53  # counts up to here are exact in every reader of JSON


@dataclass(frozen=True, eq=False)
class ConformalWidths:
    """Half widths of intervals by step ahead, good for any level.

    Of n scores of a step the width at a level is the ``ceil((n + 1) * level / 100)``-th smallest.
    If the window to be forecast is exchangeable with those that gave the scores, the interval then
    holds the truth with a probability of at least the level, and of at most 1 / (n + 1) more.
    Sources: V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005); J. Lei
    et al., Journal of the American Statistical Association 113 (2018), 1094-1111, theorem 2.2.

    What is kept: all scores of up to 101 windows; of more, those which the whole percents, 99.5 %
    and 99.9 % need, and the largest. At these levels the widths are exact. Any other level gets the
    next kept score above, so it is never too narrow.

    Attributes:
        kept: For each of the H steps the scores kept, ascending.
        counts: For each step, of how many windows; 0 is a step that was never observed.
        scaled: Whether the scores were divided by a scale of each series.

    Example:
        >>> widths = ConformalWidths.fit([[float(k), 2.0 * k] for k in range(1, 20)])
        >>> widths.widths(90).tolist(), widths.widths(99).tolist()
        ([18.0, 36.0], [inf, inf])
        >>> widths.interval([100.0], 90)[1].tolist()
        [118.0]
    """

    kept: tuple[Array, ...]
    counts: tuple[int, ...]
    scaled: bool = False

    @classmethod
    def fit(cls, scores: ArrayLike, *, scales: ArrayLike | None = None) -> ConformalWidths:
        """Keep what the widths need.

        Args:
            scores: Absolute residuals ``|actual - predicted|`` of windows that no weight, scaler or
                choice was made with, or the signed ones of `quantile_scores`; shape (N, H). NaN
                where a step was not observed.
            scales: For many series in one network: a typical size of the values of each window's
                series, shape (N,), above 0. The scores are divided by it before they are pooled.

        Returns:
            The widths.

        Raises:
            InvalidArgumentError: The shape is another one, a score is infinite, none is observed,
                or a scale is not a finite number above 0.
        """
        table = np.array(scores, dtype=np.float64)
        if table.ndim != 2 or np.isnan(table).all() or np.isinf(table).any():
            rule = "(windows, steps) of finite numbers, NaN where a step was not observed"
            raise fail("scores", rule, _told(table), "pass |actual - predicted|")
        if scales is not None:
            table /= _scales(scales, table.shape[:1])[:, np.newaxis]
        steps = [np.sort(step[~np.isnan(step)]) for step in table.T]
        kept = tuple(step[_kept_ranks(len(step)) - 1] for step in steps)
        return cls(kept, tuple(map(len, steps)), scales is not None)

    @property
    def horizon(self) -> int:
        """H, the number of steps ahead that have widths."""
        return len(self.counts)

    def widths(self, level: float, *, scale: float | None = None) -> Array:
        """Return the half width of the interval at each step.

        Args:
            level: In percent, above 0 and below 100.
            scale: Of the series to forecast, if `fit` was given scales; above 0.

        Returns:
            Shape (H,), in the unit of the scores; infinite where there are too few windows for the
            level (see `largest_level`). Below 0 where quantiles were wider than they had to be.

        Raises:
            InvalidArgumentError: `level` is outside its range, or `scale` is missing or unasked.
        """
        (wanted,) = check_levels(level)
        if self.scaled and scale is None:
            raise fail("scale", "given, as the scores were scaled", scale)
        if not self.scaled and scale is not None:
            raise fail("scale", "left out, as no scores were scaled", scale)
        size = 1.0 if scale is None else real("scale", scale, above=0.0)
        found = [_width(s, n, wanted) for s, n in zip(self.kept, self.counts, strict=True)]
        return size * np.array(found)

    def interval(
        self,
        low: ArrayLike,
        level: float,
        *,
        high: ArrayLike | None = None,
        scale: float | None = None,
    ) -> tuple[Array, Array]:
        """Return the lower and upper ends around forecasts.

        Args:
            low: The forecasts, shape (..., S), S at most H; of a quantile network its lower ones.
            level: In percent, above 0 and below 100.
            high: The upper forecasts of a quantile network, of the same shape; else None.
            scale: As in `widths`.

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
        width = self.widths(level, scale=scale)[:steps]
        crossed = lower - width > upper + width
        middle = 0.5 * (lower + upper)
        return np.where(crossed, middle, lower - width), np.where(crossed, middle, upper + width)

    def to_dict(self) -> dict[str, Any]:
        """Return the widths as plain values, at most 102 numbers a step."""
        kept = [scores.tolist() for scores in self.kept]
        return {"counts": list(self.counts), "kept": kept, "scaled": self.scaled}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ConformalWidths:
        """Return the widths that `to_dict` took apart.

        Raises:
            InvalidArgumentError: A key is missing or unknown, or its value does not hold.
        """
        if not isinstance(values, Mapping) or set(values) != _KEYS:
            keys = sorted(map(str, values)) if isinstance(values, Mapping) else values
            raise fail("widths", f"a mapping of {', '.join(sorted(_KEYS))}", keys)
        counts, kept, scaled = values["counts"], values["kept"], values["scaled"]
        if not isinstance(scaled, bool):
            raise fail("scaled of widths", "true or false", scaled)
        if not isinstance(counts, list) or not counts or not all(map(_is_count, counts)):
            raise fail("counts of widths", "a list of whole numbers, one a step", counts)
        if not isinstance(kept, list) or len(kept) != len(counts) or not any(counts):
            raise fail("kept of widths", f"{len(counts)} lists of scores, one a step", kept)
        pairs = zip(kept, counts, strict=True)
        scores = tuple(_read(step, k, n) for k, (step, n) in enumerate(pairs, start=1))
        return cls(scores, tuple(counts), scaled)


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


def _rank(n: int, level: Fraction) -> int:
    """Return which of n scores is the width: ``ceil((n + 1) * level / 100)``, without rounding."""
    return math.ceil((n + 1) * level / 100)


def _kept_ranks(n: int) -> NDArray[np.int64]:
    """Return which of n ascending scores are kept, counted from 1."""
    if n <= len(KEPT_LEVELS):
        return np.arange(1, n + 1)
    needed = {min(n, _rank(n, level)) for level in KEPT_LEVELS}
    return np.array(sorted(needed | {n}), dtype=np.int64)


def _width(kept: Array, n: int, level: float) -> float:
    # As it is written: 99.9 is 999/10, not the binary number next to it.
    rank = _rank(n, Fraction(repr(level)))
    if rank > n:
        return math.inf
    return float(kept[np.searchsorted(_kept_ranks(n), rank)])


def _scales(scales: ArrayLike, shape: tuple[int, ...]) -> Array:
    sizes = np.asarray(scales, dtype=np.float64)
    if sizes.shape != shape:
        raise fail("scales", f"of shape {shape}, one a window", sizes.shape)
    wrong = sizes[~(np.isfinite(sizes) & (sizes > 0.0))]
    if len(wrong):
        raise fail("scales", "finite and above 0", float(wrong[0]), "leave that series out")
    return sizes


def _told(table: Array) -> str:
    if table.ndim != 2 or not table.size:
        return f"shape {table.shape}"
    return "infinity" if np.isinf(table).any() else "NaN alone"


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST_WINDOWS


def _read(step: Any, number: int, n: int) -> Array:
    """Return the scores of a step from a file, or raise."""
    name, rule = f"scores of step {number}", f"{len(_kept_ranks(n))} finite numbers, ascending"
    if not isinstance(step, list) or not all(type(score) in (int, float) for score in step):
        raise fail(name, rule, step)
    try:
        scores = np.array(step, dtype=np.float64)
    except OverflowError:
        raise fail(name, rule, step) from None
    ascending = np.isfinite(scores).all() and not (np.diff(scores) < 0.0).any()
    if len(scores) != len(_kept_ranks(n)) or not ascending:
        raise fail(name, rule, step)
    return scores
