"""A classifier of sentences as a task: Embedding, Bidirectional(LSTM), Dense(softmax).

Imports NumPy alone, because every peer's environment imports this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks import Array, Task, glorot, orthogonal_blocks

WORDS, CLASSES = 2000, 4
CELL = "bidirectional_lstm"


@dataclass(frozen=True)
class SentencesTask(Task):
    """Train the classifier on `windows` sentences of at most `window` words, labelled by one of 4.

    `features` is the width of the embedding, `units` are those of each direction. Number 0 is no
    word: it stands behind the end of a sentence and is masked.
    """

    cell: str = CELL
    units: int = 64
    features: int = 64
    window: int = 100
    windows: int = 1024

    loss = "sparse_categorical_crossentropy"

    @property
    def gflop(self) -> float:
        """Arithmetic of one epoch in 1e9, of both directions, masked steps and gradient to x too.

        For each: forward 2BTGU(F+U), and backward as much to the data and as much to the weights.
        """
        gates = 4 * self.units
        forward = 2 * self.windows * self.window * gates * (self.features + self.units)
        return 2 * 3 * forward / 1e9

    def network(self, keras: Any, **options: Any) -> list[Any]:
        """Return the layers, made of the `keras` that is given."""
        layers = keras.layers
        return [
            keras.Input((self.window,)),
            layers.Embedding(WORDS, self.features, mask_zero=True),
            layers.Bidirectional(layers.LSTM(self.units, **options)),
            layers.Dense(CLASSES, activation="softmax"),
        ]

    def data(self) -> tuple[Array, Array]:
        """Return x (N, T) and y (N,): which quarter of the words most words of a sentence are of.

        A sentence has at least half of its T words, and each comes from its label's quarter
        with a chance of 0.4, else from all.
        """
        random = np.random.RandomState(42)
        n, steps, quarter = self.windows, self.window, (WORDS - 1) // CLASSES
        y = random.randint(0, CLASSES, n)
        own = 1 + quarter * y[:, None] + random.randint(0, quarter, (n, steps))
        x = np.where(
            random.uniform(size=(n, steps)) < 0.4, own, random.randint(1, WORDS, own.shape)
        )
        lengths = random.randint(steps // 2, steps + 1, n)
        return x * (np.arange(steps) < lengths[:, None]), y

    def first_weights(self) -> list[Array]:
        """Return first weights in Keras's order and packing."""
        random, u = np.random.RandomState(7), self.units
        weights = [random.uniform(-0.05, 0.05, (WORDS, self.features))]
        for _ in range(2):
            weights.append(glorot(random, self.features, 4 * u))
            weights += [orthogonal_blocks(random, u, 4), np.zeros(4 * u)]
        weights += [glorot(random, 2 * u, CLASSES), np.zeros(CLASSES)]
        return [self.rounded(weight) for weight in weights]


def task_of(facts: dict[str, Any]) -> Task:
    """Build the task that a mapping describes, which may hold other things too."""
    return (SentencesTask if facts["cell"] == CELL else Task).from_dict(facts)
