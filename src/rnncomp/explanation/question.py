"""What an attribution asks: why this output, and not that of a baseline input?

Shapes: N windows, T steps, F features.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, nearest
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.explanation.double import (
    NUMBERS_AT_ONCE,
    Array,
    Mask,
    Part,
    check_output,
    in_double,
    layers_from,
    windows_of,
)
from rnncomp.kernels.layer_specs import EmbeddingSpec
from rnncomp.nn.masks import input_mask

BASELINES = ("mean", "zero", "last")
"""By name: the mean of the window's steps, zeros as the network reads them, the last step."""

Baseline = str | ArrayLike | None


class Question(NamedTuple):
    """One output of some layers, for N windows and as many baseline inputs."""

    part: Part  # the network, without a Masking layer: its mask is in `mask`
    x: Array  # (N, T, F)
    base: Array  # (N, T, F)
    mask: Mask  # (N, T) the steps that are there in x, for base as well
    output: int
    tokens: bool  # whether x are rows of an Embedding's table

    def values(self, x: Array, rows: NDArray[np.intp]) -> Array:
        """Return the output for x (R, T, F), each with the mask of window `rows` (R,)."""
        made = np.empty(len(x))
        for piece in self.pieces(len(x)):
            mask = None if self.mask is None else self.mask[rows[piece]]
            made[piece] = self.part.predict(x[piece], mask)[:, self.output]
        return made

    def slopes(self, x: Array, rows: NDArray[np.intp]) -> Array:
        """Return d output / d x for x (R, T, F), as `values`."""
        made = np.empty_like(x)
        outputs = self.part.engine.spec.outputs(x.shape[1])
        for piece in self.pieces(len(x)):
            mask = None if self.mask is None else self.mask[rows[piece]]
            dy = np.zeros((len(x[piece]), outputs))
            dy[:, self.output] = 1.0
            made[piece] = self.part.vjp(x[piece], dy, mask).dx
        return made

    def pieces(self, rows: int) -> list[slice]:
        """Cut so many rows into pieces that one call of the engine takes."""
        _, steps, features = self.x.shape
        size = steps * features + self.part.engine.spec.outputs(steps)
        block = max(1, NUMBERS_AT_ONCE // size)
        return [slice(first, first + block) for first in range(0, rows, block)]


def ask(network: Any, windows: Any, baseline: Baseline, output: Any) -> Question:
    """Return the question for windows as the network reads them.

    Steps that a Masking layer takes out are out in the baseline, too, and no others: else an input
    on the way from one to the other would lose steps at once, where an output jumps.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: `baseline` is no number of an Embedding's table.
    """
    inner = in_double(network)
    x = windows_of(network, windows)
    number = check_output(inner, x.shape[1], output)
    first = inner.spec.layers[0]
    if isinstance(first, EmbeddingSpec):
        base = _token(first, x.shape, baseline)
        return Question(layers_from(inner, 0, x.shape[1]), x, base, None, number, True)
    mask = input_mask(first, x)
    if mask is None:
        base = _baseline(x, np.ones(x.shape[:2], bool), baseline)
        return Question(layers_from(inner, 0, x.shape[1]), x, base, None, number, False)
    base = _baseline(x, mask, baseline)
    rest = layers_from(inner, 1, x.shape[1])
    x, base = (np.where(mask[..., None], values, 0.0) for values in (x, base))
    return Question(rest, x, base, mask, number, False)


def baseline_name(baseline: Baseline, question: Question) -> str:
    """Return what to call a baseline in a note."""
    if question.tokens:
        return f"number {0 if baseline is None else int(np.asarray(baseline))}"
    if baseline is None or isinstance(baseline, str):
        words = {"mean": "mean of the window", "zero": "zeros", "last": "last step"}
        return words[baseline or _usual(question.x)]
    return "given"


def _usual(x: Array) -> str:
    """Return the baseline of those who name none; a window of one step is its own mean."""
    return "mean" if x.shape[1] > 1 else "zero"


def _baseline(x: Array, there: NDArray[np.bool_], baseline: Baseline) -> Array:
    """Return the baseline input of each window, (N, T, F)."""
    if baseline is None or isinstance(baseline, str):
        return _named(x, there, baseline or _usual(x))
    return _given(x, baseline)


def _named(x: Array, there: NDArray[np.bool_], name: str) -> Array:
    if name not in BASELINES:
        rule = f"one of {', '.join(BASELINES)}, or an array"
        raise fail("baseline", rule, name, nearest(name, BASELINES))
    if name == "zero":
        return np.zeros_like(x)
    if name == "mean":
        counts = np.maximum(there.sum(axis=1), 1)[:, None]
        level = (x * there[..., None]).sum(axis=1) / counts  # (N, F)
    else:
        last = x.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)  # (N,)
        level = x[np.arange(len(x)), last]  # (N, F)
    return np.broadcast_to(level[:, None], x.shape)


def _given(x: Array, baseline: ArrayLike) -> Array:
    _, steps, features = x.shape
    try:
        array = np.asarray(baseline, np.float64)
    except (TypeError, ValueError):
        raise fail("baseline", "an array of numbers, or a name", baseline) from None
    fits = array.shape in ((), (features,), (steps, features), x.shape)
    if array.shape == (steps,) and features == 1:
        array, fits = array[:, None], True
    if not fits:
        rule = f"of shape ({features},) or ({steps}, {features})"
        raise fail("baseline", rule, array.shape)
    if not np.isfinite(array).all():
        raise InvalidArgumentError("baseline must be finite numbers, some are not")
    return np.broadcast_to(array, x.shape)


def _token(first: EmbeddingSpec, shape: tuple[int, ...], baseline: Baseline) -> Array:
    """Return the number that stands for "nothing here", in every step."""
    if isinstance(baseline, str):
        raise UnsupportedError(
            f"baseline={baseline!r} has no meaning for an Embedding, whose numbers are names; "
            "pass one of them as a whole number, 0 by default"
        )
    number = np.asarray(0 if baseline is None else baseline)
    if number.ndim or number.dtype.kind not in "iu" or not 0 <= number < first.count:
        raise fail("baseline", f"a whole number 0 .. {first.count - 1}", baseline)
    return np.full(shape, float(number))
