"""Weights from one model to another of the same layers: a model file, read for its numbers."""

from __future__ import annotations

import warnings
from pathlib import Path

from rnncomp._check import integer
from rnncomp.errors import InvalidArgumentError, ModelFileError, UnsupportedError
from rnncomp.samples import FloatArray
from rnncomp.training.model import Model
from rnncomp.training.save import SLOTS, SUFFIX, save_model
from rnncomp.training.tensor_file import damaged, parse_json, read_header, read_tensors

COUNTS = ("iteration", "epochs")


def save_weights(model: Model, filepath: Path, *, overwrite: bool) -> None:
    """Write weights and the optimizer's state to a ``.safetensors`` file, a model file."""
    save_model(model, _weights_path(filepath), overwrite)


def load_weights(model: Model, filepath: Path) -> None:
    """Take over the weights of a model file, and the optimizer's state if both are compiled.

    Args:
        model: A built model with the layers, names and shapes of the one that was saved.
        filepath: A ``.safetensors`` file that `save` or `save_weights` wrote.

    Raises:
        ModelFileError: The file is missing, damaged, or of other layers; nothing is changed.
    """
    path = _weights_path(filepath)
    tensors = read_tensors(path, read_header(path))
    slots = tensors.pop(SLOTS, None)
    weights = {weight.name: weight.value for weight in model.network.weights}
    for name in weights.keys() | tensors.keys():
        ours = weights[name].shape if name in weights else "no such weight"
        found = tensors[name].shape if name in tensors else "no such weight"
        if ours != found:
            raise ModelFileError(
                f"{path}: its weights must be those of the model's layers; {name} is {found} there "
                f"and {ours} here"
            )
    for name, value in weights.items():
        value[...] = tensors[name]
    if model.compiled:
        _take_state(model, path, slots)


def _weights_path(path: Path) -> Path:
    if path.suffix != SUFFIX:
        raise UnsupportedError(
            f"{path}: a weights file ends in .weights.h5 or {SUFFIX}; use {path.stem}.weights.h5"
        )
    return path


def _take_state(model: Model, path: Path, slots: FloatArray | None) -> None:
    compiled, optimizer = model.compiled_with, model.compiled_with.optimizer
    config = parse_json(path, "its config", read_header(path).metadata.get("config", ""))
    found = config.get("compiled") or {}
    if found.get("optimizer", {}).get("class") != type(optimizer).__name__:
        warnings.warn(f"{path}: the weights alone were loaded: another optimizer", stacklevel=4)
        return
    try:
        rate = found["optimizer"]["learning_rate"]
        iteration, epochs = (integer(key, found[key], at_least=0) for key in COUNTS)
        if optimizer.schedule is None and not isinstance(rate, dict):
            optimizer.learning_rate = rate
    except (KeyError, InvalidArgumentError) as error:
        raise damaged(path, f"its configuration does not hold ({error})") from None
    compiled.iteration, compiled.epochs = iteration, epochs
    own = compiled.slots_for(model.network.params)
    own[...] = optimizer.slot_start
    if slots is not None and slots.shape == own.shape:
        own[...] = slots
