"""A whole model as Keras describes it in config.json, and ours."""

from __future__ import annotations

from typing import Any

from rnncomp._check import shown
from rnncomp.convert.keras_chain import chain
from rnncomp.convert.keras_compile import compile_as, write_compile
from rnncomp.convert.keras_layers import read_layer, shared, write_layer
from rnncomp.convert.keras_names import Config, described, description
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.engine import DType
from rnncomp.nn import Input, Layer
from rnncomp.training import Sequential

LAYERS_LIMIT = 1000
FUNCTIONAL = "keras.src.models.functional"


def read_model(entry: Any, *, seed: int | None = None, threads: int | None = None) -> Sequential:
    """Return our model, declared but without weights, for one that Keras describes.

    Args:
        entry: What config.json holds.
        seed: Of the new model; None for a new one.
        threads: Of the new model.

    Raises:
        UnsupportedError: Something in it is not supported; the message names it.
        InvalidArgumentError: An argument breaks its rule.
        ValueError: It describes no model.
    """
    if isinstance(entry, dict) and entry.get("class_name") == "Functional":
        _, config = described(entry, FUNCTIONAL, "model")
        entries: Any = chain(config)
    else:
        name, config = described(entry, "keras", "model")
        if name != "Sequential":
            raise UnsupportedError(f"a model of the class {shown(name)} is not supported")
        entries = config.get("layers")
    return stack(config.get("name"), entries, seed=seed, threads=threads)


def read_compile(model: Sequential, entry: Config) -> None:
    """Compile a model as Keras describes it, if that says how; errors as of read_model."""
    chosen = entry.get("compile_config")
    if not chosen:  # an empty object if the model was never compiled
        return
    if not isinstance(chosen, dict):
        raise ValueError("its compile_config is no JSON object")
    compile_as(model, chosen)


def stack(name: Any, entries: Any, *, seed: int | None, threads: int | None) -> Sequential:
    """Return a Sequential of layers that Keras describes."""
    if not isinstance(entries, list) or not 0 < len(entries) <= LAYERS_LIMIT:
        raise ValueError(f"a model needs 1 to {LAYERS_LIMIT} layers, got {shown(entries)}")
    layers = [read_layer(entry) for entry in entries]
    dtypes = {layer.dtype for layer in layers if isinstance(layer, Layer)} - {None}
    if not isinstance(layers[0], Input):
        raise ValueError("its first layer is no InputLayer; build the model before saving it")
    dtype: DType = "float64" if "float64" in dtypes else "float32"
    model = Sequential(name=name, seed=seed, dtype=dtype, threads=threads)
    for layer in layers:
        model.add(layer, rebuild=False)
    return model


def write_model(model: Sequential) -> Config:
    """Return a model as Keras describes it; versions from 3.5 on read it."""
    if model.stateful and model.batch_size is None:
        raise UnsupportedError(
            f"{model.name!r} has stateful layers, and Keras wants to know for which batch size; "
            "declare it: Input(batch_shape=(batch size, time steps, features))"
        )
    shape = [model.batch_size, *model.input_shape[1:]]
    first = description(
        "keras.layers",
        "InputLayer",
        {"batch_shape": shape, "dtype": model.dtype, "sparse": False, "name": "input_layer"},
    )
    config = {
        "name": model.name,
        **shared(model.dtype),
        "layers": [first, *(write_layer(layer, model.dtype) for layer in model.layers)],
        "build_input_shape": shape,
    }
    entry = {**description("keras", "Sequential", config), "build_config": {"input_shape": shape}}
    chosen = write_compile(model)
    return entry if chosen is None else {**entry, "compile_config": chosen}
