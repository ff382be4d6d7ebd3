"""`rnncomp datasets`: the built-in series."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

import rnncomp
from rnncomp.cli.options import examples, json_option
from rnncomp.cli.output import console, print_json, table

EXAMPLES = examples(
    "rnncomp datasets",
    "rnncomp datasets sunspots --out sunspots.csv",
)


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write the series NAME as CSV; must not exist. [default: NAME.csv]",
)
@json_option("the list")
def datasets(name: str | None, out: Path | None, as_json: bool) -> None:
    """List the built-in series, or write one as a CSV file.

    NAME is one of those listed; without it they are listed.
    """
    if name is not None:
        path = rnncomp.write_dataset(name, out or Path(f"{name}.csv"))
        if as_json:
            print_json({"name": name, "path": str(path)})
        else:
            console().print(f"wrote {path}")
        return
    if out is not None:
        raise click.UsageError("--out needs the NAME of a series; rnncomp datasets lists them")
    known = rnncomp.list_datasets()
    if as_json:
        rows = [(d.name, d.rows, d.description, d.source, d.season) for d in known]
        keys = ("name", "rows", "description", "source", "season")
        print_json({"datasets": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    rows_shown = [(d.name, d.description, d.source, f"{d.rows:,}") for d in known]
    console().print(table(["name", "what it is", "from", "rows"], rows_shown, left=3))
