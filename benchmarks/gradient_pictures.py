"""The pictures of docs/cells.md, drawn from the rows of gradient_reach.py."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnncomp.charts.style import DASHES, NETWORK_COLOURS, QUIET, dress

LABELS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
PANELS = (
    ("before", "adding", "Before training: the adding problem", "the first weights; 32 units"),
    ("after", "sines", "After training: four sinusoids", "the next value; 50 units"),
    ("after", "adding", "After training: the adding problem", "two numbers out of 50; 32 units"),
)
FLOOR = 1e-9
GAINS = (0.7, 1.0, 1.3, 2.0)  # of the recurrent kernel, in powers_figure
DPI = 110
NOTE = "thick: median over {0} seeds; thin: each of the {0}"

Curves = dict[tuple[str, str, str], np.ndarray]
Line = dict[str, str]


def draw(curves: Curves, gates: list[Line], folder: Path) -> None:
    """Write the pictures to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in (
        ("cells-reach", reach_figure(curves)),
        ("cells-powers", powers_figure(curves)),
        ("cells-gates", gates_figure(gates)),
    ):
        figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})


def reach_figure(curves: Curves) -> Figure:
    """Draw how the gradient gets smaller over the steps back, three cells side by side."""
    figure = Figure(figsize=(15.0, 5.2), layout="constrained")
    for ax, (when, task, title, note) in zip(
        figure.subplots(1, 3, sharey=True), PANELS, strict=True
    ):
        for k, (cell, label) in enumerate(LABELS.items()):
            line(ax, curves[task, cell, when], label, NETWORK_COLOURS[cell], k)
        finish(ax, title, note)
    figure.axes[0].legend(loc="lower right", fontsize=10, handlelength=3.0)
    seeds = len(curves["adding", "lstm", "after"])
    figure.supxlabel(NOTE.format(seeds), fontsize=9, color=QUIET)
    return figure


def powers_figure(curves: Curves) -> Figure:
    """Draw what a recurrent kernel that shrinks, keeps or stretches does to the gradient."""
    figure = Figure(figsize=(8.0, 5.0), layout="constrained")
    ax = figure.subplots()
    colours = mpl.colormaps["viridis"](np.linspace(0.1, 0.85, len(GAINS)))
    for k, (gain, colour) in enumerate(zip(GAINS, colours, strict=True)):
        norms = curves["sines", scaled_name(gain), "before"]
        line(ax, norms, f"times {gain:g}", colour, k)
    finish(ax, "SimpleRNN before training, its recurrent kernel made larger or smaller")
    ax.set_title(ax.get_title(), fontsize=12)
    ax.set_ylim(1e-9, 1e6)
    ax.legend(loc="upper right", fontsize=10, handlelength=3.0, title="orthogonal kernel")
    figure.supxlabel(NOTE.format(len(norms)), fontsize=9, color=QUIET)
    return figure


def scaled_name(gain: float) -> str:
    """Return what the rows call a SimpleRNN with a larger or smaller recurrent kernel."""
    return f"simple_rnn x {gain:g}"


def line(ax: Axes, norms: np.ndarray, label: str, colour: str, k: int) -> None:
    """Draw the median of (seeds, steps), and each seed as a thin line: they may differ in kind."""
    back = np.arange(1, norms.shape[1] + 1)
    ax.plot(back, norms.T, color=colour, linewidth=0.9, alpha=0.6)
    (drawn,) = ax.plot(back, np.median(norms, axis=0), color=colour, linewidth=2.4, label=label)
    if k < len(DASHES):
        drawn.set_dashes(DASHES[k])


def finish(ax: Axes, title: str, note: str = "") -> None:
    """Give a panel its title and scales."""
    dress(ax, title=title, note=note, x_label="Steps back; 1 is the last step", y_label="")
    ax.set_yscale("log")
    ax.set_ylim(FLOOR, 20)
    ax.set_xlim(50, 1)  # time runs to the right, as in every other picture
    ax.set_xticks([50, 40, 30, 20, 10, 1])
    if ax.get_subplotspec().is_first_col():
        ax.set_ylabel("Norm of d output / d state")


def gates_figure(gates: list[Line]) -> Figure:
    """Draw one window: what goes in, the gate that keeps, and what is kept, unit by unit."""
    figure = Figure(figsize=(14.0, 8.6), layout="constrained")
    rows = figure.subplots(3, 2, sharex=True, height_ratios=(1.0, 2.0, 2.0))
    names = {
        "lstm": (("f", "Forget gate f, the units that keep most on top"), ("c", "Cell state c")),
        "gru": (("z", "Update gate z, the units that keep most on top"), ("h", "Hidden state h")),
    }
    for column, (cell, parts) in enumerate(names.items()):
        mine = [row for row in gates if row["cell"] == cell]
        inputs(rows[0, column], mine, LABELS[cell])
        (gate, gate_title), (state, state_title) = parts
        kept = table(mine, gate)
        order = np.argsort(-kept.mean(axis=0))  # units that keep most on top
        picture(figure, rows[1, column], kept[:, order], gate_title, "viridis", (0.0, 1.0))
        held = table(mine, state)[:, order]
        most = float(np.abs(held).max())
        picture(figure, rows[2, column], held, state_title, "RdBu_r", (-most, most))
        rows[2, column].set_xlabel("Time step")
    return figure


def table(rows: list[Line], name: str) -> np.ndarray:
    """Return the values of one gate or state, (T, U)."""
    mine = [row for row in rows if row["name"] == name]
    units = 1 + max(int(row["unit"]) for row in mine)
    return np.array([float(row["value"]) for row in mine]).reshape(-1, units)


def inputs(ax: Axes, rows: list[Line], cell: str) -> None:
    """Draw the numbers of a window, the two marked ones filled."""
    steps = {int(row["step"]): (float(row["number"]), float(row["marker"])) for row in rows}
    marked = {step: number for step, (number, marker) in steps.items() if marker}
    ax.plot(list(steps), [number for number, _ in steps.values()], color=QUIET, linewidth=1.0)
    ax.plot(list(marked), list(marked.values()), "o", color="#D62728", markersize=8)
    words = " and ".join(f"{number:.2f}" for number in marked.values())
    dress(ax, title=cell, note=f"asked for the sum of the marked {words}", x_label="", y_label="x")
    ax.set_ylim(-0.1, 1.15)


def picture(
    figure: Figure,
    ax: Axes,
    values: np.ndarray,
    title: str,
    colours: str,
    ends: tuple[float, float],
) -> None:
    """Draw (T, U) as a heat map, a row a unit."""
    image = ax.imshow(
        values.T, aspect="auto", cmap=mpl.colormaps[colours], vmin=ends[0], vmax=ends[1],
        extent=(0.5, len(values) + 0.5, values.shape[1] + 0.5, 0.5), interpolation="nearest",
    )  # fmt: skip
    ax.set_title(title, fontsize=11)
    ax.set_ylabel("Unit")
    figure.colorbar(image, ax=ax, pad=0.01)
