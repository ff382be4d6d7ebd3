"""Computed: every number of one prediction, from the engine and by the equations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, nearest
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.layer_specs import LayerSpec, RecurrentSpec
from rnncomp.nn import Network
from rnncomp.samples import FloatArray

GATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "simple_rnn": ("h",),
        "lstm": ("i", "f", "g", "o"),
        "gru": ("z", "r", "g"),
        "dense": ("y",),
    }
)
"""What the sums of a layer become, in Keras's order: gates and candidate, or the output itself."""


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """All that one layer computed for one window. Shapes: T steps, F features, U units.

    Index t of an array is the step that the layer read t-th, from 0; `order` says which of the
    window it is.

    Attributes:
        name: Of the layer; a direction of a Bidirectional one is ``bidirectional/forward``.
        spec: What the layer is.
        weights: By Keras's names.
        x: What it read, shape (T, F).
        worked_x: The same by the equations of the layers before, in float64.
        order: Number of each step in the sequence that went in, shape (T,): T - 1 .. 0 in a layer
            that reads backwards.
        there: False where a mask says that there is no such step, shape (T,); states stay there.
        initial: The states before the first step, ``h`` and in an LSTM ``c``, shape (U,).
        arrays: Of the engine: the output ``y``, and what `rnncomp.kernels.tracing` names.
        worked: The same by the equations in float64, from the same weights and inputs.
        directions: The two traces inside of a Bidirectional layer, else empty.
    """

    name: str
    spec: LayerSpec
    weights: Mapping[str, FloatArray]
    x: FloatArray
    worked_x: NDArray[np.float64]
    order: NDArray[np.intp]
    there: NDArray[np.bool_]
    initial: Mapping[str, FloatArray]
    arrays: Mapping[str, FloatArray]
    worked: Mapping[str, NDArray[np.float64]]
    directions: tuple[LayerTrace, ...] = ()

    @property
    def kind(self) -> str:
        """``lstm``, ``dense`` and so on."""
        return self.spec.kind

    @property
    def recurrent(self) -> bool:
        """Whether it is a SimpleRNN, LSTM or GRU."""
        return isinstance(self.spec, RecurrentSpec)

    @property
    def steps(self) -> int:
        """Steps that it computes: those that it reads, or of a layer without states gives."""
        return len(self.x) if self.recurrent else len(self.y)

    @property
    def sums(self) -> dict[str, FloatArray]:
        """What each gate is the activation of, by its letter, each (T, U)."""
        return self.split(self.arrays)

    def split(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return the ``sums`` of `arrays` by the letters of the gates; without sums nothing."""
        if "sums" not in arrays:
            return {}
        letters = GATES[self.kind]
        return dict(zip(letters, np.split(arrays["sums"], len(letters), axis=-1), strict=True))

    @property
    def gates(self) -> dict[str, FloatArray]:
        """Gates and candidate by letter, each (T, U); none in a SimpleRNN."""
        return {g: self.arrays[g] for g in GATES.get(self.kind, ()) if g not in ("h", "y")}

    @property
    def h(self) -> FloatArray:
        """The hidden state after each step, (T, U)."""
        return self._state("h")

    @property
    def c(self) -> FloatArray:
        """The cell state of an LSTM after each step, (T, U)."""
        return self._state("c")

    @property
    def y(self) -> FloatArray:
        """What the layer hands on, (T, U), or (1, U) where it is the last step alone."""
        return self.arrays["y"]

    @property
    def difference(self) -> float:
        """The largest difference between engine and equations in all arrays of the layer."""
        return largest([difference(self.arrays[name], self.worked[name]) for name in self.arrays])

    @property
    def allowed_difference(self) -> float:
        """How far engine and equations may be apart: (8 + sqrt T) roundings of the largest.

        A few roundings in a step and one more each step, which add up like a random walk as long as
        the recurrent kernel does not stretch what it carries; see docs/equations.md, section 7. The
        largest number is that among all that the layer reads and computes: a small one may be a sum
        in which larger ones cancelled.
        """
        arrays = [array for array in (self.worked_x, *self.worked.values()) if array.size]
        size = largest([float(np.max(np.abs(array))) for array in arrays])
        eps = float(np.finfo(self.y.dtype).eps)
        return (8.0 + float(np.sqrt(len(self.x)))) * eps * size

    def before(self, state: str, arrays: Mapping[str, Any] | None = None) -> Any:
        """Return a state, ``h`` or ``c``, before each step, (T, U)."""
        after = (self.arrays if arrays is None else arrays)[state]
        first = np.asarray(self.initial[state], after.dtype)[None]
        return np.concatenate([first, after[:-1]])

    def _state(self, name: str) -> FloatArray:
        if name not in self.arrays:
            has = ", ".join(self.arrays)
            raise InvalidArgumentError(
                f"layer {self.name!r}, a {self.kind}, has no {name!r}, it has {has}; "
                "name another layer: trace['name']"
            )
        return self.arrays[name]

    def __repr__(self) -> str:
        """Return the layer, and the shape of each array."""
        shapes = ", ".join(f"{name} {array.shape}" for name, array in self.arrays.items())
        return f"LayerTrace({self.name!r}, {shapes})"


@dataclass(frozen=True, eq=False)
class Computed:
    """Every number that a network computes for one window; see Trace, which adds what to ask of it.

    Attributes:
        network: The network, with its weights as they were.
        window: The window as the network reads it, shape (T, F).
        layers: What each layer computed, in order.
        output: What the engine predicts, as `predict` shapes it: (K,), or (T, K) of a sequence.
        worked_output: The same by the equations in float64.
        output_names: What to call each output, O names in the order of `output`.
        columns: Names of the F features.
        times: What to call the T steps.
        values: The output in the units of the series, shape (O,), or None if nobody knows them.
        title: What is explained, in a few words.
        notes: What must be known beside the numbers, one sentence each.
    """

    network: Network
    window: FloatArray
    layers: tuple[LayerTrace, ...]
    output: FloatArray
    worked_output: NDArray[np.float64]
    output_names: tuple[str, ...]
    columns: tuple[str, ...]
    times: tuple[str, ...]
    values: NDArray[np.float64] | None = None
    title: str = ""
    notes: tuple[str, ...] = ()
    _flat: dict[str, LayerTrace] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for layer in self.layers:
            for one in (*layer.directions, layer):
                self._flat[one.name] = one

    def __getitem__(self, name: str) -> LayerTrace:
        """Return what the layer of that name computed."""
        if name not in self._flat:
            rule = f"one of {', '.join(self._flat)}"
            raise fail("layer", rule, name, nearest(str(name), self._flat))
        return self._flat[name]

    def __iter__(self) -> Iterator[LayerTrace]:
        """Go over all layers, both directions of a Bidirectional one before it."""
        return iter(self._flat.values())

    @property
    def recurrent(self) -> list[LayerTrace]:
        """Those of SimpleRNN, LSTM and GRU layers, in order, forward before backward."""
        return [layer for layer in self if layer.recurrent]

    @property
    def last(self) -> LayerTrace:
        """That of the last recurrent layer, which `h`, `c`, `gates` and `sums` are of.

        Raises:
            InvalidArgumentError: There is none, or it is Bidirectional, which has two.
        """
        if not self.recurrent:
            raise InvalidArgumentError(
                "the network has no recurrent layer, so no states; read trace.layers"
            )
        last = self.recurrent[-1]
        if last.name not in [layer.name for layer in self.layers]:
            names = " or ".join(f"trace[{layer.name!r}]" for layer in self.recurrent[-2:])
            raise InvalidArgumentError(f"the last recurrent layer has two directions; take {names}")
        return last

    @property
    def h(self) -> FloatArray:
        """The hidden state of the last recurrent layer after each step, (T, U)."""
        return self.last.h

    @property
    def c(self) -> FloatArray:
        """The cell state of the last recurrent layer, an LSTM, after each step, (T, U)."""
        return self.last.c

    @property
    def gates(self) -> dict[str, FloatArray]:
        """Gates and candidate of the last recurrent layer by letter, each (T, U)."""
        return self.last.gates

    @property
    def sums(self) -> dict[str, FloatArray]:
        """What the gates of the last recurrent layer are the activations of, each (T, U)."""
        return self.last.sums

    @property
    def difference(self) -> float:
        """The largest difference between engine and equations, over all arrays of all layers."""
        return largest([layer.difference for layer in self])

    def __repr__(self) -> str:
        """Return the network, the window and how near engine and equations are."""
        names = ", ".join(layer.name for layer in self.layers)
        steps, features = self.window.shape
        return (
            f"{type(self).__name__}({names}; {steps} steps of {features} features, "
            f"engine and equations differ by at most {self.difference:.1e})"
        )


def difference(one: FloatArray, other: FloatArray) -> float:
    """Return the largest difference of two arrays, NaN where it is no number."""
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(one - other), initial=0.0))


def largest(numbers: Sequence[float]) -> float:
    """Return the largest number, NaN if one is NaN, which `max` would pass over or not."""
    return float(np.max(numbers))


def column_names(columns: Sequence[Any] | None, features: int) -> tuple[str, ...]:
    """Return what to call the features: as given, or ``x``, or ``x1``, ``x2``..."""
    if columns is None:
        return ("x",) if features == 1 else tuple(f"x{n + 1}" for n in range(features))
    names = tuple(str(column) for column in columns)
    if len(names) != features:
        raise fail("columns", f"{features} names, one a feature", len(names))
    return names


def step_names(times: Sequence[Any] | None, steps: int) -> tuple[str, ...]:
    """Return what to call the steps: as given, or their numbers from 1."""
    if times is None:
        return tuple(str(t + 1) for t in range(steps))
    names = tuple(str(time) for time in times)
    if len(names) != steps:
        raise fail("times", f"{steps} names, one a step of the window", len(names))
    return names
