"""A layer as Keras describes it, and ours: one row of a table for each kind of layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rnncomp._check import shown
from rnncomp.convert.keras_names import Config, described, description, snake
from rnncomp.errors import UnsupportedError
from rnncomp.nn import GRU, LSTM, Dense, Input, Layer, SimpleRNN, initializers, regularizers

Shape = tuple[int, ...]
Part = tuple[str, int]
"""An object of Keras's inside a layer that holds weights: its path there, and how many."""


class Kind(NamedTuple):
    """What there is to know of one kind of layer.

    Attributes:
        make: Our class; its arguments are Keras's.
        parts: Where Keras hangs the n weights of a layer, in order.
        off: Arguments of Keras's that our class does not have, each with the value that is off.
    """

    make: type[Layer]
    parts: Callable[[Layer, int], Sequence[Part]]
    off: Mapping[str, object]


def _own(layer: Layer, n: int) -> Sequence[Part]:
    return [("", n)]


def _in_cell(layer: Layer, n: int) -> Sequence[Part]:
    return [("cell", n)]


RECURRENT_OFF = {"zero_output_for_mask": False}

LAYERS: dict[str, Kind] = {
    "Dense": Kind(Dense, _own, {}),
    "GRU": Kind(GRU, _in_cell, RECURRENT_OFF),
    "LSTM": Kind(LSTM, _in_cell, RECURRENT_OFF),
    "SimpleRNN": Kind(SimpleRNN, _in_cell, RECURRENT_OFF),
}


# Kinds of objects among the arguments of a layer, told by the end of the argument's name.
OBJECTS: dict[str, Mapping[str, type]] = {
    "initializer": initializers.CLASSES,
    "regularizer": regularizers.CLASSES,
}


class Place(NamedTuple):
    """Where one weight stands in a weights file."""

    path: str
    shape: Shape


def places(layers: Sequence[Layer], shapes: Sequence[Mapping[str, Shape]]) -> list[Place]:
    """Return the place of every weight, in order.

    Args:
        layers: In order.
        shapes: Of each layer's weights, by name, in Keras's order.

    Example:
        >>> [place.path for place in places([Dense(2), Dense(1)], [{"kernel": (3, 2)}] * 2)]
        ['layers/dense/vars/0', 'layers/dense_1/vars/0']
    """
    found = []
    for folder, layer, own in zip(folders(layers), layers, shapes, strict=True):
        left = iter(own.values())
        for part, count in kind_of(layer).parts(layer, len(own)):
            holder = "/".join(filter(None, ("layers", folder, part, "vars")))
            found += [Place(f"{holder}/{i}", next(left)) for i in range(count)]
    return found


def folders(layers: Sequence[Layer]) -> Iterator[str]:
    """Yield the name of each layer's folder: its class and, from the second of a class, a number.

    Names of layers do not count, as they differ between two models made alike.
    """
    seen: Counter[str] = Counter()
    for layer in layers:
        kind = snake(type(layer).__name__)
        yield f"{kind}_{seen[kind]}" if seen[kind] else kind
        seen[kind] += 1


def kind_of(layer: Layer) -> Kind:
    """Return the row of a layer, or raise UnsupportedError."""
    kind = LAYERS.get(type(layer).__name__)
    if kind is None or kind.make is not type(layer):
        raise UnsupportedError(
            f"a {type(layer).__name__} cannot be written for Keras; use one of {', '.join(LAYERS)}"
        )
    return kind


def read_layer(entry: Any) -> Layer | Input:
    """Return our layer for one that Keras describes.

    Raises:
        UnsupportedError: It is no layer of ours, or has an option that is refused.
        InvalidArgumentError: An argument breaks its rule.
        ValueError: It is no description of a layer.
    """
    name, config = described(entry, "keras.layers", "layer")
    if name != "InputLayer" and name not in LAYERS:
        raise UnsupportedError(
            f"the layer {shown(name)} of Keras is not supported; use one of {', '.join(LAYERS)}"
        )
    arguments = {key: read_argument(key, value) for key, value in config.items()}
    if name == "InputLayer":
        return Input(**arguments)
    kind = LAYERS[name]
    for option, off in kind.off.items():
        if (value := arguments.pop(option, off)) != off:
            raise UnsupportedError(f"{name} does not support {option}={shown(value)}; leave it out")
    return kind.make(**arguments)


def read_argument(key: str, value: Any) -> Any:
    """Return one argument of a layer: numbers and names as they are, objects as ours."""
    if not isinstance(value, dict):
        return value
    if key == "dtype":
        return described(value, "keras", "dtype policy")[1].get("name")
    what = key.rpartition("_")[2]
    if what in OBJECTS:
        name, config = described(value, f"keras.{what}s", what)
        return {"class_name": name, "config": config}
    origin = value.get("registered_name") or value.get("class_name")
    raise UnsupportedError(f"{key}={shown(origin)} is not supported; pass a name of Keras's")


def write_layer(layer: Layer, dtype: str) -> Config:
    """Return a layer as Keras describes it."""
    _ = kind_of(layer)
    config = {key: _written(key, value) for key, value in layer.get_config().items()}
    return description("keras.layers", type(layer).__name__, {**config, **shared(dtype)})


def shared(dtype: str) -> Config:
    """Return the arguments that every layer of Keras has."""
    return {"trainable": True, "dtype": description("keras", "DTypePolicy", {"name": dtype})}


def _written(key: str, value: Any) -> Any:
    """Return an argument for Keras: an object of ours, ``{"name": ...}``, as it describes one."""
    what = key.rpartition("_")[2]
    if what not in OBJECTS or value is None:
        return value
    arguments = dict(value)
    word = arguments.pop("name")
    if word not in OBJECTS[what]:
        raise UnsupportedError(
            f"Keras cannot be told {key}={shown(word)}, as it is your own; make the layer with an "
            f"{what} of Keras's, and pass the weights to set_weights"
        )
    return description(f"keras.{what}s", OBJECTS[what][word].__name__, arguments)
