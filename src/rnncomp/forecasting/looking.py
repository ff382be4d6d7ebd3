"""What a fitted network reads for one forecast, so that the forecast can be explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import DataError, InvalidArgumentError
from rnncomp.forecasting.forecast import Array
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.last_window import last_window
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.nn.look import Look
from rnncomp.samples import FloatArray
from rnncomp.series import Series
from rnncomp.series.calendar_columns import calendar_names
from rnncomp.training import Sequential
from rnncomp.windows import Moment, row_at


def look_at(
    models: Mapping[int, Sequential],
    about: Learned,
    config: NetworkConfig,
    series: Series,
    *,
    at: Moment | None,
    seed: int | None,
) -> Look:
    """Return the window from which the value at `at` is forecast, one step ahead or as the first.

    Args:
        models: The networks, by seed.
        about: What was learned of the series: the scaling.
        config: Of the network.
        series: The rows to look at; those from `at` on are not read, but for known columns.
        at: See `row_at`.
        seed: Whose network is looked at; None for the first.

    Raises:
        SplitError: The series has no such row.
        InvalidArgumentError: There are fewer rows before it than the network reads, or known
            columns have no values for the steps forecast.
    """
    if seed is not None and seed not in models:
        raise fail("seed", f"one of {', '.join(map(str, models))}", seed)
    model = next(iter(models.values())) if seed is None else models[seed]
    row = row_at("at", at, series)
    history = series.slice(0, row)
    needed = config.window + about.transform.lost
    if row < needed:
        first = _name(series, needed) if needed <= len(series) else "a longer series"
        raise InvalidArgumentError(
            f"at must have {needed} rows before it, which {config.cell} reads, got {at!r} with "
            f"{row} rows of series {series.name!r}; take {first} or later, or pass more rows"
        )
    samples = last_window(
        history,
        about.transform,
        name=config.cell,
        window=config.window,
        horizon=config.horizon,
        steps=config.horizon,
        known=_known_after(series, row, config.horizon),
        dtype=config.dtype,
    )
    last = history.values[-1:, : config.targets]

    def restore(output: FloatArray) -> Array:
        count = max(1, len(config.quantiles))
        levels = output.reshape(1, -1, count)
        parts = [about.transform.inverse(levels[..., place], last) for place in range(count)]
        return np.stack(parts, axis=-1).ravel()

    return Look(
        network=model.network,
        window=samples.windows()[0],
        columns=_column_names(series, config),
        times=[_name(series, n) for n in range(row - config.window, row)],
        restore=restore,
        title=f"{model.name or config.cell}: {series.name}, {_name(series, row)}",
    )


def _column_names(series: Series, config: NetworkConfig) -> list[str]:
    """Return what to call each column; those whose future is known stand a horizon early."""
    early = f" {config.horizon} step{'s' * (config.horizon > 1)} on"
    return [name + early * (name in series.known) for name in series.columns]


def _name(series: Series, row: int) -> str:
    """Return the stamp of a row, or its number."""
    if series.time is None:
        return str(row)
    if row < len(series):
        return series.format_times(series.time[row : row + 1])[0]
    after = series.future_times(1) if series.frequency is not None else None
    return "the next value" if after is None else series.format_times(after)[0]


def _known_after(series: Series, row: int, steps: int) -> Any:
    """Return the known columns of the steps forecast, as far as the series itself holds them."""
    given = len(series.known) - len(calendar_names(series.calendar))
    if not given:
        return None
    first = len(series.columns) - len(series.known)
    if row + steps > len(series):
        raise DataError(
            f"column {series.columns[first]!r} must have values for the {steps} steps from "
            f"{_name(series, row)} on, got {len(series) - row}; look at an earlier value"
        )
    return series.values[row : row + steps, first : first + given]
