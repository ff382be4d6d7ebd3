"""Embedding: a row of a table for every whole number.

Shapes: B batch, T time steps, V rows of the table, D numbers in a row.
"""

from __future__ import annotations

import numpy as np

from rnncomp.kernels.layer_specs import EmbeddingSpec
from rnncomp.kernels.reference.types import Array, Call, Gradients, Output, Weights, no_states


def forward(spec: EmbeddingSpec, weights: Weights, x: Array, call: Call) -> tuple[Output, Array]:
    """Look up x (B, T, 1), whole numbers held as float64.

    Returns:
        y (B, T, D), NaN for a number that the table does not have; and x.
    """
    index = x[..., 0].astype(np.int64)  # (B, T)
    known = (index >= 0) & (index < spec.count)
    y = np.where(known[..., None], weights["embeddings"][np.where(known, index, 0)], np.nan)
    mask = index != 0 if spec.mask_zero else None
    return Output(y, mask, no_states(x)), x


def backward(spec: EmbeddingSpec, weights: Weights, trace: Array, dy: Array) -> Gradients:
    """Add dy (B, T, D) up by row of the table; x, which has no slope, gets zero."""
    index = trace[..., 0].astype(np.int64)
    known = (index >= 0) & (index < spec.count)
    dtable = np.zeros_like(weights["embeddings"])
    np.add.at(dtable, index[known], dy[known])
    return Gradients(np.zeros_like(trace), {"embeddings": dtable}, no_states(trace))
