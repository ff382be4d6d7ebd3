"""`rnncomp fit`: train one network, and keep it as a file that forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

import rnncomp
from rnncomp.cli.network_options import network_options, one_network, training_options
from rnncomp.cli.options import (
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
from rnncomp.cli.output import console, number, print_json
from rnncomp.cli.progress import training_display
from rnncomp.errors import OutputError

EXAMPLES = examples(
    "rnncomp fit load.csv --target mw --cell gru --horizon 24 --out model.safetensors",
    "rnncomp forecast model.safetensors load.csv --steps 48 --level 80,95",
)


@click.command(epilog=EXAMPLES)
@click.argument("source")
@data_options
@one_network
@network_options
@training_options
@in_order(
    option("--validation-fraction", "Share of the windows, the last ones, that only watch the "
           "training and say how wide intervals must be.", type=float, default=0.2,
           panel="Parts"),
    option("--out", "File to write, ending in .safetensors; it is replaced if it is there.",
           metavar="FILE", type=click.Path(path_type=Path), required=True, panel="Output"),
    json_option("what was written, and the losses"),
    quiet_option(),
)  # fmt: skip
def fit(source: str, out: Path, as_json: bool, quiet: bool, **options: Any) -> None:
    """Train one network on a series, and write it to a file that `rnncomp forecast` reads.

    SOURCE is a file (CSV, gzipped CSV, TSV, Parquet), a URL, or the name of a built-in series.

    With several seeds the forecast is their mean. The file also holds the last rows of the series,
    to forecast from; nothing in it is ever executed.
    """
    reading, settings = split_data_options(options, several=True)
    check_model_name(out)
    forecaster = new_forecaster(settings, trainings=seed_count(settings))
    series = read_source(source, reading)
    running = {"jobs": settings["jobs"], "validation_fraction": settings["validation_fraction"]}
    with training_display(
        [forecaster.name], seeds=seed_count(settings), quiet=quiet or as_json
    ) as listener:
        forecaster.fit(series, progress=listener, **running)
    forecaster.save(out)
    if as_json:
        names = forecaster.history
        last = {name: [of[name][-1] for of in forecaster.histories] for name in names}
        plain = {"path": str(out), "cell": forecaster.name, "seeds": list(forecaster.seeds)}
        plain |= {"diverged": list(forecaster.diverged), "series": list(forecaster.learned)}
        print_json(plain | last)
    elif not quiet:
        losses = [number(history["val_loss"][-1]) for history in forecaster.histories]
        seeds = f"{len(losses)} seed{'s'[: len(losses) != 1]}"
        console().print(f"wrote {out}: {forecaster.name}, {seeds}, val loss {', '.join(losses)}")


def new_forecaster(
    settings: dict[str, Any], *, trainings: int, rounds: int = 1
) -> rnncomp.RecurrentForecaster:
    """Return the untrained forecaster of the options of a command.

    Args:
        settings: The options; ``time_limit`` is seconds for all trainings together.
        trainings: How many may run side by side.
        rounds: How often so many run, one round after the other.
    """
    names = (
        "window", "horizon", "units", "layers", "dropout", "dtype", "loss", "epochs", "batch_size",
        "learning_rate", "clipnorm", "seeds", "patience", "plateau", "time_limit", "scale",
        "transform",
    )  # fmt: skip
    chosen = {name: settings[name] for name in names}
    if chosen["time_limit"] is not None:
        workers = settings["jobs"] or rnncomp.backend_info().cores
        chosen["time_limit"] = time_share(chosen["time_limit"] / max(rounds, 1), trainings, workers)
    return rnncomp.RecurrentForecaster(settings["cell"], **chosen)


def time_share(limit: float, trainings: int, workers: int) -> float:
    """Return the seconds that each training may take so that all together take `limit`.

    Args:
        limit: Seconds.
        trainings: How many there are.
        workers: How many of them run at the same time.

    Example:
        >>> time_share(60.0, trainings=10, workers=2), time_share(60.0, trainings=1, workers=2)
        (12.0, 60.0)
    """
    trainings = max(trainings, 1)
    return limit * min(max(workers, 1), trainings) / trainings


def check_model_name(path: Path) -> None:
    """Raise at once what saving would raise after a long training."""
    if path.suffix != ".safetensors":
        raise click.UsageError(f"--out must end in .safetensors, got {str(path)!r}")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"{path}: its folder must be there; make it, or choose another place")
