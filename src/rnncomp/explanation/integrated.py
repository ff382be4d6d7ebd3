"""Integrated gradients: the way from a baseline input to the window, and what each number adds.

Source: Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, ICML 2017, section 3:

    part_tf = (x_tf - base_tf) * integral over a from 0 to 1 of d output / d x_tf
              at base + a * (x - base)

The parts sum to output(x) - output(base): *completeness*, which is checked.

Shapes: N windows, T steps, F features.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import UnsupportedError
from rnncomp.explanation.double import NUMBERS_AT_ONCE, Array
from rnncomp.explanation.question import Question

NODES = 8
"""Gauss-Legendre nodes in one stretch of the way: exact for polynomials of degree 15."""

FIRST_STRETCHES = 4
HALVINGS = 34
"""How often a stretch is halved at most, to 1e-11 of the way: then the output jumps."""

MOST_NODES = 65_536
LEAST_SHARE = 1.0 / 64.0  # of what may be missed in all, for one stretch
GAP_SHARE = 1e-3
"""Of the difference of the two outputs, the most that the parts may miss of it."""

GAP_FLOOR = 1e-6
"""Of the sum of |part|: where the parts cancel, the difference is no measure."""


class Integrated(NamedTuple):
    """Parts of N windows, and how well they sum."""

    parts: Array  # (N, T, F)
    outputs: Array  # (N,) of the windows
    base_outputs: Array  # (N,) of the baselines
    gaps: Array  # (N,) sum of parts less the difference of outputs
    complete: NDArray[np.bool_]  # (N,) whether the gap is within its bound
    nodes: NDArray[np.intp]  # (N,) on the way


def integrate(question: Question) -> Integrated:
    """Return the parts of every window.

    The way is cut into stretches. In each the parts must sum to the rise of the output along it,
    within its share of what may be missed in all: 1e-3 of the difference of outputs, or a millionth
    of the sum of sizes of the parts. A stretch where they do not is halved, so that nodes go where
    the output is steep. The sum of all is checked in the end.

    Raises:
        UnsupportedError: The network begins with an Embedding.
    """
    if question.tokens:
        raise UnsupportedError(
            "integrated gradients cannot go through an Embedding: there is nothing between two of "
            "its numbers; use method='occlusion'"
        )
    x = question.x
    everyone = np.arange(len(x))
    outputs = question.values(x, everyone)
    base_outputs = question.values(question.base, everyone)
    differences = outputs - base_outputs
    parts, nodes = np.zeros_like(x), np.zeros(len(x), np.intp)
    together = max(1, NUMBERS_AT_ONCE // (FIRST_STRETCHES * max(1, x[0].size)))
    for first in range(0, len(x), together):
        some = everyone[first : first + together]
        _add_parts(question, some, differences[some], parts, nodes)
    gaps = parts.sum(axis=(1, 2)) - differences
    complete = np.abs(gaps) <= _allowed(parts, differences)
    return Integrated(parts, outputs, base_outputs, gaps, complete, nodes)


def _add_parts(
    question: Question,
    some: NDArray[np.intp],
    differences: Array,
    parts: Array,
    nodes: NDArray[np.intp],
) -> None:
    """Add the parts of the windows `some` to `parts`, and count nodes."""
    rows = np.repeat(some, FIRST_STRETCHES)
    starts = np.tile(np.arange(FIRST_STRETCHES) / FIRST_STRETCHES, len(some))
    allowed = np.zeros(len(parts))  # (N,)
    for halvings in range(HALVINGS + 1):
        width = 1.0 / (FIRST_STRETCHES * 2**halvings)
        new, rises = _along(question, rows, starts, width)
        np.add.at(nodes, rows, NODES)
        if not halvings:
            first = new.reshape(len(some), FIRST_STRETCHES, *new.shape[1:]).sum(axis=1)
            allowed[some] = _allowed(first, differences)
        # A kink misses as much of a stretch at any width: its share does not shrink for ever.
        share = max(width, LEAST_SHARE)
        good = np.abs(new.sum(axis=(1, 2)) - rises) <= share * allowed[rows]
        good |= (nodes[rows] >= MOST_NODES) | (halvings == HALVINGS)
        np.add.at(parts, rows[good], new[good])
        if good.all():
            return
        rows = np.repeat(rows[~good], 2)
        starts = (starts[~good][:, None] + np.array([0.0, width / 2.0])).ravel()


def _allowed(parts: Array, differences: Array) -> Array:
    """Return what the parts (N, T, F) of each window may miss of the difference, (N,)."""
    floor = GAP_FLOOR * np.abs(parts).sum(axis=(1, 2))
    allowed: Array = np.maximum(GAP_SHARE * np.abs(differences), floor)
    return allowed


def _along(
    question: Question, rows: NDArray[np.intp], starts: Array, width: float
) -> tuple[Array, Array]:
    """Return the parts along stretches of windows `rows` (S,), (S, T, F), and the rises (S,)."""
    places, weights = np.polynomial.legendre.leggauss(NODES)
    size = max(1, question.x[0].size)
    parts, rises = np.empty((len(rows), *question.x.shape[1:])), np.empty(len(rows))
    block = max(1, NUMBERS_AT_ONCE // (size * NODES))
    for first in range(0, len(rows), block):
        piece = slice(first, first + block)
        some, a = rows[piece], starts[piece, None]  # (s,), (s, 1)
        base, way = question.base[some], question.x[some] - question.base[some]  # (s, T, F)

        def at(places: Array, base: Array = base, way: Array = way) -> Array:
            return np.asarray(base[:, None] + places[..., None, None] * way[:, None])

        x = at(a + width * (places + 1.0) / 2.0)  # (s, K, T, F)
        slopes = question.slopes(x.reshape(-1, *x.shape[2:]), np.repeat(some, NODES))
        means = np.einsum("k,sktf->stf", weights / 2.0, slopes.reshape(x.shape))
        parts[piece] = width * way * means + 0.0  # no -0.0
        ends = at(a + np.array([0.0, width]))  # (s, 2, T, F)
        values = question.values(ends.reshape(-1, *ends.shape[2:]), np.repeat(some, 2))
        rises[piece] = values[1::2] - values[::2]
    return parts, rises
