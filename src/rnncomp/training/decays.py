"""Learning rates that fall by a power, a fraction, steps or a polynomial, as Keras's do."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable

from rnncomp._check import fail, real
from rnncomp.nn.layer import check_flag, check_name
from rnncomp.training.schedule import Decay, number_of, rate_of, steps_of


class ExponentialDecay(Decay):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: At step 0, at least 0.
        decay_steps: Steps in which it is multiplied by `decay_rate`, above 0.
        decay_rate: At least 0.
        staircase: Whether ``step / decay_steps`` is rounded down.
        name: Kept in the configuration.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
        0.025
    """

    arguments = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name")

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.decay_rate = rate_of("decay_rate", decay_rate)
        self.staircase = check_flag("staircase", staircase)
        self.name = check_name(name)

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        p = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (
            math.floor(p) if self.staircase else p
        )


class InverseTimeDecay(Decay):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: At step 0, at least 0.
        decay_steps: Above 0.
        decay_rate: At least 0.
        staircase: Whether ``step / decay_steps`` is rounded down.
        name: Kept in the configuration.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(30)
        0.025
    """

    arguments = ExponentialDecay.arguments

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.decay_rate = rate_of("decay_rate", decay_rate)
        self.staircase = check_flag("staircase", staircase)
        self.name = check_name(name)

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        p = step / self.decay_steps
        p = math.floor(p) if self.staircase else p
        return self.initial_learning_rate / (1.0 + self.decay_rate * p)


class PiecewiseConstantDecay(Decay):
    """One learning rate up to each boundary, that step included, and another beyond the last.

    Args:
        boundaries: Steps in rising order, at least one.
        values: Learning rates, at least 0, one more than boundaries.
        name: Kept in the configuration.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])
        >>> schedule(100), schedule(101), schedule(201)
        (0.1, 0.05, 0.01)
    """

    arguments = ("boundaries", "values", "name")

    def __init__(
        self,
        boundaries: Iterable[float],
        values: Iterable[float],
        name: str = "PiecewiseConstant",
    ) -> None:
        self.boundaries = [number_of("boundaries", value) for value in boundaries]
        self.values = [rate_of("values", value) for value in values]
        self.name = check_name(name)
        rising = all(a < b for a, b in zip(self.boundaries, self.boundaries[1:], strict=False))
        if not self.boundaries or not rising:
            raise fail("boundaries", "steps in rising order, at least one", self.boundaries)
        if len(self.values) != len(self.boundaries) + 1:
            raise fail("values", f"{len(self.boundaries) + 1} learning rates", self.values)

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        return self.values[bisect_left(self.boundaries, step)]


class PolynomialDecay(Decay):
    """From one learning rate to another in `decay_steps`, along ``(1 - step/decay_steps)**power``.

    Args:
        initial_learning_rate: At step 0, at least 0.
        decay_steps: Steps in which the end is reached, above 0.
        end_learning_rate: At the end, at least 0.
        power: Above 0; 1 is a straight line.
        cycle: Whether to start anew from `decay_steps`, 2, 3... times as slowly, instead of
            staying at the end.
        name: Kept in the configuration.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.0)(5)
        0.25
    """

    arguments = (
        *("initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle", "name"),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.end_learning_rate = rate_of("end_learning_rate", end_learning_rate)
        self.power = real("power", power, above=0.0)
        self.cycle = check_flag("cycle", cycle)
        self.name = check_name(name)

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        steps: float = self.decay_steps
        if self.cycle:
            steps *= math.ceil(step / steps) if step else 1
        left = 1.0 - min(step, steps) / steps
        span = self.initial_learning_rate - self.end_learning_rate
        return span * math.pow(left, self.power) + self.end_learning_rate
