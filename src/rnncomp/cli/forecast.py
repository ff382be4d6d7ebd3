"""`rnncomp forecast`: the next values, from a network that was kept."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import rich_click as click

import rnncomp
from rnncomp.cli.network_options import allowed_levels
from rnncomp.cli.options import (
    check_not_read,
    examples,
    in_order,
    json_option,
    option,
    quiet_option,
)
from rnncomp.cli.output import console, number, print_json, table

MOST_ROWS = 200  # of a forecast on the terminal

EXAMPLES = examples(
    "rnncomp forecast model.safetensors --steps 24",
    "rnncomp forecast model.safetensors load.csv --steps 48 --level 80,95 \\",
    "    --out forecast.csv --plot forecast.png",
)


@click.command(epilog=EXAMPLES)
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("source", required=False)
@in_order(
    option("--steps", "How many values. [default: the horizon of the network]", type=int,
           panel="Forecast"),
    option("--known", "File with the values ahead of columns whose future is known; those of the "
           "calendar need not be in it.", metavar="FILE", panel="Forecast"),
    option("--of", "Name of the series, if the network has learned several.", metavar="NAME",
           panel="Forecast"),
    allowed_levels,
    option("--out", "CSV file to write.", metavar="FILE", type=click.Path(path_type=Path),
           panel="Output"),
    option("--plot", "Picture to write (PNG, SVG or PDF).", metavar="FILE",
           type=click.Path(path_type=Path), panel="Output"),
    json_option("the forecast"),
    quiet_option(),
)  # fmt: skip
def forecast(
    model: Path,
    source: str | None,
    steps: int | None,
    known: str | None,
    of: str | None,
    levels: tuple[float, ...],
    out: Path | None,
    plot: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Forecast the values after the end of a series.

    MODEL is a file that `rnncomp fit` or a comparison wrote. Without SOURCE the forecast goes on
    from the rows that it remembers. SOURCE is a longer history of one series: a file, a URL or a
    built-in name, with the columns of the training under the same names and rows as far apart. How
    the training file was read (--resample, --decimal, --time-format) is not remembered.

    The widths of intervals come from the rows that the file remembers and no training has seen.
    """
    check_not_read(out, model, source, known)
    forecaster = rnncomp.RecurrentForecaster.load(model)
    wanted = forecaster.config.horizon if steps is None else steps
    made = forecaster.predict(wanted, after=source, known=known, levels=levels, of=of)
    if out is not None:
        made.write_csv(out)
    if plot is not None:
        made.write_plot(plot)
    if as_json:
        print_json(made.to_dict())
    elif not quiet:
        _print(made)
    for path in (out, plot):
        if path is not None and not quiet:
            sys.stderr.write(f"wrote {path}\n")


def _print(made: rnncomp.Forecast) -> None:
    columns = made.to_dict()["columns"]
    to = console()
    to.print(f"{made.name}, {made.strategy}, after {made.last_stamp()}", style="bold")
    texts = [_texts(values) for values in columns.values()]
    rows = list(zip(*texts, strict=True))
    to.print(table(list(columns), rows[:MOST_ROWS]))
    if len(rows) > MOST_ROWS:
        to.print(f"... {len(rows) - MOST_ROWS:,} more steps; --out writes all of them")


def _texts(values: list[Any]) -> list[str]:
    return [value if isinstance(value, str) else number(value, 6) for value in values]
