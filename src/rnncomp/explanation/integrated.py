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

MOST_STRETCHES = 512
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

    The way is cut into twice as many stretches until, in a window, the gap is within 1e-3 of the
    difference of outputs (or a millionth of the sum of sizes of the parts) and the last doubling
    moved no part by more than 1e-3 of the largest: what sums well may still be wrong in its parts.

    Raises:
        UnsupportedError: The network begins with an Embedding.
    """
    if question.tokens:
        raise UnsupportedError(
            "integrated gradients cannot go through an Embedding: there is nothing between two of "
            "its numbers; use method='occlusion'"
        )
    x, everyone = question.x, np.arange(len(question.x))
    outputs = question.values(x, everyone)
    base_outputs = question.values(question.base, everyone)
    parts, nodes = np.full_like(x, np.inf), np.zeros(len(x), np.intp)
    pending, stretches = everyone, 1
    while len(pending):
        new = _parts(question, pending, stretches)
        moved = np.abs(new - parts[pending]).max(axis=(1, 2))
        settled = moved <= GAP_SHARE * np.abs(new).max(axis=(1, 2))
        parts[pending], nodes[pending] = new, NODES * stretches
        gaps = new.sum(axis=(1, 2)) - (outputs - base_outputs)[pending]
        pending = pending[~(settled & _within(gaps, new, (outputs - base_outputs)[pending]))]
        if stretches == MOST_STRETCHES:
            break
        stretches *= 2
    gaps = parts.sum(axis=(1, 2)) - (outputs - base_outputs)
    complete = _within(gaps, parts, outputs - base_outputs)
    return Integrated(parts, outputs, base_outputs, gaps, complete, nodes)


def _within(gaps: Array, parts: Array, differences: Array) -> NDArray[np.bool_]:
    floor = GAP_FLOOR * np.abs(parts).sum(axis=(1, 2))
    allowed: NDArray[np.bool_] = np.abs(gaps) <= np.maximum(GAP_SHARE * np.abs(differences), floor)
    return allowed


def _parts(question: Question, rows: NDArray[np.intp], stretches: int) -> Array:
    """Return the parts of the windows at `rows`, from so many stretches of the way."""
    places, weights = _on_the_way(stretches)  # (K,) each
    way = question.x - question.base  # (N, T, F)
    total = np.zeros((len(rows), *way.shape[1:]))
    size = max(1, way[0].size)
    together = max(1, NUMBERS_AT_ONCE // (size * len(places)))  # windows
    block = max(1, NUMBERS_AT_ONCE // size)  # nodes
    for first in range(0, len(rows), together):
        some = rows[first : first + together]
        for k in range(0, len(places), block):
            a, w = places[k : k + block], weights[k : k + block]
            x = question.base[some, None] + a[:, None, None] * way[some, None]  # (n, k, T, F)
            slopes = question.slopes(x.reshape(-1, *x.shape[2:]), np.repeat(some, len(a)))
            total[first : first + together] += np.einsum("k,nktf->ntf", w, slopes.reshape(x.shape))
    return way[rows] * total + 0.0  # no -0.0


def _on_the_way(stretches: int) -> tuple[Array, Array]:
    """Return places in 0 .. 1 and their weights, which sum to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    starts = np.arange(stretches)[:, None]
    places = (starts + (nodes + 1.0) / 2.0) / stretches
    return places.ravel(), np.tile(weights / (2.0 * stretches), stretches)
