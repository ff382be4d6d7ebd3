"""What a trace of a network holds: the names and widths of all that its layers compute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import BidirectionalSpec, DenseSpec, LayerSpec, RecurrentSpec
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.samples import FloatArray

LayerArrays = Mapping[str, FloatArray]
"""All that one layer computes, by name. Shapes: N samples, T steps, U units, G gates.

Every layer has its output ``y``, (N, T, U), T = 1 where it gives one step. Dense has ``sums``, its
``x @ kernel + bias``, (N, T, U). A recurrent layer has ``sums``, (N, T, G * U), what its gates and
its candidate are the activations of, in Keras's order; ``h``; in an LSTM ``i``, ``f``, ``g``,
``o``, ``c`` and ``a``, the activation of c; in a GRU ``z``, ``r``, ``g`` and what the reset gate
works on: ``q``, with reset_after what the recurrent kernel made of h, or without it ``rh``, r * h.
Index t of axis 1 is the step that the layer read t-th. A Bidirectional layer has all of them twice,
after ``forward/`` and ``backward/``.
"""


class Columns(NamedTuple):
    """What a layer leaves of every step, in the order in which the kernels write it."""

    prefix: str
    names: tuple[str, ...]
    widths: tuple[int, ...]


def traced_columns(layer: LayerSpec) -> list[Columns]:
    """Return what `layer` leaves beside its output: nothing, one set of columns, or two.

    Example:
        >>> traced_columns(RecurrentSpec("gru", 5))
        [Columns(prefix='', names=('sums', 'g', 'z', 'r', 'q', 'h'), widths=(15, 5, 5, 5, 5, 5))]
    """
    if isinstance(layer, DenseSpec):
        return [Columns("", ("sums",), (layer.units,))]
    if isinstance(layer, RecurrentSpec):
        return [_of_cell(layer, "")]
    if isinstance(layer, BidirectionalSpec):
        prefixes = ("forward/", "backward/")
        return [_of_cell(*pair) for pair in zip(layer.children, prefixes, strict=True)]
    return []


def trace_size(spec: NetworkSpec, window: int) -> int:
    """Return the numbers of all that the layers compute for one sample of `window` steps."""
    shapes, size = spec.shapes_from(window), 0
    for layer, given, made in zip(spec.layers, shapes[:-1], shapes[1:], strict=True):
        widths = [width for columns in traced_columns(layer) for width in columns.widths]
        size += _steps_of(given) * sum(widths) + _steps_of(made) * (made[-1] or 0)
    return size


def cut_trace(spec: NetworkSpec, flat: FloatArray, window: int) -> list[dict[str, FloatArray]]:
    """Return views of `flat` (N, numbers of a sample) by layer and name; see LayerArrays."""
    shapes, layers, start = spec.shapes_from(window), [], 0

    def take(steps: int, width: int) -> FloatArray:
        nonlocal start
        begin, start = start, start + steps * width
        return flat[:, begin:start].reshape(len(flat), steps, width)

    for layer, given, made in zip(spec.layers, shapes[:-1], shapes[1:], strict=True):
        arrays: dict[str, FloatArray] = {}
        for prefix, names, widths in traced_columns(layer):
            steps = take(_steps_of(given), sum(widths))
            parts = np.split(steps, np.cumsum(widths)[:-1], axis=-1)
            arrays |= {prefix + name: part for name, part in zip(names, parts, strict=True)}
        arrays["y"] = take(_steps_of(made), made[-1] or 0)
        layers.append(arrays)
    return layers


def _steps_of(shape: tuple[int | None, ...]) -> int:
    """Return T of (T, F), 1 of (F,)."""
    return (shape[0] or 0) if len(shape) == 2 else 1


def _of_cell(layer: RecurrentSpec, prefix: str) -> Columns:
    gates = {
        "simple_rnn": (),
        "lstm": ("i", "f", "g", "o", "a"),
        "gru": ("g", "z", "r", "q") if layer.reset_after else ("z", "r", "g", "rh"),
    }[layer.kind]
    states = ("h", "c") if layer.kind == "lstm" else ("h",)
    widths = (layer.width, *(layer.units for _ in (*gates, *states)))
    return Columns(prefix, ("sums", *gates, *states), widths)
