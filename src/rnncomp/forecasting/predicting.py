"""From fitted networks to the values after one window, and to the intervals around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.forecasting.calibration import calibrated, mean_forecast
from rnncomp.forecasting.conformal import ConformalWidths, check_levels, largest_level
from rnncomp.forecasting.forecast import Array, check_history
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.network_config import MEDIAN, NetworkConfig
from rnncomp.forecasting.preparing import scaled_rows
from rnncomp.forecasting.quantiles import interval_from_quantiles
from rnncomp.samples import Samples
from rnncomp.series import Series
from rnncomp.training import Sequential

USUAL_LEVELS = (80.0, 95.0)
Intervals = dict[float, tuple[Array, Array]]


def last_window(series: Series, about: Learned, config: NetworkConfig, known: Any) -> Samples:
    """Return the one window at the end of a series, with what is known of the rows after it.

    Args:
        series: The history.
        about: How its values are transformed.
        config: Of the network, with the steps to reach.
        known: Values ahead of columns whose future is known, for as many rows as the network looks
            ahead: the steps, rounded up to whole horizons; see `Series.future_known`.

    Raises:
        InvalidArgumentError: The history is too short, or `known` is absent or needless.
    """
    lost = about.transform.lost
    check_history(config.cell, len(series), config.window + lost)
    if known is not None and not config.known:
        raise fail("known", "left out, as no known columns were learned", type(known).__name__)
    tail = series.slice(len(series) - config.window - lost, len(series))
    reach = config.horizon * -(-config.ahead // config.horizon)
    future = np.repeat(tail.values[-1:], reach, axis=0)
    if config.known:
        future[:, -config.known :] = series.future_known(reach, known)
    rows = replace(
        tail,
        values=np.concatenate([tail.values, future]),
        time=None,
        calendar=(),
        observed=None,
        fill=None,
    )
    base = scaled_rows(rows, about.transform, lead=config.horizon, dtype=config.dtype)
    return Samples(base, range(lost, lost + 1), config.window)


def forecast_with_intervals(
    models: Sequence[Sequential],
    about: Learned,
    config: NetworkConfig,
    window: Samples,
    last: Array,
    *,
    steps: int,
    levels: float | Iterable[float] | None,
) -> tuple[Array, Intervals]:
    """Return the mean forecast of some networks after a window, and its intervals by level.

    Around a forecast of one value an interval is as wide as the errors on unseen rows ask for; of a
    quantile network the two quantiles of the level, moved until they cover what they should.

    Args:
        models: The networks, one a seed.
        about: The series they have learned, whose unseen rows calibrate the intervals.
        config: Of the networks, with the steps to reach.
        window: One window.
        last: The row before the forecast, shape (1, F).
        steps: How many of the steps are wanted.
        levels: In percent; ``()`` for no intervals, None for those of `USUAL_LEVELS` that the
            unseen rows allow.

    Returns:
        Values of shape (steps,), or (steps, K) of K targets, and by level two of the same shape.

    Raises:
        InvalidArgumentError: A level has no two quantiles, or too few unseen windows.
    """
    made = mean_forecast(models, about.transform, config, window, last[:, : config.targets])
    made = made[0, : steps * config.targets]  # (steps * K, Q)
    values = made[:, config.quantiles.index(MEDIAN) if config.quantiles else 0]
    intervals: Intervals = {}
    for level in asked_levels(levels):
        try:
            widths = calibrated(about, models, config, steps, level)
            _check_finite(widths, level)
            low, high = values, None
            if config.quantiles:
                low, high = interval_from_quantiles(made, config.quantiles, level)
        except (InvalidArgumentError, SplitError):
            if levels is None:
                continue
            raise
        ends = widths.interval(low, level, high=high)
        intervals[level] = (_shaped(ends[0], config), _shaped(ends[1], config))
    return _shaped(values, config), intervals


def asked_levels(levels: float | Iterable[float] | None) -> tuple[float, ...]:
    """Return levels as numbers; None stands for the usual ones.

    Example:
        >>> asked_levels(None), asked_levels(()), asked_levels(90)
        ((80.0, 95.0), (), (90.0,))
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
