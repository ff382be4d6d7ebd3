"""Heat maps of one layer: its gates and states over time, units as rows, on fixed scales."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.charts.style import FEATURE_COLOURS, SIGNED_MAP, cut, new_axes, numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAP_SIZE = (10.0, 2.6)
GATE_MAP = "Blues"  # from 0 to 1, which has no sign
FEW_UNITS, FEW_STEPS, FEW_LINES = 6, 12, 6  # so few that numbers, or lines, can be read
MARKED_STEPS = 60  # so few steps of a line are dots as well

WORDS = {
    "lstm": {
        "i": "input gate: how much of the candidate is written",
        "f": "forget gate: how much of the cell state is kept",
        "g": "candidate: what may be written",
        "o": "output gate: how much of the cell state is shown",
        "c": "cell state",
        "h": "hidden state",
    },
    "gru": {
        "z": "update gate: how much of the hidden state is kept",
        "r": "reset gate: how much of the hidden state the candidate sees",
        "g": "candidate: what may take its place",
        "h": "hidden state",
    },
    "simple_rnn": {"h": "hidden state"},
}
"""What the letters of each cell mean, in the order in which they are drawn."""


def letters(layer: Mapping[str, Any]) -> list[str]:
    """Return the letters of a layer's gates and states in the order in which they are drawn."""
    return list(WORDS[layer["kind"]])


def array_of(layer: Mapping[str, Any], letter: str) -> NDArray[np.float64]:
    """Return a gate or a state of a layer in the order of time, (T, U), NaN for gaps."""
    values = layer["gates"].get(letter)
    return _in_time(layer, table(layer[letter] if values is None else values))


def _in_time(layer: Mapping[str, Any], values: NDArray[Any]) -> NDArray[Any]:
    """Return steps that were read in another order in that of the window, or of the sequence."""
    return values[np.argsort(layer["order"] if layer["places"] is None else layer["places"])]


def table(rows: Sequence[Sequence[float | None]]) -> NDArray[np.float64]:
    """Return rows of numbers as an array, with gaps as NaN."""
    return np.stack([numbers(row) for row in rows])


def round_up(size: float) -> float:
    """Return the end of a scale: two digits, and never 0.

    Example:
        >>> round_up(0.2704), round_up(131.0), round_up(0.0)
        (0.28, 140.0, 1.0)
    """
    if size == 0.0:
        return 1.0
    unit = 10.0 ** (math.floor(math.log10(size)) - 1)
    return float(f"{math.ceil(size / unit - 1e-9) * unit:.12g}")


def draw_values(
    layer: Mapping[str, Any],
    letter: str,
    *,
    times: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a gate or a state of a layer over time: steps from left to right, units from above.

    Args:
        layer: One of ``layers`` of `rnncomp.explanation.trace_data`, recurrent.
        letter: ``i``, ``f``, ``g``, ``o``, ``c``, ``h`` of an LSTM, ``z``, ``r``, ``g``, ``h`` of
            a GRU, ``h`` of a SimpleRNN.
        times: What to call the T steps; None for 1 .. T.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on, with the colour scale beside them.
    """
    ax = new_axes(ax, MAP_SIZE)
    values = array_of(layer, letter)  # (T, U)
    low, high = layer["scales"][letter]
    colours = GATE_MAP if low == 0.0 else SIGNED_MAP
    there = _in_time(layer, np.asarray(layer["there"]))
    draw_map(ax, values, (low, high), colours, there)
    words = WORDS[layer["kind"]][letter]
    ax.set_title(f"{letter}   {words}", loc="left", fontsize=10, pad=4)
    ax.set_ylabel("unit")
    _absent(ax, there)
    name_steps(ax, len(values), times)
    return ax


def draw_map(
    ax: Axes,
    values: NDArray[np.float64],
    ends: tuple[float, float],
    colours: str,
    there: NDArray[np.bool_] | None = None,
) -> None:
    """Draw numbers (T, U) as colours, with their scale, and as digits where they fit."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    steps, units = values.shape
    shown = ax.imshow(
        values.T, aspect="auto", cmap=colours, vmin=ends[0], vmax=ends[1],
        extent=(0.5, steps + 0.5, units - 0.5, -0.5),
    )  # fmt: skip
    ax.set_facecolor("#DDDDDD")  # where there is no number
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))
    bar = ax.figure.colorbar(shown, ax=ax, pad=0.01, aspect=8, fraction=0.03, ticks=_marks(ends))
    bar.ax.set_yticklabels([f"{mark:.3g}" for mark in _marks(ends)], fontsize=8)
    if units <= FEW_UNITS and steps <= FEW_STEPS:
        _write(ax, values, ends, np.ones(steps, bool) if there is None else there)


