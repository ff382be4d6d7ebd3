"""`rnncomp info`: what runs here."""

from __future__ import annotations

import platform
from typing import Any

import rich_click as click

import rnncomp
from rnncomp._version import version
from rnncomp.cli.options import examples, json_option
from rnncomp.cli.output import console, facts, print_json

EXAMPLES = examples(
    "rnncomp info",
    "RNNCOMP_ISA=v2 rnncomp info --json",
)


@click.command(epilog=EXAMPLES)
@json_option("the facts")
def info(as_json: bool) -> None:
    """Show version, kernels, instruction-set level and cores.

    RNNCOMP_BACKEND chooses the backend, RNNCOMP_ISA the level.
    """
    known = _facts()
    if as_json:
        print_json(known)
        return
    names = {"levels": "levels that run here", "level": "instruction-set level"}
    shown = known | {"levels": ", ".join(known["levels"]) or "none"}
    console().print(facts((names.get(key, key), str(value or "-")) for key, value in shown.items()))


def _facts() -> dict[str, Any]:
    backend = rnncomp.backend_info()
    return {
        "version": rnncomp.__version__,
        "backend": backend.backend,
        "level": backend.level,
        "levels": list(backend.levels),
        "cores": backend.cores,
        "threads": backend.cores,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "machine": f"{platform.system()} {platform.machine()}",
    }
