"""Calling a layer by itself on arrays: its weights, its states, what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import fail
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.engine import Draws, DType, Engine, make_engine
from rnncomp.kernels.layer_specs import (
    BidirectionalSpec,
    DropoutSpec,
    EmbeddingSpec,
    LayerSpec,
    RecurrentSpec,
)
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.nn.arrays import as_samples, numbers
from rnncomp.nn.initializers import Initializer
from rnncomp.nn.network import Network
from rnncomp.nn.random import next_call_seed, next_model_seed
from rnncomp.samples import FloatArray, Samples


class CalledLayer(Protocol):
    """What is asked of a layer here; see Layer."""

    name: str
    spec: LayerSpec
    dtype: str | None
    initializers: dict[str, Initializer]
    network: Network | None
    index: int
    stateful: bool
    return_state: bool


def call_layer(
    layer: CalledLayer, x: ArrayLike, initial_state: Any, mask: ArrayLike | None, *, training: bool
) -> Any:
    """Return what `layer` makes of `x`; see Layer.__call__."""
    if hasattr(x, "shape") and not hasattr(x, "__array__"):  # an Input
        raise UnsupportedError(
            f"{layer.name} is called on arrays alone: networks are one chain of layers; pass "
            "Sequential([Input(...), layer, ...])"
        )
    dtype = np.dtype(layer.dtype or (layer.network.dtype if layer.network else "float32"))
    samples = as_samples(x, dtype=dtype, first=layer.spec)
    spec = _spec_of(layer, x, samples)
    if layer.network is None:
        _build(layer, spec, dtype)
    assert layer.network is not None
    params = layer.network.layer_params(layer.index)
    if spec.n_params != params.size:
        features = layer.network.spec.inputs[layer.index]
        raise fail("x", f"of {features} features, as the first call", samples.features)
    states = _states(layer, initial_state, len(samples), dtype)
    ends = np.empty((len(samples), spec.state_size), dtype)
    there = None if mask is None else _mask(mask, samples)
    engine = make_engine(spec, dtype=dtype.name)  # type: ignore[arg-type]
    if training and drops(layer.spec):
        if layer.return_state or layer.stateful:
            raise _no_states(layer.name)
        y = _trained(engine, params, samples, states, there)
    else:
        y = engine.predict(params, samples, states, mask=there, ends=ends)
    if layer.stateful:
        layer.network.states_for(len(samples))[...] = ends
    return _result(layer, y.reshape(len(samples), *spec.output_shape(samples.window)), ends)


def call_network(
    network: Network, samples: Samples, *, training: bool, stateful: bool
) -> FloatArray:
    """Return the outputs (N, O) of a whole network, as its layers called in turn would.

    A stateful one starts in the states that it keeps, and keeps the last ones.
    """
    if training and any(map(drops, network.spec.layers)):
        if stateful:
            raise _no_states("the model")
        return _trained(network.engine, network.params, samples, None, None)
    states = network.states_for(len(samples)) if stateful else None
    return network.engine.predict(network.params, samples, states, ends=states)


def _no_states(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"{name} gives no states of a call in which dropout acts; leave training False, or "
        "return_state and stateful"
    )


def build_layer(layer: CalledLayer, shape: tuple[int | None, ...]) -> None:
    """Draw the weights of a layer for an input of `shape`, (T, F) or (F,), once."""
    if layer.network is not None:
        return
    numbers_read = isinstance(layer.spec, EmbeddingSpec)
    if len(shape) != 2 and layer.spec.recurrent:
        raise fail("input_shape", "(batch size, time steps, features)", (None, *shape))
    flat = len(shape) == 1 and not numbers_read
    features = 1 if numbers_read else shape[-1]
    assert features is not None
    spec = NetworkSpec(features, (layer.spec,), None if flat else shape[0], flat)
    _build(layer, spec, np.dtype(layer.dtype or "float32"))


def drops(spec: LayerSpec) -> bool:
    """Whether a layer drops something in training."""
    if isinstance(spec, BidirectionalSpec):
        return any(drops(child) for child in spec.children)
    if isinstance(spec, RecurrentSpec):
        return spec.dropout > 0.0 or spec.recurrent_dropout > 0.0
    return isinstance(spec, DropoutSpec) and spec.dropout > 0.0


def _spec_of(layer: CalledLayer, x: ArrayLike, samples: Samples) -> NetworkSpec:
    flat = np.ndim(x) == 2 and not isinstance(layer.spec, EmbeddingSpec)
    return NetworkSpec(samples.features, (layer.spec,), None if flat else samples.window, flat)


def _build(layer: CalledLayer, spec: NetworkSpec, dtype: np.dtype[np.floating]) -> None:
    name: DType = "float64" if dtype == np.float64 else "float32"
    layer.network = Network(
        spec,
        dtype=name,
        seed=next_model_seed(),
        names=[layer.name],
        initializers=[layer.initializers],
    )
    layer.index = 0


def _states(
    layer: CalledLayer, given: Any, rows: int, dtype: np.dtype[np.floating]
) -> FloatArray | None:
    """Return the initial states (N, S), None for zeros."""
    assert layer.network is not None
    if given is None:
        return layer.network.states_for(rows).copy() if layer.stateful else None
    sizes = state_sizes(layer.spec)
    if not sizes:
        raise fail("initial_state", "None for a layer without states", "states")
    parts = list(given) if isinstance(given, (list, tuple)) else [given]
    shapes = [(rows, size) for size in sizes]
    arrays = [numbers("initial_state", part, dtype) for part in parts]
    if [array.shape for array in arrays] != shapes:
        raise fail("initial_state", f"of shapes {shapes}", [array.shape for array in arrays])
    return np.ascontiguousarray(np.concatenate(arrays, axis=1))


def state_sizes(spec: LayerSpec) -> list[int]:
    """Return the numbers in each state of a layer: h, and c in an LSTM."""
    if isinstance(spec, BidirectionalSpec):
        return [size for child in spec.children for size in state_sizes(child)]
    if isinstance(spec, RecurrentSpec):
        return [spec.units] * (spec.state_size // spec.units)
    return []


def _mask(mask: ArrayLike, samples: Samples) -> FloatArray:
    there = np.asarray(mask)
    shape = (len(samples), samples.window)
    if there.shape != shape:
        raise fail("mask", f"of shape {shape}", there.shape)
    return np.asarray((there != 0).astype(samples.base.dtype))


def _trained(
    engine: Engine,
    params: FloatArray,
    samples: Samples,
    states: FloatArray | None,
    mask: FloatArray | None,
) -> FloatArray:
    """Return the outputs (N, O) with dropout."""
    dy = np.zeros((len(samples), engine.spec.outputs(samples.window)), params.dtype)
    result = engine.vjp(params, samples, dy, states, mask=mask, draws=Draws(next_call_seed(), 0))
    return result.y


def _result(layer: CalledLayer, y: FloatArray, ends: FloatArray) -> Any:
    spec, outputs = layer.spec, [y]
    if isinstance(spec, BidirectionalSpec) and getattr(layer, "merge_mode", "concat") is None:
        outputs = np.split(y, 2, axis=-1)
    if layer.return_state:
        cuts: Sequence[int] = np.cumsum(state_sizes(spec))[:-1].tolist()
        outputs = [*outputs, *np.split(ends, cuts, axis=1)]
    return outputs if len(outputs) > 1 else outputs[0]
