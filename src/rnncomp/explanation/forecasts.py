"""Forecasts: what a forecaster must show so that its networks can be explained."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from rnncomp._check import fail
from rnncomp.nn.look import Look, LookMany


@runtime_checkable
class Forecasts(Protocol):
    """A forecaster that can show what its networks read."""

    def look(self, source: Any, *, at: Any, seed: int | None, of: str | None) -> Look:
        """Return the window from which the value at `at` is forecast."""
        ...

    def look_many(self, source: Any, *, seed: int | None, of: str | None) -> LookMany:
        """Return all windows with targets that nothing was learned from."""
        ...


def refuse(rule: str, **arguments: Any) -> None:
    """Raise for the first of `arguments` that is given, which must be left out."""
    for name, value in arguments.items():
        if value is not None:
            raise fail(name, f"left out with {rule}", value)
