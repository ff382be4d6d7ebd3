"""What all layers share: a name, a LayerSpec, initializers, and a place in a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import count, fail, nearest, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels.layer_specs import LayerSpec
from rnncomp.nn.calls import build_layer, call_layer
from rnncomp.nn.initializers import Initializer, to_config
from rnncomp.nn.masks import input_mask, mask_of, with_mask
from rnncomp.nn.network import Network, Weight
from rnncomp.nn.refused import ArgumentsOnce, NeverFrozen, refuse
from rnncomp.nn.regularizers import Regularizer
from rnncomp.nn.regularizers import to_config as regularizer_config

InputShape = tuple[int | None, ...]


def check_flag(name: str, value: object) -> bool:
    """Return `value` if it is True or False, or raise."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise fail(name, "True or False", value)


class Layer(ArgumentsOnce, NeverFrozen):
    """Base of all layers.

    Attributes:
        name: Unique in its network; given, or the class name in snake case with a number.
        spec: What the kernels are told.
        initializers: By weight name.
        regularizers: By weight name; weights without one are missing.
        input_shape: (T, F) or (F,) without the batch, if it was given; T may be None.
        batch_size: Samples in a batch, if batch_shape was given with them.
    """

    kind: ClassVar[str]
    reads_sequence: ClassVar[bool] = False  # needs time steps though its spec does not
    stateful = False
    return_state = False
    wrapped = False  # whether it stands in a TimeDistributed
    units: int  # outputs U of a step, of the layers that say it
    spec: LayerSpec
    initializers: dict[str, Initializer]
    regularizers: dict[str, Regularizer]

    def __init__(self, kwargs: dict[str, Any]) -> None:
        """Take Keras's keyword arguments that every layer has."""
        owner = type(self).__name__
        options = dict(kwargs)
        self.given_name: str | None = check_name(options.pop("name", None))
        self.dtype: str | None = check_dtype(owner, options.pop("dtype", None))
        self.input_shape, self.batch_size = _input_shape(options)
        for option in ("activity_regularizer", "autocast", "trainable"):
            if option in options:
                refuse(owner, **{option: options.pop(option)})
        if options:
            word = next(iter(options))
            known = ("units", "name", "input_shape", *self._arguments())
            hint = nearest(word, known)
            raise InvalidArgumentError(f"{owner} has no argument {word!r}" + (hint and f"; {hint}"))
        self.name = self.given_name or self.kind
        self.initializers, self.regularizers = {}, {}
        self.network: Network | None = None
        self.index = -1

    @classmethod
    def _arguments(cls) -> tuple[str, ...]:
        code = cls.__init__.__code__
        return code.co_varnames[1 : code.co_argcount]

    @property
    def built(self) -> bool:
        """Whether the layer has weights."""
        return self.network is not None

    @property
    def weights(self) -> list[Weight]:
        """Named views of the layer's weights; empty before the network is built."""
        return [] if self.network is None else self.network.layer_weights(self.index)

    def get_weights(self) -> list[NDArray[np.floating]]:
        """Return copies of the layer's weights in Keras's order."""
        return [weight.value.copy() for weight in self.weights]

    def set_weights(self, weights: list[NDArray[np.floating]]) -> None:
        """Replace the layer's weights, given in Keras's order."""
        if self.network is None:
            raise InvalidArgumentError(
                f"{self.name} has no weights yet; give the first layer input_shape=(T, F), or "
                "call build or fit before set_weights"
            )
        self.network.set_layer_weights(self.index, weights)

    def count_params(self) -> int:
        """Return the number of the layer's weights, 0 before the network is built."""
        return sum(weight.value.size for weight in self.weights)

    @property
    def weight_regularizers(self) -> list[Regularizer | None]:
        """The regularizer of each of `weights`, None where there is none."""
        names = [weight.name.removeprefix(f"{self.name}/") for weight in self.weights]
        return [self.regularizers.get(name) for name in names]

    @property
    def losses(self) -> list[float]:
        """What each weight with a regularizer adds to the loss; empty before it is built."""
        pairs = zip(self.weight_regularizers, self.weights, strict=True)
        return [regularizer(weight.value) for regularizer, weight in pairs if regularizer]

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Draw the weights before the first call, which would do it; a second time does nothing.

        Args:
            input_shape: (batch size or None, T, F), T too may be None; without T where the layer
                reads no time steps, without F for an Embedding.
        """
        build_layer(self, check_batch_shape("input_shape", input_shape)[0])

    def __call__(
        self,
        x: ArrayLike,
        *,
        initial_state: Sequence[ArrayLike] | ArrayLike | None = None,
        mask: ArrayLike | None = None,
        training: bool = False,
    ) -> Any:
        """Return what the layer makes of arrays; the first call draws its weights.

        Args:
            x: Shape (N, T, F) or, where the layer reads no time steps, (N, F); whole numbers
                (N, T) for an Embedding.
            initial_state: Of a recurrent layer: h, or a list of h, or of h and c, (N, U) each;
                for a Bidirectional those of both layers. None for zeros, or what a stateful
                layer keeps.
            mask: Shape (N, T), False where a window has no such step; None for the one that `x`
                carries, if another layer gave it.
            training: Whether dropout acts; every call then draws anew.

        Returns:
            An array, (N, U) or (N, T, U), which carries the mask of its steps if there is one. With
            return_state a list of it and the last states, (N, U) each.

        Raises:
            InvalidArgumentError: A shape does not fit.
        """
        mask = mask_of(x) if mask is None else mask
        made = call_layer(self, x, initial_state, mask, training=training)
        left = self.compute_mask(x, mask)
        if left is None:
            return made
        if not isinstance(made, list):
            return with_mask(made, left)
        outputs = 1 if getattr(self, "merge_mode", "") is not None else 2
        return [with_mask(y, left) for y in made[:outputs]] + made[outputs:]

    def compute_mask(self, x: ArrayLike, mask: ArrayLike | None = None) -> Any:
        """Return the mask (N, T) of what comes out, None if there is none.

        Args:
            x: What goes in.
            mask: Its mask.
        """
        made = input_mask(self.spec, np.asarray(x).reshape(*np.shape(x)[:2], -1))
        if made is not None:
            return made
        return mask if mask is not None and self.spec.masks(True) else None

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the layer whose get_config gave `config`."""
        return cls(**config)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        arguments = self._arguments()
        facts = {name: value for name, value in vars(self.spec).items() if name in arguments}
        config: dict[str, Any] = {"name": self.name, **facts}
        for weight, initializer in self.initializers.items():
            if "/" in weight:  # of a layer inside, which says it itself
                continue
            argument = weight.removesuffix("_kernel") if weight != "kernel" else weight
            config[f"{argument}_initializer"] = to_config(initializer)
            regularizer = self.regularizers.get(weight)
            config[f"{argument}_regularizer"] = regularizer_config(regularizer)
        return config

    def __repr__(self) -> str:
        units = f"units={self.units}, " if hasattr(self, "units") else ""
        return f"<{type(self).__name__} name={self.name}, {units}built={self.built}>"


