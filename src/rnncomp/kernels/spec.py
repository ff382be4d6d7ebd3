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
    def n_params(self) -> int:
        """Number of parameters P."""
        return sum(math.prod(s) for shapes in self.weight_shapes for s in shapes.values())

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

    `kind` is ``adam`` (2 slots: m, v) or ``sgd`` (1 slot, the velocity, with momentum; else 0).
    """

    kind: Literal["adam", "sgd"] = "adam"
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    momentum: float = 0.0
    nesterov: bool = False

    @property
    def n_slots(self) -> int:
        """Arrays of P numbers that the rule carries from batch to batch."""
        return 2 if self.kind == "adam" else int(self.momentum != 0.0)
