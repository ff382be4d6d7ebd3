"""Initializers whose spread follows from the fans: how many numbers go in and out."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, ClassVar

from rnncomp._check import fail, integer, one_of, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.nn import random
from rnncomp.nn.initializer import FloatArray, Initializer, Shape

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

# The standard deviation of a standard normal number that is drawn again outside of -2 .. 2.
TRUNCATED_SPREAD = 0.87962566103423978

Axes = tuple[int, ...] | None


class _Scaling(Initializer):
    """What VarianceScaling and its named kinds share."""

    input_axes: Axes
    output_axes: Axes

    def rule(self) -> tuple[float, str, str]:
        """Return scale, mode and distribution."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        """Check scale, mode, distribution, seed and axes."""
        super().__post_init__()
        for name in ("input_axes", "output_axes"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else _axes(name, value))
        if (self.input_axes is None) != (self.output_axes is None):
            raise InvalidArgumentError(
                "input_axes and output_axes must be given together, got "
                f"{self.input_axes} and {self.output_axes}; Keras ignores one alone"
            )

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return random numbers of `shape` with variance scale / fan."""
        scale, mode, distribution = self.rule()
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
        seed, fan = self._seed(seed), max(1.0, fan)
        if distribution == "uniform":
            limit = math.sqrt(3.0 * scale / fan)
            return random.uniform(seed, purpose, shape, -limit, limit)
        spread = math.sqrt(scale / fan)
        if distribution == "untruncated_normal":
            return random.normal(seed, purpose, shape, 0.0, spread)
        return random.truncated_normal(seed, purpose, shape, 0.0, spread / TRUNCATED_SPREAD)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this initializer again."""
        config = dataclasses.asdict(self)  # type: ignore[call-overload]
        for name in ("input_axes", "output_axes"):
            config[name] = None if config[name] is None else list(config[name])
        return config  # type: ignore[no-any-return]


@dataclass(frozen=True)
class VarianceScaling(_Scaling):
    """Random numbers with variance scale / fan.

    Args:
        scale: Of the variance, above 0.
        mode: The fan: ``fan_in``, ``fan_out``, or ``fan_avg``, the mean of both.
        distribution: ``truncated_normal`` (also ``normal``; drawn again outside of 2 standard
            deviations), ``untruncated_normal``, or ``uniform``.
        seed: Overrides the network's seed.
        input_axes: Axes of the shape whose product is the fan in; None for Keras's rule: all
            but the last, and of a vector its length.
        output_axes: Axes of the fan out; given together with `input_axes`.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> VarianceScaling(2.0, distribution="uniform", seed=1)((300, 4)).shape
        (300, 4)
    """

    scale: float = 1.0
    mode: str = "fan_in"
    distribution: str = "truncated_normal"
    seed: int | None = None
    input_axes: Axes = None
    output_axes: Axes = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        real("scale", self.scale, above=0.0)
        one_of("mode", self.mode, MODES)
        word = self.distribution.lower() if isinstance(self.distribution, str) else ""
        known = {"normal": "truncated_normal"}.get(word, word or self.distribution)
        object.__setattr__(self, "distribution", one_of("distribution", known, DISTRIBUTIONS))
        super().__post_init__()

    def rule(self) -> tuple[float, str, str]:
        """Return scale, mode and distribution."""
        return self.scale, self.mode, self.distribution


@dataclass(frozen=True)
class _Named(_Scaling):
    """A VarianceScaling with a name of its own.

    Args:
        seed: Overrides the network's seed, 0 .. 2**64 - 1; None for that of the network.
        input_axes: Axes of the shape whose product is the fan in, given together with
            `output_axes`; None for Keras's rule, see VarianceScaling.
        output_axes: Axes whose product is the fan out.
    """

    seed: int | None = None
    input_axes: Axes = None
    output_axes: Axes = None
    scaling: ClassVar[tuple[float, str, str]]

    def rule(self) -> tuple[float, str, str]:
        """Return scale, mode and distribution."""
        return self.scaling


@dataclass(frozen=True)
class GlorotUniform(_Named):
    """Uniform within +- sqrt(6 / (fan_in + fan_out)): Keras's default for kernels."""

    scaling = (1.0, "fan_avg", "uniform")


@dataclass(frozen=True)
class GlorotNormal(_Named):
    """Truncated normal, variance 2 / (fan_in + fan_out)."""

    scaling = (1.0, "fan_avg", "truncated_normal")


@dataclass(frozen=True)
class HeUniform(_Named):
    """Uniform within +- sqrt(6 / fan_in)."""

    scaling = (2.0, "fan_in", "uniform")


@dataclass(frozen=True)
class HeNormal(_Named):
    """Truncated normal, variance 2 / fan_in."""

    scaling = (2.0, "fan_in", "truncated_normal")


@dataclass(frozen=True)
class LecunUniform(_Named):
    """Uniform within +- sqrt(3 / fan_in)."""

    scaling = (1.0, "fan_in", "uniform")


@dataclass(frozen=True)
class LecunNormal(_Named):
    """Truncated normal, variance 1 / fan_in."""

    scaling = (1.0, "fan_in", "truncated_normal")


def fans(shape: Shape, input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """Return fan in and fan out of a weight, by Keras's rule.

    Example:
        >>> fans((3, 8)), fans((8,)), fans((2, 3, 8)), fans((2, 3, 8), (1,), (0, 2))
        ((3, 8), (8, 8), (6, 16), (3, 16))
    """
    if input_axes is not None and output_axes is not None:
        if max(*input_axes, *output_axes, 0) >= len(shape):
            axes = [list(input_axes), list(output_axes)]
            raise fail("input_axes and output_axes", f"below {len(shape)}", axes)
        return math.prod(shape[k] for k in input_axes), math.prod(shape[k] for k in output_axes)
    if len(shape) < 2:
        return (shape * 2 or (1, 1))[:2]  # type: ignore[return-value]
    field = math.prod(shape[:-2])  # of a convolution
    return shape[-2] * field, shape[-1] * field


def _axes(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        raise fail(name, "a list of axes", value)
    return tuple(integer(name, axis, at_least=0) for axis in value)
