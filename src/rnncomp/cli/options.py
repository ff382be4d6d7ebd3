"""Options that several commands share, and the kinds of value they take."""

from __future__ import annotations

import csv
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click
from click.core import ParameterSource
from rich.text import Text

import rnncomp

F = TypeVar("F", bound=Callable[..., Any])

SEARCHED = ("window", "units", "layers", "dropout", "learning_rate")
COMMANDLINE = ParameterSource.COMMANDLINE
MISSING = ("error", "drop", "interpolate", "ffill", "mask")


class Names(click.ParamType):  # type: ignore[type-arg]
    """Names with commas between them: ``simple_rnn,lstm``; quoted if they hold one: ``"a,b",c``."""

    name = "names"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split at commas outside double quotes."""
        if isinstance(value, tuple):
            return value
        try:
            cells = next(csv.reader([str(value)], skipinitialspace=True), [])
        except csv.Error:  # a line break
            cells = []
        names = tuple(name.strip() for name in cells if name.strip())
        if not names:
            self.fail(f"must hold a name, or several with commas, got {value!r}", param, ctx)
        return names


class Numbers(click.ParamType):  # type: ignore[type-arg]
    """Numbers with commas between them: ``80,95``."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Split at commas."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(float(part) for part in str(value).split(",") if part.strip())
        except ValueError:
            self.fail(f"must be numbers with commas between them, got {value!r}", param, ctx)


