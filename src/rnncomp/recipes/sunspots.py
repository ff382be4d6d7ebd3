"""Tutorial 4: how a SimpleRNN computes, by hand; then a forecast of the monthly sunspots.

As told it scales by the whole series and gives its errors in scaled units. The honest variant
scales by the training part, and stands baselines beside five seeds, in sunspots.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import rnncomp
from rnncomp.charts import fit_page, layers_page, windows_page
from rnncomp.errors import ColumnError, DataError, MissingValuesError
from rnncomp.recipes.by_hand import show
from rnncomp.recipes.compared import Honestly, compared
from rnncomp.recipes.told import Array, Echo, Pace, Told, ask, pace, small_network, tell_seed
from rnncomp.recipes.wording import plus_minus, short

MONTHS = 2820  # 1749 to 1983, what the tutorial's file holds; ours goes on to 2008
WINDOW, UNITS, EPOCHS, BATCH_SIZE, SEEDS = 12, 3, 20, 1, 5
TRAIN_SHARE = 0.8
BY_HAND = (1.0, 2.0, 3.0)
CUT = {"window": 2, "horizon": 1, "stride": 2}  # what the tutorial shows the cutting with
CUT_ROWS = 13
SOURCE = "sunspots"


def run_sunspots(
    echo: Echo,
    source: Any = SOURCE,
    *,
    honest: bool = False,
    fast: bool = False,
    epochs: int | None = None,
    seed: int | None = None,
    verbose: int = 2,
) -> Told:
    """Compute a SimpleRNN by hand, then train one on the sunspots; tell about it.

    Args:
        echo: Where to say things, such as ``print``. What `fit` writes while it trains goes to
            standard output; `verbose` 0 silences it.
        source: A file or an http(s) address, of which the only column of numbers is read, of
            several the second column; or anything else that `rnncomp.load` takes. Of the built-in
            series the tutorial's 2,820 months are taken.
        honest: Whether to scale by the training part, train with several seeds, and stand
            baselines beside the network, in units of the data.
        fast: A fifth of the epochs, and two seeds, to try it.
        epochs: Passes over the training windows, at least 1; None for the tutorial's 20.
        seed: Seed of weights and shuffles; None for a fresh one, as the tutorial has it. The first
            of an honest variant's.
        verbose: 0 for silence in training, 1 for a bar an epoch, 2 for a line an epoch; an honest
            variant has a line a training for both.

    Returns:
        What was found, with the layers of the network by hand, how windows are cut, and the chart
        of both parts; of the honest variant the windows of a comparison.

    Raises:
        DataError: The source cannot be read, or is too short.
        InvalidArgumentError: `epochs` is below 1, or `seed` or `verbose` break their rules.

    Example:
        >>> told = run_sunspots(lambda text: None, epochs=1, seed=1, verbose=0)
        >>> told.facts["months"], told.facts["windows"], told.facts["parameters"]
        ([2256, 564], [187, 46], 19)
    """
    how = pace(epochs=epochs, usual=EPOCHS, seeds=SEEDS, fast=fast, seed=seed, verbose=verbose)
    series = read(source)
    _check_length(series)
    return _honestly(echo, how, series) if honest else _as_told(echo, how, series)


def create_rnn(
    hidden_units: int, input_shape: tuple[int, int], activations: tuple[str, str], seed: int
) -> Any:
    """Return the tutorial's network: SimpleRNN and one output, with an activation each."""
    return small_network(hidden_units, input_shape[0], seed=seed, activations=activations)


def read(source: Any) -> Any:
    """Return the series: the only column of numbers, of several the second column.

    Rows are counted, whatever the stamps, as the tutorial does; the built-in series has its months.

    Args:
        source: As in `run_sunspots`.

    Raises:
        DataError: It cannot be read.
    """
    if isinstance(source, rnncomp.Series):
        return source
    if isinstance(source, str) and source == SOURCE:
        return rnncomp.load(source).slice(0, MONTHS)
    try:
        return _load(source)
    except MissingValuesError as error:
        raise _advised(error) from None


def _load(source: Any) -> Any:
    try:
        return rnncomp.load(source, time=False)
    except ColumnError:
        columns = rnncomp.inspect(source, time=False).columns
        if len(columns) < 2:
            raise
        return rnncomp.load(source, target=columns[1].name, time=False)


def _advised(error: MissingValuesError) -> MissingValuesError:
    """Return the error with a next step that there is here: a recipe has no `missing`."""
    found, _, advice = str(error).rpartition("; ")
    if "--missing" not in advice:
        return error
    step = 'fill the file, or load it in Python with missing="interpolate" and pass the series'
    return MissingValuesError(f"{found}; {step} to run_sunspots")


def cut(values: Array) -> tuple[Array, Array]:
    """Cut windows (N, T) that do not overlap, and the value that follows each (N,).

    Example:
        >>> x, y = cut(np.arange(30.0))
        >>> x.shape, y.tolist()
        ((2, 12), [12.0, 24.0])
    """
    y = values[WINDOW::WINDOW]
    return values[: WINDOW * len(y)].reshape(-1, WINDOW), y


