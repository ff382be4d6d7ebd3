"""`python -m rnncomp`: tutorial 1 from start to end, with its two windows."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from rnncomp._files import check_new_folder
from rnncomp.cli.app import run_program
from rnncomp.cli.options import examples
from rnncomp.cli.recipe import hand_over
from rnncomp.recipes import run_sines


@click.command(epilog=examples("python -m rnncomp", "python -m rnncomp --seed 1 --no-show"))
@click.option("--epochs", type=int, default=20, show_default=True, help="Passes over the data.")
@click.option("--seed", type=int, help="Seed of weights and shuffles. [default: a fresh one]")
@click.option(
    "--show/--no-show",
    default=True,
    show_default=True,
    help="Open the two windows at the end; without a display they are saved instead.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Save the two figures here as well; must be new or empty. "
    "[default: a new folder under runs/, if not shown]",
)
def program(epochs: int, seed: int | None, show: bool, out: Path | None) -> None:
    """Compare SimpleRNN, LSTM and GRU on four sinusoids, exactly as the tutorial does.

    The same as `rnncomp recipe sines --show`; `rnncomp recipe sines --honest` is the honest
    variant, `rnncomp compare` that for any series.
    """
    if out is not None:
        check_new_folder(out)
    hand_over(run_sines(click.echo, epochs=epochs, seed=seed), show=show, out=out)


if __name__ == "__main__":
    run_program(program, "python -m rnncomp")
