"""Which steps of windows are there: what Masking or an Embedding with mask_zero says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp.kernels.layer_specs import EmbeddingSpec, LayerSpec, MaskingSpec
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.samples import FloatArray, Samples


def output_mask(spec: NetworkSpec, samples: Samples) -> NDArray[np.bool_] | None:
    """Return the mask of a network's outputs, shape (N, T); None where no step is masked."""
    return input_mask(spec.layers[0], samples.windows()) if spec.masked else None


def input_mask(layer: LayerSpec, x: FloatArray) -> NDArray[np.bool_] | None:
    """Return the mask that a first layer makes of windows x (N, T, F), None if it makes none."""
    if isinstance(layer, MaskingSpec):
        return np.asarray((x != layer.mask_value).any(axis=-1))
    if isinstance(layer, EmbeddingSpec) and layer.mask_zero:
        return np.asarray(x[..., 0] != 0)
    return None


class Masked(np.ndarray[Any, np.dtype[Any]]):
    """An array that a layer gave, with the mask (N, T) of its steps for the next layer.

    What is made of it, a part or a sum, carries none, as in Keras.
    """

    mask: ArrayLike | None

    def __array_finalize__(self, other: object) -> None:
        """Forget the mask of the array that this one is made of."""
        self.mask = None


def with_mask(y: FloatArray, mask: ArrayLike) -> FloatArray:
    """Return `y`, carrying `mask`."""
    made = y.view(Masked)
    made.mask = mask
    return made


def mask_of(x: object) -> ArrayLike | None:
    """Return the mask that an array carries, None if it carries none.

    Example:
        >>> y = with_mask(np.zeros((1, 2, 3)), [[True, False]])
        >>> mask_of(y), mask_of(y[:, :1]), mask_of([1.0])
        ([[True, False]], None, None)
    """
    return x.mask if isinstance(x, Masked) else None