def _as_told(echo: Echo, how: Pace, series: Any) -> Told:
    echo("Part one: the arithmetic of a SimpleRNN with 2 units, by hand\n")
    demonstration = create_rnn(2, (len(BY_HAND), 1), ("linear", "linear"), how.seed)
    by_hand = show(echo, demonstration, BY_HAND)
    by_hand["parameters"] = demonstration.count_params()
    echo("`rnncomp explain --demo simple_rnn` shows this for every cell, size and seed.")
    echo(f"\nPart two: a forecast of {series.name}, {len(series):,} rows")
    facts, results = _forecast(echo, how, series)
    tell_seed(echo, how)
    trace = rnncomp.explain(demonstration, np.array(BY_HAND)).to_dict()
    shown = {"values": series.target_values[:CUT_ROWS].tolist(), **CUT}
    charts = {"layers": trace, "windows": shown, **facts["charts"]}
    pages = (layers_page(trace), windows_page(**shown), fit_page(charts["fit"]))
    found = {"by_hand": by_hand, **facts, "charts": charts}
    return Told("sunspots", False, found, pages, results)


def _forecast(echo: Echo, how: Pace, series: Any) -> tuple[dict[str, Any], tuple[str, str]]:
    """Train as the tutorial does, and print its errors; everything found, and the lines."""
    values = series.target_values
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) / (high - low)  # over all data: the tutorial's leak
    split = int(TRAIN_SHARE * len(scaled))
    (train_x, train_y), test = cut(scaled[:split]), cut(scaled[split:])
    sizes = {"months": [split, len(scaled) - split], "windows": [len(train_y), len(test[1])]}
    echo("Rows: {:,} training, {:,} test".format(*sizes["months"]))
    windows = "{} training, {} test".format(*sizes["windows"])
    echo(f"Windows of {WINDOW} that do not overlap: {windows}")
    network = create_rnn(UNITS, (WINDOW, 1), ("tanh", "tanh"), how.seed)
    echo(f"Parameters: {network.count_params()}")
    x = train_x[:, :, np.newaxis]
    network.fit(x, train_y, epochs=how.epochs, batch_size=BATCH_SIZE, verbose=how.verbose)
    predicted = [ask(network, x) for x in (train_x, test[0])]
    errors = [
        rnncomp.root_mean_squared_error(actual, found)
        for actual, found in zip((train_y, test[1]), predicted, strict=True)
    ]
    results = (f"Train RMSE: {errors[0]:.3f} RMSE", f"Test RMSE: {errors[1]:.3f} RMSE")
    echo("\n" + "\n".join(results))
    fit = {
        "actual": np.concatenate([train_y, test[1]]).tolist(),
        "predicted": np.concatenate(predicted).tolist(),
        "boundary": len(train_y),
        "value_label": f"{series.targets[0].capitalize()} scaled",
    }
    found = {"seed": how.seed, "parameters": network.count_params(), "charts": {"fit": fit}}
    return found | sizes | {"train_rmse": errors[0], "test_rmse": errors[1]}, results


def _check_length(series: Any) -> None:
    need = 5 * WINDOW + 1
    if len(series) < need:
        raise DataError(
            f"{series.name} must have at least {need} rows, so that the last fifth holds a window "
            f"of {WINDOW} and the value after it, got {len(series)}; pass a longer series"
        )


def _honestly(echo: Echo, how: Pace, series: Any) -> Told:
    echo(f"A forecast of {series.name}, {len(series):,} rows, with the tutorial's windows of 12")
    echo("Part one, the arithmetic by hand, is the same either way.")
    said = Honestly(
        differences=(
            f"scaling from the training part alone, {len(how.seeds)} seeds, baselines, errors in "
            "units of the data, a fifth of the training windows to validate, and a linear output "
            "instead of tanh, which never reaches the highest value"
        ),
        metric="rmse",
        conclude=partial(_changes, name=series.targets[0]),
    )
    options = {"window": WINDOW, "stride": WINDOW, "units": UNITS, "batch_size": BATCH_SIZE,
               "cells": ("simple_rnn",)}  # fmt: skip
    return compared(echo, how, series, said, recipe="sunspots", options=options)


def _changes(result: dict[str, Any], *, name: str) -> str:
    """Say what one test error in scaled units becomes."""
    row = next(row for row in result["leaderboard"] if row["name"] == "simple_rnn")
    scores = [score for score in row["scores"]["rmse"] if score is not None]
    if not scores:
        return "The tutorial's network finished with no seed."
    low, high = min(scores), max(scores)
    one = "one run says little" if high > 1.2 * low else "the seeds agree"
    return (
        f"The tutorial ends with the RMSE of one run in scaled units; over {len(scores)} seeds it "
        f"is {plus_minus(row['rmse'], row['rmse_spread'])} {name} on the test part, from "
        f"{short(low, 3)} to {short(high, 3)}: {one}."
    )
