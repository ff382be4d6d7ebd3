"""How wide intervals must be, from the errors on rows that nothing learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncomp.errors import SplitError
from rnncomp.forecasting.conformal import ConformalWidths
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.forecasting.preparing import Array, actual_at, prepare, recipe_of
from rnncomp.forecasting.quantiles import interval_from_quantiles, quantile_scores, sort_quantiles
from rnncomp.forecasting.strategies import forecast_ahead
from rnncomp.samples import Samples
from rnncomp.series import FittedTransform
from rnncomp.training import Sequential
from rnncomp.windows import Parts


def mean_forecast(
    models: Sequence[Sequential],
    transform: FittedTransform,
    config: NetworkConfig,
    windows: Samples,
    last: Array,
) -> Array:
    """Return the mean over networks of what they forecast, in the user's unit.

    Args:
        models: The networks, one a seed.
        transform: What was done to the values they see.
        config: Of the networks, with the steps to reach.
        windows: N windows.
        last: The targets in the last row of each, shape (N, K).

    Returns:
        Shape (N, steps * K, Q), the quantiles rising; Q is 1 of a network without.
    """
    count = max(1, len(config.quantiles))
    total = np.zeros((len(windows), config.ahead * config.targets, count))
    for model in models:
        made = forecast_ahead(model.network, windows, config)
        levels = made.reshape(len(windows), -1, count)
        for place in range(count):
            total[..., place] += transform.inverse(levels[..., place], last)
    return sort_quantiles(total / len(models))


@dataclass(frozen=True, eq=False)
class Unseen:
    """What networks forecast of rows that nothing learned from, beside what came.

    Attributes:
        made: Forecasts of N windows, shape (N, steps * K, Q), the quantiles rising.
        actual: What came, shape (N, steps * K).
    """

    made: Array
    actual: Array


def unseen_errors(
    about: Learned, models: Sequence[Sequential], config: NetworkConfig, steps: int
) -> Unseen:
    """Forecast every window whose targets lie in the unseen rows, as the future is forecast.

    Args:
        about: The series, and which of its rows nothing was learned from.
        models: The networks, one a seed.
        config: Of the networks, with the steps to reach.
        steps: How many of them are wanted.

    Raises:
        SplitError: The unseen rows hold no window with so many steps.
    """
    rows = len(about.series)
    if rows - about.unseen < config.ahead:
        raise SplitError(
            f"levels for {steps} steps ahead need at least {config.ahead} rows that nothing was "
            f"learned from, got {rows - about.unseen}; fit with a larger validation_fraction, or "
            "forecast fewer steps"
        )
    parts = Parts((about.unseen, about.unseen), (about.unseen, rows), (rows, rows))
    recipe = recipe_of(config, transform=about.transform.kind)
    ready = prepare(about.series, parts, recipe, about.transform)
    windows = ready.windows(ready.ahead["validation"])
    made = mean_forecast(models, about.transform, config, windows, ready.last("validation"))
    cutoffs = ready.cutoffs("validation")
    actual = np.stack(
        [actual_at(ready.series, cutoffs, config.ahead, k) for k in range(config.targets)], axis=2
    ).reshape(len(made), -1)
    wanted = steps * config.targets
    return Unseen(made[:, :wanted], actual[:, :wanted])


def widths_of(unseen: Unseen, config: NetworkConfig, level: float) -> ConformalWidths:
    """Return the widths of intervals around the mean forecast of some networks.

    Kept are the absolute errors of each step; of a quantile network, how far the truth lies
    outside.

    Args:
        unseen: What was forecast of unseen rows.
        config: Of the networks.
        level: In percent; decides which quantiles are looked at.
    """
    if config.quantiles:
        low, high = interval_from_quantiles(unseen.made, config.quantiles, level)
        return ConformalWidths.fit(quantile_scores(unseen.actual, low, high))
    return ConformalWidths.fit(np.abs(unseen.actual - unseen.made[..., 0]))
