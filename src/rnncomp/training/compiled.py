"""Compiled: what compile chose, with the state of the optimizer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnncomp.kernels.engine import Loss
from rnncomp.samples import FloatArray
from rnncomp.training.optimizers import Optimizer


@dataclass
class Compiled:
    """What compile chose, and what is carried from batch to batch."""

    optimizer: Optimizer
    loss: Loss
    metrics: list[tuple[str, Loss]]
    slots: FloatArray | None = None
    iteration: int = 0
    epochs: int = 0

    def __post_init__(self) -> None:
        """Let the optimizer know who counts."""
        self.optimizer.count_with(self)

    @property
    def names(self) -> list[str]:
        """Keys in the history."""
        return ["loss", *(name for name, _ in self.metrics)]

    @property
    def kinds(self) -> list[Loss]:
        """What stands behind each name."""
        return [self.loss, *(kind for _, kind in self.metrics)]

    def rises(self, name: str) -> bool:
        """Whether more is better of what stands behind a name: so with an accuracy alone."""
        return self.kinds[self.names.index(name)].endswith("accuracy")

    def slots_for(self, params: FloatArray) -> FloatArray:
        """Return the optimizer's state, made on first use."""
        if self.slots is None:
            shape = (self.optimizer.spec.n_slots, params.size)
            self.slots = np.full(shape, self.optimizer.slot_start, params.dtype)
        return self.slots
