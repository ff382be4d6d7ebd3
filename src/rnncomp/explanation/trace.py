"""Trace: what a network computed for one window, and what to ask of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnncomp import charts
from rnncomp._check import fail
from rnncomp.explanation.arithmetic import Arithmetic, work_out
from rnncomp.explanation.attribution import Attribution, attribute
from rnncomp.explanation.computed import Computed
from rnncomp.explanation.flow import GradientFlow, gradient_flow
from rnncomp.explanation.pictured import trace_data
from rnncomp.explanation.question import Baseline
from rnncomp.report import write_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Computed):
    """Every number that a network computes for one window; `rnncomp.explain` makes it.

    The numbers are those of the engine. `worked_output`, and `worked` of each layer, are the same
    by the equations in float64.

    Example:
        >>> import numpy as np
        >>> import rnncomp
        >>> layers = [rnncomp.SimpleRNN(2, input_shape=(3, 1)), rnncomp.Dense(1)]
        >>> trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0])
        >>> trace.h.shape, sorted(trace["simple_rnn"].arrays)
        ((3, 2), ['h', 'sums', 'y'])
    """

    def arithmetic(
        self,
        step: int | Sequence[int] | None = None,
        *,
        layer: str | None = None,
        unit: int | None = None,
    ) -> Arithmetic:
        """Return the equations with their numbers in them, to print or to show in a notebook.

        Args:
            step: Which step of the window, 1 .. T, or several; None for all. What comes after the
                last step, such as the output, belongs to the last.
            layer: Name of one layer; None for all.
            unit: Number of one unit, from 0, whose sums are then written term by term; None for
                all units, as vectors.

        Raises:
            InvalidArgumentError: There is no such step, layer or unit.

        Example:
            >>> import rnncomp
            >>> layers = [rnncomp.SimpleRNN(1, use_bias=False, input_shape=(1, 1))]
            >>> model = rnncomp.Sequential(layers, dtype="float64")
            >>> model.set_weights([[[0.5]], [[1.0]]])
            >>> block = rnncomp.explain(model, [[2.0]]).arithmetic(unit=0).blocks[0]
            >>> for line in block.lines:
            ...     print(line.left(0), "=", " = ".join(line.rows(0)))
            z_1[0] = x_1[0]·kernel[0,0] + h_0[0]·recurrent_kernel[0,0] = 2·0.5 + 0·1 = 1 + 0 = 1
            h_1[0] = tanh(z_1[0]) = tanh(1) = 0.761594
        """
        return work_out(self, step, layer=layer, unit=unit)

    def plot(self, layer: str | None = None) -> Figure:
        """Draw the layers, and gates and states over time under the input.

        Args:
            layer: Name of the recurrent layer to draw; None for all of them, each under its name.

        Returns:
            The figure; `rnncomp.charts.write_figure` writes it.

        Raises:
            InvalidArgumentError: There is no such layer, or it is not recurrent.

        Example:
            >>> import rnncomp
            >>> layers = [rnncomp.GRU(2, input_shape=(3, 1)), rnncomp.Dense(1)]
            >>> trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0])
            >>> figure = trace.plot()
        """
        self._check_recurrent(layer)
        return charts.trace_figure(self.to_dict(), layer=layer)

    def plot_unrolled(self, layer: str | None = None) -> Figure:
        """Draw a recurrent layer as a row of steps: the same weights at each, joined by the states.

        Args:
            layer: Name of the recurrent layer to draw; None for the first.

        Returns:
            The figure; `rnncomp.charts.write_figure` writes it.

        Raises:
            InvalidArgumentError: There is no such layer, or it is not recurrent.

        Example:
            >>> import rnncomp
            >>> layers = [rnncomp.GRU(2, input_shape=(3, 1)), rnncomp.Dense(1)]
            >>> trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0])
            >>> trace.plot_unrolled().axes[0].get_title()
            'gru: GRU, 3 steps, the same weights at every step'
        """
        self._check_recurrent(layer)
        figure = charts.draw_unrolled(self.to_dict(), layer=layer).get_figure(root=True)
        assert figure is not None
        return figure

    def _check_recurrent(self, layer: str | None) -> None:
        """Raise InvalidArgumentError for the name of a layer that is not there or not recurrent."""
        if layer is not None and not self[layer].recurrent:
            names = ", ".join(one.name for one in self.recurrent)
            rule = f"recurrent, one of {names}" if names else "left out, none is recurrent"
            raise fail("layer", rule, layer)

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write a page to step through the prediction: one file that needs no other, no network.

        Args:
            path: Where to; a file that is there is replaced.

        Returns:
            The path.

        Raises:
            InvalidArgumentError: The trace has no layer that computes, or too many numbers.
            OutputError: The file cannot be written; what was there is still there.

        Example:
            >>> import tempfile, rnncomp
            >>> layers = [rnncomp.GRU(2, input_shape=(3, 1)), rnncomp.Dense(1)]
            >>> trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0])
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     trace.to_html(f"{folder}/gru.html").name
            'gru.html'
        """
        write_steps(path, self.to_dict())
        return Path(path)

    def to_dict(self) -> dict[str, Any]:
        """Return all numbers as lists by name, ready for JSON; see `trace_data`."""
        return trace_data(self)

    def gradient_flow(self, *, output: int | None = None) -> GradientFlow:
        """Return how an output depends on every state of every recurrent layer.

        Args:
            output: Which output, from 0; None for the first of the last step. See
                `rnncomp.explanation.flow.gradient_flow`.

        Raises:
            InvalidArgumentError: There is no such output, or no recurrent layer.

        Example:
            >>> import rnncomp
            >>> layers = [rnncomp.SimpleRNN(1, activation="linear", input_shape=(3, 1))]
            >>> model = rnncomp.Sequential(layers, seed=0)
            >>> model.set_weights([[[1.0]], [[0.5]], [0.0]])
            >>> rnncomp.explain(model, [1.0, 2.0, 3.0]).gradient_flow().norms
            array([0.25, 0.5 , 1.  ])
        """
        return gradient_flow(self.network, self.window, output=output)

    def attribution(
        self,
        method: str = "integrated_gradients",
        *,
        baseline: Baseline = None,
        output: int | None = None,
        run: int = 1,
    ) -> Attribution:
        """Return which steps and features an output rests on.

        Args:
            method: ``integrated_gradients`` or ``occlusion``.
            baseline: What the window is compared with: ``mean``, ``zero``, ``last`` or an array.
            output: Which output, from 0; None for the first of the last step.
            run: Steps replaced together in an occlusion. See
                `rnncomp.explanation.attribution.attribute`.

        Returns:
            The parts, in units of what the network gives, which a forecaster scales back after.

        Raises:
            InvalidArgumentError: An argument breaks its rule.
            UnsupportedError: Integrated gradients of an Embedding.

        Example:
            >>> import rnncomp
            >>> layers = [rnncomp.SimpleRNN(1, activation="linear", input_shape=(3, 1))]
            >>> model = rnncomp.Sequential(layers, seed=0)
            >>> model.set_weights([[[1.0]], [[0.5]], [0.0]])
            >>> rnncomp.explain(model, [1.0, 2.0, 3.0]).attribution(baseline="zero").by_step
            array([0.25, 1.  , 3.  ])
        """
        return attribute(
            self.network,
            self.window,
            method=method,
            baseline=baseline,
            output=output,
            run=run,
            columns=self.columns,
            times=self.times,
        )
