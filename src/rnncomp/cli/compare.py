"""`rnncomp compare`: the main job."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

import rnncomp
from rnncomp.cli.folders import fresh_folder
from rnncomp.cli.leaderboard import print_comparison
from rnncomp.cli.options import (
    CountOrList,
    Names,
    data_options,
    examples,
    in_order,
    json_option,
    option,
    split_data_options,
)
from rnncomp.cli.output import LABELS, console, print_json
from rnncomp.cli.progress import training_display

if TYPE_CHECKING:
    from rnncomp import Run, Series

PARTS = {"panel": "Parts"}
NETWORKS = {"panel": "Networks"}
TRAINING = {"panel": "Training"}
OUTPUT = {"panel": "Output"}

part_options = in_order(
    option("--train-until", "Last moment of the training part, inclusive: a date (1965 is all of "
           "1965, 2014-11 all of that month) or a row number.", metavar="DATE|ROW", **PARTS),
    option("--validation-until", "Last moment of the validation part, inclusive; the test part is "
           "what follows.", metavar="DATE|ROW", **PARTS),
    option("--test-fraction", "Share of the windows kept for the test, the last ones; a fifth of "
           "the others validates. Not together with the dates. [default: 0.2]",
           type=float, **PARTS),
    option("--within-parts", "Keep the inputs of a window inside its part too; otherwise they may "
           "reach back into the part before.", is_flag=True, **PARTS),
)  # fmt: skip

network_options = in_order(
    option("--window", "Steps the network sees.", type=int, default=50, **NETWORKS),
    option("--horizon", "Steps ahead to forecast, all at once.", type=int, default=1, **NETWORKS),
    option("--stride", "Steps between the starts of windows.", type=int, default=1, **NETWORKS),
    option("--cells", "Networks to compare, with commas.", type=Names(),
           default="simple_rnn,lstm,gru", **NETWORKS),
    option("--units", "Units in each recurrent layer.", type=int, default=50, **NETWORKS),
    option("--layers", "Recurrent layers, one on top of the other.", type=int, default=1,
           **NETWORKS),
    option("--equal", "What is the same for all networks: their units, or their number of "
           "weights as near as whole units allow.", type=click.Choice(["units", "parameters"]),
           default="units", **NETWORKS),
    option("--dtype", "Precision of the arithmetic.", type=click.Choice(["float32", "float64"]),
           default="float32", **NETWORKS),
)  # fmt: skip

training_options = in_order(
    option("--epochs", "Passes over the training windows.", type=int, default=20, **TRAINING),
    option("--batch-size", "Windows in a weight update.", type=int, default=32, **TRAINING),
    option("--learning-rate", "Learning rate of Adam.", type=float, default=0.001, **TRAINING),
    option("--seeds", "How often each network is trained from other random weights: a count, or "
           "the seeds themselves with commas (7,8 or 7,).", type=CountOrList(), default="5",
           **TRAINING),
    option("--patience", "Stop a training after so many epochs without a better validation loss. "
           "[default: train all epochs]", type=int, **TRAINING),
    option("--scale", "How numbers are scaled for the networks.",
           type=click.Choice(["minmax", "standard", "none"]), default="minmax", **TRAINING),
    option("--scale-on", "What the scaler is fitted on: the training part, or all data, which "
           "leaks the test part as many tutorials do and is said in the verdict.",
           type=click.Choice(["train", "all"]), default="train", **TRAINING),
    option("--season", "Steps in a season, for the seasonal baseline and MASE. "
           "[default: found in the training part, else 1]", type=int, **TRAINING),
    option("--jobs", "Trainings at the same time; never changes a result. [default: all cores]",
           type=int, **TRAINING),
)  # fmt: skip

output_options = in_order(
    option("--out", "Folder for the results; must be new or empty. "
           "[default: a new folder under runs/]", metavar="FOLDER",
           type=click.Path(path_type=Path), **OUTPUT),
    option("--show", "Open the two windows with the charts at the end.", is_flag=True, **OUTPUT),
    json_option("the whole result"),
    option("--quiet", "Print the verdict alone.", is_flag=True, **OUTPUT),
)  # fmt: skip


EXAMPLES = examples(
    "rnncomp compare",
    "rnncomp compare sunspots --window 24 --units 32 --epochs 30 --out runs/sun",
    "rnncomp compare taxi.csv --target value --time timestamp --horizon 6 \\",
    "    --season 48 --train-until 2014-11 --validation-until 2014-12",
)


@click.command(epilog=EXAMPLES)
@click.argument("source", default="sines")
@data_options
@part_options
@network_options
@training_options
@output_options
def compare(
    source: str,
    out: Path | None,
    show: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Train networks on a series and say which one to use, if any.

    SOURCE is a file (CSV, gzipped CSV, TSV, Parquet), a URL, or the name of a built-in series;
    `sines` unless given. A name with a dot or a slash is a file.

    Every network is trained with several seeds and scored beside simple baselines on a test part
    that no choice has looked at. The results go to a new folder: comparison.json,
    leaderboard.csv, predictions.csv, timeline.png, training.png and the networks.
    """
    if as_json and quiet:
        raise click.UsageError("--json and --quiet must not be given together; choose one")
    reading, settings = split_data_options(options)
    settings = _with_one_split(settings)
    series = rnncomp.load(source, **reading)
    folder = out or fresh_folder(series.name)
    rnncomp.Run.check_folder(folder)
    seeds = settings["seeds"]
    count = seeds if isinstance(seeds, int) else len(seeds)
    _load_matplotlib_meanwhile()
    with training_display(settings["cells"], seeds=max(count, 0), quiet=quiet) as listener:
        run = rnncomp.compare(series, progress=listener, **settings)
    run.save(folder)
    _print(run, series, folder, as_json=as_json, quiet=quiet)
    if show:
        _show(run, folder)


