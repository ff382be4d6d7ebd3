"""What the arithmetic is told about a network: plain facts, no arrays.

Packing and names are Keras's: see docs/equations.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["simple_rnn", "lstm", "gru", "dense"]
Activation = Literal["tanh", "sigmoid", "hard_sigmoid", "relu", "linear"]

ACTIVATIONS: tuple[Activation, ...] = ("tanh", "sigmoid", "hard_sigmoid", "relu", "linear")
GATES: dict[Kind, int] = {"simple_rnn": 1, "lstm": 4, "gru": 3, "dense": 1}

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerSpec:
    """One layer. `recurrent_activation` is for LSTM and GRU, `reset_after` for GRU."""

    kind: Kind
    units: int
    activation: Activation = "tanh"
    recurrent_activation: Activation = "sigmoid"
    use_bias: bool = True
    reset_after: bool = True
    return_sequences: bool = False

    @property
    def recurrent(self) -> bool:
        """Whether the layer has a hidden state."""
        return self.kind != "dense"

    @property
    def state_size(self) -> int:
        """Numbers in the state of one sample: h, and c after it in an LSTM."""
        return {"dense": 0, "lstm": 2 * self.units}.get(self.kind, self.units)

    def weight_shapes(self, features: int) -> dict[str, Shape]:
        """Return Keras's weight names and shapes in Keras's order, for F input features."""
        width = GATES[self.kind] * self.units
        shapes: dict[str, Shape] = {"kernel": (features, width)}
        if self.recurrent:
            shapes["recurrent_kernel"] = (self.units, width)
        if self.use_bias:
            two = self.kind == "gru" and self.reset_after
            shapes["bias"] = (2, width) if two else (width,)
        return shapes


@dataclass(frozen=True)
class NetworkSpec:
    """A chain of layers over F input features.

    All weights of a network live in one flat array of P parameters: layer after layer, in
    Keras's order within a layer, each weight C-contiguous.
    """

    features: int
    layers: tuple[LayerSpec, ...]

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """Input features of every layer, in order."""
        return (self.features, *(layer.units for layer in self.layers[:-1]))

    @cached_property
    def sequences(self) -> tuple[bool, ...]:
        """Whether each layer emits every step (True) or the last step alone."""
        flags = [True]
        for layer in self.layers:
            flags.append(flags[-1] and (layer.return_sequences or not layer.recurrent))
        return tuple(flags[1:])

    def outputs(self, window: int) -> int:
        """Return O, the numbers in one sample's output: (T *) units of the last layer."""
        return self.layers[-1].units * (window if self.sequences[-1] else 1)

    @cached_property
    def products(self) -> int:
        """Multiplications in one step of one sample, forward, roughly."""
        return sum(
            GATES[layer.kind] * layer.units * (features + layer.units * layer.recurrent)
            for layer, features in zip(self.layers, self.inputs, strict=True)
        )

    @property
    def weight_shapes(self) -> list[dict[str, Shape]]:
        """Weight names and shapes of every layer, in order."""
        return [layer.weight_shapes(f) for layer, f in zip(self.layers, self.inputs, strict=True)]

    @property
    def weight_sizes(self) -> list[int]:
        """Numbers in every weight, in order."""
        return [math.prod(s) for shapes in self.weight_shapes for s in shapes.values()]

    @property
    def n_params(self) -> int:
        """Number of parameters P."""
        return sum(self.weight_sizes)

    @property
    def state_size(self) -> int:
        """Numbers S in the states of one sample, over all layers in order."""
        return sum(layer.state_size for layer in self.layers)

    def first_broken_link(self) -> int | None:
        """Return the index of a recurrent layer whose input is no sequence, or None."""
        fed = (True, *self.sequences)
        for i, layer in enumerate(self.layers):
            if layer.recurrent and not fed[i]:
                return i
        return None


@dataclass(frozen=True)
class OptimizerSpec:
    """The rule of one weight update; the learning rate is given per batch.

    Attributes:
        kind: The rule; each reads those of the numbers below that are its own.
        beta_1: Decay of the mean gradient (adam, nadam).
        beta_2: Decay of the mean square (adam, nadam).
        rho: Decay of the mean square (rmsprop).
        epsilon: Keeps a denominator from zero (all but sgd).
        momentum: Share of the last step kept (sgd, rmsprop).
        nesterov: Whether the gradient acts beyond the momentum step (sgd).
        centered: Whether the mean square is that around the mean (rmsprop).
        amsgrad: Whether the mean square may not fall (adam).
        weight_decay: Share of each weight lost a step, for each unit of learning rate (all).
        clip: What of a gradient is limited before the step: each number (``value``), the norm of
            each weight (``norm``), the norm of all (``global_norm``).
        clip_at: The limit.
    """

    kind: Literal["sgd", "rmsprop", "adagrad", "adam", "nadam"] = "adam"
    beta_1: float = 0.9
    beta_2: float = 0.999
    rho: float = 0.9
    epsilon: float = 1e-7
    momentum: float = 0.0
    nesterov: bool = False
    centered: bool = False
    amsgrad: bool = False
    weight_decay: float = 0.0
    clip: Literal["none", "value", "norm", "global_norm"] = "none"
    clip_at: float = 0.0

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the arrays of P numbers that the rule carries from batch to batch."""
        moves = ("momentum",) if self.momentum != 0.0 else ()
        if self.kind == "sgd":
            return moves
        if self.kind == "rmsprop":
            return ("velocity", *moves, *(("average_gradient",) if self.centered else ()))
        if self.kind == "adagrad":
            return ("accumulator",)
        largest = ("velocity_hat",) if self.kind == "adam" and self.amsgrad else ()
        return ("momentum", "velocity", *largest)

    @property
    def n_slots(self) -> int:
        """How many `slots` there are."""
        return len(self.slots)
