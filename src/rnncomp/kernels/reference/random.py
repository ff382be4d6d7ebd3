"""What dropout draws: Philox 4x32-10, a function of where a number is used.

The same words as the native kernels draw, so that both drop the same numbers.
Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
PURPOSES = {"inputs": 0, "states": 1}


@dataclass(frozen=True)
class Noise:
    """Where in a training something is drawn.

    Attributes:
        seed: 0 .. 2**64 - 1.
        batch: Batches trained before.
        layer: Its place in the network; children of a layer count from ``layer * 16 + 256``.
    """

    seed: int
    batch: int
    layer: int = 0

    def of_layer(self, layer: int) -> Noise:
        """Return the noise of a layer of the network."""
        return replace(self, layer=layer)

    def of_child(self, child: int) -> Noise:
        """Return the noise of a layer inside of this one."""
        return replace(self, layer=self.layer * 16 + 256 + child)

    def factors(
        self, purpose: Literal["inputs", "states"], share: float, shape: tuple[int, int]
    ) -> NDArray[np.float64]:
        """Return (B, K) factors: 0 with probability `share`, else 1 / (1 - share)."""
        rows, numbers = shape
        row, quad = np.meshgrid(np.arange(rows), np.arange(-(-numbers // 4)), indexing="ij")
        tag = 2 * self.layer + PURPOSES[purpose]
        drawn = philox(quad, row, self.batch, tag, seed=self.seed)  # 4 arrays (B, K / 4)
        words = np.stack(drawn, axis=-1).reshape(rows, -1)[:, :numbers]
        return np.where(words < np.uint64(int(share * 2**32)), 0.0, 1.0 / (1.0 - share))


def philox(*counter: NDArray[np.int64] | int, seed: int) -> tuple[Words, ...]:
    """Return the four 32-bit words of each counter.

    Example:
        >>> [f"{int(word):08x}" for word in philox(0, 0, 0, 0, seed=0)]
        ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    a, b, c, d = (
        np.asarray(word).astype(np.uint64) & _LOW for word in np.broadcast_arrays(*counter)
    )
    low, high = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * a, np.uint64(0xCD9E8D57) * c
        a, b, c, d = (
            (second >> _HALF) ^ b ^ np.uint64(low),
            second & _LOW,
            (first >> _HALF) ^ d ^ np.uint64(high),
            first & _LOW,
        )
        low, high = (low + 0x9E3779B9) & 0xFFFFFFFF, (high + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d
