"""The weights of a model, and the state of its optimizer, in Keras's weights file."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import shown
from rnncomp.convert.keras_h5 import WeightsFile, weights_bytes
from rnncomp.convert.keras_layers import Place, folders, places
from rnncomp.convert.keras_names import of_others, unsound
from rnncomp.convert.keras_slots import expected_variables, heads, restore_variables, to_variables
from rnncomp.errors import InvalidArgumentError
from rnncomp.samples import FloatArray
from rnncomp.training import Sequential

OPTIMIZER = "optimizer/vars"
Array = NDArray[np.generic]


def model_bytes(model: Sequential) -> bytes:
    """Return a weights file of a built model, with the state of its optimizer if it has one."""
    weights = [weight.value for weight in model.network.weights]
    arrays: dict[str, Array] = {
        place.path: value for place, value in zip(_places(model), weights, strict=True)
    }
    if model.compiled:
        shapes = [value.shape for value in weights]
        state = to_variables(model.compiled_with, shapes, model.network.params)
        arrays |= {f"{OPTIMIZER}/{i}": value for i, value in enumerate(state)}
    return weights_bytes(arrays)


def read_params(file: WeightsFile, model: Sequential) -> FloatArray:
    """Return all weights of a model, (P,), from a file that holds these and no others.

    Raises:
        ModelFileError: A weight is absent, of another shape or precision, or there are others.
    """
    needed = model.declared_spec.n_params * np.dtype(model.dtype).itemsize
    if needed > file.size:
        raise of_others(file.path, f"they take {needed:,} bytes, and it holds {file.size:,}")
    found = _places(model)
    _no_others(file, model, found)
    parts = [file.read(place.path, place.shape, (model.dtype,)).ravel() for place in found]
    return np.concatenate(parts).astype(model.dtype, copy=False)


def read_state(file: WeightsFile, model: Sequential) -> list[Array] | None:
    """Return the variables of the optimizer, None if there are none that belong to this one.

    Those of another optimizer are left out with a warning, as Keras does.
    """
    if not model.compiled or not (names := file.names(OPTIMIZER)):
        return None
    shapes = [place.shape for place in _places(model)]
    optimizer = model.compiled_with.optimizer
    begin = heads(optimizer)
    after = file.shape(f"{OPTIMIZER}/{begin}")
    expected = expected_variables(optimizer, shapes, model.dtype, after)
    if len(names) == begin:  # it has not begun: Keras makes the rest when it does
        expected = expected[:begin]
    if len(names) != len(expected):
        warnings.warn(
            f"{file.path}: the state of the optimizer is left out: {type(optimizer).__name__} has "
            f"{len(expected)} variables, the file {len(names)}; compile as it was compiled",
            stacklevel=4,
        )
        return None
    return [
        file.read(f"{OPTIMIZER}/{i}", variable.shape, variable.dtypes)
        for i, variable in enumerate(expected)
    ]


def restore_state(path: Path, model: Sequential, state: list[Array]) -> None:
    """Take over the variables of the optimizer."""
    shapes = [place.shape for place in _places(model)]
    try:
        restore_variables(model.compiled_with, state, shapes)
    except InvalidArgumentError as error:
        raise unsound(path, str(error)) from None


def _places(model: Sequential) -> list[Place]:
    return places(model.layers, model.declared_spec.weight_shapes)


def _no_others(file: WeightsFile, model: Sequential, found: list[Place]) -> None:
    """Raise if there is a layer, or a weight of a layer, that the model lacks."""
    known = {*folders(model.layers), "input_layer"}
    if others := [name for name in file.names("layers") if name not in known]:
        what = shown(f"layers/{others[0]}")
        raise of_others(file.path, f"there is {what} in it, and no such layer in the model")
    holders = [place.path.rpartition("/")[0] for place in found]
    for holder in dict.fromkeys(holders):
        if (n := len(file.names(holder))) != holders.count(holder):
            raise of_others(
                file.path, f"{holder} must hold {holders.count(holder)} weights and holds {n}"
            )
