"""LearningRate: what ``optimizer.learning_rate`` is, a number that can be assigned."""

from __future__ import annotations

import math
import weakref
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, real, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.training.schedule import LearningRateSchedule


class Counter(Protocol):
    """Who counts the batches trained with an optimizer: what compile made."""

    iteration: int


class Rates:
    """A constant learning rate or a schedule, and the batches counted so far.

    The base of an optimizer; its state of learning belongs to the model, so that the count is
    that of the model that was compiled with it, or asked for it, last.
    """

    _rate: float | LearningRateSchedule
    _counter: weakref.ref[Counter] | None = None

    def count_with(self, counter: Counter) -> None:
        """Count as `counter` does; it is not kept alive."""
        self._counter = weakref.ref(counter)

    @property
    def iterations(self) -> int:
        """Batches trained with this optimizer."""
        counter = self._counter() if self._counter is not None else None
        return 0 if counter is None else counter.iteration

    @property
    def schedule(self) -> LearningRateSchedule | None:
        """The schedule, or None if the learning rate is a number."""
        return self._rate if isinstance(self._rate, LearningRateSchedule) else None

    @property
    def learning_rate(self) -> LearningRate:
        """Step size of the next batch; a callback may set it, or assign to it.

        With a schedule it is what the schedule says now, and only another schedule may be set.
        """
        return LearningRate(self.rates(self.iterations, 1)[0], self)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule):
            self._rate = value
            return
        owner = type(self).__name__
        if callable(value):
            raise UnsupportedError(
                f"{owner} does not support a function as learning_rate, got {shown(value)}; derive "
                "a class from LearningRateSchedule, or pass the callback LearningRateScheduler"
            )
        if isinstance(getattr(self, "_rate", None), LearningRateSchedule):
            raise InvalidArgumentError(
                f"the learning_rate of this {owner} follows a schedule, so it cannot be set to "
                f"{shown(value)}; compile with a number as learning_rate"
            )
        hint = "pass for example learning_rate=0.001"
        self._rate = real("learning_rate", value, at_least=0.0, hint=hint)

    def rates(self, iteration: int, batches: int) -> NDArray[np.float64]:
        """Return the learning rates of the next `batches`, `iteration` of them done before.

        Raises:
            InvalidArgumentError: A schedule gives something else than numbers of at least 0.
        """
        if not isinstance(self._rate, LearningRateSchedule):
            return np.full(batches, self._rate)
        found = np.empty(batches)
        for index in range(batches):
            step = iteration + index
            found[index] = _checked(self._rate(step), type(self._rate).__name__, step)
        return found


class LearningRate(float):
    """A learning rate as it is now; ``assign`` sets that of its optimizer, as in Keras.

    Example:
        >>> from rnncomp.keras.optimizers import Adam
        >>> optimizer = Adam(0.5)
        >>> optimizer.learning_rate.assign(optimizer.learning_rate / 2)
        >>> optimizer.learning_rate
        0.25
    """

    def __new__(cls, value: float, owner: Rates) -> LearningRate:
        """Make the number; it remembers whose it is."""
        made = super().__new__(cls, value)
        made._owner = owner
        return made

    _owner: Rates

    def assign(self, value: Any) -> None:
        """Set the learning rate of the optimizer."""
        self._owner.learning_rate = value

    def numpy(self) -> np.float64:
        """Return the number as NumPy's."""
        return np.float64(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy as a plain number."""
        return float, (float(self),)


def _checked(value: Any, owner: str, step: int) -> float:
    """Return what a schedule gave as a float; it may be an array of one number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0.0 <= number < math.inf:
        rule = f"a finite number of at least 0 at step {step}"
        raise fail(f"the learning rate of {owner}", rule, value)
    return number
