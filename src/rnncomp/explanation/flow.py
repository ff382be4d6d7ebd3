"""How far a gradient reaches: which states of the past an output still depends on, and how much.

Shapes: T steps, U units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, nearest
from rnncomp.charts.reach import draw_reach
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.double import (
    Array,
    as_network,
    check_output,
    in_double,
    one_window,
    windows_of,
)
from rnncomp.explanation.state_gradients import StateGradients, state_gradients

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEMORY_SHARE = 0.95
"""What the steps of an effective memory carry of all norms."""


@dataclass(frozen=True, eq=False)
class LayerFlow:
    """How an output depends on the states of one recurrent layer.

    Index t is the step that the layer read t-th, from 0, and the state is that after it.

    Attributes:
        name: Of the layer; a direction of a Bidirectional one is ``bidirectional/forward``.
        kind: ``simple_rnn``, ``lstm`` or ``gru``.
        order: Number of each step in the sequence that went in, shape (T,).
        there: False where a mask says that there is no such step, shape (T,).
        norms: Euclidean norm of d output / d h after each step, shape (T,); of several windows
            their mean, each over the windows that have the step.
        c_norms: The same of the cell state of an LSTM, else None.
        state_norms: The same of the whole state: of an LSTM h and c side by side, else `norms`.
        memory_steps: The effective memory in steps, by `state_norms`; see `memory_steps`.
        dh: d output / d h of one window, shape (T, U), with c held; None of several windows.
        dc: d output / d c of one window in an LSTM, shape (T, U), with h held; else None.
    """

    name: str
    kind: str
    order: NDArray[np.intp]
    there: NDArray[np.bool_]
    norms: Array
    c_norms: Array | None
    state_norms: Array
    memory_steps: int
    dh: Array | None = None
    dc: Array | None = None


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """How far the gradient of one output reaches back, layer by layer.

    Attributes:
        layers: The recurrent layers in order, forward before backward.
        output: Number of the output.
        windows: How many windows it is the mean of.
    """

    layers: tuple[LayerFlow, ...]
    output: int
    windows: int = 1

    def __getitem__(self, name: str) -> LayerFlow:
        """Return what was found of the layer of that name."""
        flat = {layer.name: layer for layer in self.layers}
        if name not in flat:
            raise fail("layer", f"one of {', '.join(flat)}", name, nearest(str(name), flat))
        return flat[name]

    def __iter__(self) -> Iterator[LayerFlow]:
        """Go over all recurrent layers, both directions of a Bidirectional one."""
        return iter(self.layers)

    @property
    def last(self) -> LayerFlow:
        """The recurrent layer nearest to the output; of two directions the one along time."""
        return self.layers[-2 if self.layers[-1].name.endswith("/backward") else -1]

    @property
    def norms(self) -> Array:
        """The norm of d output / d h after each step of `last`, shape (T,)."""
        return self.last.norms

    @property
    def memory_steps(self) -> int:
        """The effective memory of `last` in steps."""
        return self.last.memory_steps

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the norms over the steps of each layer, on a scale of powers of ten.

        Args:
            ax: Where to draw; None for a new figure.

        Returns:
            The axes drawn on.
        """
        return draw_reach({"curves": self.curves(), "note": self.note}, ax=ax)

    def curves(self, label: str = "") -> list[dict[str, Any]]:
        """Return one curve a layer, and one more for the cell state of an LSTM, to be drawn.

        Args:
            label: What to call the layer where there is one alone; empty for its name.
        """
        made = []
        for layer in self.layers:
            name = label if label and len(self.layers) == 1 else layer.name
            steps = (layer.order + 1).tolist()
            unit = "step" if layer.memory_steps == 1 else "steps"
            words = f"{name}, memory {layer.memory_steps} {unit}"
            curve = {"name": layer.name, "kind": layer.kind, "x": steps}
            made.append({**curve, "y": layer.norms, "label": words, "dashed": False})
            if layer.c_norms is not None:
                words = f"{name}, by its cell state"
                made.append({**curve, "y": layer.c_norms, "label": words, "dashed": True})
        return made

    @property
    def note(self) -> str:
        """Which output, and of how many windows."""
        of = "one window" if self.windows == 1 else f"mean over {self.windows:,} windows"
        return f"output {self.output} · {of}"

    def __repr__(self) -> str:
        """Return the effective memory of each layer."""
        found = ", ".join(
            f"{layer.name} {layer.memory_steps} of {len(layer.norms)}" for layer in self.layers
        )
        return f"GradientFlow(output {self.output}; effective memory in steps: {found})"


