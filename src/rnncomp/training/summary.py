"""The table that summary prints, as Keras draws it."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Sequence
from typing import Literal

from rnncomp._check import fail, shown
from rnncomp.errors import InvalidArgumentError
from rnncomp.nn.layer import Layer
from rnncomp.training.model import Model

LINE_LENGTH = 88
POSITIONS = (0.45, 0.80, 1.0)
COLUMNS: tuple[tuple[str, Literal["left", "right", "center"]], ...] = (
    ("Layer (type)", "left"),
    ("Output Shape", "left"),
    ("Param #", "right"),
    ("Trainable", "center"),
)


def summary_text(
    model: Model,
    *,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
    colours: bool = False,
) -> str:
    """Return the summary of a model as text.

    Args:
        model: The model, built or not.
        line_length: Width of the table; None is 88, or what the terminal has.
        positions: Where the columns end, as shares of the width.
        show_trainable: Whether there is a column for it.
        layer_range: First and last layer shown, by name or regular expression.
        colours: Whether a terminal gets bold type and colours.
    """
    from rich.console import Console  # noqa: PLC0415 - rich is loaded by those who print
    from rich.table import Table  # noqa: PLC0415

    terminal = shutil.get_terminal_size().columns
    width = line_length or min(LINE_LENGTH + 12 * show_trainable, terminal - 4)
    table = Table(width=width, show_lines=True)
    widths = _widths(width, positions, show_trainable)
    for (header, side), column in zip(COLUMNS, widths, strict=False):
        table.add_column(header, width=column, justify=side)
    for index in _shown(model.layers, layer_range):
        table.add_row(*_row(model, index)[: 3 + show_trainable])
    styled = colours and sys.stdout.isatty()
    out = io.StringIO()
    console = Console(file=out, highlight=False, force_terminal=styled, width=max(width, 60))
    console.print(f'[bold]Model: "{_escape(model.name)}"[/]')
    console.print(table)
    for line in _totals(model):
        console.print(line)
    return out.getvalue()


def readable_bytes(size: float) -> str:
    """Return a size as Keras writes it.

    Example:
        >>> readable_bytes(740), readable_bytes(41804)
        ('740.00 B', '40.82 KB')
    """
    units = ["B", "KB", "MB", "GB", "TB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.2f} {units[0]}"


def _widths(width: int, positions: Sequence[float] | None, show_trainable: bool) -> list[int]:
    shares = list(positions or POSITIONS)
    if show_trainable and positions is None:
        shares = [0.9 * share for share in shares] + [1.0]
    ends = [int(share * width) for share in shares]
    widths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    if len(widths) != 3 + show_trainable or min(widths) < 4:
        raise fail("positions", f"{3 + show_trainable} growing shares of a wide line", positions)
    return widths


def _shown(layers: list[Layer], layer_range: Sequence[str] | None) -> range:
    if layer_range is None:
        return range(len(layers))
    if not isinstance(layer_range, (tuple, list)) or len(layer_range) != 2:
        raise fail("layer_range", "(first, last) names of layers", layer_range)
    found = [
        [i for i, layer in enumerate(layers) if re.match(str(name), layer.name)]
        for name in layer_range
    ]
    if not all(found) or found[0][0] > found[1][-1]:
        raise InvalidArgumentError(
            f"layer_range={shown(layer_range)} names no layers in order; the layers are "
            + ", ".join(layer.name for layer in layers)
        )
    return range(found[0][0], found[1][-1] + 1)


def _row(model: Model, index: int) -> list[str]:
    layer = model.layers[index]
    name = f"{_escape(layer.name)} ([color(33)]{type(layer).__name__}[/])"
    if not model.built:
        return [name, "?", "[color(34)]0[/] (unbuilt)", "-"]
    sizes = [
        f"[color({45 if size is None else 34})]{size}[/]"
        for size in model.layer_output_shape(index)
    ]
    return [name, f"({', '.join(sizes)})", f"[color(34)]{layer.count_params():,}[/]", "Y"]


def _totals(model: Model) -> list[str]:
    params = model.count_params() if model.built else 0
    slots = 0
    if model.compiled and model.compiled_with.slots is not None:
        slots = model.compiled_with.slots.size + 2  # Keras counts the step and the learning rate
    width = 8 if model.dtype == "float64" else 4
    lines = [("Total", params + slots), ("Trainable", params), ("Non-trainable", 0)]
    lines += [("Optimizer", slots)] if slots else []
    return [
        f"[bold] {what} params: [/][color(34)]{count:,}[/] ({readable_bytes(width * count)})"
        for what, count in lines
    ]


def _escape(text: str) -> str:
    return text.replace("[", r"\[")
