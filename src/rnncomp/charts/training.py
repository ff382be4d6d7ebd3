"""The two charts about training: losses over epochs, and errors on the test part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.charts.style import (
    MAE_COLOUR,
    MSE_COLOUR,
    SPREAD_NOTE,
    draw_curves,
    dress,
    has_spread,
    joined_notes,
    legend_on_top,
    new_axes,
    numbers,
    whole_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer

SQUARE_SIZE = (7.5, 6.0)
BAR_WIDTH = 0.36
ERROR_BAR_NOTE = "mean over seeds, bars ± one standard deviation"


def draw_losses(
    training: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    strategy: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the training loss of each network over its epochs.

    Args:
        training: ``losses`` (name to ``mean``, ``low``, ``high``, one number an epoch) and
            ``loss_label``.
        labels: Network name to the name written in the legend.
        strategy: How the forecasts are made, written under the title.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> curve = {"mean": [0.5, 0.1], "low": [0.4, 0.1], "high": [0.6, 0.1]}
        >>> ax = draw_losses({"losses": {"gru": curve}, "loss_label": "Loss (MSE)"}, {})
        >>> ax.get_title()
        'Training Loss Over Epochs'
    """
    ax = new_axes(ax, SQUARE_SIZE)
    curves = training["losses"]
    epochs = {name: np.arange(1, 1 + len(curve["mean"])) for name, curve in curves.items()}
    draw_curves(ax, epochs, curves, labels, dashed=False, width=2.0)
    dress(
        ax,
        title="Training Loss Over Epochs",
        note=joined_notes(strategy, SPREAD_NOTE if has_spread(curves) else ""),
        x_label="Epoch",
        y_label=training["loss_label"],
    )
    whole_ticks(ax.xaxis)
    ax.set_ylim(bottom=0.0)
    legend_on_top(ax)
    return ax


def draw_scores(
    training: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    strategy: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the test errors: MSE on the left axis, MAE on the right, one pair a network.

    Args:
        training: ``scores`` (name to ``mse``, ``mse_spread``, ``mae``, ``mae_spread``; a spread
            is None with one seed, a score None where no seed finished).
        labels: Network name to the name written under its bars.
        strategy: How the forecasts are made, written under the title.
        ax: Where to draw the left axis; None for a new figure.

    Returns:
        The left axes; the right ones share its x axis.
    """
    ax = new_axes(ax, SQUARE_SIZE)
    right = ax.twinx()
    given = training["scores"]
    # The order of the legends, whatever the order of the scores.
    order = [name for name in labels if name in given]
    scores = {name: given[name] for name in [*order, *(n for n in given if n not in order)]}
    centres = np.arange(len(scores), dtype=np.float64)
    mse = _bars(ax, centres - BAR_WIDTH / 2, scores, "mse", MSE_COLOUR)
    mae = _bars(right, centres + BAR_WIDTH / 2, scores, "mae", MAE_COLOUR)
    spread = any(row.get("mse_spread") is not None for row in scores.values())
    dress(
        ax,
        title="Model Accuracy Comparison",
        note=joined_notes(strategy, ERROR_BAR_NOTE if spread else ""),
        x_label="Model",
        y_label="MSE",
    )
    right.set_ylabel("MAE")
    ax.set_xticks(centres, [labels.get(name, name) for name in scores])
    # One network alone would otherwise fill the whole page with two blocks.
    room = max(0.0, 3 - len(scores)) / 2
    ax.set_xlim(-0.6 - room, len(scores) - 0.4 + room)
    legend_on_top(ax, [mse, mae])
    low, high = right.get_ylim()
    right.set_ylim(low, high * 1.15)
    return ax


def _bars(
    ax: Axes, x: NDArray[np.float64], scores: Mapping[str, Any], metric: str, colour: str
) -> BarContainer:
    """Draw one bar a network with its spread, and write its value above."""
    from matplotlib.ticker import EngFormatter  # noqa: PLC0415

    heights = numbers([row.get(metric) for row in scores.values()])
    spreads = numbers([row.get(f"{metric}_spread") for row in scores.values()])
    tops = np.nan_to_num(heights) + np.nan_to_num(spreads)
    bars = ax.bar(
        x, np.nan_to_num(heights), BAR_WIDTH, color=colour, label=metric.upper(), edgecolor="white"
    )
    shown = np.isfinite(spreads)
    yerr = spreads[shown]
    ax.errorbar(x[shown], heights[shown], yerr=yerr, fmt="none", ecolor="#222222", capsize=4)
    for place, top, height in zip(x, tops, heights, strict=True):
        text = number_text(height) if np.isfinite(height) else "diverged"
        ax.annotate(
            text,
            (place, top),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9,
        )
    highest = float(tops.max(initial=0.0))
    ax.set_ylim(0.0, 1.12 * highest or 1.0)
    if highest >= 1e5:
        ax.yaxis.set_major_formatter(EngFormatter(sep=""))
    return bars


def number_text(value: float) -> str:
    """Write `value` short enough to stand on a bar.

    Example:
        >>> [number_text(v) for v in (0.000219, 0.01054, 12.345, 12345.6, 1.4e7)]
        ['0.00022', '0.0105', '12.3', '12,346', '14.0M']
    """
    size = abs(value)
    if size >= 1e12 or 0 < size < 1e-5:
        return f"{value:.3g}"
    for unit, letter in ((1e9, "G"), (1e6, "M")):
        if size >= unit:
            return f"{value / unit:#.3g}".rstrip(".") + letter
    if size >= 1000:
        return f"{value:,.0f}"
    if size < 0.001:
        return f"{value:.5f}"
    return f"{value:#.3g}".rstrip(".") if size >= 0.01 else f"{value:.4f}"
