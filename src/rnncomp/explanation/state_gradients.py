"""The derivative of an output by every state: how strongly each step still acts on the result.

The state after step t of a layer acts in two ways: what the layer hands on at that step, and all
steps that it reads later. Back-propagation through time adds the two up on its way: what it holds
as dh and dc when it comes to a step is the whole derivative by the state after that step. The
equations (docs/equations.md, `rnncomp.kernels.reference`) keep it; the compiled kernels do not.

Shapes: N windows, T steps, U units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.double import Array
from rnncomp.kernels.layer_specs import BidirectionalSpec, LayerSpec, RecurrentSpec
from rnncomp.kernels.reference.engine import forward, layer_gradients
from rnncomp.kernels.reference.types import Call
from rnncomp.nn import Network


class StateGradients(NamedTuple):
    """The derivatives of one output by the states of one recurrent layer, for N windows.

    Index t is the step that the layer read t-th, and the state is that after it.
    """

    name: str  # of the layer; a direction of a Bidirectional one is bidirectional/forward
    kind: str
    order: NDArray[np.intp]  # (T,) number of each step in the sequence that went in
    there: NDArray[np.bool_]  # (N, T) False where a mask says that there is no such step
    dh: Array  # (N, T, U) with c held
    dc: Array | None  # (N, T, U) in an LSTM, with h held


@np.errstate(over="ignore", invalid="ignore")
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
    params = np.asarray(network.params, np.float64)
    done = forward(spec, params, x, Call(np.zeros((len(x), spec.state_size))))
    dy = np.zeros_like(done.y)
    dy[:, output] = 1.0
    back = layer_gradients(spec, params, done.traces, dy)
    for name, layer, trace, gradients in zip(
        network.names, spec.layers, done.traces, back, strict=True
    ):
        runs = zip(_runs(name, layer, trace), gradients.dsteps, strict=True)
        found += [_of_run(*run, dsteps) for run, dsteps in runs]
    return found


def _runs(
    name: str, layer: LayerSpec, trace: Any
) -> Iterator[tuple[str, RecurrentSpec, NDArray[np.bool_]]]:
    """Yield name, spec and mask of a recurrent layer, or of both directions of one, or nothing."""
    if isinstance(layer, RecurrentSpec):
        yield name, layer, trace.mask
    elif isinstance(layer, BidirectionalSpec):
        ways = zip(("forward", "backward"), layer.children, trace.traces, strict=True)
        yield from ((f"{name}/{way}", child, own.mask) for way, child, own in ways)


def _of_run(
    name: str, spec: RecurrentSpec, there: NDArray[np.bool_], dsteps: Array
) -> StateGradients:
    if not np.isfinite(dsteps).all():
        raise InvalidArgumentError(
            f"the derivatives by the states of layer {name!r} must be finite, some are not; "
            "its gradients explode: look at a shorter window, or a network with smaller weights"
        )
    order = np.arange(there.shape[1])[:: -1 if spec.go_backwards else 1]
    dh, dc = (dsteps, None) if spec.kind != "lstm" else np.split(dsteps, 2, axis=-1)
    return StateGradients(name, spec.kind, order, there, dh, dc)
