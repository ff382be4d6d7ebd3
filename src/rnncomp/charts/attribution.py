"""What an output rests on: the input, what each step adds under it, and lags over many windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp.charts.heat import MARKED_STEPS, name_steps
from rnncomp.charts.style import (
    BLUE,
    FEATURE_COLOURS,
    MINUS,
    OTHER_COLOURS,
    PLUS,
    QUIET,
    SIGNED_MAP,
    cut,
    dress,
    legend_on_top,
    new_axes,
    numbers,
    shown_figure,
    whole_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS_SIZE, LAGS_SIZE = (10.0, 4.0), (10.0, 5.0)


def draw_parts(given: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw what each step adds to an output as bars, red upwards and blue downwards.

    Args:
        given: ``by_step`` (T,), ``times`` (T,), ``title`` and ``note``.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> given = {"by_step": [0.2, -0.1], "times": ["1", "2"], "title": "Parts", "note": ""}
        >>> len(draw_parts(given).patches)
        2
    """
    ax = new_axes(ax, PARTS_SIZE)
    parts = numbers(given["by_step"])
    colours = [PLUS if part >= 0.0 else MINUS for part in parts]
    ax.bar(_places(parts), parts, width=0.8, color=colours)
    ax.axhline(0.0, color=QUIET, linewidth=0.8)
    dress(
        ax, title=given["title"], note=given["note"], x_label="Step", y_label="Added to the Output"
    )
    _name_steps(ax, given["times"])
    return ax


def draw_window(given: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw the window that was read, a line a feature, and the baseline input dotted.

    Args:
        given: ``window`` and ``baseline`` (T, F), ``columns`` (F,) and ``times`` (T,).
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.
    """
    ax = new_axes(ax, PARTS_SIZE)
    window, baseline = np.asarray(given["window"]), np.asarray(given["baseline"])
    for f, name in enumerate(given["columns"]):
        colour = FEATURE_COLOURS[f % len(FEATURE_COLOURS)]
        marker = "o" if len(window) <= MARKED_STEPS else None
        places = _places(window)
        ax.plot(places, window[:, f], color=colour, marker=marker, markersize=3, label=name)
        ax.plot(places, baseline[:, f], color=colour, linestyle=":", linewidth=1.4)
    dress(ax, title="Input", note="dotted: the baseline", x_label="Step", y_label="Value Read")
    _name_steps(ax, given["times"])
    if len(given["columns"]) > 1:
        legend_on_top(ax, columns=4)
    return ax


def draw_part_map(given: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw what each feature adds at each step as a map of colours, red above zero, blue below.

    Args:
        given: ``parts`` (T, F), ``columns`` (F,) and ``times`` (T,).
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.
    """
    ax = new_axes(ax, PARTS_SIZE)
    parts = np.asarray(given["parts"], np.float64)
    most = float(np.abs(parts).max(initial=0.0)) or 1.0
    edges = (0.5, len(parts) + 0.5, len(given["columns"]) - 0.5, -0.5)
    image = ax.imshow(
        parts.T, aspect="auto", cmap=SIGNED_MAP, vmin=-most, vmax=most, extent=edges,
        interpolation="nearest",
    )  # fmt: skip
    dress(ax, title="By Feature", note="", x_label="Step", y_label="")
    ax.grid(False)
    ax.set_yticks(range(len(given["columns"])), [cut(name) for name in given["columns"]])
    _name_steps(ax, given["times"])
    bar = ax.figure.colorbar(image, ax=ax, pad=0.01)
    bar.set_label("Added to the Output")
    return ax


def attribution_figure(given: Mapping[str, Any]) -> Axes:
    """Draw the input, under it what each step adds, and with several features a map of all parts.

    Args:
        given: What `draw_parts`, `draw_window` and `draw_part_map` take.

    Returns:
        The axes with the bars, on a new figure.
    """
    features = len(given["columns"])
    rows = 3 if features > 1 else 2
    heights = [3.0, 3.4, 1.4 + 0.3 * features][:rows]
    figure = shown_figure((10.0, sum(heights)))
    axes = figure.subplots(rows, 1, sharex=True, height_ratios=heights)
    draw_window(given, ax=axes[0])
    draw_parts(given, ax=axes[1])
    if rows == 3:
        draw_part_map(given, ax=axes[2])
    for ax in axes[:-1]:
        ax.set_xlabel("")
    bars: Axes = axes[1]
    return bars


def draw_lags(given: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw how much each lag moves the output, a network as bars, linear models as dots on lines.

    Args:
        given: ``network`` (T,), oldest step first, its ``label``; ``others``, by name the same of
            linear models; ``title``, ``note`` and ``y_label``.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on, the last step on the right at 1 step back.
    """
    ax = new_axes(ax, LAGS_SIZE)
    bars = numbers(given["network"])
    back = np.arange(len(bars), 0, -1)
    drawn: list[Any] = [ax.bar(back, bars, width=0.8, color=BLUE, alpha=0.75, label=given["label"])]
    for k, (name, values) in enumerate(given["others"].items()):
        (line,) = ax.plot(
            back, numbers(values), color=OTHER_COLOURS[k % len(OTHER_COLOURS)], linewidth=1.4,
            marker="o", markersize=4, label=name,
        )  # fmt: skip
        drawn.append(line)
    dress(
        ax,
        title=given["title"],
        note=given["note"],
        x_label="Steps Back (1 is the last one read)",
        y_label=given["y_label"],
    )
    whole_ticks(ax.xaxis)
    ax.set_xlim(len(bars) + 0.7, 0.3)
    ax.set_ylim(bottom=0.0)
    legend_on_top(ax, drawn)
    return ax


def _places(values: Any) -> Any:
    return np.arange(1, len(values) + 1)


def _name_steps(ax: Axes, times: Sequence[str]) -> None:
    name_steps(ax, len(times), times)
    ax.set_xlim(0.4, len(times) + 0.6)
