"""The layers of a functional model of Keras, if they are a chain."""

from __future__ import annotations

from typing import Any

from rnncomp._check import shown
from rnncomp.convert.keras_names import Config
from rnncomp.errors import UnsupportedError

MASKS = "keras.src.ops.numpy"
ONE_CHAIN = "rnncomp has chains of layers, with one input, one output and no branches"


def chain(config: Config) -> list[Any]:
    """Return the descriptions of the layers of a functional model, from input to output.

    Raises:
        UnsupportedError: The model is no chain, or a layer is called with more than its input.
        ValueError: It describes no model.
    """
    entries = _by_name(config.get("layers"))
    masks = {name: entries.pop(name) for name in list(entries) if _is_mask(entries[name])}
    first, name = _end(config, "input_layers"), _end(config, "output_layers")
    found: list[Any] = []
    while True:
        entry = entries.pop(name, None)
        if entry is None:
            raise ValueError(f"the layer {shown(name)} is not there, or twice in the chain")
        found.append(entry)
        if name == first:
            break
        name = _before(entry)
    if entries:
        other = shown(next(iter(entries)))
        raise UnsupportedError(f"the layer {other} is not in the chain to the output; {ONE_CHAIN}")
    found.reverse()
    _check_masks(found, masks)
    return found


def _is_mask(entry: Any) -> bool:
    """Whether an entry is no layer, but one of the two steps by which Keras makes a mask."""
    return entry.get("module") == MASKS and entry.get("class_name") in ("NotEqual", "Any")


def _check_masks(layers: list[Any], masks: dict[str, Any]) -> None:
    """Raise unless every mask is the one that follows from the layers themselves."""
    own: Any = None  # steps that the nearest Masking or Embedding makes its mask by
    for entry, before in zip(layers[1:], layers, strict=False):
        given = entry["inbound_nodes"][0]["kwargs"].get("mask")
        if given is not None and (own is None or _steps(given, masks) != own):
            raise UnsupportedError(
                f"the layer {shown(entry['name'])} is called with a mask of its own; call it with "
                "its input alone"
            )
        config = entry["config"]
        if entry["class_name"] == "Masking":
            own = [["Any", -1, False], ["NotEqual", before["name"], config["mask_value"]]]
        elif entry["class_name"] == "Embedding" and config.get("mask_zero"):
            own = [["NotEqual", before["name"], 0]]


def _steps(tensor: Any, masks: dict[str, Any]) -> list[list[Any]]:
    """Return the steps from a mask back to the layer that it is made of."""
    entry = masks[_origin(tensor["config"]["keras_history"])]
    (node,) = entry["inbound_nodes"]
    config, args = entry["config"], node["args"]
    if node["kwargs"]:
        raise UnsupportedError(f"{shown(entry['name'])} is no mask that a layer makes")
    if entry["class_name"] == "Any":
        return [["Any", config.get("axis"), config.get("keepdims")], *_steps(args[0], masks)]
    return [["NotEqual", _origin(args[0]["config"]["keras_history"]), args[1]]]


def _by_name(layers: Any) -> dict[str, Any]:
    if not isinstance(layers, list):
        raise ValueError("there is no list of layers")
    entries: dict[str, Any] = {}
    for entry in layers:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in entries:
            raise ValueError(f"a layer has no name of its own: {shown(name)}")
        entries[name] = entry
    return entries


def _end(config: Config, key: str) -> str:
    """Return the one layer at an end; Keras has written [name, 0, 0] with and without a list."""
    ends = config.get(key)
    if isinstance(ends, list) and len(ends) == 3 and isinstance(ends[0], str):
        ends = [ends]
    if not isinstance(ends, list) or len(ends) != 1:
        raise UnsupportedError(f"the model has several {key}; {ONE_CHAIN}")
    return _origin(ends[0])


def _before(entry: Any) -> str:
    """Return the name of the one layer that a layer reads."""
    name, nodes = shown(entry["name"]), entry.get("inbound_nodes")
    if not isinstance(nodes, list) or len(nodes) != 1:
        raise UnsupportedError(f"the layer {name} is called several times; {ONE_CHAIN}")
    args, kwargs = nodes[0]["args"], nodes[0]["kwargs"]
    if len(args) != 1 or not isinstance(args[0], dict):
        raise UnsupportedError(f"the layer {name} reads several inputs; {ONE_CHAIN}")
    for word, value in kwargs.items():
        off = value is None or word == "mask" or (word == "training" and value is False)
        if not off:  # masks are looked at when the chain is known
            raise UnsupportedError(
                f"the layer {name} is called with {shown(word)}={shown(value)}; call it with its "
                "input alone"
            )
    return _origin(args[0]["config"]["keras_history"])


def _origin(history: Any) -> str:
    """Return the layer that a tensor comes from: its first call, its first output."""
    if not isinstance(history, list) or len(history) != 3 or not isinstance(history[0], str):
        raise ValueError(f"{shown(history)} is no tensor of the model")
    if history[1:] != [0, 0]:
        raise UnsupportedError(f"the output {shown(history)} is not supported; {ONE_CHAIN}")
    return history[0]
