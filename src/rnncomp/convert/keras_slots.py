"""The variables of an optimizer as Keras orders them, and as we carry them.

Keras keeps one list: the iterations, the learning rate, then the arrays that the rule carries,
weight by weight. We keep one array, shape (slots, P), over all weights. Nadam's list ends with one
number more, which stood before the arrays in Keras 3.8 and older.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import integer, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.samples import FloatArray
from rnncomp.training import Optimizer
from rnncomp.training.compiled import Compiled

Shape = tuple[int, ...]
Array = NDArray[np.generic]

COUNTERS = ("int32", "int64")  # Keras on JAX and torch, on TensorFlow
ALTERNATE = {"adam": 2, "nadam": 2}  # slots whose arrays take turns, weight by weight
WARMING = 0.96  # of Nadam's momentum
NEAR, TINY = 1e-3, 1e-30  # Keras multiplies Nadam's product up in float32, step by step


@dataclass(frozen=True)
class Variable:
    """What one variable of an optimizer must be; the floats of a model are of its `dtype`."""

    shape: Shape
    dtypes: tuple[str, ...]


def expected_variables(
    optimizer: Optimizer, shapes: Sequence[Shape], dtype: str, after: Shape | None = None
) -> list[Variable]:
    """Return what Keras's variables must be for weights of `shapes`, in order.

    The shape of the first one `after` the learning rate tells an old Nadam from a new one.
    """
    head = [Variable((), COUNTERS), Variable((), ("float32", "float64"))][: heads(optimizer)]
    slots = [Variable(shapes[weight], (dtype,)) for _, weight in _order(optimizer, len(shapes))]
    product = [Variable((), (dtype,))] if _has_product(optimizer) else []
    return head + (product + slots if after == () else slots + product)


def to_variables(compiled: Compiled, shapes: Sequence[Shape], params: Array) -> list[Array]:
    """Return the state of learning as Keras's variables.

    Args:
        compiled: Optimizer and state; an optimizer that has not begun gives its first state.
        shapes: Of the weights, in order.
        params: All weights, (P,); their precision is that of the state.
    """
    optimizer, dtype = compiled.optimizer, params.dtype
    slots = compiled.slots
    if slots is None:
        slots = np.full((optimizer.spec.n_slots, params.size), optimizer.slot_start, dtype)
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    parts = [np.split(slot, ends[:-1]) for slot in slots]
    counter = np.int32 if compiled.iteration < 2**31 else np.int64
    arrays: list[Array] = [np.asarray(compiled.iteration, counter)]
    if optimizer.schedule is None:
        arrays.append(np.asarray(float(optimizer.learning_rate), dtype))
    arrays += [parts[slot][w].reshape(shapes[w]) for slot, w in _order(optimizer, len(shapes))]
    if _has_product(optimizer):
        arrays.append(np.asarray(_product(optimizer, compiled.iteration), dtype))
    return arrays


def restore_variables(compiled: Compiled, arrays: Sequence[Array], shapes: Sequence[Shape]) -> None:
    """Take over the state of learning from Keras's variables, checked already for shape and type.

    Raises:
        InvalidArgumentError: Two of them contradict each other.
    """
    optimizer, n = compiled.optimizer, heads(compiled.optimizer)
    iteration = integer("iterations", arrays[0].item(), at_least=0)
    rates, rest = arrays[1:n], list(arrays[n:])
    if rest and _has_product(optimizer):  # first in Keras 3.8 and older, else last
        _check_product(optimizer, iteration, rest.pop(0 if rest[0].shape == () else -1).item())
    compiled.iteration = iteration
    # Keras keeps the rate in float32: one that is equal there is kept as it was written out.
    if rates and np.asarray(float(optimizer.learning_rate), rates[0].dtype) != rates[0]:
        optimizer.learning_rate = real("learning_rate", rates[0].item(), at_least=0.0)
    if rest:  # else it had not begun, or carries nothing
        empty: Array = np.empty(0)
        slots = [[empty] * len(shapes) for _ in range(optimizer.spec.n_slots)]
        for (slot, weight), array in zip(_order(optimizer, len(shapes)), rest, strict=True):
            slots[slot][weight] = array.ravel()
        carried: FloatArray = np.stack([np.concatenate(parts) for parts in slots])
        compiled.slots = carried


def heads(optimizer: Optimizer) -> int:
    """Return how many variables an optimizer of Keras has before it has begun.

    They are the iterations and, unless a schedule gives it, the learning rate.
    """
    return 1 if optimizer.schedule else 2


def _order(optimizer: Optimizer, n: int) -> list[tuple[int, int]]:
    """Return (slot, weight) of each of Keras's arrays, for `n` weights."""
    turns = ALTERNATE.get(optimizer.spec.kind, 1)
    slots = optimizer.spec.n_slots
    first = [(slot, weight) for weight in range(n) for slot in range(min(turns, slots))]
    return first + [(slot, weight) for slot in range(turns, slots) for weight in range(n)]


def _has_product(optimizer: Optimizer) -> bool:
    return optimizer.spec.kind == "nadam"


def _check_product(optimizer: Optimizer, iteration: int, received: float) -> None:
    wanted = _product(optimizer, iteration)
    if abs(received - wanted) > NEAR * wanted + TINY:
        raise InvalidArgumentError(
            f"the product of Nadam's momenta must be {wanted:g} after {iteration} iterations, got "
            f"{received:g}; pass compile=False"
        )


def _product(optimizer: Optimizer, iteration: int) -> float:
    """Return the product of Nadam's momenta so far, which Keras keeps and we count anew."""
    beta = optimizer.spec.beta_1
    if iteration > 10_000:  # each factor is below 1: long gone, or beta_1 so near 1 that it is not
        early = _product(optimizer, 10_000)
        return early * beta ** (iteration - 10_000)
    return math.prod(beta * (1.0 - 0.5 * WARMING**t) for t in range(1, iteration + 1))
