"""Layers around another layer: Bidirectional and TimeDistributed."""

from __future__ import annotations

from typing import Any

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels.layer_specs import BidirectionalSpec
from rnncomp.nn.around import Activation, Dropout
from rnncomp.nn.dense import Dense
from rnncomp.nn.gru import GRU
from rnncomp.nn.layer import Layer
from rnncomp.nn.lstm import LSTM
from rnncomp.nn.recurrent import LayerWithStates, RecurrentLayer
from rnncomp.nn.refused import refuse
from rnncomp.nn.simple_rnn import SimpleRNN

MERGES = ("concat", "sum", "mul", "ave")
CELLS: dict[str, type[RecurrentLayer]] = {c.__name__: c for c in (SimpleRNN, LSTM, GRU)}
ON_EVERY_STEP: dict[str, type[Layer]] = {c.__name__: c for c in (Dense, Activation, Dropout)}


class Bidirectional(LayerWithStates):
    """One recurrent layer along time and one against it, with Keras's arguments.

    Where a mask says that a step is not there a sequence has zeros, as in Keras.

    Weights: those of the forward layer, then those of the backward layer.

    Args:
        layer: A SimpleRNN, LSTM or GRU. Like Keras this takes copies of it, so that it can be used
            again.
        merge_mode: How the two outputs become one: ``concat``, ``sum``, ``mul``, ``ave``; None
            leaves them apart, where the layer is called by itself.
        weights: Refused unless None.
        backward_layer: The layer that runs against time, with ``go_backwards=True`` and as many
            units; None for one with the same arguments as `layer`.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    Raises:
        InvalidArgumentError: An argument breaks its rule, or the two layers do not fit together.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> import numpy as np
        >>> Bidirectional(LSTM(4))(np.zeros((2, 5, 3))).shape
        (2, 8)
    """

    kind = "bidirectional"
    spec: BidirectionalSpec

    def __init__(
        self,
        layer: RecurrentLayer,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: RecurrentLayer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(kwargs)
        refuse("Bidirectional", weights=weights)
        self.forward_layer = _copy("layer", layer, "forward_")
        self.own_backward = backward_layer is not None
        if backward_layer is None:
            self.backward_layer = _copy("layer", layer, "backward_", go_backwards=True)
        else:
            self.backward_layer = _copy("backward_layer", backward_layer, "")
        if merge_mode is not None and merge_mode not in MERGES:
            raise fail("merge_mode", "one of concat, sum, mul, ave, None", merge_mode)
        self.merge_mode = merge_mode
        self._check_pair()
        self.spec = BidirectionalSpec(
            self.forward_layer.spec,
            self.backward_layer.spec,
            merge_mode or "concat",  # type: ignore[arg-type]
        )
        self.return_state = self.forward_layer.return_state
        self.stateful = self.forward_layer.stateful
        for direction, child in self._children().items():
            for weight, initializer in child.initializers.items():
                self.initializers[f"{direction}/{weight}"] = initializer
            for weight, regularizer in child.regularizers.items():
                self.regularizers[f"{direction}/{weight}"] = regularizer

    def _children(self) -> dict[str, RecurrentLayer]:
        return {"forward": self.forward_layer, "backward": self.backward_layer}

    def _check_pair(self) -> None:
        """Raise unless the layers run in opposite directions and agree in all else that counts."""
        one, other = self.forward_layer, self.backward_layer
        if one.spec.go_backwards == other.spec.go_backwards:
            raise InvalidArgumentError(
                "backward_layer must read in the other direction than layer, got "
                f"go_backwards={one.spec.go_backwards} for both; pass go_backwards="
                f"{not one.spec.go_backwards} to one of them"
            )
        for name in ("units", "stateful", "return_state"):
            if getattr(one, name) != getattr(other, name):
                raise fail(
                    f"{name} of backward_layer",
                    f"{getattr(one, name)} as in layer",
                    getattr(other, name),
                )
        if one.spec.return_sequences != other.spec.return_sequences:
            raise fail(
                "return_sequences of backward_layer", "that of layer", other.spec.return_sequences
            )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        other = _described(self.backward_layer) if self.own_backward else None
        return {
            "name": self.name,
            "layer": _described(self.forward_layer),
            "merge_mode": self.merge_mode,
            "backward_layer": other,
        }


class TimeDistributed(Layer):
    """A layer applied to every step alike; Dense, Activation and Dropout do so by themselves.

    Args:
        layer: A Dense, Activation or Dropout.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    Raises:
        UnsupportedError: Another layer is given.

    Example:
        >>> import numpy as np
        >>> TimeDistributed(Dense(4))(np.zeros((2, 5, 3))).shape
        (2, 5, 4)
    """

    kind = "time_distributed"
    reads_sequence = True

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(kwargs)
        self.layer = _made(layer, ON_EVERY_STEP)
        if type(self.layer) not in ON_EVERY_STEP.values():
            raise UnsupportedError(
                f"TimeDistributed does not support {type(layer).__name__}; pass a Dense, an "
                "Activation or a Dropout"
            )
        if self.layer.wrapped or self.layer.network is not None:
            raise UnsupportedError(
                f"layer {self.layer.name!r} is in use already; make a new "
                f"{type(self.layer).__name__}: layers are not shared"
            )
        self.layer.wrapped = True
        self.spec = self.layer.spec
        if isinstance(self.layer, Dense):
            self.units = self.layer.units
        self.initializers = self.layer.initializers
        self.regularizers = self.layer.regularizers

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        return {"name": self.name, "layer": _described(self.layer)}


def _described(layer: Layer) -> dict[str, Any]:
    """Return a layer inside of another as plain values."""
    return {"class": type(layer).__name__, **layer.get_config()}


def _made(value: Any, classes: dict[str, type[Layer]]) -> Any:
    """Return a layer, made from what `_described` says if need be."""
    if not isinstance(value, dict):
        return value
    config = dict(value)
    name = config.pop("class", None)
    if name not in classes:
        raise fail("layer", f"one of {', '.join(classes)}", name)
    return classes[name](**config)


def _copy(argument: str, layer: Any, prefix: str, **changes: Any) -> RecurrentLayer:
    """Return a new layer with the arguments of `layer`, and its initializers as they are."""
    layer = _made(layer, CELLS)  # type: ignore[arg-type]
    if type(layer) not in CELLS.values():
        raise fail(argument, "a SimpleRNN, LSTM or GRU", layer)
    config = {**layer.get_config(), **changes}
    config["name"] = prefix + layer.name.removeprefix(prefix)
    drawn = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
    made: RecurrentLayer = type(layer)(
        **{name: v for name, v in config.items() if name not in drawn}
    )
    made.initializers = dict(layer.initializers)
    return made
