"""load_model: what save wrote, checked at every step before memory is taken."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from rnncomp._check import as_path, count, integer, shown
from rnncomp.errors import ModelFileError, RnncompError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.nn.around import Activation, Dropout, Flatten, Masking, RepeatVector
from rnncomp.nn.dense import Dense
from rnncomp.nn.embedding import Embedding
from rnncomp.nn.gru import GRU
from rnncomp.nn.layer import Layer, check_name, check_shape
from rnncomp.nn.lstm import LSTM
from rnncomp.nn.refused import refuse
from rnncomp.nn.simple_rnn import SimpleRNN
from rnncomp.nn.wrappers import Bidirectional, TimeDistributed
from rnncomp.samples import FloatArray
from rnncomp.training.adam import CLASSES
from rnncomp.training.compiled import Compiled
from rnncomp.training.doors import file_door
from rnncomp.training.measures import check_loss
from rnncomp.training.save import BESIDE, FORMAT, METRIC, SLOTS, VERSION, check_suffix
from rnncomp.training.sequential import Sequential
from rnncomp.training.tensor_file import (
    DTYPES,
    Header,
    damaged,
    parse_json,
    read_header,
    read_tensors,
)

LAYERS: dict[str, type[Layer]] = {
    c.__name__: c
    for c in (
        Activation,
        Bidirectional,
        Dense,
        Dropout,
        Embedding,
        Flatten,
        GRU,
        LSTM,
        Masking,
        RepeatVector,
        SimpleRNN,
        TimeDistributed,
    )
}
OPTIMIZERS: dict[str, Any] = {cls.__name__: cls for cls in CLASSES.values()}

# By version, what makes its configuration one of the next version. A new argument with a default
# needs none, because a missing key takes the default; another name or meaning of an old one does.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Any = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Sequential:
    """Return the model that `Sequential.save` wrote, equal to the bit, or one that Keras wrote.

    Args:
        filepath: A ``.safetensors`` file, or a ``.keras`` file of Keras 3.5 or newer, which needs
            the extra ``rnncomp[keras]``.
        custom_objects: Refused unless None.
        compile: Whether to restore optimizer, loss and metrics, so that fit goes on.
        safe_mode: Refused unless True: nothing in a model file is ever executed.

    Raises:
        MissingExtraError: It is a ``.keras`` file, and h5py is not installed.
        ModelFileError: The file is missing, damaged, hostile, or from a newer version.
        UnsupportedError: A ``.keras`` file holds something that rnncomp does not have.

    Example:
        >>> import tempfile
        >>> model = Sequential([LSTM(4, input_shape=(3, 1))], seed=1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(f"{folder}/model.safetensors")
        ...     load_model(f"{folder}/model.safetensors").layers
        [<LSTM name=lstm, units=4, built=True>]
    """
    refuse("load_model", custom_objects=custom_objects, safe_mode=safe_mode)
    path = as_path("filepath", filepath)
    load = file_door("load_model", path)
    if load is not None:
        model: Sequential = load(path, compile=compile)
        return model
    return load_beside(filepath, compile=compile)[0]


def load_beside(
    filepath: str | os.PathLike[str], *, compile: bool = True
) -> tuple[Sequential, dict[str, Any], dict[str, FloatArray]]:
    """Return the model, the plain values and the arrays that were saved with it; see load_model."""
    path = as_path("filepath", filepath)
    onnx = path.suffix == ".onnx"
    check_suffix(path, "ONNX is written, not read" if onnx else "save the model as one of them")
    header = read_header(path)
    version = _version(path, header)
    config = _plain(path, header, "config")
    extra = _plain(path, header, "extra")
    try:
        for older in range(version, VERSION):
            config = UPGRADES[older](config)
        model, compiled = _from_config(config)
        _check_tensors(path, header, model, compiled)
    except (RnncompError, KeyError, TypeError, ValueError, IndexError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise damaged(
            path, f"its configuration does not hold ({shorten(str(error), 200)})"
        ) from None
    tensors = read_tensors(path, header)
    _fill(model, tensors)
    if compile and compiled is not None:
        model.restore(_with_slots(compiled, tensors))
    beside = {
        name.removeprefix(BESIDE): kept for name, kept in tensors.items() if name.startswith(BESIDE)
    }
    return model, extra, beside


def _version(path: Path, header: Header) -> int:
    """Return which version wrote a file, 1 .. VERSION."""
    name, _, number = header.metadata.get("format", "").partition("/")
    if name != FORMAT or not re.fullmatch("[1-9][0-9]{0,3}", number):
        raise damaged(path, "it does not say that it is one")
    if int(number) > VERSION:
        raise ModelFileError(
            f"{path}: its format must be {FORMAT}/{VERSION} or older, got {FORMAT}/{number}; "
            "update rnncomp"
        )
    return int(number)


def _plain(path: Path, header: Header, key: str) -> dict[str, Any]:
    values = parse_json(path, f"its {key}", header.metadata.get(key, ""))
    if not isinstance(values, dict):
        raise damaged(path, f"its {key} is no JSON object")
    return values


def _from_config(config: dict[str, Any]) -> tuple[Sequential, Compiled | None]:
    """Return the model without its weights, and what compile had chosen, from plain values."""
    known = {"name", "dtype", "seed", "input_shape", "batch_size", "layers", "compiled"}
    if not set(config) <= known:
        raise ValueError(f"its keys are {', '.join(config)}")
    model = Sequential(
        name=config.get("name"), seed=config["seed"], dtype=config.get("dtype", "float32")
    )
    for entry in config["layers"]:
        arguments = dict(entry)
        layer = LAYERS[arguments.pop("class")](**arguments)
        made = layer.get_config()
        if made | arguments != made:
            raise ValueError(f"the layer {shown(layer.name)} has an argument that is not kept")
        model.add(layer, rebuild=False)
    batch = config.get("batch_size")
    size = None if batch is None else count("batch_size", batch)
    model.declare(check_shape("input_shape", config["input_shape"]), size)
    compiled = config.get("compiled")
    return model, None if compiled is None else _compiled(compiled)


def _compiled(config: dict[str, Any]) -> Compiled:
    arguments = dict(config["optimizer"])
    optimizer = OPTIMIZERS[arguments.pop("class")].from_config(arguments)
    metrics = [(check_name(name), _loss(spec, METRIC)) for name, spec in config["metrics"]]
    return Compiled(
        optimizer,
        _loss(config["loss"], LossSpec()),
        [(name, spec) for name, spec in metrics if name],
        iteration=integer("iteration", config["iteration"], at_least=0),
        epochs=integer("epochs", config["epochs"], at_least=0),
    )


def _loss(value: Any, usual: LossSpec) -> LossSpec:
    """Return what `plain_loss` wrote: the kind alone, or a dict; every field checked."""
    given = dict(value) if isinstance(value, dict) else {"kind": value}
    if "quantiles" in given:
        given["quantiles"] = tuple(given["quantiles"])
    spec = replace(usual, **given)
    check_loss(spec, metric=usual.reduction == "metric")
    return spec


def _check_tensors(
    path: Path, header: Header, model: Sequential, compiled: Compiled | None
) -> None:
    """Raise unless the file's tensors are those that the configuration needs."""
    spec, dtype = _spec(model), DTYPES[model.dtype]
    expected = {
        f"{layer.name}/{weight}": (dtype, shape)
        for layer, shapes in zip(model.layers, spec.weight_shapes, strict=True)
        for weight, shape in shapes.items()
    }
    if compiled is not None and SLOTS in header.tensors:
        expected[SLOTS] = (dtype, (compiled.optimizer.spec.n_slots, spec.n_params))
    found_here = {name for name in header.tensors if not name.startswith(BESIDE)}
    for name in expected.keys() | found_here:
        wanted, found = expected.get(name), header.tensors.get(name)
        if wanted != found:
            text = f"{shown(name)} should be {wanted or 'absent'} and is {found or 'absent'}"
            raise damaged(path, text)


def _spec(model: Sequential) -> NetworkSpec:
    if not model.layers:
        raise ValueError("there are no layers")
    return model.declared_spec


def _fill(model: Sequential, tensors: dict[str, FloatArray]) -> None:
    names = [
        f"{layer.name}/{weight}"
        for layer, shapes in zip(model.layers, _spec(model).weight_shapes, strict=True)
        for weight in shapes
    ]
    model.build_from(np.concatenate([tensors[name].ravel() for name in names]))


def _with_slots(compiled: Compiled, tensors: dict[str, FloatArray]) -> Compiled:
    if SLOTS in tensors:
        compiled.slots = np.ascontiguousarray(tensors[SLOTS])
    return compiled
