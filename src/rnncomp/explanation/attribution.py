"""Attribution: which steps and features one output rests on.

Shapes: T steps, F features.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import fail, integer, one_of
from rnncomp.charts.attribution import attribution_figure, draw_parts
from rnncomp.explanation.computed import column_names, step_names
from rnncomp.explanation.double import Array, as_network, one_window
from rnncomp.explanation.integrated import integrate
from rnncomp.explanation.occlusion import occlude
from rnncomp.explanation.question import Baseline, Question, ask, baseline_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = ("integrated_gradients", "occlusion")
TITLES = {
    "integrated_gradients": "What Each Step Adds: Integrated Gradients",
    "occlusion": "What Is Lost Without Each Step: Occlusion",
}


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each step and feature of a window adds to one output, beside a baseline input.

    Attributes:
        method: ``integrated_gradients`` or ``occlusion``.
        parts: What each number adds, shape (T, F), in units of the output.
        by_step: What each step adds, shape (T,): the sum of its parts, or in an occlusion what is
            lost without the whole step.
        by_feature: What each feature adds, shape (F,), likewise.
        window: What the network read, shape (T, F).
        baseline: What it is compared with, shape (T, F).
        output: The output for the window, in float64.
        base_output: The output for the baseline.
        gap: Sum of the parts less ``output - base_output``. In integrated gradients it is checked;
            in an occlusion nothing says that it be small.
        output_index: Which output, from 0.
        baseline_name: What the baseline is, in a few words.
        columns: Names of the F features.
        times: What to call the T steps.
        nodes: Gradients on the way from baseline to window; 0 in an occlusion.
        run: Steps replaced together in an occlusion, else 1.
    """

    method: str
    parts: Array
    by_step: Array
    by_feature: Array
    window: Array
    baseline: Array
    output: float
    base_output: float
    gap: float
    output_index: int
    baseline_name: str
    columns: tuple[str, ...]
    times: tuple[str, ...]
    nodes: int = 0
    run: int = 1

    @property
    def difference(self) -> float:
        """What there is to explain: output less that of the baseline."""
        return self.output - self.base_output

    def largest(self, count: int = 5) -> list[tuple[str, str, float]]:
        """Return the parts of the largest size: step, feature, part.

        Args:
            count: How many, at least 1.
        """
        count = integer("count", count)
        flat = np.argsort(-np.abs(self.parts), axis=None, kind="stable")[:count]
        places = zip(*np.unravel_index(flat, self.parts.shape), strict=True)
        return [(self.times[t], self.columns[f], float(self.parts[t, f])) for t, f in places]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each step adds; without `ax` under the input, with a map of all features.

        Args:
            ax: Where to draw the bars of the steps; None for a new figure.

        Returns:
            The axes with the bars.
        """
        given = {
            "window": self.window,
            "baseline": self.baseline,
            "parts": self.parts,
            "by_step": self.by_step,
            "columns": self.columns,
            "times": self.times,
            "title": TITLES[self.method],
            "note": self.note,
        }
        return draw_parts(given, ax=ax) if ax is not None else attribution_figure(given)

    @property
    def note(self) -> str:
        """What is compared, and how well the parts sum, in one line."""
        if self.method == "occlusion":
            how = "" if self.run == 1 else f" · {self.run} steps together"
        else:
            how = f", missed by the sum of the parts: {abs(self.gap):.1g}"
        return (
            f"output {self.output_index}: {self.output:.4g} · baseline ({self.baseline_name}): "
            f"{self.base_output:.4g} · difference {self.difference:.4g}{how}"
        )

    def __repr__(self) -> str:
        """Return the two outputs, the gap, and the largest parts."""
        largest = ", ".join(
            f"{part:+.4g} from {column} at {time}" for time, column, part in self.largest(3)
        )
        return f"Attribution({self.method}; {self.note}; largest: {largest})"


def attribute(
    network: Any,
    window: ArrayLike,
    *,
    method: str = "integrated_gradients",
    baseline: Baseline = None,
    output: int | None = None,
    run: int = 1,
    columns: Sequence[str] | None = None,
    times: Sequence[Any] | None = None,
) -> Attribution:
    """Return what each step and feature of a window adds to one output.

    Integrated gradients hold for every network whose output is continuous in its inputs; kinks, as
    of relu, take more nodes. Through an Embedding only an occlusion of whole steps has a meaning.
    An attribution speaks of the network, not of the world: it says what this output rests on.

    Args:
        network: A `Sequential` or `Network`, trained or not.
        window: What it reads, shape (T, F), or (T,) of one feature; for an Embedding whole
            numbers (T,) or (T, 1).
        method: ``integrated_gradients``, whose parts sum to the difference of the outputs; or
            ``occlusion``, what is lost where a value, a step or a feature is replaced.
        baseline: What the window is compared with: ``mean``, each feature at its mean over the
            window (so that the parts say what the shape of the window adds to its level);
            ``zero``, zeros as the network reads them; ``last``, the last step at all times; an
            array of shape (F,) or (T, F). For an Embedding a whole number. None for ``mean``, for
            an Embedding 0, and ``zero`` where a window is one step, its own mean. Steps that a
            Masking layer takes out are out in both.
        output: Which output, from 0; None for the first of the last step.
        run: In an occlusion, how many steps are replaced together, 1 .. T.
        columns: Names of the features; None for ``x``, or ``x1``, ``x2``...
        times: What to call the steps; None for 1 .. T.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: Integrated gradients of an Embedding.

    Warns:
        UserWarning: The parts do not sum within 1e-3 of the difference: the output jumps.

    Example:
        >>> import rnncomp
        >>> layers = [rnncomp.SimpleRNN(1, activation="linear", input_shape=(3, 1))]
        >>> model = rnncomp.Sequential(layers, seed=0)
        >>> model.set_weights([[[1.0]], [[0.5]], [0.0]])
        >>> attribute(model, [[1.0], [2.0], [3.0]], baseline="zero").by_step
        array([0.25, 1.  , 3.  ])
    """
    one_of("method", method, METHODS)
    question = ask(network, one_window(as_network(network), window)[None], baseline, output)
    _, steps, features = question.x.shape
    if integer("run", run) > steps:
        raise fail("run", f"1 .. {steps}, the steps of the window", run)
    if run > 1 and method != "occlusion":
        raise fail("run", "1 with integrated gradients", run, "use method='occlusion'")
    names = column_names(columns, features), step_names(times, steps)
    found = _integrated(question) if method == "integrated_gradients" else _occluded(question, run)
    return Attribution(
        method=method,
        window=question.x[0],
        baseline=question.base[0],
        output_index=question.output,
        baseline_name=baseline_name(baseline, question),
        run=run,
        columns=names[0],
        times=names[1],
        **found,
    )


def _integrated(question: Question) -> dict[str, Any]:
    made = integrate(question)
    parts = made.parts[0]
    if not made.complete[0]:
        difference = made.outputs[0] - made.base_outputs[0]
        warnings.warn(
            f"integrated gradients miss {abs(made.gaps[0]):.2g} of the difference "
            f"{difference:.2g} after {made.nodes[0]:,} nodes: the output jumps or shakes on the "
            "way from the baseline; pass another baseline, or method='occlusion'",
            stacklevel=3,
        )
    return {
        "parts": parts,
        "by_step": parts.sum(axis=1),
        "by_feature": parts.sum(axis=0),
        "output": float(made.outputs[0]),
        "base_output": float(made.base_outputs[0]),
        "gap": float(made.gaps[0]),
        "nodes": int(made.nodes[0]),
    }


def _occluded(question: Question, run: int) -> dict[str, Any]:
    made = occlude(question, run)
    gap = float(made.parts.sum()) - (made.output - made.base_output)
    return {**made._asdict(), "gap": gap}
