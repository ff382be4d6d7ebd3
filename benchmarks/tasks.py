"""What is trained: one task, the same windows and first weights for every peer.

Imports NumPy alone, because every peer's environment imports this file.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}
CELLS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
LEARNING_RATE = 0.001
LONG_SERIES, LONG_WINDOW = 10_000_000, 50  # values of the series whose memory is measured

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Task:
    """Train `layers` x cell(units) + Dense(1) on `windows` windows with MSE and Adam(0.001).

    `validation` counts held-out windows that are evaluated after every epoch.
    """

    cell: str
    units: int = 50
    layers: int = 1
    features: int = 1
    window: int = 50
    batch: int = 32
    windows: int = 640
    dtype: str = "float32"
    validation: int = 0

    loss: ClassVar[str] = "mse"

    @classmethod
    def from_dict(cls, facts: dict[str, Any]) -> Self:
        """Build a task from a mapping that may hold other things too."""
        return cls(**{field.name: facts[field.name] for field in fields(cls)})

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)

    def but(self, **changes: Any) -> Self:
        """Return the same task with some fields changed."""
        return replace(self, **changes)

    @property
    def gflop(self) -> float:
        """Arithmetic of one epoch in 1e9 floating point operations, the recurrent layers alone.

        With B the windows of an epoch: forward 2BTGU(F+U), backward data 2B(T-1)GU² (and 2BTGUF
        in a stacked layer), backward weights 2BTGU(F+U). A held-out window costs a forward pass.
        """
        n, steps, u = self.windows, self.window, self.units
        gu = GATES[self.cell] * u
        total = 0
        for layer in range(self.layers):
            inputs = u if layer else self.features
            forward = 2 * steps * gu * (inputs + u)
            data = 2 * (steps - 1) * gu * u + (2 * steps * gu * inputs if layer else 0)
            total += n * (2 * forward + data) + self.validation * forward
        return total / 1e9

    def network(self, keras: Any, **options: Any) -> list[Any]:
        """Return the layers, made of the `keras` that is given, ours or theirs."""
        layer, last = getattr(keras.layers, CELLS[self.cell]), self.layers - 1
        return [
            keras.Input((self.window, self.features)),
            *(layer(self.units, return_sequences=i < last, **options) for i in range(self.layers)),
            keras.layers.Dense(1),
        ]

    def data(self) -> tuple[Array, Array]:
        """Return x (N, T, F) and y (N, 1), N counting the held-out windows too (they come last).

        Sliding windows over noisy sines, one phase a feature; the target is the next value of
        the first.
        """
        n, steps, series = self.windows + self.validation, self.window, self.series()
        rows = np.arange(n)[:, None] + np.arange(steps)
        return series[rows], series[steps:, :1]

    def series(self) -> Array:
        """Return the series (N + T, F) that the windows are cut from."""
        rows = self.windows + self.validation + self.window
        noise = np.random.RandomState(42).normal(size=(rows, self.features))
        t = np.arange(rows)[:, None] / 10 + np.arange(self.features)
        return self.rounded(0.5 + (2 * np.sin(0.5 * t) + np.sin(1.3 * t) + 0.1 * noise) / 7)

    def first_weights(self) -> list[Array]:
        """Return first weights in Keras's order and packing: Glorot, orthogonal blocks, zeros."""
        random = np.random.RandomState(7)
        weights: list[Array] = []
        inputs, gates = self.features, GATES[self.cell]
        for _ in range(self.layers):
            width = gates * self.units
            weights.append(glorot(random, inputs, width))
            weights.append(orthogonal_blocks(random, self.units, gates))
            weights.append(np.zeros((2, width) if self.cell == "gru" else width))
            inputs = self.units
        weights += [glorot(random, inputs, 1), np.zeros(1)]
        return [self.rounded(weight) for weight in weights]

    def rounded(self, values: Array) -> Array:
        """Return numbers that float32 holds exactly, in the task's dtype.

        So a float64 reference starts from the very numbers that a float32 peer starts from.
        """
        return values.astype("float32").astype(self.dtype)


def glorot(random: np.random.RandomState, inputs: int, outputs: int) -> Array:
    """Return a uniform matrix (inputs, outputs) with Glorot's limit."""
    limit = math.sqrt(6 / (inputs + outputs))
    return random.uniform(-limit, limit, (inputs, outputs))


def orthogonal_blocks(random: np.random.RandomState, units: int, gates: int) -> Array:
    """Return orthogonal blocks (U, GU), scaled by 1 / sqrt(G)."""
    blocks = [np.linalg.qr(random.normal(size=(units, units)))[0] for _ in range(gates)]
    return np.concatenate(blocks, axis=1) / math.sqrt(gates)
