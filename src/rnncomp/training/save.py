"""save_model: layers, weights and the state of learning in one safetensors file; never pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp._check import as_path
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.samples import FloatArray
from rnncomp.training.doors import file_door
from rnncomp.training.model import Model
from rnncomp.training.tensor_file import write_tensors

FORMAT = "rnncomp-model"
VERSION = 1  # of the configuration; see UPGRADES in load.py
SUFFIX = ".safetensors"
SLOTS = "optimizer.slots"  # names of weights have a slash, this and those beside have none
BESIDE = "beside."


def save_model(
    model: Model,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    *,
    extra: Mapping[str, Any] | None = None,
    beside: Mapping[str, FloatArray] | None = None,
) -> None:
    """Write a model to a ``.safetensors`` or ``.keras`` file, whole or not at all.

    Args:
        model: A built model.
        filepath: Where to. Keras 3.5 and newer loads a ``.keras`` file; it needs the extra
            ``rnncomp[keras]``.
        overwrite: Whether an existing file is replaced.
        extra: Plain values kept beside the configuration, in ``.safetensors`` alone; see
            `load_beside`.
        beside: Arrays kept beside the weights; see `load_beside`.

    Raises:
        MissingExtraError: The file is a ``.keras`` file, and h5py is not installed.
        ModelFileError: A weight is NaN or infinite.
        OutputError: The file cannot be written; nothing is left behind.
        UnsupportedError: The name ends otherwise.
    """
    path = as_path("filepath", filepath)
    save = file_door("save", path) if extra is None else None
    if save is not None:
        save(model, path, overwrite=overwrite)
        return
    check_suffix(path, f"use {path.stem}{SUFFIX}")
    tensors = {weight.name: weight.value for weight in model.network.weights}
    slots = model.compiled_with.slots if model.compiled else None
    if slots is not None and slots.size:
        tensors[SLOTS] = slots
    tensors |= {BESIDE + name: np.ascontiguousarray(kept) for name, kept in (beside or {}).items()}
    metadata = {
        "format": f"{FORMAT}/{VERSION}",
        "config": _dumps(to_config(model)),
        "extra": _dumps(extra or {}),
    }
    write_tensors(path, tensors, metadata, overwrite=overwrite)


def to_config(model: Model) -> dict[str, Any]:
    """Return everything about a model but its numbers, as plain values."""
    return {
        "name": model.name,
        "dtype": model.dtype,
        "seed": model.seed,
        "input_shape": list(model.input_shape[1:]),
        **({} if model.batch_size is None else {"batch_size": model.batch_size}),
        "layers": [{"class": type(layer).__name__, **layer.get_config()} for layer in model.layers],
        "compiled": _compiled_config(model) if model.compiled else None,
    }


def check_suffix(path: Path, hint: str) -> None:
    """Raise UnsupportedError, which ends in `hint`, unless `path` ends as our model files do."""
    if path.suffix != SUFFIX:
        raise UnsupportedError(f"{path}: a model file ends in {SUFFIX} or .keras; {hint}")


def _compiled_config(model: Model) -> dict[str, Any]:
    compiled, optimizer = model.compiled_with, model.compiled_with.optimizer
    return {
        "optimizer": {"class": type(optimizer).__name__, **optimizer.get_config()},
        "loss": plain_loss(compiled.loss, LossSpec()),
        "metrics": [[name, plain_loss(spec, METRIC)] for name, spec in compiled.metrics],
        "iteration": compiled.iteration,
        "epochs": compiled.epochs,
    }


METRIC = LossSpec(reduction="metric")


def plain_loss(spec: LossSpec, usual: LossSpec) -> str | dict[str, Any]:
    """Return the kind alone, or a dict with what is not as in `usual`."""
    changed = {
        field.name: getattr(spec, field.name)
        for field in fields(spec)
        if field.name != "kind" and getattr(spec, field.name) != getattr(usual, field.name)
    }
    return {"kind": spec.kind, **changed} if changed else spec.kind


def _dumps(value: Any) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"extra must hold plain finite values: {error}") from None