def _marks(ends: tuple[float, float]) -> list[float]:
    low, high = ends
    return [low, (low + high) / 2, high]


def _write(
    ax: Axes,
    values: NDArray[np.float64],
    ends: tuple[float, float],
    there: NDArray[np.bool_],
) -> None:
    """Write each number into its cell, white where the colour is dark, and not veiled."""
    low, high = ends
    for (step, unit), value in np.ndenumerate(values):
        depth = (value - low) / (high - low) if low == 0.0 else abs(value) / high
        ax.text(
            step + 1, unit, f"{value:.3g}" if np.isfinite(value) else "–",
            ha="center", va="center", fontsize=8.5,
            color="white" if depth > 0.6 and there[step] else "#1B1F24",
        )  # fmt: skip


def _absent(ax: Axes, there: NDArray[np.bool_]) -> None:
    """Veil the steps that a mask takes out, in which the states stay as they are."""
    for step in np.flatnonzero(~there):
        veil: dict[str, Any] = {"facecolor": "#FFFFFFB0", "edgecolor": "#B0B0B0", "linewidth": 0}
        ax.axvspan(step + 0.5, step + 1.5, hatch="////", **veil)


def draw_input(
    window: Sequence[Sequence[float | None]],
    columns: Sequence[str],
    *,
    times: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what a network reads: a line for each feature, or, of many, a heat map.

    Args:
        window: The numbers, shape (T, F).
        columns: Names of the F features.
        times: What to call the T steps; None for 1 .. T.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> draw_input([[0.1], [0.4]], ["sunspots"]).get_title(loc="left")
        'x   the input: sunspots'
    """
    ax = new_axes(ax, MAP_SIZE)
    x = table(window)  # (T, F)
    steps, features = x.shape
    if features > FEW_LINES:
        size = round_up(float(np.nanmax(np.abs(x), initial=0.0)))
        draw_map(ax, x, (-size, size), SIGNED_MAP)
        ax.set_ylabel("feature")
        title = f"x   the input, {features} features"
    else:
        for line, column in enumerate(columns):
            marker = "o" if steps <= MARKED_STEPS else ""
            colour = FEATURE_COLOURS[line]
            ax.plot(np.arange(1, steps + 1), x[:, line], color=colour, marker=marker, markersize=3,
                    linewidth=1.4, label=cut(column))  # fmt: skip
        ax.set_xlim(0.5, steps + 0.5)
        ax.grid(True, alpha=0.3)
        named = features == 1 and columns[0] != "x"
        title = "x   the input" + (f": {cut(columns[0], 60)}" if named else "")
        if features > 1:
            ax.legend(
                loc="lower right", bbox_to_anchor=(1.0, 0.97), ncols=features, fontsize=8,
                frameon=False, borderaxespad=0.0, handlelength=1.6,
            )  # fmt: skip
    ax.set_title(title, loc="left", fontsize=10, pad=4)
    name_steps(ax, steps, times)
    return ax


def name_steps(ax: Axes, steps: int, times: Sequence[str] | None) -> None:
    """Put as many of the names of the steps under the axes as there is room for, the last always.

    Long names take the room of several short ones.
    """
    named = range(1, steps + 1) if times is None else times
    names = [cut(str(time), 20) for time in named]
    longest = max(len(name) for name in names)
    room = max(2, int(90 / (longest + 3)))
    every = -(-steps // room)
    for nice in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if nice >= every:
            every = nice
            break
    at = list(range(steps - 1, -1, -every))[::-1]
    ax.set_xticks([place + 1 for place in at], [names[place] for place in at])
    ax.tick_params(labelsize=8)
