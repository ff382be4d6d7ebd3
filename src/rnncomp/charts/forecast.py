"""The chart of a forecast: where the series came from, where it may go, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.charts.style import (
    BLUE,
    QUIET,
    RED,
    dress,
    joined_notes,
    legend_on_top,
    new_axes,
    numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

FORECAST_SIZE = (12.0, 6.0)
FORECAST_COLOUR = "#AA3377"
STRONGEST, WEAKEST = 0.42, 0.16  # of the narrowest and of the widest band
ENDLESS_NOTE = "no band where there are too few windows for its level"


def draw_forecast(forecast: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw the end of a series, its forecast, and a band for each level.

    Args:
        forecast: ``index`` or ISO ``times`` (rows + S,) of history and forecast, ``history``
            (rows,), ``values`` (S,), ``intervals`` (level in percent to ``low`` and ``high``, each
            (S,), None where it is infinite), ``name``, ``strategy``, ``value_label`` and
            ``time_label``.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> forecast = {"index": [1, 2, 3], "times": None, "history": [5.0, 6.0], "values": [7.0],
        ...     "intervals": {80: {"low": [6.0], "high": [8.0]}}, "name": "GRU",
        ...     "strategy": "direct", "value_label": "Value", "time_label": "Time Step"}
        >>> [text.get_text() for text in draw_forecast(forecast).get_legend().get_texts()]
        ['History', 'GRU', '80 % interval', 'Forecast Start']
    """
    ax = new_axes(ax, FORECAST_SIZE)
    x, history = _positions(forecast), numbers(forecast["history"])
    past, ahead = x[: len(history)], x[len(history) :]
    lines = ax.plot(past, history, color=BLUE, linewidth=1.4, label="History")
    values = numbers(forecast["values"])
    marker = "o" if len(values) <= 12 else ""
    lines += ax.plot(
        ahead,
        values,
        color=FORECAST_COLOUR,
        linewidth=2.0,
        marker=marker,
        markersize=4.5,
        label=forecast["name"],
    )
    # Dots lead from what is known to what is not: no line that was never forecast.
    joint = np.append(history[-1:], values[:1])
    ax.plot(
        x[len(history) - 1 : len(history) + 1], joint, color=QUIET, linewidth=1.2, linestyle=":"
    )
    bands = _draw_bands(ax, ahead, forecast["intervals"])
    start = ax.axvline(past[-1], color=RED, linestyle="--", linewidth=1.2, label="Forecast Start")
    ends = [end for band in forecast["intervals"].values() for end in (band["low"], band["high"])]
    endless = any(np.isnan(numbers(end)).any() for end in ends)
    dress(
        ax,
        title=f"Forecast of {forecast['value_label']}, {_steps(len(values))} Ahead",
        note=joined_notes(forecast["strategy"], ENDLESS_NOTE if endless else ""),
        x_label=forecast["time_label"],
        y_label=forecast["value_label"],
    )
    ax.margins(x=0.01)
    legend_on_top(ax, [*lines, *bands, start], columns=6)
    return ax


def _draw_bands(ax: Axes, x: NDArray[Any], intervals: Mapping[Any, Any]) -> list[Patch]:
    """Draw the widest level first and faintest; return what stands in the legend."""
    from matplotlib.patches import Patch  # noqa: PLC0415

    levels = sorted(intervals, key=float, reverse=True)
    drawn = []
    for k, level in enumerate(levels):
        low, high = (numbers(intervals[level][end]) for end in ("low", "high"))
        if np.isnan(low + high).all():
            continue
        alpha = WEAKEST + k / max(1, len(levels) - 1) * (STRONGEST - WEAKEST)
        if len(x) == 1:  # a band of one step has no width
            ax.vlines(x, low, high, color=FORECAST_COLOUR, alpha=alpha, linewidth=8)
        else:
            ax.fill_between(x, low, high, color=FORECAST_COLOUR, alpha=alpha, linewidth=0)
        drawn.append(Patch(color=FORECAST_COLOUR, alpha=alpha, label=f"{level} % interval"))
    return drawn


def _positions(forecast: Mapping[str, Any]) -> NDArray[Any]:
    if forecast["times"] is None:
        return np.asarray(forecast["index"])
    return np.array(forecast["times"], dtype="datetime64[us]")


def _steps(count: int) -> str:
    return "1 Step" if count == 1 else f"{count} Steps"
