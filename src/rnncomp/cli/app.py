"""The program `rnncomp`: its commands, its one-line errors and its exit codes.

Exit codes: 0 done; 2 bad usage or bad data; 130 interrupted; 1 a fault of rnncomp itself.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import rich_click as click

from rnncomp._check import nearest
from rnncomp.cli.options import examples
from rnncomp.errors import RnncompError

DONE, FAULT, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130

# Loaded when asked for, so that `rnncomp --help` imports nothing heavy.
COMMANDS = {
    "compare": "rnncomp.cli.compare:compare",
    "tune": "rnncomp.cli.tune:tune",
    "backtest": "rnncomp.cli.backtest:backtest",
    "fit": "rnncomp.cli.fit:fit",
    "forecast": "rnncomp.cli.forecast:forecast",
    "explain": "rnncomp.cli.explain:explain",
    "report": "rnncomp.cli.report:report",
    "inspect": "rnncomp.cli.inspect:inspect",
    "recipe": "rnncomp.cli.recipe:recipe",
    "datasets": "rnncomp.cli.datasets:datasets",
    "convert": "rnncomp.cli.convert:convert",
    "info": "rnncomp.cli.info:info",
}


class Commands(click.RichGroup):
    """The group of commands; names the nearest one when a name is unknown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command named first in `args`, or say which names there are."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            hint = nearest(name, COMMANDS)
            rule = "the command must be one of " + ", ".join(COMMANDS)
            raise click.UsageError(f"{rule}, got {name!r}" + (f"; {hint}" if hint else ""), ctx)
        return super().resolve_command(ctx, args)


EXAMPLES = examples(
    "rnncomp compare               on the built-in sine series",
    "rnncomp inspect taxi.csv      what is in a file, and what is in the way",
    "rnncomp compare taxi.csv --target value --time timestamp",
)


@click.group(
    cls=Commands,
    epilog=EXAMPLES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.rich_config(
    help_config={"text_paragraph_linebreaks": "\n\n", "padding_helptext_first_line": (0, 0, 1, 0)}
)
@click.option("--version", is_flag=True, help="Print the version and stop.")
@click.pass_context
def program(ctx: click.Context, version: bool) -> None:
    """Compare SimpleRNN, LSTM and GRU networks on a series, honestly and fast.

    Exit codes: 0 done, 2 bad usage or bad data, 130 interrupted.
    """
    if version:
        import rnncomp  # noqa: PLC0415

        click.echo(f"rnncomp {rnncomp.__version__}")
    elif ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(argv: Sequence[str] | None = None) -> None:
    """Run `rnncomp` and leave with its exit code.

    Args:
        argv: Arguments after the program's name; None for those of the process.

    Raises:
        SystemExit: Always.
    """
    run_program(program, "rnncomp", argv)


def run_program(command: click.Command, name: str, argv: Sequence[str] | None = None) -> None:
    """Run any command under the rules of this file, and leave with its exit code.

    Args:
        command: What to run.
        name: What it is called in messages.
        argv: Its arguments; None for those of the process.

    Raises:
        SystemExit: Always.
    """
    # A terminal that cannot print a character gets a question mark, never a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    args = list(sys.argv[1:] if argv is None else argv)
    sys.exit(_guarded(lambda: _run(command, name, args)))


def _run(command: click.Command, name: str, args: list[str]) -> int:
    code = command.main(args, prog_name=name, standalone_mode=False)
    sys.stdout.flush()
    return code if isinstance(code, int) else DONE


def _guarded(action: Callable[[], int]) -> int:
    """Run `action`; turn whatever it raises into one line on stderr and an exit code."""
    try:
        return action()
    except click.ClickException as error:
        return _complain(_usage_message(error), BAD_USAGE)
    except RnncompError as error:
        return _complain("; ".join([str(error), *_notes(error)]), BAD_USAGE)
    except (KeyboardInterrupt, click.Abort) as error:
        kept = _notes(error) or ["nothing was written"]
        return _complain("; ".join(["interrupted", *kept]), INTERRUPTED)
    except BrokenPipeError:
        return _reader_has_left()
    except SystemExit as leaving:
        # rich-click turns a closed pipe into exit code 1 by itself.
        if isinstance(leaving.__context__, BrokenPipeError):
            return _reader_has_left()
        raise
    except OSError as error:
        return _complain(_os_message(error), BAD_USAGE)
    except MemoryError:
        hint = "use a smaller --window, --units, --batch-size or --jobs, or fewer rows"
        return _complain(
            f"memory must hold the data and the networks, but ran out; {hint}", BAD_USAGE
        )
    except Exception as error:
        if os.environ.get("RNNCOMP_TRACEBACK"):
            raise
        kind = type(error).__name__
        hint = "please report it; RNNCOMP_TRACEBACK=1 shows where it happened"
        return _complain(f"a fault in rnncomp itself: {kind}: {error}; {hint}", FAULT)


def _notes(error: BaseException) -> list[str]:
    """Return what was noted on an error, such as what was kept; click hides an interrupt."""
    hidden = error.__cause__ or error.__context__ if isinstance(error, click.Abort) else None
    return list(getattr(hidden or error, "__notes__", []))


def _complain(message: str, code: int) -> int:
    """Write one line to stderr, whatever the message holds."""
    sys.stderr.write("rnncomp: error: " + " ".join(message.split()) + "\n")
    return code


def _usage_message(error: click.ClickException) -> str:
    context: Any = getattr(error, "ctx", None)
    message = error.format_message().rstrip(".")
    return f"{message}; see {context.command_path} --help" if context else message


def _os_message(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        place = f" of {error.filename}" if error.filename else ""
        return (
            f"the disk{place} must have room for the results, but is full; free some, or use --out"
        )
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


def _reader_has_left() -> int:
    """Stop quietly when the reader of our output (``| head``) wants no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
