"""What the arithmetic is told about each layer: plain facts, no arrays.

Packing and names are Keras's: see docs/equations.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from rnncomp.errors import InvalidArgumentError

Activation = Literal[
    "tanh",
    "sigmoid",
    "hard_sigmoid",
    "relu",
    "linear",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "exponential",
    "softsign",
    "hard_shrink",
    "soft_shrink",
    "hard_tanh",
    "hard_silu",
    "silu",
    "gelu",
    "mish",
    "softplus",
    "log_sigmoid",
    "tanh_shrink",
    "squareplus",
    "sparse_plus",
    "sparse_sigmoid",
]
"""Of one number at a time, by Keras's names, each with Keras's default parameters."""
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
OverUnits = Literal["softmax", "log_softmax"]
"""Of all units of a step at once, in a Dense layer."""
OVER_UNITS: tuple[OverUnits, ...] = get_args(OverUnits)

Cell = Literal["simple_rnn", "lstm", "gru"]
Merge = Literal["concat", "sum", "mul", "ave"]
GATES: dict[Cell, int] = {"simple_rnn": 1, "lstm": 4, "gru": 3}

Shape = tuple[int, ...]
"""Of a weight."""
StepShape = tuple[int | None, ...]
"""Of a sample between layers: a sequence (T, F), T None if unknown, or (F,)."""


@dataclass(frozen=True)
class LayerSpec:
    """What every layer says of itself."""

    kind: ClassVar[str]
    recurrent: ClassVar[bool] = False  # whether it has a hidden state

    @property
    def state_size(self) -> int:
        """Numbers in the state of one sample."""
        return 0

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return the shape of what comes out where `shape` goes in, or raise if it cannot."""
        return shape

    def masks(self, masked: bool) -> bool:
        """Return whether a mask comes out, where one goes in or not."""
        return masked

    def weight_shapes(self, features: int) -> dict[str, Shape]:
        """Return Keras's weight names and shapes in Keras's order, for F input features."""
        return {}

    def products(self, features: int) -> int:
        """Return the multiplications in one step of one sample, forward, roughly."""
        return 0


@dataclass(frozen=True)
class DenseSpec(LayerSpec):
    """One layer of neurons, applied to every step alike."""

    kind: ClassVar[str] = "dense"

    units: int
    activation: Activation | OverUnits = "linear"
    use_bias: bool = True

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return (T, U) or (U,)."""
        return (*shape[:-1], self.units)

    def weight_shapes(self, features: int) -> dict[str, Shape]:
        """Return kernel (F, U), bias (U,)."""
        bias: dict[str, Shape] = {"bias": (self.units,)} if self.use_bias else {}
        return {"kernel": (features, self.units), **bias}

    def products(self, features: int) -> int:
        """Return F * U."""
        return features * self.units


@dataclass(frozen=True)
class RecurrentSpec(LayerSpec):
    """A SimpleRNN, LSTM or GRU.

    Attributes:
        kind: Which of the three.
        units: U.
        activation: Of the candidate, and of the cell state.
        recurrent_activation: Of the gates (LSTM, GRU).
        use_bias: Whether there is a bias.
        reset_after: Where the reset gate acts (GRU).
        return_sequences: Whether every step goes on, or the last one alone.
        go_backwards: Whether the last step is read first.
        dropout: Share of the inputs dropped in training.
        recurrent_dropout: Share of the states dropped in training.
    """

    recurrent: ClassVar[bool] = True

    kind: Cell  # type: ignore[misc]
    units: int
    activation: Activation = "tanh"
    recurrent_activation: Activation = "sigmoid"
    use_bias: bool = True
    reset_after: bool = True
    return_sequences: bool = False
    go_backwards: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0

    @property
    def width(self) -> int:
        """Columns of the kernels: gates times units."""
        return GATES[self.kind] * self.units

    @property
    def state_size(self) -> int:
        """Numbers in the state of one sample: h, and c after it in an LSTM."""
        return self.units * (2 if self.kind == "lstm" else 1)

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return (T, U) or (U,)."""
        need_sequence(self.kind, shape)
        return (*shape[:-1], self.units) if self.return_sequences else (self.units,)

    def masks(self, masked: bool) -> bool:
        """Return whether a mask goes on: with every step."""
        return masked and self.return_sequences

    def weight_shapes(self, features: int) -> dict[str, Shape]:
        """Return kernel (F, G * U), recurrent_kernel (U, G * U), bias for G gates."""
        shapes: dict[str, Shape] = {
            "kernel": (features, self.width),
            "recurrent_kernel": (self.units, self.width),
        }
        if self.use_bias:
            two = self.kind == "gru" and self.reset_after
            shapes["bias"] = (2, self.width) if two else (self.width,)
        return shapes

    def products(self, features: int) -> int:
        """Return (F + U) * G * U."""
        return (features + self.units) * self.width


