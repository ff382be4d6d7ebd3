"""What the layers hand on to each other while a graph is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rnncomp.samples import FloatArray

Weights = Mapping[str, FloatArray]  # of a layer, by Keras's names


class Tensor(NamedTuple):
    """The output of a layer.

    Attributes:
        name: In the graph.
        shape: Without the batch; a None in it is the number of time steps where any will do.
        mask: The name of what says which steps are there, (B, T); empty where all are.
    """

    name: str
    shape: tuple[int | None, ...]
    mask: str = ""
