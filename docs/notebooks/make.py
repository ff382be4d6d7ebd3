"""Make the notebooks from their sources: run every cell and keep what it shows.

    python docs/notebooks/make.py                    # all of them; `make docs` does it
    python docs/notebooks/make.py tutorial2_counting # one of them

A source is a plain program, NAME.py, with its prose in comments: changes can be read, and it is
checked as all other code. A notebook, NAME.ipynb, is the same with its outputs, for those who read
it as a page. The cell that installs is kept and never run here.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
SOURCES = tuple(sorted(path for path in FOLDER.glob("*.py") if path.name != "make.py"))
SECONDS = 300  # for one cell, on a machine that has much else to do
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def notebook(source: Path) -> nbformat.NotebookNode:
    """Return the notebook of a source, without outputs.

    Args:
        source: A program with cells that start with ``# %%``.

    Returns:
        The notebook; its cells have the same ids each time, so that only changes show.
    """
    made = jupytext.read(source)
    made.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    return made


def installs(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell is the one that installs."""
    return "install" in cell.metadata.get("tags", ())


def run(made: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Run all cells but the one that installs, in a new kernel and an empty folder.

    Args:
        made: The notebook; outputs and counts are written into it.

    Returns:
        The same notebook.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell raised.
    """
    ran = nbformat.from_dict({**made, "cells": [c for c in made.cells if not installs(c)]})
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as profile:
        # Without a backend of its own choice a kernel shows its figures; its history is not kept.
        own = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        NotebookClient(
            ran,
            timeout=SECONDS,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
        ).execute(env=own | {"IPYTHONDIR": profile})
    results = {cell.id: cell for cell in ran.cells}
    made.cells = [results.get(cell.id, cell) for cell in made.cells]
    return made


def main(names: Sequence[str]) -> None:
    """Make all notebooks, or those that are named."""
    unknown = set(names) - {source.stem for source in SOURCES}
    if unknown:
        known = ", ".join(source.stem for source in SOURCES)
        sys.exit(f"no notebook is called {', '.join(sorted(unknown))}; name some of {known}")
    for source in SOURCES:
        if not names or source.stem in names:
            nbformat.write(run(notebook(source)), source.with_suffix(".ipynb"))
            print(f"wrote {source.stem}.ipynb")


if __name__ == "__main__":
    main(sys.argv[1:])
