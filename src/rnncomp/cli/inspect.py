"""`rnncomp inspect`: what is in a series, and what is in the way of a comparison."""

from __future__ import annotations

from typing import Any

import rich_click as click

import rnncomp
from rnncomp.cli.findings import print_findings
from rnncomp.cli.options import (
    data_options,
    examples,
    in_order,
    json_option,
    option,
    split_data_options,
)
from rnncomp.cli.output import console, print_json

EXAMPLES = examples(
    "rnncomp inspect taxi.csv",
    "rnncomp inspect prices.parquet --target close --window 24 --json",
)


@click.command(epilog=EXAMPLES)
@click.argument("source", default="sines")
@data_options
@in_order(
    option("--window", "Steps a network would see.", type=int, default=50, panel="Windows"),
    option("--horizon", "Steps ahead to forecast.", type=int, default=1, panel="Windows"),
    json_option("the findings"),
)
def inspect(source: str, as_json: bool, **options: Any) -> None:
    """Show what is in a series, and what is in the way of a comparison.

    Columns, frequency, gaps, range, seasons found, and how many windows it gives.

    SOURCE is a file (CSV, gzipped CSV, TSV, Parquet), a URL, or the name of a built-in series.
    """
    reading, windows = split_data_options(options)
    found = rnncomp.inspect(source, **reading, **windows).to_dict()
    if as_json:
        print_json(found)
    else:
        print_findings(console(), found)
