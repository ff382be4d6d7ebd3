"""First weights that the user hands in: an array, or a function that makes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, shown
from rnncomp.errors import UnsupportedError
from rnncomp.nn.initializer import FloatArray, Initializer, Shape


@dataclass(frozen=True, eq=False)
class GivenArray(Initializer):
    """The numbers of an array, for a weight of its shape.

    Args:
        argument: Who was given it, for messages: ``kernel_initializer``.
        array: Numbers of any dtype; a copy is kept.
    """

    argument: str
    array: NDArray[Any]

    def __post_init__(self) -> None:
        """Check that there are numbers, and copy them."""
        array = np.array(self.array)
        if array.dtype.kind not in "biuf":
            raise fail(self.argument, "an array of numbers", f"dtype {array.dtype}")
        object.__setattr__(self, "array", array)

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return the numbers if they have `shape`."""
        if self.array.shape != shape:
            raise fail(self.argument, f"of the weight's shape {shape}", self.array.shape)
        return self.array.astype(np.float64)

    def get_config(self) -> dict[str, Any]:
        """Return nothing: the numbers are the weight's, which a model file keeps."""
        return {}


@dataclass(frozen=True, eq=False)
class GivenFunction(Initializer):
    """What a function ``f(shape, dtype=None)`` returns, called once for each weight.

    Args:
        argument: Who was given it, for messages: ``kernel_initializer``.
        function: Called as Keras does, with a tuple and ``dtype="float32"`` or ``"float64"``.
    """

    argument: str
    function: Callable[..., Any]

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return what the function gives for float64."""
        weight = np.empty(shape)
        self.fill(weight, seed, purpose)
        return weight

    def fill(self, weight: NDArray[np.floating], seed: int, purpose: str) -> None:
        """Write what the function gives into `weight`."""
        made = np.asarray(self.function(weight.shape, dtype=weight.dtype.name))
        if made.shape != weight.shape or made.dtype.kind not in "biuf":
            rule = f"a function that returns numbers of shape {weight.shape}"
            raise fail(self.argument, rule, f"{made.dtype} of shape {made.shape}")
        weight[...] = made

    def get_config(self) -> dict[str, Any]:
        """Return nothing: code is not kept in a model file, the weight is."""
        return {}


@dataclass(frozen=True)
class NotKept(Initializer):
    """Stands in a loaded model for an array or a function, which a model file does not keep.

    The weights are kept, so that it is never asked, unless the layers change and all weights are
    drawn again.

    Args:
        argument: Who was given it: ``kernel_initializer``.
        kind: ``array`` or ``function``.
    """

    argument: str
    kind: str

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Raise UnsupportedError."""
        raise UnsupportedError(
            f"{self.argument} was {'an' if self.kind == 'array' else 'a'} {self.kind} and cannot "
            f"draw new weights (for {shown(purpose)}): a model file keeps the weights but not "
            "where they came from; make the layer again with it"
        )

    def get_config(self) -> dict[str, Any]:
        """Return nothing; see the class."""
        return {}
