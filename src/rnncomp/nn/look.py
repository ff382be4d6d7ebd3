"""What a network of a forecaster reads: one window to look at, or many to average over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.nn.network import Network
from rnncomp.samples import FloatArray, Samples


class Look(NamedTuple):
    """One window as a network reads it, and what its output means.

    Shapes: T steps, F features, O outputs.
    """

    network: Network
    window: FloatArray  # (T, F), scaled
    columns: Sequence[str]  # (F,)
    times: Sequence[str]  # (T,)
    restore: Callable[[FloatArray], NDArray[np.float64]]  # (O,) to the units of the series
    outputs: Sequence[str]  # (O,)
    title: str
    notes: Sequence[str]  # what must be known beside the numbers


class LookMany(NamedTuple):
    """Windows that a network learned nothing from, and linear models of the same windows.

    Shapes: N windows, T steps, F features.
    """

    network: Network
    windows: Samples
    columns: Sequence[str]  # (F,)
    linear: Mapping[str, NDArray[np.float64]]  # coefficients (T * F, outputs) by name, or none
    units: NDArray[np.float64] | None  # of the series, in one unit of each column as it is scaled
    without: str  # why there is no linear model, or empty
