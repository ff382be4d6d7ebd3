"""`rnncomp backtest`: how a network would have done, fold by fold along time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import rich_click as click

import rnncomp
from rnncomp.cli.fit import new_forecaster
from rnncomp.cli.network_options import (
    allowed_levels,
    beside_options,
    network_options,
    one_network,
    training_options,
)
from rnncomp.cli.options import (
    data_options,
    examples,
    in_order,
    json_option,
    option,
    read_source,
    seed_count,
    split_data_options,
)
from rnncomp.cli.output import console, number, print_json, table
from rnncomp.cli.progress import training_display
from rnncomp.errors import BaselineError

FOLDS = {"panel": "Folds"}

EXAMPLES = examples(
    "rnncomp backtest load.csv --target mw --cell gru --horizon 24 --folds 8",
    "rnncomp backtest sunspots --horizon 12 --folds 10 --refit never --out folds.csv",
)


@click.command(epilog=EXAMPLES)
@click.argument("source")
@data_options
@in_order(
    option("--folds", "How many forecasts along time, the last one at the end.", type=int,
           default=5, **FOLDS),
    option("--step", "Rows from one cutoff to the next. [default: the horizon]", type=int,
           **FOLDS),
    option("--train-rows", "Rows before a cutoff that are learned from, the last ones. [default: "
           "all]", parameter="train", type=int, **FOLDS),
    option("--refit", "Train afresh in every fold, train on from the fold before (warm), or train "
           "in the first fold alone (never).", type=click.Choice(["every", "warm", "never"]),
           default="every", is_flag=False, flag_value="every", **FOLDS),
)  # fmt: skip
@one_network
@network_options
@training_options
@beside_options
@allowed_levels
@in_order(
    option("--out", "CSV file to write: a row for each fold, series and step.", metavar="FILE",
           type=click.Path(path_type=Path), panel="Output"),
    option("--plot", "Picture of the folds to write (PNG, SVG or PDF).", metavar="FILE",
           type=click.Path(path_type=Path), panel="Output"),
    json_option("scores, coverage and rows"),
    option("--quiet", "Print nothing.", is_flag=True, panel="Output"),
)  # fmt: skip
def backtest(
    source: str,
    folds: int,
    step: int | None,
    train: int | None,
    refit: str,
    levels: tuple[float, ...],
    out: Path | None,
    plot: Path | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Forecast at cutoffs along a series, each time from what came before it alone.

    SOURCE is a file (CSV, gzipped CSV, TSV, Parquet), a URL, or the name of a built-in series.

    Beside the network stand simple baselines at the same cutoffs. To compare networks with each
    other: rnncomp compare --folds.
    """
    if as_json and quiet:
        raise click.UsageError("--json and --quiet must not be given together; choose one")
    reading, settings = split_data_options(options, several=True)
    forecaster = new_forecaster(settings)
    horizon = forecaster.config.horizon
    origin = rnncomp.RollingOrigin(folds=folds, horizon=horizon, step=step, train=train)
    series = read_source(source, reading)
    names, seeds = [forecaster.name], seed_count(settings)
    count = 1 if refit == "never" else folds
    with training_display(names, seeds=seeds, folds=count, quiet=quiet or as_json) as listener:
        result = rnncomp.backtest(
            forecaster, series, origin, refit=refit, levels=levels, jobs=settings["jobs"],
            progress=listener,
        )  # fmt: skip
    if out is not None:
        result.write_csv(out)
    if plot is not None:
        result.write_plot(plot)
    if as_json:
        print_json(result.to_dict())
    elif not quiet:
        _print(result, _others(series, origin, settings))
    for path in (out, plot):
        if path is not None and not quiet:
            sys.stderr.write(f"wrote {path}\n")


def _others(series: Any, origin: Any, settings: dict[str, Any]) -> list[list[str]]:
    """Return the rows of the baselines at the same cutoffs; one that fails says why."""
    season = settings["season"]
    if season is None:
        first = series if isinstance(series, rnncomp.Series) else series.series[0]
        season = rnncomp.find_season(first.target_values[: origin.parts(first)[0].train[1]])
    models, notes = rnncomp.make_baselines(
        settings["baselines"],
        season=season or 1,
        window=settings["window"],
        horizon=origin.horizon,
        budget_seconds=settings["baseline_seconds"],
    )
    rows = []
    for model in models:
        try:
            found = rnncomp.backtest(model, series, origin)
            rows.append([found.name, number(found.mae), number(found.rmse)])
        except BaselineError as error:
            notes.append(f"{error}.")
            rows.append([model.name, "-", "-"])
    for note in notes:
        sys.stderr.write(f"{note}\n")
    return rows


def _print(result: rnncomp.Backtest, others: list[list[str]]) -> None:
    to = console()
    folds = len(result.folds)
    strategy = result.folds[0].forecast.strategy
    to.print(f"{folds} forecasts, {strategy}, refit: {result.refit}", style="bold")
    own = [result.name, number(result.mae), number(result.rmse)]
    to.print(table(["", "MAE", "RMSE"], [own, *others]))
    shares = [_coverage(level, found.overall) for level, found in result.coverage().items()]
    if shares:
        to.print("Intervals of the network held the truth:")
        to.print(table(["nominal", "measured", "95 % interval"], shares))


def _coverage(level: float, share: Any) -> list[str]:
    between = f"{100 * share.low:.0f} to {100 * share.high:.0f} %"
    return [f"{level:g} %", f"{100 * share.share:.1f} %", between]
