"""What a model can do that a folder further up carries out: loaded when it is first asked for.

``model.to_onnx(...)`` reads well, but the writers stand in ``convert``, which imports this folder.
So that the arrow between them stays visible, it is written down here, once; a test holds that
every entry leads to ``convert``. See docs/decisions/0007-doors-of-a-model.md.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Method of a model -> module:function that is called with the model first.
DOORS = {
    "to_onnx": "rnncomp.convert.onnx_export:to_onnx",
}


def door(name: str) -> Callable[..., Any]:
    """Return the function behind a door; its module is imported by the first call."""
    module, function = DOORS[name].split(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
