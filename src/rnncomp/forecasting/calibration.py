"""calibrated: how wide intervals must be, from the errors on rows that nothing learned from."""

from __future__ import annotations

from collections.abc import Sequence

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


def calibrated(
    about: Learned,
    models: Sequence[Sequential],
    config: NetworkConfig,
    steps: int,
    level: float,
) -> ConformalWidths:
    """Return the widths of intervals around the mean forecast of some networks.

    Every window whose targets lie in the unseen rows is forecast as the future is, and the
    absolute errors of each step are kept; of a quantile network, how far the truth lies outside.

    Args:
        about: The series, and which of its rows nothing was learned from.
        models: The networks, one a seed.
        config: Of the networks, with the steps to reach.
        steps: How many of them are wanted.
        level: In percent; decides which quantiles are looked at.

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
    if config.quantiles:
        low, high = interval_from_quantiles(made, config.quantiles, level)
        scores = quantile_scores(actual, low, high)
    else:
        scores = np.abs(actual - made[..., 0])
    return ConformalWidths.fit(scores[:, : steps * config.targets])
