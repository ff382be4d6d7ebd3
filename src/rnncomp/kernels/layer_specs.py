"""What the arithmetic is told about each layer: plain facts, no arrays.

Packing and names are Keras's: see docs/equations.md.
"""

from __future__ import annotations

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
    """

    recurrent: ClassVar[bool] = True

    kind: Cell  # type: ignore[misc]
    units: int
    activation: Activation = "tanh"
    recurrent_activation: Activation = "sigmoid"
    use_bias: bool = True
    reset_after: bool = True
    return_sequences: bool = False

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


def need_sequence(kind: str, shape: StepShape) -> None:
    """Raise unless `shape` is (T, F)."""
    if len(shape) != 2:
        raise InvalidArgumentError(
            f"{kind} reads a sequence (time steps, features), got {shape}; pass "
            "return_sequences=True to the recurrent layers before it"
        )
