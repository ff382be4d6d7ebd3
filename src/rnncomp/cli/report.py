"""`rnncomp report`: the page of a stored comparison."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

import rnncomp
from rnncomp.cli.options import examples, json_option
from rnncomp.cli.output import console, print_json
from rnncomp.errors import DataFileError, InvalidArgumentError
from rnncomp.report import write_page

PAGE = "report.html"

EXAMPLES = examples(
    "rnncomp report runs/sun       writes runs/sun/report.html",
)


@click.command(epilog=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path))
@json_option("where the page is")
def report(folder: Path, as_json: bool) -> None:
    """Write the page of a comparison again, from what its folder holds.

    FOLDER is what `rnncomp compare` or Run.save wrote. The page, report.html, is one file that
    needs no other and no network: hand it on as it is.
    """
    run = rnncomp.Run.load(folder)
    path = folder / PAGE
    try:
        write_page(path, run.comparison.to_dict(), predictions=run.predictions)
    except InvalidArgumentError as error:
        raise DataFileError(f"{folder / 'comparison.json'}: {error}") from None
    size = path.stat().st_size
    if as_json:
        print_json({"path": str(path), "bytes": size})
    else:
        console().print(f"wrote {path}: {size / 1e6:.2f} MB")
