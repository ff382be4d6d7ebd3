"""What the arithmetic is told about a network and its learning: plain facts, no arrays.

Packing and names are Keras's: see docs/equations.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.layer_specs import LayerSpec, Shape, StepShape


@dataclass(frozen=True)
class NetworkSpec:
    """A chain of layers over F input features.

    All weights of a network live in one flat array of P parameters: layer after layer, in
    Keras's order within a layer, each weight C-contiguous.

    Attributes:
        features: F.
        layers: In order.
        window: Time steps T of the input; None for any number.
        flat: Whether the input is (F,), without time steps; to the arithmetic that is one step.

    Raises:
        InvalidArgumentError: The layers cannot stand in this order.
    """

    features: int
    layers: tuple[LayerSpec, ...]
    window: int | None = None
    flat: bool = False

    def __post_init__(self) -> None:
        if not self.layers:
            raise InvalidArgumentError(
                "a network needs at least one layer, got none; add a Dense(1)"
            )
        for index, layer in enumerate(self.layers[1:], start=1):
            if layer.kind in ("embedding", "masking"):
                raise InvalidArgumentError(
                    f"layer {index}: {layer.kind} must be the first layer of a network"
                )
        self.shapes_from(self.window)

    def shapes_from(self, window: int | None) -> tuple[StepShape, ...]:
        """Return what goes into each layer, and what comes out of the last, for T = `window`."""
        shape: StepShape = (self.features,) if self.flat else (window, self.features)
        shapes = [shape]
        for index, layer in enumerate(self.layers):
            try:
                shapes.append(layer.output_shape(shapes[-1]))
            except InvalidArgumentError as error:
                raise InvalidArgumentError(f"layer {index}: {error}") from None
        return tuple(shapes)

    @cached_property
    def shapes(self) -> tuple[StepShape, ...]:
        """What goes into each layer, and what comes out of the last: (T, F) or (F,)."""
        return self.shapes_from(self.window)

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """Input features of every layer, in order."""
        return tuple(shape[-1] or 0 for shape in self.shapes[:-1])

    def output_shape(self, window: int) -> Shape:
        """Return the shape of one sample's output."""
        return tuple(size or 0 for size in self.shapes_from(window)[-1])

    def outputs(self, window: int) -> int:
        """Return O, the numbers in one sample's output."""
        return math.prod(self.output_shape(window))

    @cached_property
    def masked(self) -> bool:
        """Whether steps of the output may be masked."""
        masked = False
        for layer in self.layers:
            masked = layer.masks(masked)
        return masked

    @cached_property
    def products(self) -> int:
        """Multiplications in one step of one sample, forward, roughly."""
        return sum(
            layer.products(features)
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


@dataclass(frozen=True)
class PenaltySpec:
    """What weights add to the loss by themselves: l1 * sum |w| + l2 * sum w^2 of each weight.

    Attributes:
        l1: A factor, at least 0, for every weight of the network in order; empty if all are 0.
        l2: The same for the squares; empty where `l1` is.
    """

    l1: tuple[float, ...] = ()
    l2: tuple[float, ...] = ()


NO_PENALTY = PenaltySpec()


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
