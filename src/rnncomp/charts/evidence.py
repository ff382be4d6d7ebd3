"""Two charts behind a verdict: the error by step ahead, and the folds over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.charts.style import (
    BLUE,
    GREEN,
    SPREAD_NOTE,
    draw_curves,
    dress,
    has_spread,
    joined_notes,
    legend_on_top,
    new_axes,
    numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS_SIZE, FOLDS_WIDTH = (10.0, 6.0), 10.0
MARKED_STEPS = 12  # a step alone is a dot, and so are a few
VALIDATION_COLOUR = "#E69F00"

# Grey, since colours belong to networks; dots and dashes tell one from another.
BASELINE_GREYS = ("#222222", "#5A5A5A", "#8A8A8A")
BASELINE_DASHES = ("-", (0, (6, 2)), (0, (1.2, 1.4)), (0, (6, 2, 1.2, 2)))

# Train and test are told apart without colours, too.
PARTS = {
    "train": (BLUE, "", "Train"),
    "validation": (VALIDATION_COLOUR, "..", "Validation"),
    "test": (GREEN, "//", "Test"),
}


def draw_steps(
    steps: Mapping[str, Any], labels: Mapping[str, str], *, ax: Axes | None = None
) -> Axes:
    """Draw the error by step ahead, one curve for each network and baseline.

    Args:
        steps: ``networks`` (name to ``mean``, ``low``, ``high``, each (H,)), ``baselines`` (name to
            errors (H,)), ``error_label`` and ``strategy``.
        labels: Name to the name written in the legend.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> curve = {"mean": [0.1, 0.3], "low": [0.1, 0.2], "high": [0.1, 0.4]}
        >>> steps = {"networks": {"gru": curve}, "baselines": {"mean": [0.5, 0.5]},
        ...     "error_label": "MAE", "strategy": "direct, 2 steps ahead"}
        >>> draw_steps(steps, {"gru": "GRU"}).get_title()
        'Error by Step Ahead'
    """
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    ax = new_axes(ax, STEPS_SIZE)
    networks, baselines = steps["networks"], steps["baselines"]
    for k, (name, errors) in enumerate(baselines.items()):
        ax.plot(
            _ahead(errors),
            numbers(errors),
            color=BASELINE_GREYS[k % len(BASELINE_GREYS)],
            linestyle=BASELINE_DASHES[k % len(BASELINE_DASHES)],
            linewidth=1.4,
            label=labels.get(name, name),
        )
    x = {name: _ahead(curve["mean"]) for name, curve in networks.items()}
    draw_curves(ax, x, networks, labels, dashed=False, width=2.2)
    furthest = max(map(len, [*x.values(), *baselines.values()]), default=1)
    if furthest <= MARKED_STEPS:
        for line in ax.get_lines():
            line.set(marker="o", markersize=5)
    dress(
        ax,
        title="Error by Step Ahead",
        note=joined_notes(steps["strategy"], SPREAD_NOTE if has_spread(networks) else ""),
        x_label="Step Ahead",
        y_label=steps["error_label"],
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    room = min(0.9, max(0.3, 0.02 * furthest))  # below 1: there is no step 0
    ax.set_xlim(1 - room, furthest + room)
    ax.set_ylim(bottom=0.0)
    legend_on_top(ax, columns=4)
    return ax


def draw_folds(folds: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw what each fold learned from, chose with and was tested on, as bars over time.

    Args:
        folds: ``folds``, each with ``train``, ``validation`` and ``test`` as (first, behind the
            last) row or ISO stamp, or None for a part that a fold has not; ``times``, whether they
            are stamps; ``strategy`` and ``time_label``.
        ax: Where to draw; None for a new figure as high as the folds need.

    Returns:
        The axes drawn on, the first fold on top.

    Example:
        >>> fold = {"train": [0, 60], "validation": [60, 80], "test": [80, 100]}
        >>> folds = {"folds": [fold], "times": False, "strategy": "refit", "time_label": "Row"}
        >>> [text.get_text() for text in draw_folds(folds).get_yticklabels()]
        ['1']
    """
    from matplotlib.patches import Patch  # noqa: PLC0415

    drawn = folds["folds"]
    ax = new_axes(ax, (FOLDS_WIDTH, 2.2 + 0.4 * len(drawn)))
    places = np.arange(1, len(drawn) + 1)
    handles = []
    for part, (colour, hatch, words) in PARTS.items():
        found = [(y, fold[part]) for y, fold in zip(places, drawn, strict=True) if fold.get(part)]
        for place, stretch in found:
            first, end = _edges(stretch, stamped=folds["times"])
            ax.barh(
                place,
                end - first,
                left=first,
                height=0.62,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.5,
            )
        if found:
            handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=words))
    dress(
        ax,
        title="Folds Over Time",
        note=folds["strategy"],
        x_label=folds["time_label"],
        y_label="Fold",
    )
    ax.grid(False, axis="y")
    ax.set_yticks(places, [str(place) for place in places])
    ax.set_ylim(len(drawn) + 0.6, 0.4)
    ax.margins(x=0.01)
    legend_on_top(ax, handles)
    return ax


def _ahead(errors: Any) -> NDArray[np.int64]:
    return np.arange(1, len(errors) + 1)


def _edges(stretch: Any, *, stamped: bool) -> NDArray[Any]:
    return np.array(stretch, dtype="datetime64[us]" if stamped else np.int64)
