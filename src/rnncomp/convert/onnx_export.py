"""to_onnx: a trained model as an ONNX file, for onnxruntime and whatever else reads that."""

from __future__ import annotations

import os

import numpy as np

from rnncomp._check import as_path, fail, shown
from rnncomp._files import write_whole
from rnncomp.convert.onnx_graph import Graph, Size
from rnncomp.convert.onnx_layers import write_layer
from rnncomp.convert.onnx_proto import to_bytes
from rnncomp.convert.onnx_tensor import Tensor
from rnncomp.errors import ModelFileError, OutputError, UnsupportedError
from rnncomp.nn.chain import reads_numbers
from rnncomp.training import Sequential

SUFFIX = ".onnx"


def to_onnx(model: Sequential, filepath: str | os.PathLike[str], *, overwrite: bool = True) -> None:
    """Write a model as ONNX; `Sequential.to_onnx` says all about it."""
    path = as_path("filepath", filepath)
    if path.suffix != SUFFIX:
        raise UnsupportedError(f"{path}: an ONNX file ends in {SUFFIX}; use {path.stem}{SUFFIX}")
    if not isinstance(model, Sequential):
        raise fail("model", "a Sequential of rnncomp", model)
    if not overwrite and path.exists():
        raise OutputError(f"{path}: exists already; pass overwrite=True or another name")
    data = to_bytes(model_graph(model), model.name)
    try:
        write_whole(path, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{path}: cannot be written ({why}); try another place") from None


def model_graph(model: Sequential) -> Graph:
    """Return what a model computes, from ``x`` to ``y``."""
    for weight in model.network.weights:
        if not np.isfinite(weight.value).all():
            raise ModelFileError(
                f"to_onnx: {shown(weight.name)} holds NaN or infinity; the training diverged, use "
                "a smaller learning_rate"
            )
    graph = Graph(np.dtype(model.dtype))
    shape = model.input_shape[1:]
    if reads_numbers(model.layers):
        x = Tensor(graph.take("x", *_sizes(shape), dtype=np.int64), (*shape, 1))
    else:
        x = Tensor(graph.take("x", *_sizes(shape)), shape)
    for layer in model.layers:
        x = write_layer(graph, layer, x)
    graph.scope = ""
    graph.give(x.name, "y", *_sizes(x.shape))
    return graph


def _sizes(shape: tuple[int | None, ...]) -> tuple[Size, ...]:
    return ("batch", *("steps" if size is None else size for size in shape))
