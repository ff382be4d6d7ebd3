"""Cancellation: how Ctrl-C ends trainings that run in other threads, within one native call."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import TrainingError
from rnncomp.kernels import VJP, Engine, NetworkSpec
from rnncomp.kernels.engine import WindowPredictor
from rnncomp.samples import FloatArray, Samples
from rnncomp.training import Sequential


class Cancellation:
    """Ends all trainings that were given it.

    Example:
        >>> cancellation = Cancellation()
        >>> cancellation.cancel()
        >>> cancellation.check()
        Traceback (most recent call last):
        rnncomp.errors.TrainingError: the training was cancelled
    """

    def __init__(self) -> None:
        self._event = Event()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """End all trainings that run, and those that come."""
        self._event.set()

    def check(self) -> None:
        """Raise TrainingError if `cancel` was called."""
        if self.cancelled:
            raise TrainingError("the training was cancelled")


class CancellableSequential(Sequential):
    """A Sequential that asks before every native call whether it may go on."""

    cancellation: Cancellation | None = None

    def engine_for(self, window: int, rows: int) -> Engine:
        """Return the arithmetic for batches of `rows` windows; see Sequential."""
        engine = super().engine_for(window, rows)
        return engine if self.cancellation is None else _Asking(engine, self.cancellation.check)


class _Asking:
    """An engine that calls `check` before each of its calls."""

    def __init__(self, engine: Engine, check: Callable[[], None]) -> None:
        self.engine, self.check = engine, check
        self.spec: NetworkSpec = engine.spec
        self.dtype, self.threads = engine.dtype, engine.threads

    def predict(
        self, params: FloatArray, samples: Samples, states: FloatArray | None = None
    ) -> FloatArray:
        self.check()
        return self.engine.predict(params, samples, states)

    def predictor(self, params: FloatArray, window: int) -> WindowPredictor:
        self.check()
        return self.engine.predictor(params, window)

    def vjp(
        self,
        params: FloatArray,
        samples: Samples,
        dy: FloatArray,
        states: FloatArray | None = None,
    ) -> VJP:
        self.check()
        return self.engine.vjp(params, samples, dy, states)

    def train(self, *arrays: Any, **options: Any) -> NDArray[np.float64]:
        self.check()
        return self.engine.train(*arrays, **options)
