"""Arithmetic: the equations of a prediction with its numbers in them, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from rnncomp._check import fail, integer
from rnncomp.explanation.computed import Computed, LayerTrace, largest
from rnncomp.explanation.equations import other_lines, recurrent_lines
from rnncomp.explanation.lines import DIGITS, Line, number, vector
from rnncomp.samples import FloatArray

WHY_WEIGHTS = (
    "Weights are there before fit: they are drawn from a seed when the network is built (kernels "
    "uniform after Glorot, recurrent kernels orthogonal, biases 0, an LSTM's forget gate 1), and "
    "fit moves them from there."
)
MOST_SHOWN = 48  # numbers of a weight
SIDE_BY_SIDE = {
    "lstm": (
        "Gates stand side by side in the weights of an LSTM: of its U units, kernel_i is columns "
        "0 to U - 1 of kernel, kernel_f the next U, then kernel_g and kernel_o."
    ),
    "gru": (
        "Gates stand side by side in the weights of a GRU: of its U units, kernel_z is columns "
        "0 to U - 1 of kernel, kernel_r the next U, then kernel_g."
    ),
}
WHERE = "engine and equations differ by at most {:.1e}"


class Row(NamedTuple):
    """A row of worked arithmetic: a heading, a remark, or a piece of an equation."""

    kind: str  # "heading", "note", "weight", "symbols", "numbers", "result"
    left: str
    right: str
    meaning: str = ""


@dataclass(frozen=True, eq=False)
class Block:
    """One step of one layer.

    Attributes:
        layer: Its name.
        title: What it is and which step, in words.
        lines: Its equations in order.
    """

    layer: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """The worked arithmetic of a prediction, or of some steps of it; `Trace.arithmetic` makes it.

    Print it, let a notebook show it, or go over `blocks` and their lines.

    Attributes:
        trace: What was computed.
        blocks: Steps, layer after layer.
        unit: The unit that is shown term by term, or None for all as vectors.
        whole: Whether the blocks end with the prediction.
    """

    trace: Computed
    blocks: tuple[Block, ...]
    unit: int | None
    whole: bool

    @property
    def difference(self) -> float:
        """The largest difference between the engine and what is worked out here."""
        return largest([line.difference for block in self.blocks for line in block.lines])

    def rows(self, digits: int = DIGITS) -> Iterator[Row]:
        """Yield all that is to be shown, from the weights to the prediction.

        Args:
            digits: Significant ones of every number, at least 1.
        """
        yield Row("heading", "", "Weights, with their shapes")
        shown = {block.layer for block in self.blocks}
        for layer in self.trace:
            for name, value in layer.weights.items() if layer.name in shown else ():
                yield Row("weight", f"{layer.name}/{name} {value.shape}", _weight(value, digits))
        cells = {layer.kind for layer in self.trace if layer.name in shown}
        for kind in ("lstm", "gru"):
            if kind in cells:
                yield Row("note", "", SIDE_BY_SIDE[kind])
        yield Row("note", "", WHY_WEIGHTS)
        for block in self.blocks:
            yield Row("heading", "", block.title)
            for line in block.lines:
                unit = self._unit_of(line)
                *rows, result = line.rows(unit, digits)
                kinds = ("symbols", *("numbers" for _ in rows[1:])) if rows else ()
                left = line.left(unit)
                for kind, row in zip(kinds, rows, strict=True):
                    yield Row(kind, left, row, line.meaning if left else "")
                    left = ""
                yield Row("result", left, result, line.meaning if left else "")
        yield from self._end(digits)

    def _unit_of(self, line: Line) -> int | None:
        """Return the unit to show of a line; one that has fewer units is shown whole."""
        return self.unit if self.unit is not None and self.unit < len(line.value) else None

    def _end(self, digits: int) -> Iterator[Row]:
        trace = self.trace
        if self.whole:
            yield Row("heading", "", "Prediction")
            digits = max(digits, 8)  # both in full, to be held beside each other
            output = trace.output.astype(np.float64).ravel()
            yield Row("result", "of the network", vector(output, digits))
            yield Row("result", "of this arithmetic", vector(trace.worked_output.ravel(), digits))
            if trace.values is not None:
                yield Row("result", "in units of the series", vector(trace.values, DIGITS))
                pairs = zip(trace.output_names, trace.values, strict=True)
                if 1 < len(trace.values) <= MOST_SHOWN:
                    yield from (Row("result", name, number(float(v))) for name, v in pairs)
        yield Row("note", "", WHERE.format(self.difference) + f" ({trace.network.dtype})")

    def __str__(self) -> str:
        """Return it as plain text."""
        return "\n".join(_text(row) for row in self.rows())

    def _repr_html_(self) -> str:
        """Return it for a notebook."""
        return f'<div class="rnncomp-arithmetic">{_STYLE}{"".join(map(_html, self.rows()))}</div>'


def work_out(
    trace: Computed,
    step: int | Sequence[int] | None = None,
    *,
    layer: str | None = None,
    unit: int | None = None,
) -> Arithmetic:
    """Return the arithmetic of a trace; see `Trace.arithmetic`."""
    window = len(trace.window)
    steps = set(range(1, window + 1)) if step is None else _steps(step, window)
    if layer is not None:
        trace[layer]  # raises, with the names, if there is none
    if unit is not None:
        most = max(getattr(one.spec, "units", 1) for one in trace)
        if not 0 <= integer("unit", unit, at_least=0) < most:
            raise fail("unit", f"0 .. {most - 1}", unit)
    blocks = [
        block for block in _blocks(trace, steps) if layer is None or _belongs(block.layer, layer)
    ]
    if not blocks:
        rule = f"{window}, the last step, with which layer {layer!r} works"
        raise fail("step", rule, step, "leave it out for all steps")
    return Arithmetic(trace, tuple(blocks), unit, whole=layer is None and window in steps)


def _steps(step: int | Sequence[int], window: int) -> set[int]:
    """Return the steps asked for, each of 1 .. T."""
    asked = step if isinstance(step, Sequence) else (step,)
    if not asked:
        raise fail("step", f"one of 1 .. {window}, or several", step)
    for one in asked:
        if integer("step", one, hint=f"steps are 1 .. {window}") > window:
            raise fail("step", f"at most {window}, the steps of the window", one)
    return {int(one) for one in asked}


def _belongs(name: str, layer: str) -> bool:
    return name == layer or name.startswith(f"{layer}/")


def _blocks(trace: Computed, steps: set[int]) -> Iterator[Block]:
    """Yield the blocks of some steps; what comes after the last step belongs to it."""
    with_steps = _with_steps(trace)
    for layer in trace:
        if layer.name in with_steps:
            shown = [step - 1 for step in sorted(steps)]
        else:
            shown = list(range(layer.steps)) if len(trace.window) in steps else []
        for index in shown:
            source = _source(trace, layer, index)
            lines = (
                recurrent_lines(layer, index)
                if layer.recurrent
                else other_lines(layer, index, source)
            )
            title = f"{layer.name}, step {index + 1} of {layer.steps}"
            if layer.name in with_steps:
                title += _when(trace, layer, index)
            yield Block(layer.name, title, tuple(lines))


def _source(trace: Computed, layer: LayerTrace, index: int) -> str:
    """Return what to call the input of a step: the state of the layer before, if it is one."""
    names = [one.name for one in trace.layers]
    before = trace.layers[names.index(layer.name) - 1] if layer.name in names[1:] else None
    if before is None or not before.recurrent:
        return f"x_{index + 1}"
    return f"h_{before.steps if len(before.y) == 1 else index + 1}"


def _with_steps(trace: Computed) -> set[str]:
    """Return the names of the layers whose steps are those of the window."""
    names: set[str] = set()
    for layer in trace.layers:
        names |= {one.name for one in layer.directions}
        if layer.recurrent or len(layer.y) == len(trace.window):
            names.add(layer.name)
        if len(layer.y) != len(trace.window) or layer.kind in ("repeat_vector", "flatten"):
            break
    return names


def _when(trace: Computed, layer: LayerTrace, index: int) -> str:
    """Return the time of a step, and whether the layer reads backwards, for a title."""
    time = trace.times[layer.order[index]]
    words = f" ({time})" if time != str(index + 1) else ""
    return words + (", read backwards" if layer.recurrent and layer.order[0] != 0 else "")


def _weight(value: FloatArray, digits: int) -> str:
    """Return a small weight row by row, of a larger one nothing."""
    if value.size > MOST_SHOWN:
        return f"{value.size:,} numbers"
    if value.ndim == 1:
        return f"[{' '.join(number(float(v), digits) for v in value)}]"
    return f"[{' '.join(_weight(row, digits) for row in value)}]"


def _text(row: Row) -> str:
    """Return a row as plain text."""
    if row.kind == "heading":
        return f"\n{row.right}"
    if row.kind == "note":
        return f"  {row.right}"
    if row.kind == "weight":
        return f"  {row.left} = {row.right}"
    left = f"  {row.left:<18} =" if row.left else " " * 20 + " ="
    meaning = f"    # {row.meaning}" if row.meaning else ""
    return f"{left} {row.right}{meaning}"


def _html(row: Row) -> str:
    """Return a row as HTML."""
    left, right, meaning = escape(row.left), escape(row.right), escape(row.meaning)
    if row.kind in ("heading", "note"):
        return f'<div class="{row.kind}">{right}</div>'
    words = f" <small>{meaning}</small>" if meaning else ""
    return f'<div class="{row.kind}"><b>{left}</b><span>= {right}{words}</span></div>'


_STYLE = (
    "<style>.rnncomp-arithmetic{font-family:ui-monospace,monospace;font-size:13px;"
    "overflow-x:auto}.rnncomp-arithmetic>div{display:flex;gap:.6em;padding:1px 0}"
    ".rnncomp-arithmetic b{min-width:11em;text-align:right;font-weight:600;"
    "white-space:nowrap}"
    ".rnncomp-arithmetic .heading{font-weight:600;margin-top:.8em;border-bottom:1px solid #8886}"
    ".rnncomp-arithmetic .note,.rnncomp-arithmetic small{opacity:.75}"
    ".rnncomp-arithmetic .note{font-family:system-ui,sans-serif}</style>"
)
