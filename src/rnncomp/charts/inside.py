"""Inside a network: its layers, and the gates and states of each under the input, in one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rnncomp.charts.figures import new_figure
from rnncomp.charts.heat import FEW_UNITS, draw_input, draw_values, letters
from rnncomp.charts.layers import diagram_height, draw_layers, recurrent_layers
from rnncomp.charts.style import QUIET, cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

WIDTH = 11.0  # of the maps of one layer, in inches
SIDE_BY_SIDE = 2
INPUT_HEIGHT, HEAD = 1.6, 0.55
LINE = 100  # characters that fit beside each other above the maps of one layer


def trace_figure(
    trace: Mapping[str, Any], *, layer: str | None = None, figure: Figure | None = None
) -> Figure:
    """Draw the layers of a network, and below them the gates and states of the recurrent ones.

    Args:
        trace: What `rnncomp.explanation.trace_data` returns.
        layer: Name of the one recurrent layer to draw; None for all.
        figure: An empty figure to draw on; None for a new one that is large enough.

    Returns:
        The figure.
    """
    shown = recurrent_layers(trace, layer)
    across = min(len(shown), SIDE_BY_SIDE) or 1
    rows = [shown[at : at + across] for at in range(0, len(shown), across)]
    heights = [diagram_height(trace), *(max(map(_height, row)) for row in rows)]
    figure = figure or new_figure((WIDTH * across, sum(heights) + 0.5))
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    draw_layers(trace, ax=parts[0].subplots())
    for part, row in zip(parts[1:], rows, strict=True):
        places = part.subfigures(1, across, squeeze=False)[0]
        for place, one in zip(places, row, strict=False):
            draw_states(trace, one["name"], figure=place)
    figure.suptitle(f"{cut(trace['title'], 90)}\n{_found(trace)}".strip(), fontsize=12)
    return figure


def _found(trace: Mapping[str, Any]) -> str:
    """Return what came out, and how near the engine is to the equations.

    Outputs that are too many for a line are left out: a shape in their place says nothing.
    """
    said = [_listed("output", trace["output"])]
    if trace["values"] is not None:
        said.append(_listed("in the units of the series", trace["values"]))
    if trace["difference"] is not None:
        near = f"{trace['difference']:.1e}, {trace['allowed']:.1e} allowed"
        said.append(f"engine and equations differ by at most {near}")
    lines = [""]
    for part in said:
        if len(part) > LINE:
            continue
        joint = f"{lines[-1]} · {part}" if lines[-1] else part
        if len(joint) > LINE:
            lines.append(part)
        else:
            lines[-1] = joint
    return "\n".join(lines)


def _listed(name: str, values: Sequence[float | None]) -> str:
    """Return a name and all numbers."""
    digits = 3 if len(values) > 1 else 4
    return f"{name} [{', '.join('–' if v is None else f'{v:.{digits}g}' for v in values)}]"


def draw_states(
    trace: Mapping[str, Any], layer: str, *, figure: Figure | SubFigure | None = None
) -> Figure | SubFigure:
    """Draw the gates and states of one layer over time, under the input, step under step.

    Args:
        trace: What `rnncomp.explanation.trace_data` returns.
        layer: Name of a recurrent layer.
        figure: Where to draw, empty; None for a new figure.

    Returns:
        The figure.
    """
    (one,) = recurrent_layers(trace, layer)
    figure = figure or new_figure((WIDTH, _height(one) + 0.3))
    names = letters(one)
    heights = [INPUT_HEIGHT, *(_map_height(one) for _ in names)]
    grid = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)
    axes: list[Axes] = list(grid[:, 0])
    _draw_top(trace, one, axes[0])
    times = _times(trace, one)
    for ax, letter in zip(axes[1:], names, strict=True):
        draw_values(one, letter, times=times, ax=ax)
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel("step")
    figure.suptitle(_words(one), fontsize=11, color=QUIET, x=0.02, ha="left")
    return figure


def _draw_top(trace: Mapping[str, Any], layer: Mapping[str, Any], ax: Axes) -> None:
    """Draw the window, or, where its steps are others than those of the layer, what it reads."""
    if layer["places"] is not None:
        draw_input(trace["window"], trace["columns"], times=trace["times"], ax=ax)
        return
    names = [f"x{number}" for number in range(layer["input_shape"][-1])]
    rows = dict(zip(layer["order"], layer["x"], strict=True))
    draw_input([rows[step] for step in sorted(rows)], names, ax=ax)


def _times(trace: Mapping[str, Any], layer: Mapping[str, Any]) -> Sequence[str] | None:
    return None if layer["places"] is None else trace["times"]


def _words(layer: Mapping[str, Any]) -> str:
    units = layer["output_shape"][-1]
    backwards = ", which reads from the last step to the first" if layer["backwards"] else ""
    counted = f"{units} unit{'' if units == 1 else 's'}"
    return f"{layer['name']}: {layer['title']} of {counted}{backwards}"


def _map_height(layer: Mapping[str, Any]) -> float:
    """Return inches: enough to tell 50 units apart, and no more for few."""
    units = int(layer["output_shape"][-1])
    room = 0.45 + 0.2 * units if units <= FEW_UNITS else 0.6 + 0.022 * units
    return min(2.4, max(0.85, room))


def _height(layer: Mapping[str, Any]) -> float:
    """Return the inches of the maps of a layer, with the names above each."""
    return HEAD + INPUT_HEIGHT + len(letters(layer)) * (_map_height(layer) + 0.28)
