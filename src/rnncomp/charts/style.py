"""One look for every chart: colours, titles, grid, legend, and the lines of the networks."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

Curve = Mapping[str, Sequence[float | None]]
"""One curve over seeds: equally long ``mean``, ``low`` and ``high``; None is a gap."""

BLUE, GREEN, RED = "#1F4FBF", "#117733", "#D62728"
MSE_COLOUR, MAE_COLOUR = "#44617B", "#D9A441"
QUIET = "#5A5A5A"

# One sign, one colour, in every picture and on the pages: above zero red, below it blue. On a dark
# page both are lighter; report/steps.css has all four, and a test compares. The map has red and
# blue ends, and white at zero.
PLUS, MINUS, SIGNED_MAP = RED, BLUE, "RdBu_r"
PLUS_ON_DARK, MINUS_ON_DARK = "#E69F00", "#56B4E9"

# Apart from each other, from blue and from green for colour-blind eyes too: a test measures it.
NETWORK_COLOURS = {"simple_rnn": "#E69F00", "lstm": "#AA3377", "gru": "#33BBEE"}
OTHER_COLOURS = ("#000000", "#8C564B", "#7F7F7F")

# Those of the data and of the networks, apart for colour-blind eyes: a feature has one colour.
FEATURE_COLOURS = (BLUE, "#E69F00", GREEN, "#AA3377", "#33BBEE", *OTHER_COLOURS)

# Dashes differ as well, so that a grey print can still be read.
DASHES = ((5.0, 1.8), (2.2, 1.4), (4.0, 1.3, 1.3, 1.3))
SPREAD_NOTE = "mean over seeds, band from lowest to highest"


def network_colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each network; the three cells always have their own."""
    spare = (c for k in range(len(names) + 1) for c in OTHER_COLOURS)
    return {name: NETWORK_COLOURS.get(name) or next(spare) for name in names}


def numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    """Return `values` as float64 with gaps (None, infinity) as NaN."""
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def cut(text: str, most: int = 18) -> str:
    """Return a name of any length as one that fits a legend, with no mathematics in it."""
    one = " ".join(text.split())
    one = one if len(one) <= most else one[: most - 1] + "…"
    return one.replace("$", r"\$")


def new_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """Return `ax`, or the axes of a new figure of `size` inches."""
    if ax is not None:
        return ax
    return shown_figure(size).add_subplot()


def shown_figure(size: tuple[float, float], layout: Any = "constrained") -> Figure:
    """Return an empty figure of `size` inches that a notebook shows, whatever was drawn before.

    A notebook learns to show matplotlib's figures when pyplot makes one. Ours are made without
    pyplot, so that they stay out of its list of windows: the first of a notebook would be a line
    of text, had it no picture of its own.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=size, layout=layout)
    figure.__dict__["_repr_png_"] = partial(_png, figure)
    return figure


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def dress(ax: Axes, *, title: str, note: str, x_label: str, y_label: str) -> None:
    """Put title, a quieter note under it, axis labels and a light grid on `ax`.

    Names of columns stand in them: a dollar sign is one, and opens no mathematics.
    """
    ax.set_title(title, fontsize=13, pad=24 if note else 8, parse_math=False)
    if note:
        ax.annotate(
            note,
            (0.5, 1.0),
            xytext=(0, 7),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            color=QUIET,
            fontsize=9,
            parse_math=False,
        )
    ax.set_xlabel(x_label, parse_math=False)
    ax.set_ylabel(y_label, parse_math=False)
    ax.grid(True, alpha=0.3)
    ax.set_axisbelow(True)


def whole_ticks(axis: Axis) -> None:
    """Let only whole numbers, at even distances, stand at an axis."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    axis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))


def joined_notes(*parts: str) -> str:
    """Return the parts that say something as one note."""
    return " · ".join(part for part in parts if part)


def legend_on_top(
    ax: Axes, handles: Sequence[Any] | None = None, *, columns: int = 3, room_for: int = 0
) -> None:
    """Put the legend in room made above the data, where it can hide nothing.

    `room_for` so many entries is made at least: charts side by side keep one scale.
    """
    entries = list(handles) if handles is not None else ax.get_legend_handles_labels()[0]
    rows = math.ceil(max(len(entries), room_for) / columns)
    low, high = ax.get_ylim()
    # A row takes about 0.24 in; what is left of the axes keeps the data.
    axes_height = ax.get_window_extent().height / ax.figure.dpi
    share = min(0.45, 0.24 * (rows + 0.6) / axes_height)
    if ax.get_yscale() == "log":
        ax.set_ylim(low, low * (high / low) ** (1.0 / (1.0 - share)))
    else:
        ax.set_ylim(low, low + (high - low) / (1.0 - share))
    columns = min(columns, len(entries))
    legend = ax.legend(
        handles=entries,
        loc="upper center",
        ncols=columns,
        fontsize=9,
        framealpha=1.0,
        handlelength=2.6,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    for line in legend.get_lines():
        line.set_linewidth(2.0)


def has_spread(curves: Mapping[str, Curve]) -> bool:
    """Tell whether any curve has a band of its own."""
    return any(list(curve["low"]) != list(curve["high"]) for curve in curves.values())


def draw_curves(
    ax: Axes,
    x: Mapping[str, NDArray[Any]],
    curves: Mapping[str, Curve],
    labels: Mapping[str, str],
    *,
    dashed: bool,
    width: float,
) -> None:
    """Draw one line for each network and the band over its seeds."""
    colours = network_colours(list(curves))
    for k, (name, curve) in enumerate(curves.items()):
        mean, low, high = (numbers(curve[part]) for part in ("mean", "low", "high"))
        if has_spread({name: curve}):
            ax.fill_between(x[name], low, high, color=colours[name], alpha=0.22, linewidth=0)
        (line,) = ax.plot(
            x[name], mean, color=colours[name], linewidth=width, label=labels.get(name, name)
        )
        if dashed:
            line.set_dashes(DASHES[k % len(DASHES)])
