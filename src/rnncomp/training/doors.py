"""What a model can do that a folder further up carries out: loaded when it is first asked for.

``model.to_onnx(...)`` reads well, but the writers stand in ``convert``, which imports this folder.
So that the arrow between them stays visible, it is written down here, once; a test holds that
every entry leads to ``convert``. See docs/decisions/0007-doors-of-a-model.md.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

# Method of a model -> module:function that is called with the model first; for files, what is done
# and how their names end.
DOORS = {
    "load_model .keras": "rnncomp.convert.keras_files:load_keras",
    "load_weights .weights.h5": "rnncomp.convert.keras_files:load_weights",
    "save .keras": "rnncomp.convert.keras_files:save_keras",
    "save_weights .weights.h5": "rnncomp.convert.keras_files:save_weights",
    "to_keras": "rnncomp.convert.keras_models:to_keras",
    "to_onnx": "rnncomp.convert.onnx_export:to_onnx",
}


def door(name: str) -> Callable[..., Any]:
    """Return the function behind a door; its module is imported by the first call."""
    module, function = DOORS[name].split(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def file_door(what: str, path: Path) -> Callable[..., Any] | None:
    """Return the function that does `what`, ``save``, with such a file, or None.

    Example:
        >>> file_door("save", Path("model.safetensors")) is None
        True
    """
    for name in DOORS:
        verb, _, suffix = name.partition(" ")
        if verb == what and path.name.endswith(suffix):
            return door(name)
    return None
