"""`rnncomp tune`: search for the options of networks, on the validation part alone."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import rich_click as click

import rnncomp
from rnncomp.cli.compare import with_one_split
from rnncomp.cli.network_options import (
    NETWORKS,
    SEARCH,
    beside_options,
    network_options,
    space_option,
    split_options,
    stride_option,
    trial_options,
    within_option,
)
from rnncomp.cli.options import (
    COMMANDLINE,
    SEARCHED,
    Names,
    data_options,
    examples,
    in_order,
    json_option,
    option,
    quiet_option,
    read_source,
    searched,
    split_data_options,
)
from rnncomp.cli.output import LABELS, aligned, console, number, print_json, table
from rnncomp.cli.progress import training_display

SHOWN = 10  # trials of the table
INTERRUPTED = 130

# What `rnncomp compare`, which the last line printed calls, has no use for or its own default of.
OWN = ("cells", "trials", "space", "seconds", "seed", "seeds", "out", "as_json", "quiet", *SEARCHED)

EXAMPLES = examples(
    "rnncomp tune load.csv --target mw --horizon 24 --cells gru,lstm --trials 30",
    "rnncomp tune sunspots --horizon 12 --search window=24:132 --search units=16,32,64 \\",
    "    --epochs 50 --patience 5 --out trials.csv",
)


@click.command(epilog=EXAMPLES)
@click.argument("source")
@data_options
@split_options
@within_option
@in_order(
    option("--cells", "Networks to search for, with commas; each gets as many trials.",
           type=Names(), default="lstm", **NETWORKS),
    option("--strategy", "How the horizon is reached: forecast at once (direct), or one step fed "
           "back (recursive).", type=click.Choice(["direct", "recursive"]), default="direct",
           **NETWORKS),
    stride_option,
)  # fmt: skip
@network_options
@trial_options
@in_order(
    option("--trials", "Configurations to try for each network.", type=int, default=30, **SEARCH),
    space_option,
    option("--seconds", "Begin no round of trials after so many. [default: no limit]", type=float,
           **SEARCH),
    option("--seed", "Of what is proposed.", type=int, default=0, **SEARCH),
)  # fmt: skip
@beside_options
@in_order(
    option("--out", "CSV file to write: a row for each trial.", metavar="FILE",
           type=click.Path(path_type=Path), panel="Output"),
    json_option("all trials"),
    quiet_option("Print the command to go on with alone."),
)  # fmt: skip
def tune(source: str, out: Path | None, as_json: bool, quiet: bool, **options: Any) -> int | None:
    """Search for the options with which networks forecast the validation part best.

    SOURCE is a file (CSV, gzipped CSV, TSV, Parquet), a URL, or the name of a built-in series.

    Window, units, layers, dropout and learning rate are searched, those that are given excepted.
    The test part is never looked at: the last line printed is the command that compares the best
    network on it. Ctrl-C ends the search with what was found so far. Needs the extra rnncomp[tune].
    """
    reading, settings = split_data_options(options, several=True)
    settings = searched(with_one_split(settings))
    cells = settings.pop("cells")
    series = read_source(source, reading)
    count = len(cells) * max(settings["trials"], 0)
    with training_display([], searches=count, quiet=quiet or as_json) as listener:
        found = rnncomp.tune(series, cell=cells, progress=listener, **settings)
    if out is not None:
        found.write_csv(out)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found, quiet=quiet)
    if out is not None and not quiet:
        sys.stderr.write(f"wrote {out}\n")
    if found.interrupted:
        sys.stderr.write(f"interrupted after {len(found.trials)} of {count} trials\n")
    return INTERRUPTED if found.interrupted else None


def _print(found: rnncomp.Tuning, *, quiet: bool) -> None:
    following = _following(found)
    if quiet:
        sys.stdout.write(f"{following}\n")
        return
    to, best = console(), found.ranked()[:SHOWN]
    metric = f"validation {found.metric.upper()}"
    to.print(f"The best {len(best)} of {len(found.trials)} trials", style="bold")
    rows = [
        [
            f"{LABELS.get(trial['cell'], trial['cell'])} {trial['number']}",
            error,
            *(_short(trial["options"][name]) for name in found.space),
            f"{trial['seconds']:.1f}",
        ]
        for trial, error in zip(best, aligned([trial["error"] for trial in best]), strict=True)
    ]
    to.print(table(["trial", metric, *(name.replace("_", " ") for name in found.space),
                    "seconds"], rows))  # fmt: skip
    others = sorted(found.baselines.items(), key=lambda pair: (pair[1] is None, pair[1] or 0.0))
    errors = aligned([error for _, error in others])
    names = [name.replace("_", " ") for name, _ in others]
    to.print(table(["baseline", metric], [list(pair) for pair in zip(names, errors, strict=True)]))
    for sentence in found.sentences():
        to.print(sentence, soft_wrap=True)
    to.print(f"\nTo compare it on the test part:\n  {following}", soft_wrap=True)


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else number(value, 3)


def _following(found: rnncomp.Tuning) -> str:
    """Return the command that compares the best network, with the options that were given."""
    context: Any = click.get_current_context()
    words = ["rnncomp", "compare", str(context.params["source"])]
    for param in context.command.params:
        name = param.name or ""
        given = context.get_parameter_source(name) == COMMANDLINE
        if not isinstance(param, click.Option) or not given:
            continue
        if name not in OWN or (name in SEARCHED and name not in found.space):
            words += _typed(param, context.params[name])
    words += ["--cells", found.cell]
    for name, value in found.best.items():
        words += [f"--{name.replace('_', '-')}", f"{value:g}" if value < 1 else str(value)]
    return shlex.join(words)


def _typed(param: click.Option, value: Any) -> list[str]:
    if param.is_flag:
        return [param.opts[0]] if value else []
    if not isinstance(value, tuple):
        return [param.opts[0], str(value)]
    quoted = isinstance(param.type, Names)
    texts = [f'"{each}"' if quoted and "," in each else str(each) for each in value]
    return [param.opts[0], ",".join(texts)]
