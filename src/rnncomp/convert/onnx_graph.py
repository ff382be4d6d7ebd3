"""An ONNX graph as plain data: what the layers write; onnx_proto.py turns it into protobuf."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Size = int | str  # of a dimension; a text names one that is known only when the graph runs


class Value(NamedTuple):
    """An input or output of a graph, with the shape that it declares."""

    name: str
    shape: tuple[Size, ...]
    dtype: np.dtype[Any]


class Node(NamedTuple):
    """One operation. An empty text among `inputs` leaves out an optional one."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


class Names:
    """The names of values and nodes: each is given once, the bodies of loops included."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def new(self, name: str) -> str:
        """Return `name`, with a number behind it where it was given already."""
        copies = self._taken[name] = self._taken.get(name, -1) + 1
        return self.new(f"{name}_{copies}") if copies else name


@dataclass
class Graph:
    """Nodes in the order of their computation, and the constants they read.

    Attributes:
        dtype: Of all numbers, ``float32`` or ``float64``.
        names: Shared with the graphs that are bodies of loops in this one.
        scope: What new names begin with: that of the layer that is being written.
    """

    dtype: np.dtype[np.floating]
    names: Names = field(default_factory=Names)
    scope: str = ""
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)

    def body(self) -> Graph:
        """Return an empty graph for the body of a loop in this one."""
        return Graph(self.dtype, self.names, self.scope)

    def take(self, name: str, *shape: Size, dtype: Any = None) -> str:
        """Add an input, of numbers unless another `dtype` is given, and return its name."""
        self.inputs.append(Value(self.fresh(name), shape, np.dtype(dtype or self.dtype)))
        return self.inputs[-1].name

    def give(self, value: str, name: str, *shape: Size) -> str:
        """Add an output that has the value of another name, and return its own."""
        (made,) = self.add_many("Identity", value, outputs=(name,))
        self.outputs.append(Value(made, shape, self.dtype))
        return made

    def fresh(self, name: str) -> str:
        """Return a name that nothing else has, in the scope."""
        return self.names.new(f"{self.scope}/{name}" if self.scope else name)

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        """Add an operation with one output, and return that output's name."""
        (output,) = self.add_many(op, *inputs, outputs=(op,), **attributes)
        return output

    def add_many(
        self, op: str, *inputs: str, outputs: tuple[str, ...], **attributes: Any
    ) -> tuple[str, ...]:
        """Add an operation and return the names of its outputs, an empty one where not wanted."""
        made = tuple(name and self.fresh(name.lower()) for name in outputs)
        self.nodes.append(Node(op, self.fresh(op), inputs, made, attributes))
        return made

    def number(self, value: ArrayLike, name: str = "number") -> str:
        """Add a constant in the graph's precision and return its name."""
        return self._constant(name, np.asarray(value, self.dtype))

    def integers(self, *values: int, name: str = "integers") -> str:
        """Add a list of integers (axes, sizes) as a constant and return its name."""
        return self._constant(name, np.array(values, np.int64))

    def _constant(self, name: str, array: NDArray[Any]) -> str:
        made = self.fresh(name)
        self.constants[made] = np.asarray(array, order="C")
        return made