def gradient_flow(network: Any, window: ArrayLike, *, output: int | None = None) -> GradientFlow:
    """Return how an output depends on every state of every recurrent layer, for one window.

    The derivative by a state is the whole one: through what the layer hands on at that step, and
    through all steps that it reads later. In an LSTM h and c are two states: the derivative by one
    is that with the other held, and after the last step c acts on nothing. All is computed by the
    equations (`rnncomp.kernels.reference`) in float64: what has faded is below float32.

    Args:
        network: A `Sequential` or `Network`, trained or not.
        window: What it reads, shape (T, F), or (T,) of one feature; for an Embedding whole
            numbers (T,) or (T, 1).
        output: Which output, from 0, of all numbers that the network gives for a window.

    Raises:
        InvalidArgumentError: An argument breaks its rule, there is no recurrent layer, or a
            derivative is not finite.

    Example:
        >>> import rnncomp
        >>> layers = [rnncomp.SimpleRNN(1, activation="linear", input_shape=(3, 1))]
        >>> model = rnncomp.Sequential(layers, seed=0)
        >>> model.set_weights([[[1.0]], [[0.5]], [0.0]])
        >>> flow = gradient_flow(model, [[1.0], [2.0], [3.0]])
        >>> flow.norms, flow.memory_steps
        (array([0.25, 0.5 , 1.  ]), 3)
    """
    inner = in_double(network)
    x = windows_of(network, one_window(as_network(network), window)[None])
    number = check_output(inner, x.shape[1], output)
    found = need_states(state_gradients(inner, x, number))
    return GradientFlow(tuple(_of_one(one) for one in found), number)


def memory_steps(norms: ArrayLike, there: ArrayLike | None = None) -> int:
    """Return the effective memory in steps: the last ones that carry 95 % of all norms.

    It is the smallest k such that the norms of the last k steps sum to at least 95 % of the sum of
    all. Counting begins at the last step on which the output depends at all, and leaves out steps
    that are not there. With norms that shrink by a factor r a step it is about
    ``log(0.05) / log(r)``: 5 steps for 0.5, 29 for 0.9. An LSTM is measured by the norm of its
    whole state, h and c side by side.

    Args:
        norms: Of the derivative by the state after each step, shape (T,), in the order of reading.
        there: False where there is no such step, shape (T,); None where all are.

    Returns:
        0 where the output depends on no state, else 1 .. T.

    Example:
        >>> memory_steps([0.0, 0.01, 1.0, 2.0, 0.0]), memory_steps([1.0] * 40)
        (2, 38)
    """
    values = np.asarray(norms, np.float64)
    if there is not None:
        values = values[np.asarray(there, bool)]
    nonzero = np.flatnonzero(values)
    if not len(nonzero):
        return 0
    back = values[nonzero[-1] :: -1]
    carried = np.cumsum(back / back.max())
    return int(np.searchsorted(carried, MEMORY_SHARE * carried[-1])) + 1


def need_states(found: Sequence[StateGradients]) -> Sequence[StateGradients]:
    """Return `found`, or raise if the network has no states."""
    if not found:
        raise InvalidArgumentError(
            "gradient flow needs a SimpleRNN, LSTM or GRU layer, the network has none"
        )
    return found


def _of_one(found: StateGradients) -> LayerFlow:
    dh, there = found.dh[0], found.there[0]
    dc = None if found.dc is None else found.dc[0]
    norms = np.linalg.norm(dh, axis=-1)  # (T,)
    c_norms = None if dc is None else np.linalg.norm(dc, axis=-1)
    both = norms if c_norms is None else np.hypot(norms, c_norms)
    steps = memory_steps(both, there)
    return LayerFlow(
        found.name, found.kind, found.order, there, norms, c_norms, both, steps, dh, dc
    )
