"""LearningRateSchedule: what learning-rate schedules have in common.

Keras computes its schedules in float32, these are float64: they agree to float32's precision.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from rnncomp._check import real
from rnncomp.errors import UnsupportedError


class LearningRateSchedule:
    """Base of schedules; derive a class of your own and override ``__call__(self, step)``.

    `step` is the number of batches trained before, and what is returned is the learning rate of
    the next one. A schedule of your own trains, but is not kept in a model file.

    Example:
        >>> class Halving(LearningRateSchedule):
        ...     def __call__(self, step):
        ...         return 0.1 * 0.5**step
        >>> Halving()(2)
        0.025
    """

    def __call__(self, step: Any) -> Any:
        """Return the learning rate of batch `step`, counted from 0."""
        raise UnsupportedError(
            f"{type(self).__name__} has no learning rates; override __call__(self, step)"
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this schedule again, as plain values."""
        raise UnsupportedError(
            f"{type(self).__name__} has no configuration; override get_config(self)"
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Return the schedule of a configuration."""
        return cls(**config)


class Decay(LearningRateSchedule):
    """Base of Keras's own schedules: one formula, for a step or an array of steps."""

    arguments: ClassVar[tuple[str, ...]]

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at `step`, or an array of them for an array of steps."""
        if np.ndim(step) == 0:
            return self.at(float(step))
        steps = np.asarray(step)
        # One by one: NumPy rounds a cosine by its place in an array, and no byte may depend on it.
        rates = [self.at(float(each)) for each in steps.flat]
        return np.array(rates, np.float64).reshape(steps.shape)

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this schedule again, as plain values."""
        return {name: getattr(self, name) for name in self.arguments}

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def rate_of(name: str, value: Any) -> float:
    """Return a number of at least 0 as a float, or raise InvalidArgumentError."""
    return real(name, value, at_least=0.0)


def number_of(name: str, value: Any) -> float:
    """Return a number of steps, at least 0; an integer stays one, so that it is written as one."""
    number = real(name, value, at_least=0.0)
    return int(number) if isinstance(value, (int, np.integer)) else number


def steps_of(name: str, value: Any) -> float:
    """Return a number of steps, above 0."""
    real(name, value, above=0.0)
    return number_of(name, value)
