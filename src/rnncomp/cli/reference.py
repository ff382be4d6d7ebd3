"""The reference page of the commands, made from the commands: docs/cli.md.

``python -m rnncomp.cli.reference`` in the root of the source tree writes it.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import rich_click as click

from rnncomp.cli.app import COMMANDS, program

PAGE = Path("docs/cli.md")

HEAD = """# The commands

This page is made from the code: `make docs` writes it, a test compares it.

"""

TAIL = """## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | a fault in rnncomp itself: one line says which; `RNNCOMP_TRACEBACK=1` shows where |
| 2 | bad usage or bad data: one line on standard error says what, where, and what to do |
| 130 | interrupted with Ctrl-C; nothing is left behind |

Progress and errors go to standard error, results to standard output.

## Environment

| variable | meaning |
|---|---|
| `RNNCOMP_BACKEND` | `native` (default) or `reference`, the plain NumPy equations |
| `RNNCOMP_ISA` | instruction-set level of the native kernels, one of those `rnncomp info` lists |
| `RNNCOMP_TRACEBACK` | set to see the traceback of a fault in rnncomp itself |
"""


def reference() -> str:
    """Return the page as Markdown."""
    context = program.make_context("rnncomp", [], resilient_parsing=True)
    pages = [_page(context, program, "rnncomp")]
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        pages.append(_page(context, command, f"rnncomp {name}"))
    return HEAD + "\n".join(pages) + "\n" + TAIL


def _page(context: click.Context, command: click.Command, title: str) -> str:
    inner = click.Context(command, info_name=title, parent=context)
    usage = " ".join(command.collect_usage_pieces(inner))
    options = [p for p in command.get_params(inner) if isinstance(p, click.Option)]
    rows = "\n".join(_row(option, inner) for option in options)
    table = f"| option | meaning |\n|---|---|\n{rows}\n"
    fence = f"```\n{title} {usage}\n```"
    return "\n\n".join([f"## {title}", fence, _words(command), _example(command), table])


def _words(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "")


def _example(command: click.Command) -> str:
    lines = str(command.epilog).removeprefix("Example:\n")
    return f"```\n{inspect.cleandoc(lines)}\n```"


def _row(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    assert record is not None
    name, meaning = (re.sub(r"\s+", " ", part).replace("|", "\\|") for part in record)
    return f"| `{name}` | {meaning} |"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    click.echo(f"wrote {PAGE}")
