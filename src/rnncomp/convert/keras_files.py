"""Model files and weights files of Keras 3, read and written without Keras."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from rnncomp._check import check_seed, integer, shown
from rnncomp._files import write_whole
from rnncomp._version import version
from rnncomp.convert.keras_config import read_compile, read_model, write_model
from rnncomp.convert.keras_h5 import WeightsFile, need_h5py
from rnncomp.convert.keras_names import unsound
from rnncomp.convert.keras_weights import model_bytes, read_params, read_state, restore_state
from rnncomp.convert.keras_zip import CONFIG, METADATA, WEIGHTS, archive_bytes, read_archive
from rnncomp.errors import ModelFileError, OutputError, RnncompError, UnsupportedError
from rnncomp.training import Sequential
from rnncomp.training.tensor_file import parse_json

OLDEST = "3.5.0"  # the version of Keras from which on our files are read


def load_keras(path: Path, *, compile: bool = True) -> Sequential:
    """Return the model of a ``.keras`` file; `rnncomp.load_model` says all about it."""
    need_h5py("load_model")
    members = read_archive(path)
    metadata = parse_json(path, METADATA, members[METADATA])
    config = parse_json(path, CONFIG, members[CONFIG])
    try:
        seed, epochs = _ours(metadata)
        model = read_model(config, seed=seed)
        if compile:
            _compile(model, config)
        _ = model.declared_spec  # the layers can stand in this order
    except UnsupportedError as error:
        raise UnsupportedError(f"{path}: {error}") from None
    except (RnncompError, KeyError, TypeError, ValueError, IndexError) as error:
        why = shorten(str(error), 200)
        raise unsound(path, f"its configuration does not hold ({why})") from None
    with WeightsFile(path, members[WEIGHTS]) as file:
        params = read_params(file, model)
        state = read_state(file, model)
    model.build_from(params)
    if model.compiled:
        model.compiled_with.epochs = epochs
    if state is not None:
        restore_state(path, model, state)
    return model


def save_keras(model: Sequential, path: Path, *, overwrite: bool = True) -> None:
    """Write a ``.keras`` file; `Sequential.save` says all about it."""
    need_h5py("save")
    _check_finite(model, path)
    epochs = model.compiled_with.epochs if model.compiled else 0
    ours = {"version": version(), "seed": model.seed, "epochs": epochs}
    metadata = {"keras_version": OLDEST, "rnncomp": ours}
    members = {
        METADATA: json.dumps(metadata).encode(),
        CONFIG: json.dumps(write_model(model), allow_nan=False).encode(),
        WEIGHTS: model_bytes(model),
    }
    _write(path, archive_bytes(members), overwrite)


def load_weights(model: Sequential, path: Path) -> None:
    """Fill a model from a ``.weights.h5`` file; `Sequential.load_weights` says all about it."""
    need_h5py("load_weights")
    network = model.network  # there is one, or this raises
    with WeightsFile(path) as file:
        params = read_params(file, model)
        state = read_state(file, model)
    if state is not None:
        restore_state(path, model, state)
    network.params[:] = params


def save_weights(model: Sequential, path: Path, *, overwrite: bool = True) -> None:
    """Write a ``.weights.h5`` file; `Sequential.save_weights` says all about it."""
    need_h5py("save_weights")
    _check_finite(model, path)
    _write(path, model_bytes(model), overwrite)


def _compile(model: Sequential, config: Any) -> None:
    try:
        read_compile(model, config)
    except UnsupportedError as error:
        raise UnsupportedError(f"{error}; or load it with compile=False") from None


def _ours(metadata: Any) -> tuple[int | None, int]:
    """Return the seed and the epochs that we note in the metadata; Keras knows neither."""
    if not isinstance(metadata, dict) or not isinstance(metadata.get("keras_version"), str):
        raise ValueError(f"{METADATA} does not say which version of Keras it is for")
    major = metadata["keras_version"].partition(".")[0]
    if major != "3":
        raise UnsupportedError(
            f"a file of Keras {shown(metadata['keras_version'])} is not supported; load it with "
            "Keras 3.5 or newer and save it again"
        )
    ours = metadata.get("rnncomp")
    if ours is None:
        return None, 0
    return check_seed(ours["seed"]), integer("epochs", ours["epochs"], at_least=0)


def _check_finite(model: Sequential, path: Path) -> None:
    for weight in model.network.weights:
        if not np.isfinite(weight.value).all():
            raise ModelFileError(
                f"{path}: not written, {shown(weight.name)} holds NaN or infinity; the training "
                "diverged, use a smaller learning_rate"
            )


def _write(path: Path, data: bytes, overwrite: bool) -> None:
    if not overwrite and path.exists():
        raise OutputError(f"{path}: exists already; pass overwrite=True or another name")
    try:
        write_whole(path, data)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{path}: cannot be written ({why}); try another place") from None
