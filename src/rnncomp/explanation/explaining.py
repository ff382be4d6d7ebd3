"""explain: what a network computes for one window, every number of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.computed import LayerTrace, column_names, step_names
from rnncomp.explanation.double import copy_of, one_window
from rnncomp.explanation.forecasts import Forecasts, refuse
from rnncomp.explanation.trace import Trace
from rnncomp.kernels.layer_specs import (
    BidirectionalSpec,
    LayerSpec,
    RecurrentSpec,
)
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.kernels.tracing import trace_size
from rnncomp.nn import Network
from rnncomp.nn.masks import input_mask
from rnncomp.samples import FloatArray, Samples
from rnncomp.training import Sequential

VALUES_LIMIT = 20_000_000
"""Numbers that a trace may hold, 160 MB in float64: a window of 1,000 steps at 1,000 units."""


def explain(
    network: Any,
    window: Any = None,
    *,
    at: Any = None,
    seed: int | None = None,
    of: str | None = None,
    columns: Sequence[str] | None = None,
    times: Sequence[Any] | None = None,
) -> Trace:
    """Return every number that a network computes for one window.

    The numbers are those of the engine; beside each stands the same by the equations
    (docs/equations.md) in float64, and the largest difference. The states before the first step
    are zeros, those of stateful layers as well.

    Args:
        network: A `Sequential` or `Network`, trained or not; or a fitted `RecurrentForecaster`.
        window: For a network the numbers that it reads: shape (T, F), or (T,) of one feature; an
            Embedding reads (T,) whole numbers. For a forecaster the series to look at, whatever
            `load` takes; None for the rows that it remembers.
        at: Of a forecaster: which value's forecast is explained, its row number from 0 or its time
            stamp; None for the one after the last row.
        seed: Of a forecaster with several networks: which; None for the first.
        of: Of a forecaster that has learned several series: the name of one.
        columns: Of a network: names of the F features; None for ``x``, or ``x1``, ``x2``...
        times: Of a network: what to call the T steps; None for 1 .. T.

    Raises:
        InvalidArgumentError: An argument breaks its rule, or is not meant for such a network.

    Example:
        >>> import numpy as np
        >>> import rnncomp
        >>> layers = [rnncomp.LSTM(2, input_shape=(3, 1)), rnncomp.Dense(1)]
        >>> trace = explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0])
        >>> trace.h.shape, trace.c.shape, trace.gates["f"].shape, trace.output.shape
        ((3, 2), (3, 2), (3, 2), (1,))
        >>> trace.difference < 1e-6
        True
    """
    if isinstance(network, Forecasts):
        refuse("a forecaster, which knows its own", columns=columns, times=times)
        look = network.look(window, at=at, seed=seed, of=of)
        made = _trace(look.network, look.window, look.columns, look.times, look.title)
        return replace(
            made,
            values=look.restore(made.output),
            output_names=tuple(look.outputs),
            notes=(*look.notes, *made.notes),
        )
    refuse("a network, which reads one window", at=at, seed=seed, of=of)
    inner = network.network if isinstance(network, Sequential) else network
    if not isinstance(inner, Network):
        rule = "a Sequential, a Network or a fitted RecurrentForecaster"
        raise fail("network", rule, type(network).__name__)
    if window is None:
        raise fail("window", "the numbers that the network reads, shape (T, F)", None)
    title = network.name if isinstance(network, Sequential) else ""
    return _trace(inner, one_window(inner, window), columns, times, title)


def _trace(
    network: Network,
    window: FloatArray,
    columns: Sequence[str] | None,
    times: Sequence[Any] | None,
    title: str,
) -> Trace:
    spec = network.spec
    samples = network.samples(window[None])
    _check_size(spec, samples.window)
    # A trace outlives what it is made of: the network trains on, the array is filled anew.
    network = copy_of(network)
    x = samples.windows()[0].copy()  # (T, F)
    layers = _layers(network, samples, x)
    shape = spec.output_shape(len(x))
    return Trace(
        network=network,
        window=x,
        layers=tuple(layers),
        output=layers[-1].y.reshape(shape),
        worked_output=layers[-1].worked["y"].reshape(shape),
        output_names=_output_names(shape),
        columns=column_names(columns, spec.features),
        times=step_names(times, len(x)),
        title=title,
        notes=_notes(x),
    )


def _notes(x: FloatArray) -> tuple[str, ...]:
    """Say where a window is not finite, and nothing can be computed from there on."""
    gaps = np.flatnonzero(~np.isfinite(x).all(axis=1))
    if not len(gaps):
        return ()
    return (f"Step {gaps[0] + 1} of the window holds no finite number: what follows has none.",)


def _output_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return what to call each output of a network, (K,) or (T, K)."""
    last = [f"output {k}" if shape[-1] > 1 else "" for k in range(shape[-1])]
    if len(shape) == 1:
        return tuple(name or "output" for name in last)
    steps = range(1, shape[0] + 1)
    return tuple(f"step {t} {name}".strip() for t in steps for name in last)


