"""What the layers hand on to each other while a graph is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rnncomp.samples import FloatArray

Weights = Mapping[str, FloatArray]  # of a layer, by Keras's names


class Tensor(NamedTuple):
    """The output of a layer: its name in the graph, and its shape without the batch.

    A None in the shape is the number of time steps where any will do.
    """

    name: str
    shape: tuple[int | None, ...]
