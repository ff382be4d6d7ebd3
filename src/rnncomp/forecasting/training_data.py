"""TrainingData: the windows that a training learns from, watches, and forecasts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp.samples import FloatArray, Samples

PIECE = 1 << 20  # bytes that are hashed at a time


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Scaled windows.

    Attributes:
        train: What is learned from.
        validation: What watches the training; it may be without samples.
        ahead: Windows to forecast once the training has ended, by the name of their part.
        start: Weights to begin from, in Keras's order; None for fresh ones.
    """

    train: Samples
    validation: Samples
    ahead: Mapping[str, Samples]
    start: Sequence[FloatArray] | None = None

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that a training can see: equal for equal windows and targets.

        It reads every number once, and is meant to be asked once for all trainings on the data.

        Example:
            >>> from rnncomp.windows import make_samples
            >>> one = make_samples(np.arange(9.0), window=3)
            >>> TrainingData(one, one, {"test": one}).fingerprint()[:8]
            '734804be'
        """
        digest, bases = hashlib.sha256(), dict[int, bytes]()
        parts = [("", self.train), ("", self.validation), *self.ahead.items()]
        for name, part in parts:
            base = bases.get(id(part.base)) or array_hash(part.base)  # the parts share one series
            bases[id(part.base)] = base
            targets = b"" if part.targets is None else array_hash(part.targets)
            digest.update(f"{name} {part.window} ".encode())
            digest.update(base + array_hash(part.starts) + targets)
        for weights in self.start or ():
            digest.update(array_hash(weights))
        return digest.hexdigest()


def array_hash(array: NDArray[np.generic] | range) -> bytes:
    """Return the SHA-256 of shape, dtype and numbers, whatever the strides; copies a piece."""
    row: NDArray[np.generic] = np.asarray(array[:1])
    shape = (len(array), *row.shape[1:])
    digest = hashlib.sha256(f"{shape} {row.dtype.str}".encode())
    rows = max(1, PIECE // max(1, row.nbytes))
    for first in range(0, len(array), rows):
        part = array[first : first + rows]
        if isinstance(part, range):
            part = np.arange(part.start, part.stop, part.step)
        digest.update(np.ascontiguousarray(part).data)
    return digest.digest()
