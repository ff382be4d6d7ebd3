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
from rnncomp.cli.folders import fresh_folder, unfinished_folder, work_folder
from rnncomp.cli.leaderboard import print_comparison
from rnncomp.cli.network_options import (
    baseline_options,
    leak_option,
    network_options,
    part_options,
    search_options,
    several_networks,
    training_options,
)
from rnncomp.cli.options import (
    command_line,
    data_options,
    examples,
    in_order,
    json_option,
    option,
    quiet_option,
    read_source,
    searched,
    seed_count,
    split_data_options,
)
from rnncomp.cli.output import console, network_label, print_json
from rnncomp.cli.progress import training_display

if TYPE_CHECKING:
    from rnncomp import Panel, Run, Series

OUTPUT = {"panel": "Output"}
UNITS = {
    "mae": "Scores are in the units of the data",
    "mase": "MASE has no unit, the other errors are means over series with units of their own",
}

output_options = in_order(
    option("--out", "Folder for the results; must be new or empty. "
           "[default: a new folder under runs/]", metavar="FOLDER",
           type=click.Path(path_type=Path), **OUTPUT),
    option("--resume", "Go on where the same command broke off, in --out or else in the newest "
           "such folder under runs/: finished trainings are not run again.", is_flag=True,
           **OUTPUT),
    option("--show", "Open the two windows with the charts at the end.", is_flag=True, **OUTPUT),
    json_option("the whole result"),
    quiet_option("Print the verdict alone."),
)  # fmt: skip


EXAMPLES = examples(
    "rnncomp compare",
    "rnncomp compare sunspots --window 24 --units 32 --epochs 30 --out runs/sun",
    "rnncomp compare load.csv --target mw --horizon 24 --season 24 --folds 5 --baselines all",
    "rnncomp compare taxi.csv --target value --time timestamp --horizon 6 \\",
    "    --season 48 --train-until 2014-11 --validation-until 2014-12",
    "rnncomp compare taxi.csv --target value --time timestamp --tune 30 --search window=24,48",
)


@click.command(epilog=EXAMPLES)
@click.argument("source", default="sines")
@data_options
@part_options
@several_networks
@network_options
@training_options
@search_options
@leak_option
@baseline_options
@output_options
def compare(
    source: str,
    out: Path | None,
    resume: bool,
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
    leaderboard.csv, predictions.csv, report.html, the charts and the networks.
    """
    reading, settings = split_data_options(options, several=True)
    settings = with_one_split(settings)
    settings = without_search(settings) if settings["tune"] is None else searched(settings)
    series = read_source(source, reading)
    command = {"compare": source, **reading, **settings}
    folder = (
        out
        or (unfinished_folder(command) if resume else None)
        or fresh_folder(_name(series, source))
    )
    with work_folder(folder, command, resume=resume) as work:
        rnncomp.Run.check_folder(folder)  # what a kill left has been swept by now
        if resume and not work.resumed:
            sys.stderr.write(f"nothing was kept for {folder}: it starts from the beginning\n")
        _load_matplotlib_meanwhile()
        store = rnncomp.TrainingStore(work.trainings)
        with training_display(
            _names(settings),
            seeds=seed_count(settings),
            folds=max(settings["folds"], 1),
            searches=len(settings["cells"]) * (settings.get("tune") or 0),
            quiet=quiet,
        ) as listener:
            running: dict[str, Any] = {
                "progress": listener,
                "store": store,
                "command": command_line(),
            }
            run = rnncomp.compare(series, **running, **settings)
        run.save(folder)
    for note in store.notes:
        sys.stderr.write(f"{note}\n")
    _print(run, folder, as_json=as_json, quiet=quiet)
    if show:
        _show(run, folder)


def _names(settings: dict[str, Any]) -> list[str]:
    """Return the networks that will be trained, in the order of the lines that show them."""
    cells = list(settings["cells"])
    both = settings["strategy"] == "both" and settings["horizon"] > 1
    return [*cells, *(f"{cell}_recursive" for cell in cells)] if both else cells


def _load_matplotlib_meanwhile() -> None:
    """Import what draws while the networks train, which is time that nobody waits for."""

    def load() -> None:
        with suppress(Exception):  # whoever draws will meet the same error, and report it
            for name in ("backends.backend_agg", "figure", "layout_engine"):
                import_module(f"matplotlib.{name}")

    # No daemon: a thread that is cut off inside C++ at the end of the program would abort it.
    threading.Thread(target=load, name="matplotlib").start()


def without_search(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a command that searches nothing."""
    if settings["space"]:
        raise click.UsageError("--search must be given with --tune; add for example --tune 30")
    return {name: value for name, value in settings.items() if name not in ("tune", "space")}


def with_one_split(settings: dict[str, Any]) -> dict[str, Any]:
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


def _name(series: Series | Panel, source: str) -> str:
    """Return what a folder of results is named after."""
    return (
        series.name if isinstance(series, rnncomp.Series) else Path(source).name.partition(".")[0]
    )


def _print(run: Run, folder: Path, *, as_json: bool, quiet: bool) -> None:
    result = run.comparison.to_dict()
    if as_json:
        print_json(result)
    elif quiet:
        sys.stdout.write("\n".join(result["verdict"]) + "\n")
    else:
        to = console()
        print_comparison(
            to,
            heading=_heading(result),
            rows=result["leaderboard"],
            best=result["best"],
            verdict=result["verdict"],
            notes=_notes(result),
            warnings=[found["text"] for found in result["warnings"]],
            differences=result["differences"],
            metric=_metric(result),
        )
        to.print(f"\nRun folder: {folder}")


def _heading(result: dict[str, Any]) -> str:
    timeline, settings, data = result["charts"]["timeline"], result["settings"], result["data"]
    seeds = len(settings["seeds"])
    return (
        f"{data['name']}: {data['rows']:,} rows, window {_window(settings)}, "
        f"{timeline['strategy']}, {seeds} seed{'s'[: seeds != 1]}, "
        f"{result['data']['windows']['test']:,} test windows"
    )


def _window(settings: dict[str, Any]) -> str:
    windows = sorted(set(settings.get("window_by_cell", {}).values()))
    return " and ".join(map(str, windows or [settings["window"]]))


def _metric(result: dict[str, Any]) -> str:
    """Return the error that ranks."""
    return str(result["settings"].get("metric", "mae"))


def _notes(result: dict[str, Any]) -> list[str]:
    notes = list(result.get("notes", ()))
    if result["best"] is not None:
        best = network_label(result["best"])
        notes.insert(0, f"* {best}: lowest error of the networks on the validation part.")
    metric = _metric(result)
    if any(row.get(f"{metric}_spread") is not None for row in result["leaderboard"]):
        notes.insert(0, f"{UNITS[metric]}, ± one standard deviation over seeds.")
    if result["differences"]:
        subject = network_label(result["differences"][0]["subject"])
        notes.append(
            f"{subject} beside it: its error less that of the row, in % of the row's, with the "
            "95 % interval over seeds and time."
        )
    return notes


def _show(run: Run, folder: Path) -> None:
    if rnncomp.charts.can_show():
        rnncomp.charts.show_figures(run.comparison.charts)
    else:
        sys.stderr.write(f"no display to open windows on; the charts are in {folder}\n")
