"""Models of Keras in memory: from there, to there, and what both need of the user's Keras."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, shown
from rnncomp.convert.keras_chain import chain
from rnncomp.convert.keras_config import FUNCTIONAL, read_compile, read_model, write_model
from rnncomp.convert.keras_names import Config
from rnncomp.convert.keras_slots import (
    expected_variables,
    heads,
    restore_variables,
    to_variables,
)
from rnncomp.errors import InvalidArgumentError, MissingExtraError, UnsupportedError
from rnncomp.training import Sequential

Array = NDArray[np.generic]


def from_keras(
    model: Any, compile: bool = True, *, seed: int | None = None, threads: int | None = None
) -> Sequential:
    """Return our model for one of Keras's, equal to the bit.

    Args:
        model: A built Sequential of Keras 3, or a functional model that is a chain: one input,
            one output, no branches.
        compile: Whether its optimizer, loss and metrics come along, with the optimizer's state.
        seed: Where the shuffles of the new model come from, 0 .. 2**64 - 1; None for the seed of
            ``set_random_seed``, or fresh entropy.
        threads: Cores that share a batch; None splits it when that pays.

    Returns:
        A Sequential with copies of all numbers: neither model sees what becomes of the other.

    Raises:
        InvalidArgumentError: It is no model of Keras 3, or has no weights yet.
        UnsupportedError: Something in it is not supported; the message names it.

    Example:
        >>> ours = from_keras(keras.Sequential([keras.Input((50, 1)), ...]))  # doctest: +SKIP
        >>> from_keras("m.keras")
        Traceback (most recent call last):
        rnncomp.errors.InvalidArgumentError: model must be a model of Keras 3, got 'm.keras'; ...
    """
    keras = keras_of(model)
    entry = _description(model, keras)
    ours = read_model(entry, seed=seed, threads=threads)
    if compile:
        _check_functions(getattr(model, "_compile_config", None))
        read_compile(ours, entry)
    _take_weights(ours, model, entry)
    if ours.compiled:
        take_state(ours, model)
    return ours


def to_keras(model: Sequential) -> Any:
    """Return a model of Keras for ours; `Sequential.to_keras` says all about it."""
    _ = model.network  # it is built, or this raises
    keras = _installed_keras()
    made = keras.saving.deserialize_keras_object(write_model(model))
    give_weights(model, made)
    if model.compiled:
        give_state(model, made)
    return made


def keras_of(model: Any) -> Any:
    """Return the package that a model of Keras 3 is of.

    It is taken from the class of the model, where it is loaded already: so a program without Keras
    never imports it, and one that has several gets the right one.

    Raises:
        InvalidArgumentError: It is no model of Keras 3.
    """
    hint = "pass a keras.Sequential, or a keras.Model that is a chain of layers"
    for cls in type(model).__mro__:
        package = sys.modules.get(cls.__module__.partition(".")[0])
        if cls.__name__ == "Model" and hasattr(package, "layers") and hasattr(package, "saving"):
            version = str(getattr(package, "__version__", ""))
            if version.partition(".")[0] != "3":
                raise fail("model", "a model of Keras 3", f"one of Keras {version}", hint)
            return package
    raise fail("model", "a model of Keras 3", model, hint)


def layers_of(entry: Config) -> list[str]:
    """Return the names of a described model's layers, from input to output."""
    config = entry["config"]
    functional = entry["class_name"] == "Functional"
    entries = chain(config) if functional else config["layers"]
    return [item["config"]["name"] for item in entries[1:]]


def give_weights(ours: Sequential, theirs: Any) -> None:
    """Write our weights into a model of Keras with the same layers, in the same order."""
    values = ours.get_weights()
    theirs.set_weights(values)
    for before, after in zip(values, theirs.get_weights(), strict=True):
        if before.tobytes() != np.asarray(after).tobytes():
            raise UnsupportedError(
                f"this Keras keeps {before.dtype} as {np.asarray(after).dtype}; with JAX, set "
                "jax_enable_x64, or use float32"
            )


