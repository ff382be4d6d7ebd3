"""Equations of a graph written as equations: ``f * c + i * g`` adds the three operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.convert.onnx_graph import Graph


@dataclass(frozen=True)
class Term:
    """A value of a graph; what is computed from it is added to that graph."""

    graph: Graph
    name: str

    def apply(self, op: str, *others: Term | float, **attributes: Any) -> Term:
        """Return ``op(self, *others)``."""
        names = [self._named(other) for other in others]
        return Term(self.graph, self.graph.add(op, self.name, *names, **attributes))

    def split(self, parts: int, size: int) -> tuple[Term, ...]:
        """Cut the last axis into `parts` of `size` each."""
        names = tuple(f"part{index}" for index in range(parts))
        sizes = self.graph.integers(*[size] * parts)
        made = self.graph.add_many("Split", self.name, sizes, outputs=names, axis=-1)
        return tuple(Term(self.graph, name) for name in made)

    def __add__(self, other: Term | float) -> Term:
        return self.apply("Add", other)

    def __sub__(self, other: Term | float) -> Term:
        return self.apply("Sub", other)

    def __rsub__(self, other: float) -> Term:
        return Term(self.graph, self._named(other)).apply("Sub", self)

    def __mul__(self, other: Term | float) -> Term:
        return self.apply("Mul", other)

    def __truediv__(self, other: Term | float) -> Term:
        return self.apply("Div", other)

    def __neg__(self) -> Term:
        return self.apply("Neg")

    def __abs__(self) -> Term:
        return self.apply("Abs")

    def __matmul__(self, kernel: NDArray[Any]) -> Term:
        return self.apply("MatMul", Term(self.graph, self.graph.number(kernel, "kernel")))

    def plus_row(self, bias: NDArray[Any]) -> Term:
        """Return the sum with a row of constants, shape (U,)."""
        return self + Term(self.graph, self.graph.number(bias, "bias"))

    def exp(self) -> Term:
        """Return e to the power of it."""
        return self.apply("Exp")

    def clip(self, low: float, high: float) -> Term:
        """Return it cut to low .. high."""
        return self.apply("Clip", low, high)

    def at_least(self, low: float) -> Term:
        """Return the larger of the two."""
        return self.apply("Max", low)

    def at_most(self, high: float) -> Term:
        """Return the smaller of the two."""
        return self.apply("Min", high)

    def where(self, then: Term | float, other: Term | float) -> Term:
        """Return `then` where this term, of true and false, is true, and `other` elsewhere."""
        return self.apply("Where", then, other)

    def where_above(self, limit: float, then: Term, other: Term | float) -> Term:
        """Return `then` where this term is larger than `limit`, and `other` elsewhere."""
        return self.apply("Greater", limit).where(then, other)

    def as_type(self, dtype: Any) -> Term:
        """Return it as numbers, or true and false, of another kind."""
        return self.apply("Cast", to=np.dtype(dtype))

    def unsqueezed(self, axis: int) -> Term:
        """Return it with a new axis of length 1."""
        return Term(self.graph, self.graph.add("Unsqueeze", self.name, self.graph.integers(axis)))

    def backwards(self, axis: int) -> Term:
        """Return it with an axis turned round."""
        ends = [self.graph.integers(value) for value in (-1, -(2**31), axis, -1)]
        return Term(self.graph, self.graph.add("Slice", self.name, *ends))

    def _named(self, other: Term | float) -> str:
        return other.name if isinstance(other, Term) else self.graph.number(other)
