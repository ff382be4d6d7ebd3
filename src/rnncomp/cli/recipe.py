"""`rnncomp recipe`: the four tutorials, as they were told and honestly."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

import rnncomp
from rnncomp import recipes
from rnncomp._check import one_of
from rnncomp._files import check_new_folder, new_folder
from rnncomp.cli.folders import fresh_folder
from rnncomp.cli.options import examples, in_order, json_option, option, quiet_option
from rnncomp.cli.output import console, print_json

if TYPE_CHECKING:
    from rnncomp.recipes import Told

TRAINING, OUTPUT = {"panel": "Training"}, {"panel": "Output"}
EXAMPLES = examples(
    "rnncomp recipe sines",
    "rnncomp recipe sines --honest",
    "rnncomp recipe counting --seed 1 --quiet",
    "rnncomp recipe sunspots monthly-sunspots.csv --show",
)

recipe_options = in_order(
    option("--honest", "Scale by the training part alone, train with several seeds, stand "
           "baselines beside the networks, give errors in units of the data, and say what that "
           "changes.", is_flag=True, **TRAINING),
    option("--fast", "A fifth of the epochs, and two seeds, to try it.", is_flag=True, **TRAINING),
    option("--epochs", "Passes over the training data. [default: as the tutorial]", type=int,
           **TRAINING),
    option("--seed", "Seed of weights and shuffles, and of random data; with --honest the first "
           "of several. [default: a fresh one, as the tutorials; with --honest 0]", type=int,
           **TRAINING),
    option("--verbose", "While a network trains: nothing, a bar an epoch, or a line an epoch; with "
           "--honest nothing, or a line a training. [default: as the tutorial]",
           type=click.Choice(["0", "1", "2"]), **OUTPUT),
    option("--show", "Open the windows with the charts at the end.", is_flag=True, **OUTPUT),
    option("--out", "Folder for the charts; must be new or empty. [default: a new folder under "
           "runs/, if there are charts that are not shown]", metavar="FOLDER",
           type=click.Path(path_type=Path), **OUTPUT),
    json_option("everything that was found"),
    quiet_option("Print the last lines alone: the results, with --honest what it changes."),
)  # fmt: skip


@click.command(epilog=EXAMPLES)
@click.argument("name")
@click.argument("source", required=False)
@recipe_options
def recipe(
    name: str,
    source: str | None,
    honest: bool,
    show: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Run a tutorial: as it was told, or honestly.

    NAME is one of sines, counting, arithmetic, sunspots. SOURCE is for sunspots alone: a file or a
    URL to read instead of the built-in series; of several columns of numbers the second is read.

    As told, it has the tutorial's data, sizes, epochs, printed lines and charts, its faults
    included. With --honest it has neither a leak nor a single run to trust, and ends with two
    sentences on what that changes about the tutorial's conclusion.
    """
    run = recipe_named(name, source)
    if out is not None:
        check_new_folder(out)
    silent = as_json or quiet
    verbose = options.pop("verbose")
    if silent or verbose is not None:
        options["verbose"] = 0 if silent else int(verbose)
    told = run(_silence if silent else _say, honest=honest, **options)
    paths = hand_over(told, show=show, out=out, tell=not silent)
    if as_json:
        print_json(told.to_dict() | {"files": [str(path) for path in paths]})
    elif quiet:
        sys.stdout.write("\n".join(told.conclusion) + "\n")


def recipe_named(name: str, source: str | None) -> Callable[..., Told]:
    """Return the recipe called `name`, with its source if it takes one.

    Raises:
        InvalidArgumentError: There is no such recipe.
        click.UsageError: It takes no source.
    """
    one_of("recipe", name, recipes.RECIPES)
    run: Callable[..., Told] = getattr(recipes, f"run_{name}")
    if source is None:
        return run
    if name != "sunspots":
        raise click.UsageError(
            f"SOURCE must be left out for {name}, which makes its data, got {source!r}"
        )
    return lambda echo, **options: run(echo, source, **options)


def hand_over(told: Told, *, show: bool, out: Path | None, tell: bool = True) -> list[Path]:
    """Show or save the figures of a recipe, and say where they are.

    Args:
        told: What the recipe returned.
        show: Whether windows are wanted; without a display the figures are saved instead.
        out: Where to save them in any case; None for a new folder under ``runs/`` if they are not
            shown.
        tell: Whether to print the paths.

    Returns:
        The paths written.
    """
    if not told.pages:
        if show or out is not None:
            sys.stderr.write(f"{told.recipe} has no chart as told; --honest has one\n")
        return []
    shown = show and rnncomp.charts.can_show()
    paths = [] if shown and out is None else _save(told, out or fresh_folder(told.recipe))
    if show and not shown:
        sys.stderr.write(f"no display to open windows on; the charts are in {paths[0].parent}\n")
    if tell and paths:
        click.echo("\n" + "\n".join(f"saved {path}" for path in paths))
    if shown:
        rnncomp.charts.show_pages(told.pages)
    return paths


def _save(told: Told, folder: Path) -> list[Path]:
    with new_folder(folder, last=told.pages[-1].file) as work:
        made = rnncomp.charts.save_pages(told.pages, work)
    return [folder / path.name for path in made]


def _say(text: str) -> None:
    """Print; sentences that are wider than the terminal go on in the next line."""
    width = console().width
    for line in text.split("\n"):
        long = len(line) > width and not line.startswith(" ")
        click.echo(textwrap.fill(line, width) if long else line)


def _silence(text: str) -> None:
    """Print nothing."""
