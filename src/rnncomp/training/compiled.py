"""Compiled: what compile chose, with the state of the optimizer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.samples import FloatArray
from rnncomp.training.metrics import rises
from rnncomp.training.optimizers import Optimizer


@dataclass
class Compiled:
    """What compile chose, and what is carried from batch to batch."""

    optimizer: Optimizer
    loss: LossSpec
    metrics: list[tuple[str, LossSpec]]
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
    def specs(self) -> list[LossSpec]:
        """What stands behind each name."""
        return [self.loss, *(spec for _, spec in self.metrics)]

    def rises(self, name: str) -> bool:
        """Whether a higher value of the metric `name`, ``val_`` or not, is better."""
        return any(rises(spec) for key, spec in self.metrics if key == name.removeprefix("val_"))

    def slots_for(self, params: FloatArray) -> FloatArray:
        """Return the optimizer's state, made on first use."""
        if self.slots is None:
            shape = (self.optimizer.spec.n_slots, params.size)
            self.slots = np.full(shape, self.optimizer.slot_start, params.dtype)
        return self.slots
