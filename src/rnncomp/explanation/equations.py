"""The equations of one step of each layer, with the numbers that they had in a trace.

The letters are those of docs/equations.md. What a line reads is what the equations gave before, in
float64, so that the lines are a computation by hand from the first to the last, beside which the
engine's own numbers stand.

Shapes: F features, U units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from rnncomp.explanation.computed import LayerTrace
from rnncomp.explanation.lines import Array, Line, Operand, Part, Product
from rnncomp.kernels.layer_specs import OVER_UNITS, RecurrentSpec
from rnncomp.nn.activations import BY_NAME

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "i": "input gate: how much of the candidate is written",
        "f": "forget gate: how much of the cell state is kept",
        "o": "output gate: how much of the cell state is shown",
        "z": "update gate: how much of the old state is kept",
        "r": "reset gate: how much of the old state the candidate sees",
    }
)
CANDIDATES: Mapping[str, str] = MappingProxyType(
    {
        "lstm": "candidate: what may be written",
        "gru": "candidate: what may replace the old state",
    }
)


class Step:
    """What one step of a recurrent layer reads and gives.

    Args:
        layer: The layer.
        index: The step, in the order of reading, from 0.
    """

    def __init__(self, layer: LayerTrace, index: int) -> None:
        assert isinstance(layer.spec, RecurrentSpec)
        self.layer, self.index, self.spec = layer, index, layer.spec
        self.now = index + 1  # h_0 is before the first step
        self.sums = layer.split(layer.worked)
        self.engine_sums = layer.sums

    def weights(self, name: str, gate: int) -> Array:
        """Return the share of a weight that belongs to a gate, (K, U) or (U,)."""
        units = self.spec.units
        values = self.layer.weights[name].astype(np.float64)
        return values[..., gate * units : (gate + 1) * units]

    def x(self, name: str, gate: int) -> Product:
        """Return ``x_t @ kernel_gate``."""
        read = Operand(f"x_{self.layer.order[self.index] + 1}", self._x())
        return Product(read, Operand(name, self.weights("kernel", gate)))

    def h(self, name: str, gate: int, vector: Operand | None = None) -> Product:
        """Return ``h_{t-1} @ recurrent_kernel_gate``, or that of another vector."""
        kernel = Operand(name, self.weights("recurrent_kernel", gate))
        return Product(vector or self.before("h"), kernel)

    def before(self, state: str) -> Operand:
        """Return a state before this step."""
        values = self.layer.before(state, self.layer.worked)[self.index]
        return Operand(f"{state}_{self.now - 1}", values)

    def bias(self, name: str, gate: int, row: int | None = None) -> list[Part]:
        """Return `` + bias_gate``, or nothing for a layer without."""
        if not self.spec.use_bias:
            return []
        values = self.weights("bias", gate)
        return [" + ", Operand(name, values if row is None else values[row])]

    def line(self, name: str, meaning: str, parts: list[Part], value: Array) -> Line:
        """Return the line of a letter that the trace holds."""
        engine = self.layer.arrays[name][self.index]
        return Line(f"{name}_{self.now}", meaning, tuple(parts), value, engine)

    def sum_line(self, symbol: str, gate: str, meaning: str, parts: list[Part]) -> Line:
        """Return the line of the sum that a gate is the activation of."""
        value = added(parts)
        return Line(symbol, meaning, tuple(parts), value, self.engine_sums[gate][self.index])

    def activated(self, name: str, meaning: str, activation: str, read: Operand) -> Line:
        """Return the line ``name = activation(read)``."""
        value = _applied(activation, read.value)
        return self.line(name, meaning, called(activation, read), value)

    def _x(self) -> Array:
        values: Array = self.layer.worked_x[self.index]
        return values


def added(parts: list[Part]) -> Array:
    """Return the sum of operands and products; text between them is `` + ``."""
    total: Array = np.sum([p.value for p in parts if not isinstance(p, str)], axis=0)
    return total


def _applied(activation: str, z: Array) -> Array:
    return BY_NAME[activation](z).astype(np.float64)


def called(activation: str, read: Operand) -> list[Part]:
    """Return ``tanh(z)`` and the like; `read` as it is where the activation is linear."""
    if activation == "linear":
        return [read]
    return ["σ(" if activation == "sigmoid" else f"{activation}(", read, ")"]


def simple_rnn_lines(step: Step) -> list[Line]:
    """Return z and h."""
    parts = [step.x("kernel", 0), " + ", step.h("recurrent_kernel", 0), *step.bias("bias", 0)]
    z = step.sum_line(f"z_{step.now}", "h", "weighted sum of the input and the old state", parts)
    read = _result(z)
    return [z, step.activated("h", "hidden state", step.spec.activation, read)]


def lstm_lines(step: Step) -> list[Line]:
    """Return the sums and values of i, f, g, o, then c, a and h."""
    lines = []
    for number, gate in enumerate("ifgo"):
        parts = [
            step.x(f"kernel_{gate}", number),
            " + ",
            step.h(f"recurrent_kernel_{gate}", number),
            *step.bias(f"bias_{gate}", number),
        ]
        z = step.sum_line(f"z_{gate}", gate, f"weighted sum for {gate}", parts)
        kind = step.spec.activation if gate == "g" else step.spec.recurrent_activation
        meaning = MEANINGS.get(gate, CANDIDATES["lstm"])
        lines += [z, step.activated(gate, meaning, kind, _result(z))]
    i, f, g, o = (_result(lines[k]) for k in (1, 3, 5, 7))
    c_prev = step.before("c")
    c_parts: list[Part] = [f, " * ", c_prev, " + ", i, " * ", g]
    c = step.line("c", "cell state", c_parts, f.value * c_prev.value + i.value * g.value)
    a = step.activated("a", "what may be shown", step.spec.activation, _result(c))
    shown = _result(a)
    h = step.line("h", "hidden state", [o, " * ", shown], o.value * a.value)
    return [*lines, c, a, h]


def gru_lines(step: Step) -> list[Line]:
    """Return the sums and values of z and r, then the candidate g, and h."""
    after = step.spec.reset_after
    lines = []
    for number, gate in enumerate("zr"):
        parts = [
            step.x(f"kernel_{gate}", number),
            *step.bias(f"bias_{gate}", number, 0 if after else None),
            " + ",
            step.h(f"recurrent_kernel_{gate}", number),
            *(step.bias(f"recurrent_bias_{gate}", number, 1) if after else []),
        ]
        s = step.sum_line(f"s_{gate}", gate, f"weighted sum for {gate}", parts)
        read = _result(s)
        lines += [s, step.activated(gate, MEANINGS[gate], step.spec.recurrent_activation, read)]
    z, r = (_result(lines[k]) for k in (1, 3))
    lines += (_reset_after if after else _reset_before)(step, r)
    g = step.activated("g", CANDIDATES["gru"], step.spec.activation, _result(lines[-1]))
    new, old = _result(g), step.before("h")
    parts = [z, " * ", old, " + (1 - ", z, ") * ", new]
    h = step.line("h", "hidden state", parts, z.value * old.value + (1.0 - z.value) * new.value)
    return [*lines, g, h]


def _reset_after(step: Step, r: Operand) -> list[Line]:
    parts = [step.h("recurrent_kernel_g", 2), *step.bias("recurrent_bias_g", 2, 1)]
    q = step.line("q", "what the recurrent kernel makes of the old state", parts, added(parts))
    read = _result(q)
    x, bias = step.x("kernel_g", 2), step.bias("bias_g", 2, 0)
    value = added([x, *bias]) + r.value * q.value
    engine = step.engine_sums["g"][step.index]
    shown = (x, *bias, " + ", r, " * ", read)
    return [q, Line("s_g", "weighted sum for g", shown, value, engine)]


def _reset_before(step: Step, r: Operand) -> list[Line]:
    old = step.before("h")
    rh = step.line("rh", "the old state as far as r lets it", [r, " * ", old], r.value * old.value)
    parts = [
        step.x("kernel_g", 2),
        *step.bias("bias_g", 2),
        " + ",
        step.h("recurrent_kernel_g", 2, _result(rh)),
    ]
    return [rh, step.sum_line("s_g", "g", "weighted sum for g", parts)]


def _result(line: Line) -> Operand:
    """Return what a line gives, for another to read."""
    return Operand(line.symbol, line.value)


CELLS: Mapping[str, Callable[[Step], list[Line]]] = MappingProxyType(
    {"simple_rnn": simple_rnn_lines, "lstm": lstm_lines, "gru": gru_lines}
)


def recurrent_lines(layer: LayerTrace, index: int) -> list[Line]:
    """Return the equations of step `index`, from 0; where it is masked the states stay."""
    step = Step(layer, index)
    if layer.there[index]:
        return CELLS[layer.kind](step)
    states = ("h", "c") if layer.kind == "lstm" else ("h",)
    why = "no such step, says the mask: the state stays"
    return [step.line(s, why, [step.before(s)], step.before(s).value) for s in states]


def other_lines(layer: LayerTrace, index: int, source: str = "x") -> list[Line]:
    """Return the equations of step `index` of a layer without states.

    Args:
        layer: The layer.
        index: The step, from 0.
        source: What to call the input of the step.
    """
    make: dict[str, Callable[..., list[Line]]] = {"dense": _dense, "activation": _activation}
    if layer.kind in make:
        return make[layer.kind](layer, index, Operand(source, layer.worked_x[index]))
    value, engine = layer.worked["y"][index], layer.y[index]
    words = {
        "embedding": "row {} of the table",
        "masking": "x as it is; steps that equal {} count as not there",
        "dropout": "x as it is: dropout acts in training alone",
        "repeat_vector": "x once more",
        "flatten": "all steps side by side",
        "bidirectional": "{} of forward and backward",
    }[layer.kind].format(_detail(layer, index))
    return [Line(f"y_{index + 1}", "", (Operand(words, value),), value, engine, whole=True)]


def _detail(layer: LayerTrace, index: int) -> Any:
    spec: Any = layer.spec
    if layer.kind == "embedding":
        return int(layer.x[index, 0])
    return getattr(spec, "mask_value", getattr(spec, "merge", ""))


def _dense(layer: LayerTrace, index: int, x: Operand) -> list[Line]:
    spec: Any = layer.spec
    weights = {name: value.astype(np.float64) for name, value in layer.weights.items()}
    parts: list[Part] = [Product(x, Operand("kernel", weights["kernel"]))]
    if spec.use_bias:
        parts += [" + ", Operand("bias", weights["bias"])]
    at = index + 1
    engine = layer.sums["y"][index]
    if spec.activation == "linear":
        return [Line(f"y_{at}", "output", tuple(parts), added(parts), engine)]
    z = Line(f"z_{at}", "weighted sum", tuple(parts), added(parts), engine)
    return [z, _activated(layer, index, spec.activation, _result(z))]


def _activation(layer: LayerTrace, index: int, x: Operand) -> list[Line]:
    spec: Any = layer.spec
    return [_activated(layer, index, spec.activation, x)]


def _activated(layer: LayerTrace, index: int, activation: str, read: Operand) -> Line:
    value = _applied(activation, read.value)
    parts = tuple(called(activation, read))
    whole = activation in OVER_UNITS
    return Line(f"y_{index + 1}", "output", parts, value, layer.y[index], whole)