def give_state(ours: Sequential, theirs: Any) -> None:
    """Write the state of our optimizer into that of a compiled model of Keras."""
    compiled, optimizer = ours.compiled_with, theirs.optimizer
    if not optimizer.built:
        optimizer.build(theirs.trainable_variables)
    shapes = [weight.shape for weight in ours.weights]
    arrays = to_variables(compiled, shapes, ours.network.params)
    variables, begin = list(optimizer.variables), heads(compiled.optimizer)
    if len(variables) > begin and tuple(variables[begin].shape) == ():  # Nadam in Keras 3.8
        arrays.insert(begin, arrays.pop())
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def take_state(ours: Sequential, theirs: Any) -> None:
    """Read the state of our optimizer from that of a compiled model of Keras."""
    compiled = ours.compiled_with
    shapes = [weight.shape for weight in ours.weights]
    arrays = [np.asarray(variable) for variable in theirs.optimizer.variables]
    begin = heads(compiled.optimizer)
    after = arrays[begin].shape if len(arrays) > begin else None
    expected = expected_variables(compiled.optimizer, shapes, ours.dtype, after)
    expected = expected if len(arrays) > begin else expected[:begin]
    if [array.shape for array in arrays] != [variable.shape for variable in expected]:
        raise UnsupportedError(
            f"the state of {type(theirs.optimizer).__name__} is not that of its weights; compile "
            "the model again"
        )
    restore_variables(compiled, arrays, shapes)


def _description(model: Any, keras: Any) -> Config:
    """Return a model as Keras describes it, as plain values alone."""
    if not model.built:
        raise InvalidArgumentError(
            f"the model {shown(model.name)} has no weights yet; give it an Input, or call build"
        )
    functional = type(model).__module__.endswith(".models.functional")
    if type(model) is not keras.Sequential and not functional:
        raise UnsupportedError(
            f"a {type(model).__name__} of your own is not supported: what it does is in its code; "
            "build it as a keras.Sequential"
        )
    entry = {
        "module": FUNCTIONAL if functional else "keras",
        "class_name": type(model).__name__,
        "config": model.get_config(),
        "compile_config": model.get_compile_config(),
    }
    plain: Config = json.loads(json.dumps(entry))
    _complete_loss(plain, model)
    return plain


def _complete_loss(entry: Config, model: Any) -> None:
    """Add what Keras leaves out when it describes a loss: the delta of a Huber."""
    described = (entry["compile_config"] or {}).get("loss")
    kept = getattr(getattr(model, "loss", None), "_fn_kwargs", {})
    if isinstance(described, dict) and "delta" in kept:
        described["config"]["delta"] = float(kept["delta"])


def _check_functions(chosen: Any) -> None:
    """Raise if a function of the user's own was compiled in: Keras describes it by its name alone.

    A loss of one's own that is called as one of Keras's would pass for that.
    """
    for key, value in getattr(chosen, "config", {}).items():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, FunctionType) and not item.__module__.startswith("keras."):
                raise UnsupportedError(
                    f"{key} holds {shown(item.__name__)}, a function of your own, and the kernels "
                    "know only Keras's; name one of these"
                )


def _take_weights(ours: Sequential, theirs: Any, entry: Config) -> None:
    """Build our model with the weights of Keras's, layer by layer."""
    arrays = [a for name in layers_of(entry) for a in theirs.get_layer(name).get_weights()]
    shapes = [shape for own in ours.declared_spec.weight_shapes for shape in own.values()]
    if [array.shape for array in arrays] != shapes:
        raise UnsupportedError(
            f"the weights have the shapes {shown([a.shape for a in arrays])}, and the layers "
            f"{shown(shapes)}; build the model again"
        )
    if odd := [array.dtype for array in arrays if array.dtype != ours.dtype]:
        raise UnsupportedError(
            f"this Keras keeps weights of {ours.dtype} as {odd[0]}; with JAX, set jax_enable_x64, "
            "or use float32"
        )
    empty = np.empty(0, ours.dtype)
    ours.build_from(np.concatenate([*(array.ravel() for array in arrays), empty]))


def _installed_keras() -> Any:
    """Return Keras, which only those import who ask for a model of it; it loads its backend."""
    try:
        keras = import_module("keras")
    except ImportError as error:
        raise MissingExtraError(
            f"to_keras needs Keras 3 and a backend ({error}); pip install keras jax"
        ) from None
    if not keras.__version__.startswith("3."):
        raise MissingExtraError(
            f"to_keras needs Keras 3, got {keras.__version__}; pip install 'keras>=3.5'"
        )
    return keras
