"""`rnncomp backtest`: how a network would have done, fold by fold along time."""

from __future__ import annotations

import sys
from dataclasses import dataclass
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
    check_not_read,
    data_options,
    examples,
    in_order,
    json_option,
    option,
    quiet_option,
    read_source,
    seed_count,
    split_data_options,
)
from rnncomp.cli.output import console, number, print_json, table
from rnncomp.cli.progress import training_display

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
    option("--out", "CSV file to write: a row for each forecaster, fold, series and step.",
           metavar="FILE", type=click.Path(path_type=Path), panel="Output"),
    option("--plot", "Picture of the folds to write (PNG, SVG or PDF).", metavar="FILE",
           type=click.Path(path_type=Path), panel="Output"),
    json_option("scores, coverage and rows of the network, and the scores of the baselines"),
    quiet_option(),
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
    check_not_read(out, source)
    reading, settings = split_data_options(options, several=True)
    seeds, count = seed_count(settings), 1 if refit == "never" else folds
    rounds = count if refit == "warm" else 1  # each goes on from the one before
    forecaster = new_forecaster(settings, trainings=seeds * count // max(rounds, 1), rounds=rounds)
    horizon = forecaster.config.horizon
    origin = rnncomp.RollingOrigin(folds=folds, horizon=horizon, step=step, train=train)
    series = read_source(source, reading)
    names, silent = [forecaster.name], quiet or as_json
    with training_display(names, seeds=seeds, folds=count, quiet=silent) as listener:
        result = rnncomp.backtest(
            forecaster, series, origin, refit=refit, levels=levels, jobs=settings["jobs"],
            progress=listener,
        )  # fmt: skip
    others = [] if quiet and out is None else _others(series, origin, settings)
    if out is not None:
        result.write_csv(out, *(other.result for other in others if other.result))
    if plot is not None:
        result.write_plot(plot)
    if as_json:
        print_json(result.to_dict() | {"baselines": [other.to_dict() for other in others]})
    elif not quiet:
        _print(result, others)
    for path in (out, plot):
        if path is not None and not quiet:
            sys.stderr.write(f"wrote {path}\n")


@dataclass(frozen=True, eq=False)
class Other:
    """A baseline at the same cutoffs; `result` is None where it failed, and `note` says why."""

    name: str
    result: rnncomp.Backtest | None
    note: str = ""

    @property
    def scores(self) -> dict[str, float | None]:
        """Its errors over all folds."""
        return {name: getattr(self.result, name, None) for name in ("mae", "rmse")}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"name": self.name, **self.scores, "note": self.note}


def _others(series: Any, origin: Any, settings: dict[str, Any]) -> list[Other]:
    """Return the baselines at the same cutoffs."""
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
    for note in notes:
        sys.stderr.write(f"{note}\n")
    return [_other(model, series, origin) for model in models]


def _other(model: Any, series: Any, origin: Any) -> Other:
    try:
        return Other(model.name, rnncomp.backtest(model, series, origin))
    except rnncomp.RnncompError as error:
        return Other(model.name, None, str(error))


def _print(result: rnncomp.Backtest, others: list[Other]) -> None:
    to = console()
    folds = len(result.folds)
    strategy = result.folds[0].forecast.strategy
    to.print(f"{folds} forecasts, {strategy}, refit: {result.refit}", style="bold")
    own = [result.name, number(result.mae), number(result.rmse)]
    rows = [[other.name, *map(number, other.scores.values())] for other in others]
    to.print(table(["", "MAE", "RMSE"], [own, *rows]))
    for other in others:
        if other.note:
            to.print(f"{other.name}: {other.note}", style="dim", soft_wrap=True)
    shares = [_coverage(level, found.overall) for level, found in result.coverage().items()]
    if shares:
        to.print("Intervals of the network held the truth:")
        to.print(table(["nominal", "measured", "95 % interval"], shares))


def _coverage(level: float, share: Any) -> list[str]:
    between = f"{100 * share.low:.0f} to {100 * share.high:.0f} %"
    return [f"{level:g} %", f"{100 * share.share:.1f} %", between]
