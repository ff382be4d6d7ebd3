"""The command line: parse, call one public function, print."""

from rnncomp.cli.app import main

__all__ = ["main"]
