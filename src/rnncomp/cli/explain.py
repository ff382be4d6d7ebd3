"""`rnncomp explain`: the arithmetic of one prediction, step by step."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import rich_click as click
from rich.table import Table
from rich.text import Text

import rnncomp
from rnncomp.cli.options import (
    check_not_read,
    examples,
    in_order,
    json_option,
    option,
    quiet_option,
)
from rnncomp.cli.output import console, print_json

CELLS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
STYLES = {
    "heading": "bold underline",
    "note": "italic",
    "weight": "",
    "symbols": "cyan",
    "numbers": "",
    "result": "bold green",
}
STEPS_SHOWN = 6  # of a long window, without --step or --all
DEMO_STEPS = 3
MOST_PARTS = 4
FILES = ("html", "png", "lags")
PAGES, PICTURES = (".html", ".htm"), (".png", ".svg", ".pdf")

EXAMPLES = examples(
    "rnncomp explain --demo simple_rnn --units 2 --features 2 --seed 0",
    "rnncomp explain runs/sun --network lstm --at 1979-12",
    "rnncomp explain model.safetensors data.csv --at 120 --step 3 --unit 0",
    "rnncomp explain model.safetensors --html lstm.html --png lstm.png",
)


@click.command(epilog=EXAMPLES)
@click.argument("model", type=click.Path(path_type=Path), required=False)
@click.argument("source", required=False)
@in_order(
    option("--network", "Of a run: which network. [default: the best]", metavar="NAME",
           panel="Prediction"),
    option("--at", "Which value's forecast: its time stamp, or its row number from 0, of SOURCE or "
           "of the rows that are remembered; where there is time, four digits are a year. "
           "[default: the last that can be forecast]",
           metavar="WHEN", panel="Prediction"),
    option("--seed", "Of several networks: which; with --demo that of the first weights. "
           "[default: the first; 0]", type=int, panel="Prediction"),
    option("--of", "Name of the series, if the network has learned several.", metavar="NAME",
           panel="Prediction"),
    option("--demo", "Explain a small untrained network with a Dense(1) instead.",
           type=click.Choice(tuple(CELLS)), panel="Demonstration"),
    option("--units", "Units of the demonstration. [default: 2]", type=int, panel="Demonstration"),
    option("--features", "Features of each of its time steps. [default: 1]", type=int,
           panel="Demonstration"),
    option("--steps", "Its time steps, which hold the numbers 1, 2, 3... "
           f"[default: {DEMO_STEPS}]", type=int, panel="Demonstration"),
    option("--activation", "Of its recurrent layer. [default: tanh; linear of a simple_rnn]",
           metavar="NAME", panel="Demonstration"),
    option("--step", "Show this step alone, 1 and on.", type=int, panel="What is shown"),
    option("--layer", "Show this layer alone.", metavar="NAME", panel="What is shown"),
    option("--unit", "Show the sums of this unit, 0 and on, term by term.", type=int,
           panel="What is shown"),
    option("--all", "Show all steps of a long window, not the first and the last alone.",
           parameter="every", is_flag=True, panel="What is shown"),
    option("--html", "Page to write: one file to step through.", metavar="FILE",
           type=click.Path(path_type=Path), panel="Output"),
    option("--png", "Picture to write: gates and states over time (PNG, SVG or PDF).",
           metavar="FILE", type=click.Path(path_type=Path), panel="Output"),
    option("--lags", "Picture to write: how much each step back moves the output on average, over "
           "the rows that nothing was learned from; with SOURCE, the series learned from, beside "
           "ridge on the same lags.", metavar="FILE", type=click.Path(path_type=Path),
           panel="Output"),
    json_option("all numbers"),
    quiet_option(),
)  # fmt: skip
def explain(
    model: Path | None, source: str | None, as_json: bool, quiet: bool, **options: Any
) -> None:
    """Show the arithmetic of one prediction, step by step.

    MODEL is a file that `rnncomp fit` wrote, or a folder that `rnncomp compare` wrote. Without
    SOURCE the rows that it remembers are looked at: those that nothing was learned from, such as
    the test part, and the window before them. SOURCE is a longer series: a file, a URL or a
    built-in name.

    The numbers are those of the compiled engine; the arithmetic is worked out beside it in float64,
    and the largest difference is said.
    """
    for name in FILES:
        check_not_read(options[name], model, source, name=f"--{name}")
        _check_beside(options[name], model, name)
    written = [str(options[name].absolute()) for name in FILES if options[name] is not None]
    if len(set(written)) < len(written):
        raise click.UsageError("--html, --png and --lags must be different files; rename one")
    _check_endings(options)
    demo = options["demo"] is not None
    _check_together(model, options, demo=demo, as_json=as_json)
    kept = None if demo else _kept(model, options)
    trace = _demonstration(options) if kept is None else _prediction(kept, source, options)
    chosen = {"layer": options["layer"], "unit": options["unit"]}
    step = options["step"]
    folded = step is None and not options["every"] and len(trace.window) > STEPS_SHOWN
    worked = trace.arithmetic(step=[1, 2, len(trace.window)] if folded else step, **chosen)
    notes = list(trace.notes)
    _write(trace, options)
    if options["lags"] is not None and kept is not None:
        lags = rnncomp.lag_importance(kept.forecaster, source, seed=kept.seed, of=options["of"])
        rnncomp.charts.write_figure(lags.plot().figure, options["lags"])
        notes += [f"Lags without ridge: {lags.without}."] if lags.without else []
    if as_json:
        print_json(trace.to_dict())
    elif not quiet:
        _print(trace, worked, notes, folded=folded, demo=demo)
    for name in FILES:
        if options[name] is not None and not quiet:
            sys.stderr.write(f"wrote {options[name]}\n")


def _check_beside(out: Path | None, model: Path | None, name: str) -> None:
    """Raise if a file of a run would be replaced."""
    if out is None or model is None or not (out.exists() and model.is_dir()):
        return
    if out.resolve().parent == model.resolve():
        raise click.UsageError(f"--{name} must not replace a file of the run, got {str(out)!r}")


def _check_endings(options: dict[str, Any]) -> None:
    """Raise for a file that could not be written, before anything is."""
    for name in FILES:
        path, endings = options[name], PAGES if name == "html" else PICTURES
        if path is not None and path.suffix.lower() not in endings:
            words = " or ".join(endings)
            raise click.UsageError(f"--{name} must end in {words}, got {str(path)!r}")


def _write(trace: rnncomp.Trace, options: dict[str, Any]) -> None:
    """Write the page and the picture that were asked for."""
    if options["html"] is not None:
        trace.to_html(options["html"])
    if options["png"] is not None:
        rnncomp.charts.write_figure(trace.plot(options["layer"]), options["png"])


def _check_together(
    model: Path | None, options: dict[str, Any], *, demo: bool, as_json: bool
) -> None:
    """Raise for options that do not go together, by name."""
    if demo and model is not None:
        raise click.UsageError(f"--demo must stand without a MODEL, got {str(model)!r}")
    if not demo and model is None:
        raise click.UsageError("name a MODEL, a file or a folder, or pass --demo lstm")
    here, there = ("network", "at", "of", "lags"), ("units", "features", "steps", "activation")
    for name in here if demo else there:
        if options[name] is not None:
            given = options[name] if name != "lags" else str(options[name])
            rule = "left out with" if demo else "given with"
            raise click.UsageError(f"--{name} must be {rule} --demo, got {given!r}")
    if options["step"] is not None and options["every"]:
        raise click.UsageError("--step and --all must not be given together; choose one")
    layer = options["layer"] if options["png"] is None else None  # the picture is of that layer
    shown = {"step": options["step"], "layer": layer, "unit": options["unit"]}
    for name, value in (shown | {"all": options["every"] or None}).items() if as_json else ():
        if value is not None:
            raise click.UsageError(f"--{name} must be left out with --json, which has all numbers")


def _demonstration(options: dict[str, Any]) -> rnncomp.Trace:
    """Explain a small untrained network, as tutorial 4 does."""
    cell, features = options["demo"], 1 if options["features"] is None else options["features"]
    steps = DEMO_STEPS if options["steps"] is None else options["steps"]
    usual = "linear" if cell == "simple_rnn" else "tanh"
    layer = getattr(rnncomp, CELLS[cell])(
        2 if options["units"] is None else options["units"],
        activation=options["activation"] or usual,
        input_shape=(steps, features),
    )
    network = rnncomp.Sequential([layer, rnncomp.Dense(1)], seed=options["seed"] or 0, name="demo")
    rows = [[float(t * features + n + 1) for n in range(features)] for t in range(steps)]
    return rnncomp.explain(network, rows)


class Kept(NamedTuple):
    """A forecaster that was kept, the seed of the network to explain, and what to know of it."""

    forecaster: rnncomp.RecurrentForecaster
    seed: int | None
    notes: tuple[str, ...] = ()


def _prediction(kept: Kept, source: str | None, options: dict[str, Any]) -> rnncomp.Trace:
    """Explain a forecast of a network that was kept."""
    trace = rnncomp.explain(
        kept.forecaster, source, at=options["at"], seed=kept.seed, of=options["of"]
    )
    return replace(trace, notes=(*trace.notes, *kept.notes))


def _kept(model: Path | None, options: dict[str, Any]) -> Kept:
    """Return the forecaster of a file, or of a run."""
    assert model is not None
    seed, network = options["seed"], options["network"]
    if not model.exists():
        raise click.UsageError(f"MODEL must be a file or a folder, got {str(model)!r}: none there")
    if model.is_dir():
        run = rnncomp.Run.load(model)
        folds = run.comparison.settings.get("folds") or 1
        note = f"Of {folds} folds the run keeps the networks of the last; in those before, others "
        notes = (f"{note}forecast.",) if folds > 1 else ()
        return Kept(_of_run(run, network, seed), None, notes)
    if network is not None:
        raise click.UsageError(f"--network must be given with a run's folder, got {network!r}")
    return Kept(rnncomp.RecurrentForecaster.load(model), seed)


def _of_run(run: rnncomp.Run, name: str | None, seed: int | None) -> rnncomp.RecurrentForecaster:
    """Return the forecaster of a network and seed; without a name the best, which has a seed."""
    if name is None and seed is None:
        return run.best
    name = run.comparison.best if name is None else name
    fitted = run.forecasters.get(str(name), [])
    if not fitted:
        names = ", ".join(key for key, found in run.forecasters.items() if found)
        raise click.UsageError(f"--network must be one of {names}, got {name!r}")
    seeds = [forecaster.seed for forecaster in fitted]
    if seed is None:
        return fitted[0]
    if seed not in seeds:
        raise click.UsageError(f"--seed must be one of {', '.join(map(str, seeds))}, got {seed}")
    return fitted[seeds.index(seed)]


def _print(
    trace: rnncomp.Trace, worked: Any, notes: list[str], *, folded: bool, demo: bool
) -> None:
    """Print the rows of worked arithmetic, long ones folded under their beginning."""
    to = console()
    to.print(trace.title, style="bold")
    for note in notes:
        to.print(note)
    if len(trace.columns) > 1:
        steps, features = trace.window.shape
        to.print(
            f"x has the shape ({steps}, {features}): a row for each step, a column for each "
            f"feature ({', '.join(trace.columns)}); x_t @ kernel gives one number a unit."
        )
    block = _block()
    for row in worked.rows():
        if row.kind not in ("heading", "note"):
            right = Text(f"= {row.right}", style=STYLES[row.kind])
            if row.meaning:
                right.append(f"   {row.meaning}", style="dim")
            block.add_row(row.left, right)
            continue
        if block.row_count:
            to.print(block)
            block = _block()
        to.print(("\n" if row.kind == "heading" else "") + row.right, style=STYLES[row.kind])
    if block.row_count:
        to.print(block)
    if worked.whole and not demo:  # untrained, it rests on nothing that it learned
        for line in _rests_on(trace):
            to.print(line)
    shown = Counter(block.layer for block in worked.blocks)
    if folded and any(trace[name].steps > blocks for name, blocks in shown.items()):
        last = len(trace.window)
        to.print(f"Steps 3 to {last - 1} are left out: --all shows them, --step 3 the third.")


def _rests_on(trace: rnncomp.Trace) -> list[str]:
    """Return what a prediction rests on: how far gradients reach, and the largest parts."""
    steps = len(trace.window)
    if steps == 1:
        return []
    reach = ", ".join(
        f"{layer.memory_steps} of {steps} in {layer.name}" for layer in trace.gradient_flow()
    )
    parts = trace.attribution()
    largest = ", ".join(
        f"{time} {part:+.4g}" + (f" ({column})" if len(trace.columns) > 1 else "")
        for time, column, part in parts.largest(MOST_PARTS)
    )
    return [
        "\nWhat it rests on",
        f"The last steps that hold 95 % of the gradient: {reach}.",
        f"Integrated gradients, {parts.note}.",
        f"Largest parts by step: {largest}.",
    ]


def _block() -> Table:
    """Return two columns: what is computed, and how."""
    made = Table.grid(padding=(0, 1))
    made.add_column(justify="right", no_wrap=True, min_width=20, style="bold")
    made.add_column(overflow="fold")
    return made
