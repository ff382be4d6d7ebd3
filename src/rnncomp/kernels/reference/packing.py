"""From the one flat array of parameters to named weights, and back.

Shapes: P parameters, N samples, S numbers in one sample's states.
"""

from __future__ import annotations

import math

import numpy as np

from rnncomp.kernels.reference.types import Array
from rnncomp.kernels.spec import NetworkSpec


def unpack_params(spec: NetworkSpec, params: Array) -> list[dict[str, Array]]:
    """Return views of `params` (P,) by layer and by Keras's weight names."""
    layers, start = [], 0
    for shapes in spec.weight_shapes:
        weights = {}
        for name, shape in shapes.items():
            stop = start + math.prod(shape)
            weights[name] = params[start:stop].reshape(shape)
            start = stop
        layers.append(weights)
    return layers


def pack_gradients(spec: NetworkSpec, dweights: list[dict[str, Array]]) -> Array:
    """Return the gradients of all weights as one array (P,); those of absent biases drop out."""
    pairs = zip(spec.weight_shapes, dweights, strict=True)
    gradients = [dw[name].ravel() for shapes, dw in pairs for name in shapes]
    return np.concatenate([np.zeros(0), *gradients])  # there may be no weights at all


def unpack_states(spec: NetworkSpec, states: Array) -> list[Array]:
    """Return the part of `states` (N, S) that belongs to each layer."""
    ends = np.cumsum([layer.state_size for layer in spec.layers])
    return np.split(states, ends[:-1], axis=1)
