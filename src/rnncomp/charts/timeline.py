"""The two charts over time: the whole series, and the test part alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.charts.style import (
    BLUE,
    GREEN,
    RED,
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

ROW_SIZE = (15.0, 5.0)
CUT_NOTE = "predictions far outside the data are cut"


def draw_timeline(
    timeline: Mapping[str, Any], labels: Mapping[str, str], *, ax: Axes | None = None
) -> Axes:
    """Draw training data, test data, the start of the test and every prediction.

    Args:
        timeline: ``index`` (n,) or ISO ``times`` (n,), ``values`` (n,), ``test_start``,
            ``test_index`` (m,) positions among the n, ``actual`` (m,), ``predictions`` (name to
            ``mean``, ``low``, ``high``, each (m,)), ``strategy``, ``value_label``, ``time_label``,
            and, if there is more to say, ``shown``; ``test_samples`` (m,) numbers the test samples
            that are drawn, if those are not all.
        labels: Network name to the name written in the legend.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> curve = {"mean": [3.0], "low": [2.9], "high": [3.1]}
        >>> timeline = {"index": [0, 1, 2], "times": None, "values": [1.0, 2.0, 3.0],
        ...     "test_start": 2, "test_index": [2], "actual": [3.0], "predictions": {"gru": curve},
        ...     "strategy": "one step ahead", "value_label": "Value", "time_label": "Time Step"}
        >>> draw_timeline(timeline, {"gru": "GRU"}).get_xlabel()
        'Time Step'
    """
    ax = new_axes(ax, ROW_SIZE)
    x, values = _positions(timeline), numbers(timeline["values"])
    start, test = int(timeline["test_start"]), np.asarray(timeline["test_index"], dtype=np.int64)
    width = _line_width(len(values))
    ax.plot(x[:start], values[:start], color=BLUE, linewidth=width, label="Training Data")
    _draw_actual(ax, x[test], timeline, width=width)
    ax.axvline(x[start], color=RED, linestyle="--", linewidth=1.6, label="Test Start")
    _draw_predictions(ax, x[test], timeline, labels, width=width)
    dress(
        ax,
        title="Complete Dataset: Training Data, Test Data, and Model Predictions",
        note=_note(ax, timeline),
        x_label=timeline["time_label"],
        y_label=timeline["value_label"],
    )
    _finish(ax, x)
    return ax


def draw_test(
    timeline: Mapping[str, Any], labels: Mapping[str, str], *, ax: Axes | None = None
) -> Axes:
    """Draw the test part alone: actual values and every prediction.

    Args:
        timeline: As in `draw_timeline`.
        labels: Network name to the name written in the legend.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on; its x axis counts test samples, or shows their time stamps.
    """
    ax = new_axes(ax, ROW_SIZE)
    test = np.asarray(timeline["test_index"], dtype=np.int64)
    stamped = timeline.get("times") is not None
    x = _positions(timeline)[test] if stamped else _samples(timeline)
    width = 1.25 * _line_width(len(test))
    _draw_actual(ax, x, timeline, width=width)
    _draw_predictions(ax, x, timeline, labels, width=width)
    dress(
        ax,
        title="Test Data vs Model Predictions",
        note=_note(ax, timeline),
        x_label=timeline["time_label"] if stamped else "Test Sample",
        y_label=timeline["value_label"],
    )
    _finish(ax, x)
    return ax


def _positions(timeline: Mapping[str, Any]) -> NDArray[Any]:
    times = timeline.get("times")
    if times is None:
        return np.asarray(timeline["index"])
    return np.array(times, dtype="datetime64[us]")


def _samples(timeline: Mapping[str, Any]) -> NDArray[Any]:
    return np.asarray(timeline.get("test_samples", range(len(timeline["test_index"]))))


def _line_width(points: int) -> float:
    """Thinner lines where many points share the page."""
    return 1.5 if points <= 400 else 0.9 if points <= 3000 else 0.7


def _draw_actual(ax: Axes, x: NDArray[Any], timeline: Mapping[str, Any], *, width: float) -> None:
    """Draw the true test values, wide enough to be seen under the predictions."""
    ax.plot(
        x,
        numbers(timeline["actual"]),
        color=GREEN,
        linewidth=1.4 * width,
        label="Actual Test Data",
    )


def _draw_predictions(
    ax: Axes,
    x: NDArray[Any],
    timeline: Mapping[str, Any],
    labels: Mapping[str, str],
    *,
    width: float,
) -> None:
    """Draw the predictions, and keep a network that ran away from flattening the data."""
    curves = timeline["predictions"]
    names = {name: f"{labels.get(name, name)} Predictions" for name in curves}
    view = _view(ax)
    draw_curves(ax, dict.fromkeys(curves, x), curves, names, dashed=True, width=width)
    ax.autoscale_view()
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, view[0]), min(high, view[1]))


def _view(ax: Axes) -> tuple[float, float]:
    """Return the limits of the data drawn so far, with their whole range again on both sides."""
    ax.autoscale_view()
    low, high = ax.get_ylim()
    return low - (high - low), high + (high - low)


def _note(ax: Axes, timeline: Mapping[str, Any]) -> str:
    """Return the strategy, and how seeds and what does not fit are shown."""
    curves = timeline["predictions"]
    low, high = ax.get_ylim()
    lowest = [np.nanmin(numbers(curve["low"]), initial=low) for curve in curves.values()]
    highest = [np.nanmax(numbers(curve["high"]), initial=high) for curve in curves.values()]
    cut = min(lowest, default=low) < low or max(highest, default=high) > high
    return joined_notes(
        timeline["strategy"],
        timeline.get("shown", ""),
        SPREAD_NOTE if has_spread(curves) else "",
        CUT_NOTE if cut else "",
    )


def _finish(ax: Axes, x: NDArray[Any]) -> None:
    """Fit the time axis to the data, and place the legend."""
    ax.margins(x=0.01)
    if x.dtype.kind == "M":
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415

        locator = AutoDateLocator(minticks=5, maxticks=12)  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(locator)
        formatter = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_formatter(formatter)
    legend_on_top(ax, columns=6)
