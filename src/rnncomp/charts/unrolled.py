"""The unrolled network: one box a step, what it reads below, what it hands on beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rnncomp.charts.layers import recurrent_layers, shape_text
from rnncomp.charts.style import NETWORK_COLOURS, QUIET, cut, new_axes
from rnncomp.errors import InvalidArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIRST, LAST = 3, 2  # steps that are drawn of a long window
FEW = 4  # so few numbers are written in full
BOX, GAP = 1.25, 1.15  # width of a step, and the way between two, in inches
TOP, MIDDLE, BOTTOM = 2.6, 1.2, 0.0


def draw_unrolled(
    trace: Mapping[str, Any], *, layer: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw a recurrent layer as a row of steps: the same weights at each, joined by the states.

    Of more than six steps the first three and the last two are drawn. Vectors of up to four
    numbers are written out.

    Args:
        trace: What `rnncomp.explanation.trace_data` returns.
        layer: Name of a recurrent layer; None for the first.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.
    """
    one = _choose(trace, layer)
    steps = len(one["x"])
    shown: list[int | None] = list(range(steps))
    if steps > FIRST + LAST + 1:
        shown = [*range(FIRST), None, *range(steps - LAST, steps)]
    ax = new_axes(ax, ((len(shown) + 1) * (BOX + GAP) + 0.6, 3.7))
    _start(ax, one)
    for place, step in enumerate(shown):
        left = (place + 1) * (BOX + GAP)
        if step is None:
            ax.text(left + BOX / 2, MIDDLE, "· · ·", ha="center", va="center", fontsize=16)
            _carry(ax, one, left + BOX, steps - LAST - 1)
            continue
        _step(ax, trace, one, step, left)
        if step + 1 < steps:
            _carry(ax, one, left + BOX, step)
    _leave(ax, trace, one, len(shown) * (BOX + GAP))
    ax.set_xlim(0.3, (len(shown) + 1) * (BOX + GAP) + 0.2)
    ax.set_ylim(BOTTOM - 0.6, TOP + 0.55)
    ax.axis("off")
    counted = f"{steps} steps, the same weights at every step" if steps > 1 else "1 step"
    ax.set_title(f"{cut(one['name'], 40)}: {one['title']}, {counted}", fontsize=12)
    return ax


def _choose(trace: Mapping[str, Any], layer: str | None) -> Mapping[str, Any]:
    found = recurrent_layers(trace, layer)
    if not found:
        raise InvalidArgumentError("the network has no recurrent layer, so nothing is unrolled")
    return found[0]


def vector(values: Sequence[float | None]) -> str:
    """Write few numbers out, of many how many there are.

    Example:
        >>> vector([0.25, -1.0]), vector([0.0] * 50)
        ('[0.25, -1]', '(50,)')
    """
    if len(values) > FEW:
        return shape_text([len(values)])
    digits = 3 if len(values) > 1 else 4
    parts = ["–" if v is None else f"{v:.{digits}g}" for v in values]
    if len(parts) <= 2:
        return f"[{', '.join(parts)}]"
    half = -(-len(parts) // 2)
    return f"[{', '.join(parts[:half])},\n {', '.join(parts[half:])}]"


def _equals(values: Sequence[float | None]) -> str:
    """Write what a vector is, or, of many numbers, its shape."""
    return ("= " if len(values) <= FEW else "") + vector(values)


def _start(ax: Axes, layer: Mapping[str, Any]) -> None:
    """Draw the states before the first step, zero or not: they are part of the equation."""
    left = BOX + GAP
    for height, state in _states(layer):
        words = f"{state}$_0$\n{vector(layer['initial'][state])}"
        ax.text(left - GAP, height, words, ha="right", va="center", fontsize=9)
        _line(ax, (left - GAP + 0.05, height), (left, height))


def _states(layer: Mapping[str, Any]) -> list[tuple[float, str]]:
    if layer["c"] is None:
        return [(MIDDLE, "h")]
    return [(MIDDLE + 0.28, "c"), (MIDDLE - 0.28, "h")]


def _step(
    ax: Axes, trace: Mapping[str, Any], layer: Mapping[str, Any], step: int, left: float
) -> None:
    """Draw the box of one step with its input from below."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    centre, half = left + BOX / 2, 0.55
    colour = NETWORK_COLOURS[layer["kind"]]
    ax.add_patch(
        Rectangle((left, MIDDLE - half), BOX, 2 * half, facecolor="white", edgecolor=colour,
                  linewidth=1.8)
    )  # fmt: skip
    ax.text(centre, MIDDLE, layer["title"], ha="center", va="center", weight="bold", fontsize=10)
    below = [_name(trace, layer, step), "" if layer["there"][step] else "(masked)"]
    read = f"x$_{{{step + 1}}}$ {_equals(layer['x'][step])}"
    words = "\n".join([read, *filter(None, below)])
    ax.text(centre, BOTTOM + 0.1, words, ha="center", va="top", fontsize=9)
    _line(ax, (centre, BOTTOM + 0.15), (centre, MIDDLE - half))
    if layer["sequences"]:
        _line(ax, (centre, MIDDLE + half), (centre, TOP - 0.25))
        text = f"y$_{{{step + 1}}}$ = h$_{{{step + 1}}}$"
        ax.text(centre, TOP - 0.2, text, ha="center", va="bottom", fontsize=9)


def _name(trace: Mapping[str, Any], layer: Mapping[str, Any], step: int) -> str:
    """Return what the step is called in the window, if that says more than its number."""
    if layer["places"] is None:
        return ""
    name = cut(str(trace["times"][layer["places"][step]]), 18)
    return "" if name == str(step + 1) else name


def _carry(ax: Axes, layer: Mapping[str, Any], left: float, step: int) -> None:
    """Draw the states going on to the next step."""
    for height, state in _states(layer):
        _line(ax, (left, height), (left + GAP, height))
        values = vector(layer[state][step])
        many = values.startswith("(")
        label = f"{state}$_{{{step + 1}}}$" + (f" {values}" if many else "")
        ax.text(left + GAP / 2, height + 0.06, label, ha="center", va="bottom", fontsize=9)
        if not many:
            ax.text(left + GAP / 2, height - 0.07, values, ha="center", va="top", fontsize=7.5)


def _leave(ax: Axes, trace: Mapping[str, Any], layer: Mapping[str, Any], left: float) -> None:
    """Draw the last state on its way through what follows to the output."""
    centre, last = left + BOX / 2, len(layer["x"])
    state = f"h$_{{{last}}}$ {_equals(layer['h'][-1])}"
    after = [one for one in trace["layers"] if one["inside"] is None]
    names = [one["name"] for one in after]
    own = layer["inside"] or layer["name"]
    rest = [one["title"] for one in after[names.index(own) + 1 :]]
    output = "output " + vector(trace["output"])
    if trace["values"] is not None and len(trace["values"]) <= FEW:
        output += " = " + vector(trace["values"]) + " in the series' units"
    way = " → ".join([*rest, output])
    if layer["sequences"]:
        ax.text(left + BOX, TOP + 0.2, "→ " + way, ha="right", va="bottom", fontsize=9)
        return
    _line(ax, (centre, MIDDLE + 0.55), (centre, TOP - 0.35))
    ax.text(centre, TOP - 0.3, f"{state}\n{way}", ha="center", va="bottom", fontsize=9)


def _line(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = {"arrowstyle": "-|>", "color": QUIET, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=arrow)
