"""Which steps of windows are there: what Masking or an Embedding with mask_zero says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
