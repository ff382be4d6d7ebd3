"""Samples: what passes from the data side to the engine, without copies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import count, fail

FloatArray = NDArray[np.floating]
"""An array of float32 or float64."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Windows into one series, held once, with their targets.

    Sample ``n`` is ``base[starts[n] : starts[n] + window]``; nothing is copied until a kernel
    gathers a block of rows.

    Attributes:
        base: The series, shape (rows, F), C-contiguous, float32 or float64.
        starts: First row of each window, each in 0 .. rows - window: an array (N,) of int64, or
            a ``range``, which takes no memory.
        window: Time steps T in a window, at least 1.
        targets: What to learn, shape (N, O) in the dtype of `base`, any strides; None for
            prediction only. A network that returns sequences has O = T * outputs.
        weights: What each sample counts in a loss, shape (N,), or each step of its output,
            (N, T), in the dtype of `base`; None where all count the same.

    Raises:
        InvalidArgumentError: A shape, dtype or start breaks the rules above.

    Example:
        >>> import numpy as np
        >>> series = np.arange(6.0).reshape(6, 1)
        >>> samples = Samples(series, range(3), window=3, targets=series[3:])
        >>> samples.windows()[1, :, 0], samples.targets[1]
        (array([1., 2., 3.]), array([4.]))
    """

    base: FloatArray
    starts: NDArray[np.int64] | range
    window: int
    targets: FloatArray | None = None
    weights: FloatArray | None = None

    def __post_init__(self) -> None:
        base, starts, targets = self.base, self.starts, self.targets
        if base.ndim != 2 or base.dtype not in (np.float32, np.float64):
            raise fail("base", "a 2-D array of float32 or float64", (base.shape, str(base.dtype)))
        if not base.flags.c_contiguous:
            raise fail("base", "C-contiguous", base.strides, "pass np.ascontiguousarray(base)")
        count("window", self.window)
        if not isinstance(starts, range) and (starts.ndim != 1 or starts.dtype != np.int64):
            raise fail("starts", "a 1-D array of int64", (starts.shape, str(starts.dtype)))
        ends = np.asarray(
            starts[:: max(len(starts) - 1, 1)] if isinstance(starts, range) else starts
        )
        if len(starts) and (ends.min() < 0 or ends.max() > len(base) - self.window):
            bounds = (int(ends.min()), int(ends.max()))
            raise fail("starts", f"within 0 .. {len(base) - self.window}", bounds)
        if targets is not None and (targets.ndim != 2 or len(targets) != len(starts)):
            raise fail("targets", f"of shape ({len(starts)}, outputs)", targets.shape)
        if targets is not None and targets.dtype != base.dtype:
            raise fail("targets", f"of dtype {base.dtype} as base is", str(targets.dtype))
        weights = self.weights
        if weights is not None and (weights.ndim not in (1, 2) or len(weights) != len(starts)):
            raise fail("weights", f"of shape ({len(starts)},) or ({len(starts)}, T)", weights.shape)
        if weights is not None and weights.dtype != base.dtype:
            raise fail("weights", f"of dtype {base.dtype} as base is", str(weights.dtype))

    def __len__(self) -> int:
        """Return the number of samples N."""
        return len(self.starts)

    @property
    def features(self) -> int:
        """Features F in each time step."""
        return int(self.base.shape[1])

    @classmethod
    def from_arrays(cls, x: FloatArray, y: FloatArray | None = None) -> Samples:
        """Wrap separate windows, as Keras's ``fit(x, y)`` has them.

        Args:
            x: Windows, shape (N, T, F).
            y: Targets, shape (N, ...), flattened to (N, O); None for prediction only.

        Returns:
            Samples over the base ``x.reshape(N * T, F)``.
        """
        n, window, features = x.shape
        targets = None if y is None else y.reshape(n, -1)
        starts = range(0, n * window, window)
        return cls(np.ascontiguousarray(x).reshape(n * window, features), starts, window, targets)

    def take(self, rows: slice | range | NDArray[np.integer]) -> Samples:
        """Return the samples at `rows`, over the same base; a slice or a range copies nothing."""
        if isinstance(rows, range):
            assert not rows or min(rows[0], rows[-1], rows.step - 1) >= 0
            rows = slice(rows.start, rows.stop, rows.step)
        targets = None if self.targets is None else self.targets[rows]
        weights = None if self.weights is None else self.weights[rows]
        starts = self.starts[rows] if isinstance(rows, slice) else self.starts_of(rows)
        return Samples(self.base, starts, self.window, targets, weights)

    def starts_of(self, rows: NDArray[np.integer] | None = None) -> NDArray[np.int64]:
        """Return the first row of each window, or of those at `rows`, as an array."""
        if not isinstance(self.starts, range):
            return self.starts if rows is None else self.starts[rows]
        if rows is None:
            return np.arange(self.starts.start, self.starts.stop, self.starts.step, dtype=np.int64)
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(self):
            raise IndexError(f"rows must be within 0 .. {len(self) - 1}")
        return self.starts.start + rows.astype(np.int64) * self.starts.step

    def windows(self) -> FloatArray:
        """Return the windows as one array of shape (N, T, F); this copies."""
        if isinstance(self.starts, range) and self.starts.step > 0 and len(self):
            views = np.lib.stride_tricks.sliding_window_view(self.base, self.window, axis=0)
            rows = slice(self.starts.start, self.starts.stop, self.starts.step)
            return np.array(views[rows].transpose(0, 2, 1), order="C")
        windows: FloatArray = self.base[self.starts_of()[:, None] + np.arange(self.window)]
        return windows
