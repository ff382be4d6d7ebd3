"""The layers of a network as boxes: what goes in and out, and the shapes of all weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rnncomp._check import fail
from rnncomp.charts.style import NETWORK_COLOURS, QUIET, cut, new_axes
from rnncomp.errors import InvalidArgumentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

IN_A_ROW = 5
WIDTH, GAP = 1.0, 0.22  # of a box, and between two
LINE = 0.155  # of a row of text, in inches
BETWEEN = 2.0 * LINE  # two rows of boxes
PLAIN = "#7F7F7F"


class Box:
    """One box: its title, what stands under it, its colour, and the shape that leaves it."""

    def __init__(self, title: str, lines: Sequence[str], colour: str, leaves: str) -> None:
        self.title, self.lines, self.colour, self.leaves = title, list(lines), colour, leaves


def draw_layers(trace: Mapping[str, Any], *, ax: Axes | None = None) -> Axes:
    """Draw the layers of a network in order, with shapes and numbers of weights.

    Args:
        trace: What `rnncomp.explanation.trace_data` returns; its ``layers``, ``columns``,
            ``times`` and ``parameters`` are drawn.
        ax: Where to draw; None for a new figure.

    Returns:
        The axes drawn on.
    """
    boxes = _boxes(trace)
    ax = new_axes(ax, diagram_size(trace))
    top = 0.0  # in inches, the unit of the vertical axis
    for row, height in zip(_rows(boxes), _heights(boxes), strict=True):
        for column, box in enumerate(row):
            left = column * (WIDTH + GAP)
            _draw(ax, box, (left, top), height)
            if box is not boxes[-1]:
                turns = column + 1 == IN_A_ROW
                _arrow(ax, (left, top - height / 2), box.leaves, turns=turns)
        top -= height + BETWEEN
    across = min(len(boxes), IN_A_ROW) * (WIDTH + GAP)
    ax.set_xlim(-0.03, across - (GAP if len(boxes) <= IN_A_ROW else 0.0) + 0.03)
    ax.set_ylim(top + BETWEEN - 0.08, 0.08)
    ax.axis("off")
    ax.set_title(
        f"{_plural(trace['parameters'], 'parameter')} in "
        f"{_plural(sum(layer['inside'] is None for layer in trace['layers']), 'layer')}",
        loc="left", fontsize=11,
    )  # fmt: skip
    return ax


def diagram_size(trace: Mapping[str, Any]) -> tuple[float, float]:
    """Return how many inches wide and high the diagram is by itself."""
    return 2.3 * min(len(_boxes(trace)), IN_A_ROW) + 0.4, diagram_height(trace)


def diagram_height(trace: Mapping[str, Any]) -> float:
    """Return how many inches the diagram needs."""
    heights = _heights(_boxes(trace))
    return sum(heights) + len(heights) * BETWEEN + 0.55


def recurrent_layers(trace: Mapping[str, Any], name: str | None) -> list[Mapping[str, Any]]:
    """Return the recurrent layers, or the one of that name.

    Raises:
        InvalidArgumentError: `trace` is no mapping, such as a Trace itself; or there is no such
            layer.
    """
    check_trace(trace)
    found = [one for one in trace["layers"] if one["h"] is not None]
    if name is None:
        return found
    named = [one for one in found if one["name"] == name]
    if not named:
        names = ", ".join(one["name"] for one in found) or "none"
        raise InvalidArgumentError(
            f"layer must be a recurrent layer of the network, got {name!r}; it has {names}"
        )
    return named


def check_trace(trace: object) -> None:
    """Raise InvalidArgumentError unless `trace` can be what `trace_data` returns."""
    if not isinstance(trace, Mapping):
        hint = "pass trace.to_dict(), or draw by trace.plot() and trace.plot_unrolled()"
        raise fail("trace", "a mapping as trace_data returns it", type(trace).__name__, hint)


def _rows(boxes: Sequence[Box]) -> list[Sequence[Box]]:
    return [boxes[at : at + IN_A_ROW] for at in range(0, len(boxes), IN_A_ROW)]


def _heights(boxes: Sequence[Box]) -> list[float]:
    """Return the inches of each row of boxes, which are as tall as the tallest among them."""
    return [(max(len(box.lines) for box in row) + 2.2) * LINE for row in _rows(boxes)]


def _boxes(trace: Mapping[str, Any]) -> list[Box]:
    """Return the input, then every layer, the directions of a Bidirectional one inside of it."""
    check_trace(trace)
    steps, features = len(trace["times"]), len(trace["columns"])
    columns = [cut(name) for name in trace["columns"][:4]]
    more = [f"and {features - 4} more"] if features > 4 else []
    given = [_plural(steps, "step"), *columns, *more]
    boxes = [Box("Input", given, PLAIN, shape_text(trace["layers"][0]["input_shape"]))]
    for layer in trace["layers"]:
        if layer["inside"] is not None:
            continue
        inner = [one for one in trace["layers"] if one["inside"] == layer["name"]]
        kind = inner[0]["kind"] if inner else layer["kind"]
        own = [] if layer["name"] == layer["kind"] else [cut(layer["name"], 24)]
        lines = [*own, *_lines(layer), *_inner_lines(inner)]
        colour = NETWORK_COLOURS.get(kind, PLAIN if not layer["weights"] else "#1F4FBF")
        boxes.append(Box(_title(layer, inner), lines, colour, shape_text(layer["output_shape"])))
    return boxes


def _title(layer: Mapping[str, Any], inner: Sequence[Mapping[str, Any]]) -> str:
    units = layer["output_shape"][-1]
    if inner:
        return f"Bidirectional ({units})"
    return f"{layer['title']} ({units})" if layer["weights"] else layer["title"]


def _lines(layer: Mapping[str, Any]) -> list[str]:
    """Return the activations and weights of a layer, a line each."""
    acts = [name for name in (layer["activation"], layer["recurrent_activation"]) if name]
    if layer["reset_after"] is not None:
        acts.append("reset " + ("after" if layer["reset_after"] else "before"))
    lines = [", ".join(acts)] if acts else []
    if layer["merge"]:
        lines.append(f"merge {layer['merge']}")
    lines += [f"{name} {shape_text(w['shape'])}" for name, w in layer["weights"].items()]
    return [*lines, _plural(layer["parameters"], "parameter")] if layer["parameters"] else lines


def _inner_lines(inner: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    for way in inner:
        direction = way["name"].rpartition("/")[2]
        lines.append(f"{direction}: {way['title']} ({way['output_shape'][-1]})")
        lines += [f"  {line}" for line in _lines(way)]
    return lines


def _draw(ax: Axes, box: Box, corner: tuple[float, float], height: float) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    left, top = corner
    frame: dict[str, Any] = {"linewidth": 1.6, "edgecolor": box.colour}
    ax.add_patch(Rectangle((left, top - height), WIDTH, height, facecolor="white", **frame))
    head = 1.5 * LINE
    ax.add_patch(
        Rectangle((left, top - head), WIDTH, head, facecolor=box.colour, alpha=0.22, linewidth=0)
    )
    ax.text(
        left + WIDTH / 2, top - head / 2, box.title,
        ha="center", va="center", weight="bold", fontsize=10 if len(box.title) < 20 else 8,
    )  # fmt: skip
    for n, line in enumerate(box.lines):
        ax.text(left + 0.05, top - head - (n + 0.65) * LINE, line, va="center", fontsize=8)


def _arrow(ax: Axes, start: tuple[float, float], text: str, *, turns: bool) -> None:
    """Draw the way to the next box: to the right, or on to the next row."""
    left, middle = start
    right = left + WIDTH
    ax.annotate(
        "", (right + GAP * (0.55 if turns else 1.0), middle), (right, middle),
        arrowprops={"arrowstyle": "-|>", "color": QUIET, "shrinkA": 1, "shrinkB": 1},
    )  # fmt: skip
    ax.text(
        right + GAP / 2, middle + 0.35 * LINE, text, ha="center", va="bottom", fontsize=7.5,
        color=QUIET, rotation=90,
    )  # fmt: skip
    if turns:
        ax.text(right + GAP * 0.6, middle, "↵", color=QUIET, fontsize=12, va="center")


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape.

    Example:
        >>> shape_text([50, 1]), shape_text([3])
        ('(50, 1)', '(3,)')
    """
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(str(n) for n in shape)})"


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
