"""How Keras names things in its files, and what to say of a file that does not hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rnncomp._check import shown
from rnncomp.errors import ModelFileError, UnsupportedError

Config = dict[str, Any]


def unsound(path: Path, why: str) -> ModelFileError:
    """Build (not raise) the error for a file that is no sound file of Keras's."""
    return ModelFileError(f"{path}: not a sound Keras file: {why}; save the model again")


def of_others(path: Path, why: str) -> ModelFileError:
    """Build (not raise) the error for weights that are not those of a model."""
    return ModelFileError(f"{path}: its arrays must be those of the model's layers; {why}")


def described(entry: Any, module: str, what: str) -> tuple[str, Config]:
    """Return class name and arguments of an object as Keras describes it.

    The names are looked up in tables of ours; nothing is ever imported or called by a name.

    Args:
        entry: A JSON object with class_name, config, module and registered_name.
        module: Keras's module that the class must be of.
        what: What it is, for messages: ``layer``.

    Raises:
        UnsupportedError: It is a class, function or code of the user's own.
        ValueError: It is no description at all.

    Example:
        >>> described({"module": "keras.layers", "class_name": "LSTM", "config": {}},
        ...           "keras.layers", "layer")
        ('LSTM', {})
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise ValueError(f"{shown(entry)} describes no {what}")
    name, config = entry["class_name"], entry.get("config")
    registered, package = entry.get("registered_name"), entry.get("module")
    if package != module or registered not in (None, name):
        origin = registered or f"{package}.{name}"
        raise UnsupportedError(
            f"the {what} {shown(origin)} is not one of {module}, and code of one's own is never "
            f"loaded; build it from {module}"
        )
    if not isinstance(config, dict):
        raise ValueError(f"the {what} {shown(name)} has no config")
    return name, config


def description(module: str, name: str, config: Config) -> Config:
    """Return an object as Keras describes it.

    Example:
        >>> description("keras.initializers", "Zeros", {})["class_name"]
        'Zeros'
    """
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def camel(name: str) -> str:
    """Return a name with underscores as a class name.

    Example:
        >>> camel("glorot_uniform")
        'GlorotUniform'
    """
    return "".join(part.capitalize() for part in name.split("_"))