class CountOrList(click.ParamType):  # type: ignore[type-arg]
    """A count (``5``), or numbers with commas between or after them (``3,7`` or ``3,``)."""

    name = "count|list"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | list[int]:
        """Return an int for a count, a list for a list."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        try:
            numbers = [int(part) for part in value.split(",") if part.strip()]
        except ValueError:
            numbers = []
        if not numbers:
            self.fail(f"must be a whole number, or several with commas, got {value!r}", param, ctx)
        return numbers if "," in value else numbers[0]


class Searched(click.ParamType):  # type: ignore[type-arg]
    """Values to search: ``units=8:128`` is a range with both ends, ``window=24,48`` are choices."""

    name = "search"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return how it is written."""
        return "NAME=VALUES"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[float, ...] | list[float]]:
        """Return the name, and a tuple for a range or a list for choices."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        name, _, values = value.partition("=")
        split = values.split(":" if ":" in values else ",")
        try:
            numbers = [_number(text) for text in split]
        except ValueError:
            rule = "must be NAME=LOWEST:HIGHEST or NAME=A,B,C with numbers"
            self.fail(f"{rule}, got {value!r}", param, ctx)
        return name.strip().replace("-", "_"), tuple(numbers) if ":" in values else numbers


def _number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def examples(*lines: str) -> Any:
    """Return the end of a help text: example commands, kept as written.

    Its type is rich's Text, which rich-click prints line by line; click calls it a string.
    """
    return Text("Example:\n" + "\n".join(f"  {line}" for line in lines))


def in_order(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Apply decorators so that the help lists them in the order written."""

    def apply(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return apply


def option(
    name: str, help_text: str, *others: str, parameter: str | None = None, **settings: Any
) -> Callable[[F], F]:
    """Make an option whose help shows its default, if it has one.

    Args:
        name: Such as ``--window``.
        help_text: What it does.
        *others: Further names of it.
        parameter: What the function calls it, if that is another name.
        **settings: Those of click.
    """
    shown = settings.get("default") not in (None, ()) and not settings.get("is_flag")
    names = [name, *others, *([parameter] if parameter else [])]
    return click.option(*names, help=help_text, show_default=shown, **settings)


DATA = {"panel": "Data"}
DATA_NAMES = (
    "target", "features", "time", "time_format", "missing", "known", "calendar", "resample",
    "separator", "decimal", "max_bytes",
)  # fmt: skip

data_options = in_order(
    option("--target", "Column to forecast, or several with commas; a name with a comma in double "
           "quotes ('\"a,b\",c'). [default: the only column of numbers]", type=Names(),
           metavar="COLUMNS", **DATA),
    option("--features", "Further columns that the networks see up to the cutoff, with commas.",
           type=Names(), metavar="COLUMNS", default=(), **DATA),
    option("--known", "Further columns whose future values are known (plans, holidays), with "
           "commas.", type=Names(), metavar="COLUMNS", default=(), **DATA),
    option("--calendar", "What the networks see of the time stamps, with commas: minute, hour, "
           "weekday, weekend, monthday, yearday, week, month, quarter.", type=Names(),
           metavar="PARTS", default=(), **DATA),
    option("--id", "Column that names the series of each row, for many series in one table. "
           "[default: unique_id, if it is there]", metavar="COLUMN", **DATA),
    option("--time", "Column of time stamps. [default: the first column of dates]",
           metavar="COLUMN", **DATA),
    option("--no-time", "Take the rows as equally spaced, whatever the dates say.", is_flag=True,
           **DATA),
    option("--time-format", "How the time column is written, as in strftime: %d.%m.%Y. "
           "[default: found]", metavar="FORMAT", **DATA),
    option("--missing", "What to do about empty cells, NaN, infinity and moments without a row: "
           "refuse them, leave out their rows, draw a line between the neighbours, repeat the "
           "value before, or do that and show the networks where (mask).",
           type=click.Choice(MISSING), default="error", **DATA),
    option("--resample", "Take the means of buckets of time as the rows, such as 15m, 1h, 1d, 1w "
           "or 1mo; empty ones are missing values. [default: refuse uneven stamps]",
           metavar="LENGTH", **DATA),
    option("--separator", "Character between the cells of a CSV file. [default: found]",
           metavar="CHAR", **DATA),
    option("--decimal", "Decimal mark in text.", type=click.Choice([".", ","]), default=".",
           **DATA),
    option("--max-bytes", "Cap on what is read, also after expanding: 1000000, 512MiB, 2GiB. "
           "[default: RNNCOMP_MAX_BYTES, else 512MiB]", metavar="SIZE", **DATA),
)  # fmt: skip
"""The options that say how a source is read, under the names in `DATA_NAMES`."""


def split_data_options(
    options: dict[str, Any], *, several: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options about reading, as `rnncomp.load` takes them, and the others.

    Args:
        options: All options of a command.
        several: Whether it takes many series in one table; the first part then has ``id``.
    """
    reading = {name: options[name] for name in DATA_NAMES}
    if options["no_time"]:
        if reading["time"] is not None:
            raise click.UsageError("--time and --no-time must not be given together; choose one")
        reading["time"] = False
    if several:
        reading["id"] = options["id"]
    elif options["id"] is not None:
        raise click.UsageError(
            f"--id is not for this command, which takes one series, got {options['id']!r}; "
            "keep the rows of one series in a file of its own"
        )
    return reading, {k: v for k, v in options.items() if k not in (*DATA_NAMES, "no_time", "id")}


def read_source(source: str, reading: dict[str, Any]) -> Any:
    """Return the Series of a source, or the Panel: with ``id``, or a column ``unique_id``."""
    one = {name: value for name, value in reading.items() if name != "id"}
    if reading["id"] is None and not set("./\\") & set(source):
        return rnncomp.load(source, **one)  # built in
    panel = rnncomp.load_panel(source, **reading)
    return panel if reading["id"] is not None or len(panel) > 1 else panel.series[0]


def check_not_read(out: Path | None, *sources: str | Path | None, name: str = "--out") -> None:
    """Raise if what is to be written would replace what is read."""
    for source in sources:
        if out is not None and source is not None and out.absolute() == Path(source).absolute():
            raise click.UsageError(f"{name} must not replace what is read, got {str(out)!r}")


def seed_count(settings: dict[str, Any]) -> int:
    """Return how many seeds were asked for."""
    seeds = settings["seeds"]
    return max(seeds, 0) if isinstance(seeds, int) else len(seeds)


def searched(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a search: ``space`` by name, and no searched option but those given.

    Raises:
        click.UsageError: A name is given twice.
    """
    space = dict(settings["space"])
    if len(space) < len(settings["space"]):
        raise click.UsageError("--search must name each option once, got one twice; join them")
    context: Any = click.get_current_context()
    given = {name for name in SEARCHED if context.get_parameter_source(name) == COMMANDLINE}
    left = set(SEARCHED) - given
    kept = {name: value for name, value in settings.items() if name not in left}
    return kept | {"space": space or None}


def command_line() -> str:
    """Return what was typed, as a shell takes it to run it again from the start."""
    return shlex.join(["rnncomp", *(word for word in sys.argv[1:] if word != "--resume")])


def json_option(what: str) -> Callable[[F], F]:
    """Return ``--json``, under the name ``as_json``; not together with `quiet_option`."""
    words = f"Print {what} as JSON, and nothing else, on standard output."
    return option(
        "--json", words, parameter="as_json", is_flag=True, callback=_one_output, panel="Output"
    )


def quiet_option(instead: str = "Print nothing.") -> Callable[[F], F]:
    """Return ``--quiet``; `instead` says what is printed still."""
    return option("--quiet", instead, is_flag=True, callback=_one_output, panel="Output")


def _one_output(context: click.Context, _: click.Parameter, value: bool) -> bool:
    """Raise for the second of ``--json`` and ``--quiet``, whichever it is."""
    if value and (context.params.get("as_json") or context.params.get("quiet")):
        raise click.UsageError("--json and --quiet must not be given together; choose one")
    return value
