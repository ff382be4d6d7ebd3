"""`python -m rnncomp.convert IN OUT`: the command `rnncomp convert`."""

from __future__ import annotations

from rnncomp.cli.app import run_program
from rnncomp.cli.convert import convert

if __name__ == "__main__":
    run_program(convert, "python -m rnncomp.convert")
