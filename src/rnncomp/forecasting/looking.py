"""What a fitted network reads for one forecast, so that the forecast can be explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnncomp._check import fail
from rnncomp.errors import DataError, InvalidArgumentError, SplitError
from rnncomp.forecasting.baselines.ridge import Ridge
from rnncomp.forecasting.forecast import Array
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.last_window import last_window
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.forecasting.preparing import scaled_rows
from rnncomp.nn.look import Look, LookMany
from rnncomp.samples import FloatArray, Samples
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
        at: See `row_at`; None for the one after the last row, or, where columns are known whose
            future the series does not hold, the last value that can be forecast.
        seed: Whose network is looked at; None for the first.

    Raises:
        SplitError: The series has no such row.
        InvalidArgumentError: There are fewer rows before it than the network reads, or known
            columns have no values for the steps forecast.
    """
    model = _of_seed(models, seed)
    row = row_at("at", at, series)
    if at is None and _given(series):
        row -= config.horizon
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
        outputs=_output_names(series, row, config),
        title=f"{config.cell}, seed {model.seed}: {series.name}, {_name(series, row)}",
        notes=_notes(models, about, series, row),
    )


def look_at_unseen(
    models: Mapping[int, Sequential],
    about: Learned,
    config: NetworkConfig,
    series: Series,
    *,
    seed: int | None,
) -> LookMany:
    """Return the windows whose targets nothing was learned from, with ridge on the same lags.

    Ridge learns from the rows before them, if `series` has enough of those: the rows that a file
    remembers are too few. It forecasts one target as it is, so there is none beside several targets
    or a transform, or of quantiles.

    Args:
        models: The networks, by seed.
        about: What was learned of the series: the scaling, and where the unseen rows begin.
        config: Of the networks.
        series: The rows to look at; they end, or go on, where those learned from do.
        seed: Whose network is looked at; None for the first.

    Raises:
        InvalidArgumentError: `series` does not hold the unseen rows, or they hold no window.
    """
    model, first = _of_seed(models, seed), _first_unseen(about, series)
    rows = len(series)
    windows = rows - first - config.horizon + 1
    start = first - config.window
    if windows < 1 or start < about.transform.lost:
        raise InvalidArgumentError(
            f"series {series.name!r} must hold {config.horizon} rows that nothing was learned from "
            f"and {config.window + about.transform.lost} before them, got {rows - first} and "
            f"{first}; pass a longer series"
        )
    base = scaled_rows(series, about.transform, lead=config.horizon, dtype=config.dtype)
    why = _why_no_ridge(about, config)
    linear = {} if why else _ridge_before(series.slice(0, first), config)
    return LookMany(
        network=model.network,
        windows=Samples(base, range(start, start + windows), config.window),
        columns=_column_names(series, config),
        linear=linear,
        units=None if why else about.transform.scaler.spread,
        without=why or ("" if linear else "too few rows to learn from"),
    )


def _why_no_ridge(about: Learned, config: NetworkConfig) -> str:
    """Return why ridge answers another question than the network, or nothing."""
    if config.targets > 1:
        return "it forecasts one target"
    if config.quantiles:
        return "it forecasts no quantiles"
    kind = about.transform.kind
    return "" if kind == "none" else f"it does not learn from values in {kind}"


def _ridge_before(series: Series, config: NetworkConfig) -> dict[str, Array]:
    """Return the coefficients of ridge, (T * F, H), or nothing where the rows are too few."""
    ridge = Ridge(config.window, config.horizon)
    try:
        ridge.fit(series)
    except SplitError:
        return {}
    assert ridge.weights is not None
    return {"ridge": ridge.weights}


def _first_unseen(about: Learned, series: Series) -> int:
    """Return the row of `series` that is the first from which nothing was learned."""
    known = about.series
    if series is known:
        return about.unseen
    unseen = known.slice(min(about.unseen, len(known)), len(known))
    places = range(max(0, len(series) - len(unseen)), -1, -1) if len(unseen) else range(0)
    for row in places:
        if np.array_equal(series.values[row : row + len(unseen)], unseen.values):
            return row
    raise InvalidArgumentError(
        f"series {series.name!r} must hold the {len(unseen)} rows that {known.name!r} kept aside "
        "in training, got other rows; pass the series that was learned from"
    )


def _of_seed(models: Mapping[int, Sequential], seed: int | None) -> Sequential:
    if seed is not None and seed not in models:
        raise fail("seed", f"one of {', '.join(map(str, models))}", seed)
    return next(iter(models.values())) if seed is None else models[seed]


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
    ahead = row - len(series) + 1
    if series.frequency is None:
        return "the next value" if ahead == 1 else f"the next but {ahead - 1}"
    after = series.future_times(ahead)
    assert after is not None
    return series.format_times(after[-1:])[0]


def _known_after(series: Series, row: int, steps: int) -> Any:
    """Return the known columns of the steps forecast, as far as the series itself holds them."""
    given = _given(series)
    if not given:
        return None
    first = len(series.columns) - len(series.known)
    last = len(series) - steps
    if row > last:
        raise DataError(
            f"column {series.columns[first]!r} must have values for the {steps} steps from "
            f"{_name(series, row)} on, got {len(series) - row}; take at={_name(series, last)!r} or "
            "earlier"
        )
    return series.values[row : row + steps, first : first + given]


def _given(series: Series) -> int:
    """Return how many known columns there are whose values must be given."""
    return len(series.known) - len(calendar_names(series.calendar))


def _output_names(series: Series, row: int, config: NetworkConfig) -> list[str]:
    """Return what to call each output: its time, of several targets which, and its quantile."""
    targets = series.targets if config.targets > 1 else ("",)
    levels = [f"quantile {level:g}" for level in config.quantiles] or [""]
    return [
        " ".join(word for word in (_name(series, row + step), target, level) if word)
        for step in range(config.horizon)
        for target in targets
        for level in levels
    ]


def _notes(models: Mapping[int, Sequential], about: Learned, series: Series, row: int) -> list[str]:
    """Return what a reader would otherwise take for a forecast of the forecaster."""
    notes = []
    if len(models) > 1:
        seeds = ", ".join(map(str, models))
        notes.append(f"One of {len(models)} networks (seeds {seeds}); their mean is the forecast.")
    try:
        first = _first_unseen(about, series)
    except InvalidArgumentError:  # another series: nothing of it was learned from
        return notes
    if row < first:
        until = _name(series, first - 1)
        notes.append(f"The network has learned from this value: from all rows up to {until}.")
    return notes