def _layers(network: Network, samples: Samples, x: FloatArray) -> list[LayerTrace]:
    """Return the traces of all layers for the one window x (T, F) of `samples`."""
    shown = network.trace(samples)
    worked = copy_of(network, dtype="float64", backend="reference").trace(samples)
    worked_x = x.astype(np.float64)
    mask, layers = input_mask(network.spec.layers[0], x), []
    for index, layer in enumerate(network.spec.layers):
        arrays = {name: array[0] for name, array in shown[index].items()}
        equations = {name: array[0] for name, array in worked[index].items()}
        weights = {
            weight.name.removeprefix(f"{network.names[index]}/"): weight.value.copy()
            for weight in network.layer_weights(index)
        }
        given = Given((x, worked_x), mask, (arrays, equations))
        layers.append(_layer(network.names[index], layer, weights, given))
        if not layer.masks(mask is not None):
            mask = None
        x, worked_x = arrays["y"], equations["y"]
    return layers


Arrays = Mapping[str, Any]


class Given(NamedTuple):
    """What a layer read and computed: of the engine, and by the equations."""

    x: tuple[FloatArray, NDArray[np.float64]]  # (T, F)
    mask: NDArray[np.bool_] | None  # (T,) False where there is no such step
    arrays: tuple[Arrays, Arrays]


def _layer(name: str, spec: LayerSpec, weights: Arrays, given: Given) -> LayerTrace:
    """Return the trace of one layer."""
    (x, worked_x), mask, arrays = given
    steps = len(x)
    order = np.arange(steps)
    if isinstance(spec, RecurrentSpec) and spec.go_backwards:
        order = order[::-1]
    there = np.ones(steps, bool) if mask is None else mask
    initial = {}
    if isinstance(spec, RecurrentSpec):
        states = ("h", "c") if spec.kind == "lstm" else ("h",)
        initial = {state: np.zeros(spec.units, x.dtype) for state in states}
    directions: tuple[LayerTrace, ...] = ()
    if isinstance(spec, BidirectionalSpec):
        directions = tuple(
            _layer(
                f"{name}/{way}",
                child,
                _of_way(way, weights),
                Given(
                    given.x,
                    mask,
                    (_direction(arrays[0], way, child), _direction(arrays[1], way, child)),
                ),
            )
            for way, child in zip(("forward", "backward"), spec.children, strict=True)
        )
        kept = ({"y": arrays[0]["y"]}, {"y": arrays[1]["y"]})
        return LayerTrace(name, spec, {}, x, worked_x, order, there, {}, *kept, directions)
    read = (x[order], worked_x[order], order, there[order])
    return LayerTrace(name, spec, weights, *read, initial, *arrays)


def _of_way(way: str, arrays: Arrays) -> dict[str, Any]:
    start = f"{way}/"
    return {n.removeprefix(start): array for n, array in arrays.items() if n.startswith(start)}


def _direction(arrays: Arrays, way: str, child: RecurrentSpec) -> dict[str, Any]:
    """Return the arrays of one direction, with its own output: its h, or the last of them."""
    own = _of_way(way, arrays)
    return {**own, "y": own["h"] if child.return_sequences else own["h"][-1:]}


def _check_size(spec: NetworkSpec, window: int) -> None:
    """Raise before a window asks for more memory than anybody can look at."""
    size = trace_size(spec, window)
    if size > VALUES_LIMIT:
        raise InvalidArgumentError(
            f"a trace may hold {VALUES_LIMIT:,} numbers, this window needs {size:,}; "
            "explain a shorter one"
        )
