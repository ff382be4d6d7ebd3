"""The derivative of an output by every state: how strongly each step still acts on the result.

The state after step t of a layer acts in two ways: what the layer hands on at that step, and all
steps that it reads later. The engine gives the derivative by the *initial* states of a run. So each
step t becomes a run of its own: it starts from the state after step t, a mask takes out the steps
up to t, and what comes back at its beginning is the whole derivative by that state. A step that is
masked hands the held state on, so that the first way needs no rule of its own.

Shapes: N windows, T steps, F features, U units, S numbers of a state, O outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.double import (
    NUMBERS_AT_ONCE,
    Array,
    Mask,
    as_numbers,
    layers_from,
    masks_between,
)
from rnncomp.kernels.engine import make_engine
from rnncomp.kernels.layer_specs import BidirectionalSpec, RecurrentSpec
from rnncomp.kernels.reference.bidirectional import own_shares, side_by_side
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.nn import Network
from rnncomp.samples import FloatArray, Samples


class StateGradients(NamedTuple):
    """The derivatives of one output by the states of one recurrent layer, for N windows.

    Index t is the step that the layer read t-th, and the state is that after it.
    """

    name: str  # of the layer; a direction of a Bidirectional one is bidirectional/forward
    kind: str
    order: NDArray[np.intp]  # (T,) number of each step in the sequence that went in
    there: NDArray[np.bool_]  # (N, T) False where a mask says that there is no such step
    dh: Array  # (N, T, U)
    dc: Array | None  # (N, T, U) in an LSTM


class Run(NamedTuple):
    """One recurrent layer over N sequences, in the order in which it reads."""

    name: str
    spec: RecurrentSpec
    params: Array
    x: Array  # (N, T, F)
    there: NDArray[np.bool_]  # (N, T)
    states: Array  # (N, T, S) after each step
    dy: Array  # (N, T, U) what the layers above send to each step's h


def state_gradients(network: Network, x: Array, output: int) -> list[StateGradients]:
    """Return d output / d state after every step of every recurrent layer, in order.

    Args:
        network: In float64; its layers start from zero states.
        x: Windows, shape (N, T, F).
        output: Number of the output, from 0.

    Raises:
        InvalidArgumentError: A derivative is not a finite number.
    """
    spec, found = network.spec, []
    traced = network.engine.trace(network.params, Samples.from_arrays(x))
    masks = masks_between(spec, x)
    for index, layer in enumerate(spec.layers):
        if not layer.recurrent:
            continue
        read = x if index == 0 else np.asarray(traced[index - 1]["y"], np.float64)
        there = np.ones(read.shape[:2], bool) if masks[index] is None else masks[index]
        assert there is not None
        dy = _sent_down(network, index, traced[index]["y"], masks[index + 1], x.shape[1], output)
        runs = _runs(network, index, read, there, traced[index], dy, masks[index])
        found += [_by_states(network, run) for run in runs]
    return found


def _sent_down(
    network: Network, index: int, y: FloatArray, mask: Mask, window: int, output: int
) -> Array:
    """Return d output / d y of layer `index`, through all layers above it, (N, T or 1, U)."""
    above = layers_from(network, index + 1, window)
    given = np.ascontiguousarray(y, np.float64)
    dy = np.zeros((len(y), above.engine.spec.outputs(given.shape[1])))
    dy[:, output] = 1.0
    return np.asarray(above.vjp(given, dy, mask).dx, np.float64)


def _runs(
    network: Network,
    index: int,
    read: Array,
    there: NDArray[np.bool_],
    arrays: Mapping[str, FloatArray],
    dy: Array,
    mask: Mask,
) -> Iterator[Run]:
    """Yield a recurrent layer, or both directions of a Bidirectional one, as runs."""
    spec, name = network.spec.layers[index], network.names[index]
    params = np.asarray(network.layer_params(index), np.float64)
    if isinstance(spec, RecurrentSpec):
        yield _run(name, spec, params, read, there, arrays, dy)
        return
    assert isinstance(spec, BidirectionalSpec)
    ways = ("forward", "backward")
    states = [
        {state: arrays[f"{way}/{state}"] for state in _states_of(child)}
        for way, child in zip(ways, spec.children, strict=True)
    ]
    own = [
        np.asarray(each["h"] if child.return_sequences else each["h"][:, -1:], np.float64)
        for each, child in zip(states, spec.children, strict=True)
    ]
    shares = own_shares(spec, *side_by_side(spec, own, mask), dy)
    sizes = [_layer_alone(child, read.shape[2]).n_params for child in spec.children]
    cut = np.split(params, [sizes[0]])
    for k, child in enumerate(spec.children):
        yield _run(f"{name}/{ways[k]}", child, cut[k], read, there, states[k], shares[k])


def _run(
    name: str,
    spec: RecurrentSpec,
    params: Array,
    read: Array,
    there: NDArray[np.bool_],
    arrays: Mapping[str, FloatArray],
    dy: Array,
) -> Run:
    """Return one layer with all that it read in its own order; `dy` is of its output."""
    states = np.concatenate([arrays[state] for state in _states_of(spec)], axis=-1, dtype=float)
    whole = np.zeros((*read.shape[:2], spec.units))
    whole[:, -dy.shape[1] :] = dy  # all steps, or the last one alone
    order = slice(None, None, -1 if spec.go_backwards else 1)
    return Run(name, spec, params, read[:, order], there[:, order], states, whole)


def _by_states(network: Network, run: Run) -> StateGradients:
    """Run every step's future by itself; see the top of this file."""
    n, steps, features = run.x.shape
    engine = make_engine(_layer_alone(run.spec, features), dtype="float64", backend=network.backend)
    base = np.ascontiguousarray(run.x).reshape(n * steps, features)
    found = np.empty_like(run.states)  # (N, T, S)
    width = features + 2 * run.states.shape[2]
    a = 0
    while a < steps:
        b = min(steps, a + max(1, NUMBERS_AT_ONCE // (n * (steps - a) * width)))
        rows, left = n * (b - a), steps - a
        starts = np.repeat(np.arange(n, dtype=np.int64) * steps + a, b - a)
        own, all_left = np.arange(a, b)[:, None], np.arange(a, steps)
        mask = run.there[:, None, a:] & (all_left > own)  # (N, b - a, T - a)
        dy = np.where((all_left >= own)[..., None], run.dy[:, None, a:], 0.0)
        back = engine.vjp(
            run.params,
            Samples(base, starts, left),
            dy.reshape(rows, left * run.spec.units),
            np.ascontiguousarray(run.states[:, a:b]).reshape(rows, -1),
            mask=as_numbers(mask.reshape(rows, left)),
        )
        found[:, a:b] = back.dstates.reshape(n, b - a, -1)
        a = b
    if not np.isfinite(found).all():
        raise InvalidArgumentError(
            f"the derivatives by the states of layer {run.name!r} must be finite, some are not; "
            "its gradients explode: look at a shorter window, or a network with smaller weights"
        )
    parts = np.split(found, len(_states_of(run.spec)), axis=-1)
    order = np.arange(steps)[:: -1 if run.spec.go_backwards else 1]
    dc = parts[1] if len(parts) > 1 else None
    return StateGradients(run.name, run.spec.kind, order, run.there, parts[0], dc)


def _layer_alone(spec: RecurrentSpec, features: int) -> NetworkSpec:
    """Return the layer as a network that shows every step, in the order in which it is given."""
    return NetworkSpec(features, (replace(spec, go_backwards=False, return_sequences=True),))


def _states_of(spec: RecurrentSpec) -> tuple[str, ...]:
    return ("h", "c") if spec.kind == "lstm" else ("h",)