@dataclass(frozen=True)
class BidirectionalSpec(LayerSpec):
    """Two recurrent layers over the same sequence, in opposite directions."""

    kind: ClassVar[str] = "bidirectional"
    recurrent: ClassVar[bool] = True

    forward_layer: RecurrentSpec
    backward_layer: RecurrentSpec
    merge: Merge = "concat"

    @property
    def children(self) -> tuple[RecurrentSpec, RecurrentSpec]:
        """Both layers."""
        return self.forward_layer, self.backward_layer

    @property
    def state_size(self) -> int:
        """Numbers in the states of both."""
        return sum(layer.state_size for layer in self.children)

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return (T, W) or (W,), W = 2U where outputs stand side by side, else U."""
        need_sequence(self.kind, shape)
        *steps, units = self.forward_layer.output_shape(shape)
        assert units is not None
        return (*steps, 2 * units if self.merge == "concat" else units)

    def masks(self, masked: bool) -> bool:
        """Return whether a mask goes on: with every step."""
        return self.forward_layer.masks(masked)

    def weight_shapes(self, features: int) -> dict[str, Shape]:
        """Return those of both layers, each name after ``forward/`` or ``backward/``."""
        return {
            f"{direction}/{name}": shape
            for direction, layer in zip(("forward", "backward"), self.children, strict=True)
            for name, shape in layer.weight_shapes(features).items()
        }

    def products(self, features: int) -> int:
        """Return those of both."""
        return sum(layer.products(features) for layer in self.children)


@dataclass(frozen=True)
class EmbeddingSpec(LayerSpec):
    """A table of `count` rows, of `units` numbers each, that whole numbers are looked up in."""

    kind: ClassVar[str] = "embedding"

    count: int
    units: int
    mask_zero: bool = False

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return (T, D) for (T, 1), T whole numbers."""
        if len(shape) != 2 or shape[1] != 1:
            raise InvalidArgumentError(f"embedding reads whole numbers (time steps,), got {shape}")
        return (shape[0], self.units)

    def masks(self, masked: bool) -> bool:
        """Return whether zeros are masked."""
        return self.mask_zero

    def weight_shapes(self, features: int) -> dict[str, Shape]:
        """Return embeddings (V, D)."""
        return {"embeddings": (self.count, self.units)}


@dataclass(frozen=True)
class MaskingSpec(LayerSpec):
    """Steps whose features all equal `mask_value` are taken as not there."""

    kind: ClassVar[str] = "masking"

    mask_value: float = 0.0

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return `shape`, which is a sequence."""
        need_sequence(self.kind, shape)
        return shape

    def masks(self, masked: bool) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True)
class DropoutSpec(LayerSpec):
    """A share of all numbers is dropped in training."""

    kind: ClassVar[str] = "dropout"

    dropout: float


@dataclass(frozen=True)
class ActivationSpec(LayerSpec):
    """An activation by itself."""

    kind: ClassVar[str] = "activation"

    activation: Activation | OverUnits


@dataclass(frozen=True)
class RepeatVectorSpec(LayerSpec):
    """One step, `count` times."""

    kind: ClassVar[str] = "repeat_vector"

    count: int

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return (count, F) for (F,)."""
        if len(shape) != 1:
            raise InvalidArgumentError(f"repeat_vector reads one step (features,), got {shape}")
        return (self.count, *shape)

    def masks(self, masked: bool) -> bool:
        """Return False: the steps are others."""
        return False


@dataclass(frozen=True)
class FlattenSpec(LayerSpec):
    """All steps side by side as one."""

    kind: ClassVar[str] = "flatten"

    def output_shape(self, shape: StepShape) -> StepShape:
        """Return (T * F,), None if T is unknown."""
        return (None if None in shape else math.prod(size or 0 for size in shape),)

    def masks(self, masked: bool) -> bool:
        """Return False: there are no steps left."""
        return False


def need_sequence(kind: str, shape: StepShape) -> None:
    """Raise unless `shape` is (T, F)."""
    if len(shape) != 2:
        raise InvalidArgumentError(
            f"{kind} reads a sequence (time steps, features), got {shape}; pass an input with "
            "time steps, and return_sequences=True to the recurrent layers before it"
        )