def _load_matplotlib_meanwhile() -> None:
    """Import what draws while the networks train, which is time that nobody waits for."""

    def load() -> None:
        with suppress(Exception):  # whoever draws will meet the same error, and report it
            for name in ("backends.backend_agg", "figure", "layout_engine"):
                import_module(f"matplotlib.{name}")

    threading.Thread(target=load, daemon=True, name="matplotlib").start()


def _with_one_split(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the share or both dates, not one date and not all three."""
    dates = (settings["train_until"], settings["validation_until"])
    if settings["test_fraction"] is not None:
        if dates != (None, None):
            raise click.UsageError("--test-fraction must not be given with dates; choose one")
        return settings
    if dates.count(None) == 1:
        given, absent = ("--train-until", "--validation-until")[:: -1 if dates[0] is None else 1]
        raise click.UsageError(f"{given} must be given with {absent}, got it alone; add {absent}")
    return {name: value for name, value in settings.items() if name != "test_fraction"}


def _print(run: Run, series: Series, folder: Path, *, as_json: bool, quiet: bool) -> None:
    result = run.comparison.to_dict()
    if as_json:
        print_json(result)
    elif quiet:
        sys.stdout.write("\n".join(result["verdict"]) + "\n")
    else:
        to = console()
        print_comparison(
            to,
            heading=_heading(result, series),
            rows=result["leaderboard"],
            best=result["best"],
            verdict=result["verdict"],
            notes=_notes(result),
        )
        to.print(f"\nRun folder: {folder}")


def _heading(result: dict[str, Any], series: Series) -> str:
    timeline, settings = result["charts"]["timeline"], result["settings"]
    seeds = len(settings["seeds"])
    return (
        f"{series.name}: {len(series):,} rows, window {settings['window']}, "
        f"{timeline['strategy']}, {seeds} seed{'s'[: seeds != 1]}, "
        f"{result['data']['windows']['test']:,} test windows"
    )


def _notes(result: dict[str, Any]) -> list[str]:
    notes = list(result.get("notes", ()))
    if result["best"] is not None:
        best = LABELS.get(result["best"], result["best"])
        notes.insert(0, f"* {best}: lowest error of the networks on the validation part.")
    if any(row.get("mae_spread") is not None for row in result["leaderboard"]):
        notes.insert(0, "Scores are in the units of the data, ± one standard deviation over seeds.")
    return notes


def _show(run: Run, folder: Path) -> None:
    if rnncomp.charts.can_show():
        rnncomp.charts.show_figures(run.comparison.charts)
    else:
        sys.stderr.write(f"no display to open windows on; the charts are in {folder}\n")
