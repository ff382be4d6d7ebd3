"""A layer as Keras describes it, and ours: one row of a table for each kind of layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rnncomp._check import shown
from rnncomp.convert.keras_names import Config, described, description
from rnncomp.errors import UnsupportedError
from rnncomp.nn import (
    GRU,
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Layer,
    Masking,
    RepeatVector,
    SimpleRNN,
    TimeDistributed,
    initializers,
    regularizers,
)
from rnncomp.training.losses import snake

Shape = tuple[int, ...]
Part = tuple[str, int]
"""An object of Keras's inside a layer that holds weights: its path there, and how many."""


class Kind(NamedTuple):
    """What there is to know of one kind of layer.

    Attributes:
        make: Our class; its arguments are Keras's.
        parts: Where Keras hangs the n weights of a layer, in order.
    """

    make: type[Layer]
    parts: Callable[[Any, int], Sequence[Part]]


def _own(layer: Layer, n: int) -> Sequence[Part]:
    return [("", n)]


def _in_cell(layer: Layer, n: int) -> Sequence[Part]:
    return [("cell", n)]


def _in_layer(layer: Layer, n: int) -> Sequence[Part]:
    return [("layer", n)]


def _in_two_cells(layer: Bidirectional, n: int) -> Sequence[Part]:
    first = len(layer.forward_layer.spec.weight_shapes(1))
    return [("forward_layer/cell", first), ("backward_layer/cell", n - first)]


LAYERS: dict[str, Kind] = {
    "Activation": Kind(Activation, _own),
    "Bidirectional": Kind(Bidirectional, _in_two_cells),
    "Dense": Kind(Dense, _own),
    "Dropout": Kind(Dropout, _own),
    "Embedding": Kind(Embedding, _own),
    "Flatten": Kind(Flatten, _own),
    "GRU": Kind(GRU, _in_cell),
    "LSTM": Kind(LSTM, _in_cell),
    "Masking": Kind(Masking, _own),
    "RepeatVector": Kind(RepeatVector, _own),
    "SimpleRNN": Kind(SimpleRNN, _in_cell),
    "TimeDistributed": Kind(TimeDistributed, _in_layer),
}
AROUND = ("Bidirectional", "TimeDistributed")  # layers around another one
INSIDE = ("layer", "backward_layer")  # the arguments that hold it

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


def read_layer(entry: Any, around: str = "") -> Layer | Input:
    """Return our layer for one that Keras describes.

    Args:
        entry: Its description.
        around: The class of the layer around it, if there is one.

    Raises:
        UnsupportedError: It is no layer of ours, or has an option that is refused.
        InvalidArgumentError: An argument breaks its rule.
        ValueError: It is no description of a layer.
    """
    name, config = described(entry, "keras.layers", "layer")
    if name == "InputLayer" and not around:
        return _read_input(config)
    if name not in LAYERS or (around and name in AROUND):
        inside = f" in a {around}" if around else ""
        raise UnsupportedError(
            f"the layer {shown(name)} of Keras is not supported{inside}; use one of "
            + ", ".join(LAYERS)
        )
    if around == "Bidirectional":  # it sets this itself, in Keras and here
        config = {key: v for key, v in config.items() if key != "zero_output_for_mask"}
    arguments = {key: read_argument(key, value, name) for key, value in config.items()}
    return LAYERS[name].make(**arguments)


def _read_input(config: Config) -> Input:
    """Return our Input; whole numbers are made floats."""
    config = dict(config)
    if str(config.get("dtype")).startswith(("int", "uint")):
        del config["dtype"]
    return Input(**config)


def read_argument(key: str, value: Any, owner: str) -> Any:
    """Return one argument of a layer: numbers and names as they are, objects as ours."""
    if not isinstance(value, dict):
        return value
    if key == "dtype":
        return described(value, "keras", "dtype policy")[1].get("name")
    if key in INSIDE and owner in AROUND:
        return read_layer(value, owner)
    what = key.rpartition("_")[2]
    if what in OBJECTS:
        name, config = described(value, f"keras.{what}s", what)
        return {"class_name": name, "config": config}
    origin = value.get("registered_name") or value.get("class_name")
    raise UnsupportedError(f"{key}={shown(origin)} is not supported; pass a name of Keras's")


def write_layer(layer: Layer, dtype: str) -> Config:
    """Return a layer as Keras describes it."""
    _ = kind_of(layer)
    return _described(type(layer).__name__, layer.get_config(), dtype)


def _described(name: str, config: Config, dtype: str) -> Config:
    written = {key: _written(key, value, dtype) for key, value in config.items()}
    return description("keras.layers", name, {**written, **shared(dtype)})


def shared(dtype: str) -> Config:
    """Return the arguments that every layer of Keras has."""
    return {"trainable": True, "dtype": description("keras", "DTypePolicy", {"name": dtype})}


def _written(key: str, value: Any, dtype: str) -> Any:
    """Return an argument for Keras: an object of ours, ``{"name": ...}``, as it describes one."""
    what = key.rpartition("_")[2]
    if value is None or (what not in OBJECTS and key not in INSIDE):
        return value
    arguments = dict(value)
    if key in INSIDE:
        return _described(arguments.pop("class"), arguments, dtype)
    word = arguments.pop("name")
    if word not in OBJECTS[what]:
        raise UnsupportedError(
            f"Keras cannot be told {key}={shown(word)}, as it is your own; make the layer with an "
            f"{what} of Keras's, and pass the weights to set_weights"
        )
    return description(f"keras.{what}s", OBJECTS[what][word].__name__, arguments)
