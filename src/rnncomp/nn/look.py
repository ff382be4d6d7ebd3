"""Look: one window as a network of a forecaster reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.nn.network import Network
from rnncomp.samples import FloatArray


class Look(NamedTuple):
    """One window as a network reads it, and what its output means.

    Shapes: T steps, F features, O outputs.
    """

    network: Network
    window: FloatArray  # (T, F), scaled
    columns: Sequence[str]  # (F,)
    times: Sequence[str]  # (T,)
    restore: Callable[[FloatArray], NDArray[np.float64]]  # (O,) to the units of the series
    title: str
