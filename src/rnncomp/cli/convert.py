"""`rnncomp convert`: a model file of one kind from a model file of another."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

import rnncomp
from rnncomp.cli.options import examples, json_option, option
from rnncomp.cli.output import console, print_json

EXAMPLES = examples(
    "rnncomp convert model.safetensors model.onnx",
    "rnncomp convert model.keras model.safetensors",
    "rnncomp convert m.weights.h5 m.onnx --template model.keras     the layers are in model.keras",
    "python -m rnncomp.convert model.safetensors model.onnx       the same",
)


@click.command(epilog=EXAMPLES)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@option(
    "--template",
    "Model file with the layers for the weights, if IN is a .weights.h5 file.",
    type=click.Path(path_type=Path),
    metavar="FILE",
    panel="Input",
)
@option("--overwrite", "Replace OUT if it exists.", is_flag=True, panel="Output")
@json_option("what was done")
def convert(
    source: Path, target: Path, template: Path | None, overwrite: bool, as_json: bool
) -> None:
    """Write the model in one file as a file of another kind.

    IN and OUT end in .safetensors, or in .keras or .weights.h5 (extra rnncomp[keras]);
    OUT may end in .onnx as well (extra rnncomp[onnx]).
    """
    done = rnncomp.convert_file(source, target, template=template, overwrite=overwrite)
    if as_json:
        print_json({**done._asdict(), "path": str(done.path)})
        return
    console().print(f"wrote {done.path}: {done.parameters:,} weights")
    for words in done.left_behind:
        console().print(f"left behind: {words}")
