"""FitPlan: the arguments of one fit, checked, with the samples of its two parts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rnncomp._check import count, integer
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.samples import Samples
from rnncomp.training.supervised import Supervised

BATCH_SIZE = 32


@dataclass(frozen=True)
class FitPlan:
    """The checked arguments of one fit."""

    train: Samples
    specs: tuple[LossSpec, ...]  # the loss, then the metrics, as they fit the samples
    validation: Supervised | None
    batch_size: int
    validation_batch_size: int
    epochs: int
    initial_epoch: int
    shuffle: bool
    validation_freq: int | list[int]
    verbose: int

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return -(-len(self.train) // self.batch_size)

    def validates(self, epoch: int) -> bool:
        """Whether epoch `epoch`, counted from 0, ends with a validation."""
        if self.validation is None:
            return False
        freq = self.validation_freq
        return (epoch + 1) % freq == 0 if isinstance(freq, int) else epoch + 1 in freq


def split_last(samples: Supervised, share: float) -> tuple[Supervised, Supervised]:
    """Return the first samples and the last `share` of them, as Keras's validation_split does."""
    cut = math.floor(len(samples) * (1.0 - share))
    if cut in (0, len(samples)):
        raise InvalidArgumentError(
            f"validation_split={share:g} leaves a part of the {len(samples)} samples empty; "
            "pass more samples or another share"
        )
    return samples.take(slice(0, cut)), samples.take(slice(cut, None))


def check_size(name: str, value: int | None, default: int = BATCH_SIZE) -> int:
    """Return `value` as a batch size, or the default for None."""
    return default if value is None else count(name, value)


def check_frequency(value: int | list[int]) -> int | list[int]:
    """Return `value` as a number of epochs, or as a list of epochs counted from 1."""
    if isinstance(value, (list, tuple, set, range)):
        return [integer("validation_freq", epoch) for epoch in value]
    return integer("validation_freq", value)
