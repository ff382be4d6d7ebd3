"""From fitted networks to the values after one window, and to the intervals around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.forecasting.calibration import mean_forecast, unseen_errors, widths_of
from rnncomp.forecasting.conformal import ConformalWidths, check_levels, largest_level
from rnncomp.forecasting.forecast import Array
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.last_window import last_window
from rnncomp.forecasting.network_config import MEDIAN, NetworkConfig
from rnncomp.forecasting.quantiles import interval_from_quantiles
from rnncomp.series import Series
from rnncomp.training import Sequential

USUAL_LEVELS: tuple[float, ...] = (80, 95)
Intervals = dict[float, tuple[Array, Array]]


def forecast_with_intervals(
    models: Sequence[Sequential],
    about: Learned,
    config: NetworkConfig,
    series: Series,
    *,
    steps: int,
    known: Any,
    levels: float | Iterable[float] | None,
) -> tuple[Array, Intervals]:
    """Return the mean forecast of some networks after a series, and its intervals by level.

    Around a forecast of one value an interval is as wide as the errors on unseen rows ask for; of a
    quantile network the two quantiles of the level, moved until they cover what they should.

    Args:
        models: The networks, one a seed.
        about: The series they have learned, whose unseen rows calibrate the intervals.
        config: Of the networks, with the steps to reach.
        series: The history.
        steps: How many of the steps are wanted.
        known: Values ahead of columns whose future is known; see `last_window`.
        levels: In percent; ``()`` for no intervals, None for those of `USUAL_LEVELS` that the
            unseen rows allow.

    Returns:
        Values of shape (steps,), or (steps, K) of K targets, and by level two of the same shape.

    Raises:
        InvalidArgumentError: A level has no two quantiles, or too few unseen windows; the history
            is too short, or `known` is absent or needless.
        DataError: A target in the window is not above 0, and its logarithm was learned.
    """
    window = last_window(
        series,
        about.transform,
        name=config.cell,
        window=config.window,
        horizon=config.horizon,
        steps=config.ahead,
        known=known,
        dtype=config.dtype,
    )
    last = series.values[-1:, : config.targets]
    made = mean_forecast(models, about.transform, config, window, last)
    made = made[0, : steps * config.targets]  # (steps * K, Q)
    values = made[:, config.quantiles.index(MEDIAN) if config.quantiles else 0]
    intervals = {
        level: (_shaped(low, config), _shaped(high, config))
        for level, (low, high) in _intervals(models, about, config, made, steps, levels).items()
    }
    return _shaped(values, config), intervals


def _intervals(
    models: Sequence[Sequential],
    about: Learned,
    config: NetworkConfig,
    made: Array,
    steps: int,
    levels: float | Iterable[float] | None,
) -> Intervals:
    """Return the ends of each level, flat; `made` is the forecast, shape (steps * K, Q)."""
    intervals: Intervals = {}
    asked = asked_levels(levels)
    if not asked:
        return intervals
    try:
        unseen = unseen_errors(about, models, config, steps)
    except SplitError:
        if levels is None:
            return intervals
        raise
    for level in asked:
        try:
            widths = widths_of(unseen, config, level)
            _check_finite(widths, level)
            low, high = made[:, 0], None
            if config.quantiles:
                low, high = interval_from_quantiles(made, config.quantiles, level)
        except InvalidArgumentError:
            if levels is None:
                continue
            raise
        intervals[level] = widths.interval(low, level, high=high)
    return intervals


def asked_levels(levels: float | Iterable[float] | None) -> tuple[float, ...]:
    """Return levels as numbers; None stands for the usual ones.

    Example:
        >>> asked_levels(None), asked_levels(()), asked_levels(90)
        ((80, 95), (), (90,))
    """
    if levels is None:
        return USUAL_LEVELS
    listed = tuple(levels) if isinstance(levels, Iterable) else (levels,)
    return check_levels(listed) if listed else ()


def _check_finite(widths: ConformalWidths, level: float) -> None:
    if np.isinf(widths.widths(level)).any():
        n = min(widths.counts)
        hint = "fit with a larger validation_fraction, or forecast fewer steps"
        raise fail("levels", f"at most {largest_level(n):g} with {n} unseen windows", level, hint)


def _shaped(values: Array, config: NetworkConfig) -> Array:
    return values if config.targets == 1 else values.reshape(-1, config.targets)
