"""calibrated: how wide intervals must be, from the errors on rows that nothing learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnncomp.errors import SplitError
from rnncomp.forecasting.conformal import ConformalWidths
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.forecasting.preparing import actual_at, prepare, recipe_of
from rnncomp.forecasting.strategies import forecast_ahead
from rnncomp.training import Sequential
from rnncomp.windows import Parts


def calibrated(
    about: Learned, models: Sequence[Sequential], config: NetworkConfig, steps: int
) -> ConformalWidths:
    """Return the widths of intervals around the mean forecast of some networks.

    Every window whose targets lie in the unseen rows is forecast as the future is, and the
    absolute errors of each step are kept.

    Args:
        about: The series, and which of its rows nothing was learned from.
        models: The networks, one a seed.
        config: Of the networks, with the steps to reach.
        steps: How many of them are wanted, H.

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
    made = np.mean(
        [
            ready.inverse(forecast_ahead(model.network, windows, config), "validation")
            for model in models
        ],
        axis=0,
    )  # (N, steps * K)
    cutoffs = ready.cutoffs("validation")
    actual = np.stack(
        [actual_at(ready.series, cutoffs, config.ahead, k) for k in range(config.targets)], axis=2
    )
    errors = np.abs(actual.reshape(len(made), -1) - made)[:, : steps * config.targets]
    return ConformalWidths.fit(errors)
