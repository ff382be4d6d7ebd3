"""How windows are cut from a series: each sample a row, its steps and targets under the values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp._check import count, fail
from rnncomp.charts.style import BLUE, RED, cut, dress, legend_on_top, new_axes, numbers
from rnncomp.errors import InvalidArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS_SHOWN = 8  # samples that are drawn, one under the other
VALUES_SHOWN = 40
ROWS_AFTER = 2  # of the series, after the last target that is drawn


def draw_windows(
    values: Sequence[float | None],
    *,
    window: int,
    horizon: int = 1,
    stride: int = 1,
    times: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the beginning of a series, and the samples that are cut from it, one in each row.

    Sample ``n`` reads the rows from ``n * stride`` on, as many as the window has steps; its
    targets are the rows after them, as many as the horizon says.

    Args:
        values: The series, shape (rows,); the first 40 at most are drawn.
        window: Steps T of each sample, at least 1.
        horizon: Steps ahead that are its targets, at least 1.
        stride: Rows between the starts of two samples, at least 1.
        times: What to call the rows; None for their numbers from 0.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Raises:
        InvalidArgumentError: A number is below 1, no sample fits into what is drawn, no value
            that is drawn is a number, or there are fewer times than rows drawn.

    Example:
        >>> ax = draw_windows([5.0, 7.0, 6.0, 9.0], window=2)
        >>> [text.get_text() for text in ax.get_yticklabels()]
        ['sample 0', 'sample 1']
    """
    starts, left = _starts(len(values), window, horizon, stride)
    shown = numbers(values[: starts[-1] + window + horizon + ROWS_AFTER])
    _check_rows(shown, times)
    ax = new_axes(ax, _size(len(shown), len(starts)))
    _draw_series(ax, shown)
    for row, start in enumerate(starts):
        _draw_sample(ax, shown, row, range(start, start + window), horizon)
    ax.set_yticks(range(len(starts)), [f"sample {row}" for row in range(len(starts))])
    _finish(ax, shown, times, len(starts))
    note = f"window {window}, horizon {horizon}, stride {stride}"
    note += f" · {left:,} more sample{'' if left == 1 else 's'}" if left else ""
    dress(ax, title="How Windows Are Cut from a Series", note=note, x_label="Row", y_label="")
    ax.grid(False)
    legend_on_top(ax)
    return ax


def windows_size(
    values: Sequence[float | None], *, window: int, horizon: int = 1, stride: int = 1, **_: Any
) -> tuple[float, float]:
    """Return how many inches wide and high the drawing is by itself; arguments as there."""
    starts, _left = _starts(len(values), window, horizon, stride)
    shown = min(len(values), starts[-1] + window + horizon + ROWS_AFTER)
    return _size(shown, len(starts))


def _size(rows: int, samples: int) -> tuple[float, float]:
    return max(7.0, 0.55 * rows + 2.0), 2.6 + 0.42 * samples


def _starts(rows: int, window: int, horizon: int, stride: int) -> tuple[list[int], int]:
    """Return where the samples start that are drawn, and how many more there are."""
    window, horizon = count("window", window), count("horizon", horizon)
    stride = count("stride", stride)
    most = min(rows, VALUES_SHOWN)
    every = range(0, rows - window - horizon + 1, stride)
    starts = [start for start in every[:ROWS_SHOWN] if start + window + horizon <= most]
    if not starts:
        raise fail("window", f"with horizon at most {most}", window + horizon, "draw a shorter one")
    return starts, len(every) - len(starts)


def _check_rows(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], times: Sequence[str] | None
) -> None:
    """Raise InvalidArgumentError unless there is something to draw, and a name for each row."""
    if not np.isfinite(values).any():
        raise InvalidArgumentError(
            f"values must hold a number in the rows that are drawn, the first {len(values)}, got "
            "gaps alone; pass a part of the series that has some"
        )
    if times is not None and len(times) < len(values):
        rule = f"at least {len(values)} names, one for each row drawn"
        raise fail("times", rule, len(times), "leave it out to have the rows numbered")


def _draw_series(ax: Axes, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    """Draw the series above the samples, three rows tall, in the same columns."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scaled = -1.2 - 2.3 * (values - low) / ((high - low) or 1.0)
    look: dict[str, Any] = {"color": "#44617B", "marker": "o", "markersize": 4, "linewidth": 1.4}
    ax.plot(np.arange(len(values)), scaled, label="Series", **look)


def _draw_sample(
    ax: Axes,
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    row: int,
    steps: range,
    horizon: int,
) -> None:
    """Draw the cells of one sample, with the values in them."""
    targets = range(steps.stop, steps.stop + horizon)
    for name, places, colour in (("Input", steps, BLUE), ("Target", targets, RED)):
        ax.barh(
            [row] * len(places), 0.9, left=[place - 0.45 for place in places], height=0.72,
            color=colour, alpha=0.22, edgecolor=colour, label=name if row == 0 else None,
        )  # fmt: skip
        for place in places:
            text = f"{values[place]:.4g}" if np.isfinite(values[place]) else "–"
            ax.text(place, row, text, ha="center", va="center", fontsize=7.5)


def _finish(
    ax: Axes,
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    times: Sequence[str] | None,
    rows: int,
) -> None:
    """Put the samples below the series, the first on top, and name the rows of the series."""
    ax.set_ylim(rows - 0.4, -3.8)
    ax.set_xlim(-0.8, len(values) - 0.2)
    named = range(len(values)) if times is None else times[: len(values)]
    names = [cut(str(name), 12) for name in named]
    every = max(1, -(-max(map(len, names)) * len(names) // 110))
    ax.set_xticks(range(0, len(values), every), names[::every])
