"""The charts of single tutorials: losses, one fit, what lies beyond it, layers, windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncomp.charts.cutting import draw_windows, windows_size
from rnncomp.charts.figures import Page, axes_page
from rnncomp.charts.layers import diagram_size, draw_layers
from rnncomp.charts.style import (
    BLUE,
    GREEN,
    QUIET,
    RED,
    SPREAD_NOTE,
    Curve,
    draw_curves,
    dress,
    has_spread,
    joined_notes,
    new_axes,
    numbers,
    whole_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOSS_SIZE, FIT_SIZE, BEYOND_SIZE = (10.0, 6.0), (15.0, 6.0), (10.0, 6.0)
TRAIN_COLOUR, VALIDATION_COLOUR = "#1c7ed6", "#fd7e14"


def draw_learning(curves: Mapping[str, Curve], *, ax: Axes | None = None) -> Axes:
    """Draw the training and the validation loss of one network over its epochs.

    Args:
        curves: ``train`` and ``validation``, each ``mean``, ``low`` and ``high`` over seeds, one
            number an epoch.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> curve = {"mean": [0.5, 0.1], "low": [0.4, 0.1], "high": [0.6, 0.1]}
        >>> draw_learning({"train": curve, "validation": curve}).get_title()
        'Model Loss During Training'
    """
    ax = new_axes(ax, LOSS_SIZE)
    looks = {
        "train": (TRAIN_COLOUR, "-", "Train Loss"),
        "validation": (VALIDATION_COLOUR, "--", "Validation Loss"),
    }
    for name, (colour, style, words) in looks.items():
        mean, low, high = (numbers(curves[name][part]) for part in ("mean", "low", "high"))
        epochs = np.arange(1, 1 + len(mean))
        if has_spread({name: curves[name]}):
            ax.fill_between(epochs, low, high, color=colour, alpha=0.18, linewidth=0)
        ax.plot(epochs, mean, color=colour, linestyle=style, linewidth=2.0, label=words)
    dress(
        ax,
        title="Model Loss During Training",
        note=SPREAD_NOTE if has_spread(curves) else "",
        x_label="Epoch",
        y_label="Loss (MSE)",
    )
    ax.grid(True, linestyle="--", alpha=0.5)
    whole_ticks(ax.xaxis)
    ax.set_ylim(bottom=0.0)
    ax.legend(loc="upper right")
    return ax


def draw_fit(fit: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw actual and predicted values over training and test, and the boundary between them.

    Args:
        fit: ``actual`` and ``predicted``, each (n,), ``boundary``, how many of them are training,
            and ``value_label``.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> fit = {"actual": [1.0, 2.0, 3.0], "predicted": [1.1, 1.9, 2.8], "boundary": 2,
        ...     "value_label": "Sunspots scaled"}
        >>> draw_fit(fit).get_ylabel()
        'Sunspots scaled'
    """
    ax = new_axes(ax, FIT_SIZE)
    ax.plot(numbers(fit["actual"]), color=BLUE, linewidth=1.6, label="Actual")
    ax.plot(
        numbers(fit["predicted"]),
        color=VALIDATION_COLOUR,
        linewidth=1.6,
        linestyle="--",
        label="Predictions",
    )
    ax.axvline(fit["boundary"], color=RED, linewidth=1.6)
    dress(
        ax,
        title="Actual and Predicted Values",
        note="the red line separates training and test",
        x_label="Observation number after given time steps",
        y_label=fit["value_label"],
    )
    ax.margins(x=0.01)
    ax.legend(loc="upper left")
    return ax


def draw_beyond(beyond: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw what a network predicts over what is true, inside and outside of what it learned.

    Args:
        beyond: ``true`` (n,) rising, ``networks`` (name to ``mean``, ``low``, ``high``, each
            (n,)), ``learned`` (lowest and highest target trained on), and ``rule``, the name of
            the rule that is always right.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.

    Example:
        >>> curve = {"mean": [1.1, 2.4], "low": [1.0, 2.2], "high": [1.2, 2.6]}
        >>> beyond = {"true": [1.0, 2.0], "networks": {"simple_rnn": curve}, "learned": [0.0, 1.0],
        ...     "rule": "Last + 1"}
        >>> draw_beyond(beyond).get_title()
        'Next Value, Inside and Outside of What Was Learned'
    """
    ax = new_axes(ax, BEYOND_SIZE)
    true, networks = numbers(beyond["true"]), beyond["networks"]
    low, high = beyond["learned"]
    ax.axvspan(low, high, color=QUIET, alpha=0.12, linewidth=0, label="Targets trained on")
    ax.plot(true, true, color=GREEN, linewidth=1.6, label=f"{beyond['rule']} (always right)")
    labels = {"simple_rnn": "SimpleRNN"}
    draw_curves(ax, dict.fromkeys(networks, true), networks, labels, dashed=True, width=2.0)
    dress(
        ax,
        title="Next Value, Inside and Outside of What Was Learned",
        note=joined_notes(SPREAD_NOTE if has_spread(networks) else ""),
        x_label="True Next Value",
        y_label="Predicted Next Value",
    )
    for axis in (ax.xaxis, ax.yaxis):
        whole_ticks(axis)
    ax.legend(loc="upper left")
    return ax


def learning_page(curves: Mapping[str, Curve]) -> Page:
    """Return what `draw_learning` draws, as a page of 10 x 6 in."""
    return axes_page("loss.png", LOSS_SIZE, lambda ax: draw_learning(curves, ax=ax))


def fit_page(fit: Mapping[str, Any]) -> Page:
    """Return what `draw_fit` draws, as a page of 15 x 6 in."""
    return axes_page("fit.png", FIT_SIZE, lambda ax: draw_fit(fit, ax=ax))


def layers_page(trace: Mapping[str, Any]) -> Page:
    """Return what `draw_layers` draws, as a page of its own size."""
    return axes_page("layers.png", diagram_size(trace), lambda ax: draw_layers(trace, ax=ax))


def windows_page(values: Sequence[float | None], **cut: Any) -> Page:
    """Return what `draw_windows` draws, as a page of its own size.

    Args:
        values: As in `draw_windows`.
        **cut: Its ``window``, ``horizon``, ``stride`` and ``times``.

    Example:
        >>> windows_page([5.0, 7.0, 6.0, 9.0], window=2).file
        'windows.png'
    """
    size = windows_size(values, **cut)
    return axes_page("windows.png", size, lambda ax: draw_windows(values, **cut, ax=ax))


def beyond_page(beyond: Mapping[str, Any]) -> Page:
    """Return what `draw_beyond` draws, as a page of 10 x 6 in."""
    return axes_page("beyond.png", BEYOND_SIZE, lambda ax: draw_beyond(beyond, ax=ax))
