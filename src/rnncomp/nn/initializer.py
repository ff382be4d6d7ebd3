"""The base of all initializers, and the plain ones: constants, the identity, random numbers.

An initializer is a pure function of (shape, seed, purpose).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import check_seed, fail, one_of, real
from rnncomp.nn import random

Shape = tuple[int, ...]
FloatArray = NDArray[np.float64]


class Initializer:
    """Base of all initializers. `seed`, where there is one, overrides the network's seed."""

    seed: int | None = None

    def __post_init__(self) -> None:
        """Check the numbers, which are the fields of a dataclass."""
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.name == "seed":
                _ = value is None or check_seed(value)
            elif field.type == "float":
                real(field.name, value)

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return the first values of a weight, float64, of `shape`."""
        raise NotImplementedError

    def fill(self, weight: NDArray[np.floating], seed: int, purpose: str) -> None:
        """Write the first values of `weight` into it."""
        weight[...] = self.draw(weight.shape, seed, purpose)

    def __call__(self, shape: Any, dtype: Any = None) -> NDArray[np.floating]:
        """Return values outside of any network; one without a seed gives the same ones again.

        Args:
            shape: What is wanted, a tuple of sizes.
            dtype: ``float32`` or ``float64``; None is ``float32``, as in Keras.
        """
        dtype = one_of("dtype", dtype or "float32", ("float32", "float64"))
        seed = self._unseeded if self.seed is None else self.seed
        return self.draw(tuple(shape), seed, "standalone").astype(dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this initializer again."""
        return dataclasses.asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the initializer whose get_config gave `config`."""
        return cls(**config)

    def clone(self) -> Self:
        """Return an equal initializer."""
        return self.from_config(self.get_config())

    @cached_property
    def _unseeded(self) -> int:
        return random.next_initializer_seed()

    def _seed(self, seed: int) -> int:
        return seed if self.seed is None else self.seed


@dataclass(frozen=True)
class Zeros(Initializer):
    """All zeros."""

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return zeros of `shape`."""
        return np.zeros(shape)


@dataclass(frozen=True)
class Ones(Initializer):
    """All ones."""

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return ones of `shape`."""
        return np.ones(shape)


@dataclass(frozen=True)
class Constant(Initializer):
    """All `value`, a number; for values of your own pass an array as the initializer.

    Args:
        value: The number.
    """

    value: float = 0.0

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return an array of `shape` filled with `value`."""
        return np.full(shape, float(self.value))


@dataclass(frozen=True)
class Identity(Initializer):
    """Ones times `gain` on the diagonal of a matrix, zeros elsewhere.

    Args:
        gain: The number on the diagonal.
    """

    gain: float = 1.0

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return the identity of `shape` (m, n), times `gain`."""
        if len(shape) != 2:
            raise fail("shape", "that of a matrix for the identity initializer", shape)
        return self.gain * np.eye(*shape)


@dataclass(frozen=True)
class RandomUniform(Initializer):
    """Uniform between `minval` and `maxval`.

    Args:
        minval: Lower bound.
        maxval: Upper bound.
        seed: Overrides the network's seed, 0 .. 2**64 - 1; None for that of the network.
    """

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return uniform numbers of `shape`."""
        return random.uniform(self._seed(seed), purpose, shape, self.minval, self.maxval)


@dataclass(frozen=True)
class RandomNormal(Initializer):
    """Normal with `mean` and `stddev`.

    Args:
        mean: Centre.
        stddev: Standard deviation.
        seed: Overrides the network's seed, 0 .. 2**64 - 1; None for that of the network.
    """

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return normal numbers of `shape`."""
        return random.normal(self._seed(seed), purpose, shape, self.mean, self.stddev)


@dataclass(frozen=True)
class TruncatedNormal(Initializer):
    """Normal with `mean` and `stddev`, drawn again where more than 2 `stddev` off.

    Args:
        mean: Centre.
        stddev: Standard deviation, before numbers are drawn again.
        seed: Overrides the network's seed, 0 .. 2**64 - 1; None for that of the network.
    """

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return normal numbers of `shape` within 2 `stddev` of `mean`."""
        return random.truncated_normal(self._seed(seed), purpose, shape, self.mean, self.stddev)


@dataclass(frozen=True)
class UnitForgetBias(Initializer):
    """Ones for the forget gate, `others` for the gate i, and for g and o together."""

    others: Initializer

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return the first bias of an LSTM, shape (4U,)."""
        bias = np.empty(shape)
        self.fill(bias, seed, purpose)
        return bias

    def fill(self, weight: NDArray[np.floating], seed: int, purpose: str) -> None:
        """Write the first bias of an LSTM into `weight` (4U,), in Keras's three pieces."""
        units = len(weight) // 4
        self.others.fill(weight[:units], seed, f"{purpose}/i")
        weight[units : 2 * units] = 1.0
        self.others.fill(weight[2 * units :], seed, f"{purpose}/go")
