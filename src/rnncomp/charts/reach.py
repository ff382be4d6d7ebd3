"""How far a gradient reaches: the norm of d output / d h over the steps, on a log scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp.charts.style import (
    NETWORK_COLOURS,
    OTHER_COLOURS,
    dress,
    legend_on_top,
    new_axes,
    numbers,
    shown_figure,
    whole_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REACH_SIZE = (9.0, 5.2)
DECADES = 14.0
"""Powers of ten shown; what is smaller beside the largest changes no digit of a float64."""

MARKED_STEPS = 12  # so few steps are dots as well


def draw_reach(reach: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw the norm of the derivative by the state after each step, one curve a layer or network.

    Args:
        reach: ``curves``, each with ``name`` (curves of one name have one colour), ``kind``,
            ``label``, ``x`` (steps from 1), ``y`` (norms, 0 is left out) and ``dashed``; ``note``;
            it may have a ``title``.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> curve = {"name": "gru", "kind": "gru", "label": "GRU", "x": [1, 2], "y": [0.1, 1.0]}
        >>> draw_reach({"curves": [{**curve, "dashed": False}], "note": ""}).get_yscale()
        'log'
    """
    ax = new_axes(ax, REACH_SIZE)
    _draw(ax, reach)
    _limit(ax, _range([reach]))
    legend_on_top(ax, columns=2)
    return ax


def reach_figure(panels: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Draw several panels side by side on one scale.

    Args:
        panels: By title what `draw_reach` takes.

    Returns:
        A new figure.
    """
    figure = shown_figure((7.0 * len(panels), 5.4))
    whole = figure.subplots(1, len(panels), squeeze=False)[0]
    limits = _range(list(panels.values()))
    most = max(len(reach["curves"]) for reach in panels.values())
    for ax, (title, reach) in zip(whole, panels.items(), strict=True):
        _draw(ax, {**reach, "title": title})
        _limit(ax, limits)
        legend_on_top(ax, columns=2, room_for=most)
    return figure


def _draw(ax: Axes, reach: Mapping[str, Any]) -> None:
    colours = _colours(reach["curves"])
    for curve in reach["curves"]:
        values = numbers(curve["y"])
        order = np.argsort(curve["x"])
        ax.plot(
            np.asarray(curve["x"])[order],
            np.where(values > 0.0, values, np.nan)[order],
            color=colours[curve["name"]],
            linestyle="--" if curve["dashed"] else "-",
            linewidth=1.4 if curve["dashed"] else 2.0,
            marker="o" if len(order) <= MARKED_STEPS else None,
            markersize=4,
            label=curve["label"],
        )
    ax.set_yscale("log")
    dress(
        ax,
        title=reach.get("title", "How Far the Gradient Reaches"),
        note=reach["note"],
        x_label="Step",
        y_label="Norm of d output / d h",
    )
    whole_ticks(ax.xaxis)


def _range(reaches: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return the lowest and highest norm to be shown in all panels."""
    given = [numbers(curve["y"]) for reach in reaches for curve in reach["curves"]]
    values = np.concatenate([np.zeros(0), *given])
    values = values[values > 0.0]
    if not len(values):
        return 0.1, 1.0
    high = float(values.max())
    return max(float(values.min()), high * 10.0**-DECADES), high


def _limit(ax: Axes, limits: tuple[float, float]) -> None:
    low, high = np.log10(limits)
    room = max(0.15, 0.04 * (high - low))
    ax.set_ylim(10.0 ** (low - room), 10.0 ** (high + room))


def _colours(curves: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return a colour for each name: that of its cell for the first of a kind."""
    spare = [c for _ in curves for c in OTHER_COLOURS]
    left: dict[str, str] = dict(NETWORK_COLOURS)
    colours: dict[str, str] = {}
    for curve in curves:
        if curve["name"] not in colours:
            colours[curve["name"]] = left.pop(curve["kind"], "") or spare.pop(0)
    return colours
