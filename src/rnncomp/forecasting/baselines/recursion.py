"""follow: a model with known parameters goes once along the true history, and forecasts on its way.

Estimating anew at every cutoff, or filtering the whole history again for each as
`statsforecast.models.AutoETS.forward` does, costs rows times cutoffs; this costs rows plus cutoffs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from rnncomp.forecasting.baselines.base import Cutoffs
from rnncomp.forecasting.forecast import Array

_ROWS = 1 << 10  # between two looks at the clock
_STATES = 1 << 12  # kept at a time


class Recursion(Protocol):
    """A model whose state after a row is all that a forecast needs of the past."""

    def start(self) -> Any:
        """Return the state before the first row."""
        ...

    def update(self, state: Any, values: Array) -> Any:
        """Return the state after further rows, `values` of shape (n,); `state` stays as it is."""
        ...

    def ahead(self, states: Sequence[Any], horizon: int) -> Array:
        """Return the forecasts from each state, shape (states, H)."""
        ...


def follow(
    model: Recursion,
    y: Array,
    cutoffs: Cutoffs,
    horizon: int,
    check_time: Callable[[], None] = lambda: None,
) -> Array:
    """Forecast after each cutoff.

    Args:
        model: Parameters and what to do with them.
        y: The series, shape (rows,); nothing after a cutoff plays a part in its forecast.
        cutoffs: Last observed row of each forecast, shape (N,), in any order.
        horizon: Steps ahead H.
        check_time: Called every now and then; may raise.

    Returns:
        Forecasts, shape (N, H).
    """
    rows, places = np.unique(np.asarray(cutoffs), return_inverse=True)
    made = np.empty((len(rows), horizon))
    state, seen = model.start(), 0
    for first in range(0, len(rows), _STATES):
        states = []
        for row in rows[first : first + _STATES].tolist():
            for begin in range(seen, row + 1, _ROWS):
                check_time()
                state = model.update(state, y[begin : min(begin + _ROWS, row + 1)])
            seen = row + 1
            states.append(state)
        made[first : first + _STATES] = model.ahead(states, horizon)
    return made[places]
