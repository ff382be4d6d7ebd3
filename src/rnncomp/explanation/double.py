"""A network in float64, and what its layers are handed: the ground that derivatives stand on.

Derivatives and differences of outputs are computed in float64, from the weights as they are: a
gradient that fades over a hundred steps is below what float32 can hold, and so is the difference
between two outputs that are nearly equal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, integer
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.engine import VJP, DType, Engine, make_engine
from rnncomp.kernels.layer_specs import ActivationSpec, EmbeddingSpec, LayerSpec, MaskingSpec
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.nn import Network
from rnncomp.samples import FloatArray, Samples
from rnncomp.training import Sequential

Array = NDArray[np.float64]
Mask = NDArray[np.bool_] | None
"""Which steps are there, (N, T); None where all are."""

NUMBERS_AT_ONCE = 2_000_000
"""Numbers of all windows in one call of the engine: 16 MB."""


class Part(NamedTuple):
    """Some layers of a network by themselves. Shapes: N windows, T steps, O outputs."""

    engine: Engine
    params: Array

    def predict(self, x: Array, mask: Mask = None) -> Array:
        """Return the outputs (N, O) for x (N, T, F)."""
        made: Any = self.engine.predict(self.params, Samples.from_arrays(x), mask=as_numbers(mask))
        return np.asarray(made, np.float64)

    def vjp(self, x: Array, dy: Array, mask: Mask = None) -> VJP:
        """Pull dy (N, O) back to x (N, T, F)."""
        return self.engine.vjp(self.params, Samples.from_arrays(x), dy, mask=as_numbers(mask))


def as_network(network: Any) -> Network:
    """Return the Network of a Sequential, or the Network itself."""
    inner = network.network if isinstance(network, Sequential) else network
    if not isinstance(inner, Network):
        raise fail("network", "a Sequential or a Network", type(network).__name__)
    return inner


def in_double(network: Any) -> Network:
    """Return a Sequential or Network in float64, from its weights as they are now.

    Raises:
        InvalidArgumentError: It is none, or a weight is not finite.
    """
    inner = as_network(network)
    if not np.isfinite(inner.params).all():
        raise InvalidArgumentError(
            "network must have finite weights, some are not; its training diverged: "
            "train it again with a smaller learning rate, or with clipnorm=1"
        )
    return copy_of(inner, dtype="float64")


def copy_of(network: Network, *, dtype: DType | None = None, backend: str | None = None) -> Network:
    """Return the network with its weights as they are now, whatever becomes of it.

    Args:
        network: The network.
        dtype: Of the copy, which reads numbers rounded to the network's own; None for the same.
        backend: Another backend; None for its own.
    """
    return Network(
        network.spec if dtype is None else _rounded_spec(network),
        dtype=dtype or cast("DType", network.dtype.name),
        threads=network.threads,
        names=network.names,
        params=network.params,
        backend=backend or network.backend,
    )


def one_window(network: Network, window: ArrayLike) -> FloatArray:
    """Return the window as (T, F), or (T,) for an Embedding."""
    x = np.asarray(window)
    first = network.spec.layers[0]
    if isinstance(first, EmbeddingSpec):
        return cast("FloatArray", x[:, 0] if x.shape[1:] == (1,) else x)
    if x.ndim == 3 and len(x) == 1:
        x = x[0]
    if network.spec.flat:
        return x.reshape(1, -1)
    if x.ndim == 1 and network.spec.features == 1:
        x = x[:, None]
    if x.ndim != 2 or x.shape[1] != network.spec.features or not len(x):
        features = network.spec.features
        hint = "reshape it to (steps, features)" if features > 1 else "pass one window alone"
        raise fail("window", f"of shape (steps, {features})", x.shape, hint)
    return x


def _rounded_spec(network: Network) -> NetworkSpec:
    """Return the spec for another precision that reads numbers rounded to the network's.

    A Masking layer compares them with its own number, which has to be rounded as they were.
    """
    spec, first = network.spec, network.spec.layers[0]
    if not isinstance(first, MaskingSpec):
        return spec
    value = float(network.dtype.type(first.mask_value))
    return replace(spec, layers=(replace(first, mask_value=value), *spec.layers[1:]))


def windows_of(network: Any, windows: Any) -> Array:
    """Return Samples or an array as the network reads them, but in float64: (N, T, F)."""
    network = as_network(network)
    if not isinstance(windows, Samples):
        windows = np.asarray(windows)
        if isinstance(network.spec.layers[0], EmbeddingSpec) and windows.ndim == 3:
            windows = windows[..., 0]  # whole numbers (N, T), as a trace keeps them
    x: Array = network.samples(windows).windows().astype(np.float64, copy=False)
    if not len(x):
        raise fail("windows", "one window at least", len(x))
    if not np.isfinite(x).all():
        raise fail("windows", "finite numbers", "NaN or infinity", "fill what is missing")
    return x


def check_output(network: Network, window: int, output: Any) -> int:
    """Return `output`, the number of an output from 0, if windows of `window` steps have it.

    None stands for the first of the last step.
    """
    outputs = network.spec.outputs(window)
    if output is None:
        return outputs - network.spec.output_shape(window)[-1]
    number = integer("output", output, at_least=0)
    if number >= outputs:
        raise fail("output", f"the number of one of {outputs} outputs, from 0", number)
    return number


def layers_from(network: Network, index: int, window: int) -> Part:
    """Return the layers from number `index` on, for windows of `window` steps.

    Behind the last one there is a layer that changes nothing.
    """
    shapes = network.spec.shapes_from(window)
    steps, features = (shapes[index][0] if len(shapes[index]) == 2 else 1), shapes[index][-1]
    layers: tuple[LayerSpec, ...] = network.spec.layers[index:] or (ActivationSpec("linear"),)
    flat = len(shapes[index]) == 1
    spec = NetworkSpec(features or 0, layers, window=steps, flat=flat)
    params = network.params[network.spec.n_params - spec.n_params :]
    engine = make_engine(spec, dtype="float64", backend=network.backend)
    return Part(engine, params.astype(np.float64, copy=False))


def as_numbers(mask: Mask) -> FloatArray | None:
    """Return a mask as the engine takes it: 1 where a step is there, else 0."""
    return None if mask is None else np.ascontiguousarray(mask, np.float64)
