"""Options that several commands share, and the kinds of value they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import rich_click as click
from rich.text import Text

F = TypeVar("F", bound=Callable[..., Any])

MISSING = ("error", "drop", "interpolate", "ffill")


class Names(click.ParamType):
    """Names with commas between them: ``simple_rnn,lstm``."""

    name = "names"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split at commas."""
        if isinstance(value, tuple):
            return value
        return tuple(name.strip() for name in str(value).split(",") if name.strip())


class CountOrList(click.ParamType):
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


def option(name: str, help_text: str, **settings: Any) -> Callable[[F], F]:
    """Make an option whose help shows its default, if it has one."""
    shown = settings.get("default") is not None and not settings.get("is_flag")
    return click.option(name, help=help_text, show_default=shown, **settings)


def data_options(panel: str = "Data") -> Callable[[F], F]:
    """Return the options that say how a source is read."""
    return in_order(
        option(
            "--target",
            "Column to forecast. [default: the only column of numbers]",
            metavar="COLUMN",
            panel=panel,
        ),
        option(
            "--time",
            "Column of time stamps. [default: the first column that reads as dates]",
            metavar="COLUMN",
            panel=panel,
        ),
        option(
            "--missing",
            "What to do with empty cells, NaN and infinity: refuse them (error), leave out their "
            "rows, draw a line between neighbours, or repeat the last value.",
            type=click.Choice(MISSING),
            default="error",
            panel=panel,
        ),
    )


def json_option(what: str, panel: str = "Output") -> Callable[[F], F]:
    """Return ``--json``, under the name ``as_json``."""
    flag = click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=f"Print {what} as JSON, and nothing else, on standard output.",
        panel=panel,
    )
    return flag
