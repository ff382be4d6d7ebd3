"""How far gradients reach on average over many windows, and in several networks side by side.

Shapes: N windows, T steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp._check import fail
from rnncomp.charts.reach import reach_figure
from rnncomp.explanation.double import (
    NUMBERS_AT_ONCE,
    Array,
    check_output,
    in_double,
    windows_of,
)
from rnncomp.explanation.flow import GradientFlow, LayerFlow, memory_steps, need_states
from rnncomp.explanation.state_gradients import StateGradients, state_gradients

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEPT = 12  # numbers that a pass keeps of each step for each number of a state, roughly


def gradient_reach(network: Any, windows: Any, *, output: int | None = None) -> GradientFlow:
    """Return how far the gradient of an output reaches back, as a mean over many windows.

    Args:
        network: A `Sequential` or `Network`, trained or not.
        windows: What it reads, shape (N, T, F), or Samples; for an Embedding (N, T).
        output: Which output, from 0; None for the first of the last step.

    Returns:
        The mean over windows of each norm; its layers have no `dh` and `dc`.

    Raises:
        InvalidArgumentError: As `gradient_flow`.

    Example:
        >>> import numpy as np
        >>> import rnncomp
        >>> model = rnncomp.Sequential([rnncomp.GRU(4, input_shape=(9, 1))], seed=0)
        >>> reach = gradient_reach(model, np.random.default_rng(0).normal(size=(20, 9, 1)))
        >>> reach.windows, reach.norms.shape, reach.memory_steps < 9
        (20, (9,), True)
    """
    inner = in_double(network)
    x = windows_of(network, windows)
    number = check_output(inner, x.shape[1], output)
    kept = x.shape[1] * (x.shape[2] + KEPT * inner.spec.state_size)
    block = max(1, 4 * NUMBERS_AT_ONCE // kept)
    sums: list[_Sums] = []
    for first in range(0, len(x), block):
        found = need_states(state_gradients(inner, x[first : first + block], number))
        parts = [_Sums.of(one) for one in found]
        sums = [a + b for a, b in zip(sums, parts, strict=True)] if sums else parts
    return GradientFlow(tuple(part.mean() for part in sums), number, len(x))


def plot_reach(panels: Mapping[str, Mapping[str, GradientFlow]]) -> Figure:
    """Draw several networks beside each other, and panels of them, such as before and after.

    Args:
        panels: By the title of each panel the flows by the names of the networks.

    Returns:
        A figure with the panels side by side, on one scale.

    Raises:
        InvalidArgumentError: There is no panel, or one is empty.

    Example:
        >>> import numpy as np
        >>> import rnncomp
        >>> flows = {}
        >>> for cell in (rnncomp.SimpleRNN, rnncomp.LSTM):
        ...     model = rnncomp.Sequential([cell(4, input_shape=(9, 1))], seed=0)
        ...     flows[cell.__name__] = rnncomp.gradient_reach(model, np.ones((2, 9, 1)))
        >>> len(plot_reach({"before training": flows}).axes)
        1
    """
    if not panels or not all(panels.values()):
        raise fail("panels", "one or more titles, each with one flow or more", dict(panels))
    drawn = {}
    for title, flows in panels.items():
        curves = [
            {**curve, "name": f"{name} {curve['name']}"}
            for name, flow in flows.items()
            for curve in flow.curves(name)
        ]
        notes = {flow.note for flow in flows.values()}
        drawn[title] = {
            "curves": curves,
            "note": " · ".join(sorted(notes)) if len(notes) == 1 else "",
        }
    return reach_figure(drawn)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums over windows of the norms of one layer."""

    found: StateGradients  # its name and order are of all windows
    counts: Array  # (T,) windows that have the step
    norms: Array  # (3, T) by h, by c, by both

    @classmethod
    def of(cls, found: StateGradients) -> _Sums:
        """Return the sums over the windows of one block."""
        h = np.linalg.norm(found.dh, axis=-1)  # (N, T)
        c = np.zeros_like(h) if found.dc is None else np.linalg.norm(found.dc, axis=-1)
        norms = np.stack([h, c, np.hypot(h, c)])
        return cls(found, found.there.sum(axis=0), (norms * found.there).sum(axis=1))

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.found, self.counts + other.counts, self.norms + other.norms)

    def mean(self) -> LayerFlow:
        """Return the means, each over the windows that have the step."""
        h, c, both = self.norms / np.maximum(self.counts, 1.0)
        there = self.counts > 0
        name, kind, order = self.found.name, self.found.kind, self.found.order
        c_norms = None if self.found.dc is None else c
        return LayerFlow(name, kind, order, there, h, c_norms, both, memory_steps(both, there))