def check_units(value: object) -> int:
    """Return `value` as a number of units."""
    return count("units", value, hint="pass for example units=50")


def check_name(value: object) -> str | None:
    """Return `value` as a layer's or model's name, None if it is to be chosen."""
    if value is None or (isinstance(value, str) and value and value.isprintable()):
        return value
    raise fail("name", "a non-empty string of printable characters", value)


def check_dtype(owner: str, value: object) -> str | None:
    """Return `value` as the precision asked for, None if any will do."""
    if value is None or value in ("float32", "float64"):
        return value
    raise UnsupportedError(
        f"{owner} does not support dtype={shown(value)}; use 'float32' or 'float64'"
    )


def check_shape(name: str, value: object) -> InputShape:
    """Return `value` as (T, F), (None, F) or (F,)."""
    rule = "(time steps, features), for example (50, 1)"
    if not isinstance(value, (tuple, list)) or len(value) not in (1, 2):
        raise fail(name, rule, value)
    *steps, features = value
    if steps and features is None:
        raise fail(name, rule + ", with the number of features", value)
    sizes = [None if t is None else count(f"time steps in {name}", t) for t in steps]
    return (*sizes, None if features is None else count(f"features in {name}", features))


def check_batch_shape(name: str, value: object) -> tuple[InputShape, int | None]:
    """Return `value`, (B, T, F) or (B, F), as the shape of a sample and the batch size."""
    if not isinstance(value, (tuple, list)) or not value:
        raise fail(name, "(batch size, time steps, features), for example (None, 50, 1)", value)
    batch, *shape = value
    size = None if batch is None else count(f"batch size in {name}", batch)
    return check_shape(name, shape), size


def _input_shape(options: dict[str, Any]) -> tuple[InputShape | None, int | None]:
    """Take input_shape, batch_input_shape, batch_shape or input_dim out of `options`."""
    if options.get("input_shape") is not None:
        return check_shape("input_shape", options.pop("input_shape")), None
    for name in ("batch_input_shape", "batch_shape"):
        if options.get(name) is not None:
            return check_batch_shape(name, options.pop(name))
    if options.get("input_dim") is not None:
        return check_shape("input_dim", (options.pop("input_dim"),)), None
    return None, None
