"""The reference engine: the Engine protocol over the equations, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.kernels.engine import VJP, Draws, DType, WindowPredictor
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.kernels.reference import (
    bidirectional,
    dense,
    elementwise,
    embedding,
    penalties,
    recurrent,
    reshape,
)
from rnncomp.kernels.reference.losses import (
    errors,
    factors,
    group_weights,
    masked,
    reported,
    slopes,
)
from rnncomp.kernels.reference.optimizers import clipped, update
from rnncomp.kernels.reference.packing import pack_gradients, unpack_params, unpack_states
from rnncomp.kernels.reference.random import Noise
from rnncomp.kernels.reference.tracing import named_arrays
from rnncomp.kernels.reference.types import Array, Call, Gradients, Mask
from rnncomp.kernels.spec import NO_PENALTY, NetworkSpec, OptimizerSpec, PenaltySpec
from rnncomp.kernels.tracing import LayerArrays
from rnncomp.samples import FloatArray, Samples

LAYERS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "simple_rnn": recurrent,
        "lstm": recurrent,
        "gru": recurrent,
        "bidirectional": bidirectional,
        "dense": dense,
        "embedding": embedding,
        "activation": elementwise.Activation,
        "dropout": elementwise.Dropout,
        "masking": elementwise.Masking,
        "repeat_vector": reshape.RepeatVector,
        "flatten": reshape.Flatten,
    }
)

ROWS_AT_ONCE = 256  # a forward pass keeps every gate of every step; this bounds its memory


class ReferenceEngine:
    """The arithmetic of a network in NumPy float64, written to be read.

    Everything is computed in float64; with dtype float32 arrays are rounded at the door, after
    every batch in training. What overflows becomes infinity or NaN in the result, in silence as
    in the native kernels: a training that diverges is told from its loss.

    Args:
        spec: The network.
        dtype: Precision of the arrays taken and given.

    Example:
        >>> import numpy as np
        >>> from rnncomp.kernels import NetworkSpec, RecurrentSpec
        >>> from rnncomp.samples import Samples
        >>> spec = NetworkSpec(1, (RecurrentSpec("simple_rnn", 1, activation="linear"),))
        >>> params = np.array([2.0, 10.0, 0.5])  # kernel, recurrent_kernel, bias
        >>> x = np.array([[[1.0], [3.0]]])  # h1 = 2 * 1 + 0.5, h2 = 2 * 3 + 10 * h1 + 0.5
        >>> ReferenceEngine(spec, dtype="float64").predict(params, Samples.from_arrays(x))
        array([[31.5]])
    """

    def __init__(self, spec: NetworkSpec, *, dtype: DType = "float32") -> None:
        self.spec = spec
        self.dtype: np.dtype[np.floating] = np.dtype(dtype)
        self.threads = 1

    @np.errstate(over="ignore", invalid="ignore")
    def predict(
        self,
        params: FloatArray,
        samples: Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
        ends: FloatArray | None = None,
    ) -> FloatArray:
        """Return the outputs, shape (N, O); see Engine.predict."""
        params, states = self._take(params, samples, states)
        n = len(samples)
        y = np.empty((n, self.spec.outputs(samples.window)), self.dtype)
        for start in range(0, n, ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            x = samples.take(rows).windows().astype(np.float64)
            call = Call(states[rows], None if mask is None else mask[rows] != 0.0)
            done = forward(self.spec, params, x, call)
            y[rows] = done.y
            if ends is not None:
                ends[rows] = done.ends
        return y

    def predictor(self, params: FloatArray, window: int) -> WindowPredictor:
        """Return what predicts single windows; see Engine.predictor."""
        return _ReferencePredictor(self, params.copy(), window)

    @np.errstate(over="ignore", invalid="ignore")
    def trace(
        self,
        params: FloatArray,
        samples: Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
    ) -> Sequence[LayerArrays]:
        """Return all that every layer computes; see Engine.trace."""
        params, states = self._take(params, samples, states)
        x = samples.windows().astype(np.float64)
        done = forward(self.spec, params, x, Call(states, None if mask is None else mask != 0.0))
        return [
            {name: array.astype(self.dtype) for name, array in arrays.items()}
            for arrays in done.arrays(self.spec)
        ]

    @np.errstate(over="ignore", invalid="ignore")
    def vjp(
        self,
        params: FloatArray,
        samples: Samples,
        dy: FloatArray,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
        draws: Draws | None = None,
    ) -> VJP:
        """Run forward, then pull `dy` (N, O) back to inputs, parameters and states."""
        params, states = self._take(params, samples, states)
        outputs = (len(samples), self.spec.outputs(samples.window))
        if dy.shape != outputs or dy.dtype != self.dtype:
            raise fail("dy", f"{self.dtype} of shape {outputs}", (str(dy.dtype), dy.shape))
        x = samples.windows().astype(np.float64)
        there = None if mask is None else mask != 0.0
        done = forward(self.spec, params, x, Call(states, there, draws and Noise(*draws)))
        result = (done.y, *backward(self.spec, params, done.traces, dy.astype(np.float64)))
        return VJP(*(array.astype(self.dtype) for array in result))

    @np.errstate(over="ignore", invalid="ignore")
    def train(
        self,
        params: FloatArray,
        slots: FloatArray,
        samples: Samples,
        rows: NDArray[np.int64],
        *,
        batch_size: int,
        iteration: int,
        learning_rates: NDArray[np.float64],
        loss: LossSpec,
        metrics: Sequence[LossSpec],
        optimizer: OptimizerSpec,
        penalty: PenaltySpec = NO_PENALTY,
        seed: int = 0,
        states: FloatArray | None = None,
    ) -> NDArray[np.float64]:
        """Update `params` (P,) and `slots` (n_slots, P) in place; see Engine.train."""
        batches = [
            epoch[start : start + batch_size]
            for epoch in np.atleast_2d(rows)
            for start in range(0, len(epoch), batch_size)
        ]
        if len(learning_rates) != len(batches):
            raise fail("learning_rates", f"one per batch ({len(batches)})", len(learning_rates))
        if slots.shape != (optimizer.n_slots, self.spec.n_params) or slots.dtype != self.dtype:
            rule = f"{self.dtype} of shape ({optimizer.n_slots}, {self.spec.n_params})"
            raise fail("slots", rule, (str(slots.dtype), slots.shape))
        width = self.spec.output_shape(samples.window)[-1]
        measures = [measure.of_width(width) for measure in (loss, *metrics)]
        reports = np.empty((len(batches), 1 + len(metrics), 2))
        for k, batch in enumerate(batches):
            call = Call(
                np.zeros((len(batch), self.spec.state_size))
                if states is None
                else states[: len(batch)].astype(np.float64),
                noise=Noise(seed, iteration + k),
            )
            reports[k], gradient, ends = self._descend(params, samples.take(batch), measures, call)
            if states is not None:
                states[: len(batch)] = ends
            sizes, weights = self.spec.weight_sizes, params.astype(np.float64)
            reports[k, 0, 0] += penalties.value(penalty, weights, sizes) * len(batch)
            gradient = gradient + penalties.gradient(penalty, weights, sizes)
            params[:], slots[:] = update(
                optimizer,
                weights,
                slots.astype(np.float64),
                clipped(optimizer, gradient, sizes),
                step=iteration + k + 1,
                rate=float(learning_rates[k]),
            )
        return reports

    def _descend(
        self, params: FloatArray, batch: Samples, measures: Sequence[LossSpec], call: Call
    ) -> tuple[list[tuple[float, float]], Array, Array]:
        """Return the reports of a batch, the gradient (P,) of its loss, and the last states.

        The loss is the first measure.
        """
        outputs, loss = self.spec.outputs(batch.window), measures[0]
        shape = (len(batch), outputs // loss.width * loss.target_width(loss.width))
        if batch.targets is None or batch.targets.shape != shape:
            received = None if batch.targets is None else batch.targets.shape
            raise fail("targets", f"of shape {shape}", received)
        params, _ = self._take(params, batch, None)
        done = forward(self.spec, params, batch.windows().astype(np.float64), call)
        reports = []
        for measure in measures:
            weights = group_weights(batch.weights, len(batch), outputs // measure.width)
            weights = masked(measure, weights, done.mask)
            found = errors(measure, batch.targets, done.y, self.dtype)  # (B, G)
            reports.append(reported(measure, found, weights))
        weights = group_weights(batch.weights, len(batch), outputs // loss.width)
        weights = masked(loss, weights, done.mask)
        dy = slopes(loss, batch.targets, done.y, self.dtype) * factors(loss, weights)[..., None]
        _, dparams, _ = backward(self.spec, params, done.traces, dy.reshape(done.y.shape))
        return reports, dparams, done.ends

    def _take(
        self, params: FloatArray, samples: Samples, states: FloatArray | None
    ) -> tuple[Array, Array]:
        """Check what a call hands in; return parameters and states in float64."""
        spec = self.spec
        if params.shape != (spec.n_params,) or params.dtype != self.dtype:
            rule = f"{self.dtype} of shape ({spec.n_params},)"
            raise fail("params", rule, (str(params.dtype), params.shape))
        if samples.features != spec.features or samples.base.dtype != self.dtype:
            rule = f"{self.dtype} with {spec.features} features"
            raise fail("samples", rule, (str(samples.base.dtype), samples.features))
        shape = (len(samples), spec.state_size)
        if states is None:
            return params.astype(np.float64), np.zeros(shape)
        if states.shape != shape or states.dtype != self.dtype:
            raise fail(
                "states", f"{self.dtype} of shape {shape}", (str(states.dtype), states.shape)
            )
        return params.astype(np.float64), states.astype(np.float64)


class _ReferencePredictor:
    """One window at a time through the engine's own predict."""

    def __init__(self, engine: ReferenceEngine, params: FloatArray, window: int) -> None:
        self._engine, self._params = engine, params
        self._shape = (window, engine.spec.features)
        self._outputs = engine.spec.outputs(window)

    def predict(self, x: FloatArray, y: FloatArray, states: FloatArray | None) -> bool:
        """Write the outputs for `x` into `y`; see WindowPredictor."""
        shape, size = self._shape, self._engine.spec.state_size
        one_axis = 1 in shape and np.shape(x) == (max(shape),)
        if not self._fits(x) or not (x.shape == shape or one_axis):
            return False
        if not self._fits(y) or y.size != self._outputs or not y.flags.writeable:
            return False
        if states is not None and not (self._fits(states) and states.size == size):
            return False
        given = None if states is None else states.reshape(1, size)
        samples = Samples(x.reshape(shape), np.zeros(1, np.int64), shape[0])
        y[...] = self._engine.predict(self._params, samples, given).reshape(y.shape)
        return True

    def _fits(self, array: Any) -> bool:
        """Whether `array` is a C-contiguous array of the engine's dtype."""
        return (
            isinstance(array, np.ndarray)
            and array.dtype == self._engine.dtype
            and array.flags.c_contiguous
        )


class Pass(NamedTuple):
    """What a forward pass through all layers left."""

    y: Array  # (B, O)
    mask: Mask | None  # (B, T) of the output's steps
    ends: Array  # (B, S) the last states
    traces: list[Any]  # of every layer
    outputs: list[Array]  # (B, T, U) of every layer

    def arrays(self, spec: NetworkSpec) -> list[dict[str, Array]]:
        """Return all that the layers computed, by the names of `rnncomp.kernels.tracing`."""
        layers = zip(spec.layers, self.traces, self.outputs, strict=True)
        return [{**named_arrays(layer, trace), "y": y} for layer, trace, y in layers]


def forward(spec: NetworkSpec, params: Array, x: Array, call: Call) -> Pass:
    """Run all layers.

    Args:
        spec: The network.
        params: Parameters, shape (P,).
        x: Windows, shape (B, T, F).
        call: Initial states (B, S), the inputs' mask, and what dropout draws from.
    """
    traces, ends, outputs, mask = [], [], [], call.mask
    weights, first_states = unpack_params(spec, params), unpack_states(spec, call.states)
    for index, (layer, w, s0) in enumerate(zip(spec.layers, weights, first_states, strict=True)):
        noise = None if call.noise is None else call.noise.of_layer(index)
        output, trace = LAYERS[layer.kind].forward(layer, w, x, Call(s0, mask, noise))
        x, mask = output.y, output.mask  # (B, T, U)
        traces.append(trace)
        ends.append(output.ends)
        outputs.append(x)
    return Pass(x.reshape(len(x), -1), mask, np.concatenate(ends, axis=1), traces, outputs)


def backward(
    spec: NetworkSpec, params: Array, traces: list[Any], dy: Array
) -> tuple[Array, Array, Array]:
    """Pull `dy` (B, O) back through all layers.

    Returns:
        The gradients of the windows (B, T, F), of the parameters (P,), and of the initial
        states (B, S).
    """
    layers = layer_gradients(spec, params, traces, dy)
    dparams = pack_gradients(spec, [layer.dweights for layer in layers])
    return layers[0].dx, dparams, np.concatenate([layer.dstates for layer in layers], axis=1)


def layer_gradients(
    spec: NetworkSpec, params: Array, traces: list[Any], dy: Array
) -> list[Gradients]:
    """Pull `dy` (B, O) back through all layers; return what each hands back, in order."""
    found: list[Gradients] = []
    weights = unpack_params(spec, params)
    dx = dy.reshape(len(dy), -1, spec.shapes[-1][-1] or dy.shape[1])  # (B, T or 1, U)
    for layer, w, trace in zip(
        reversed(spec.layers), reversed(weights), reversed(traces), strict=True
    ):
        found.append(LAYERS[layer.kind].backward(layer, w, trace, dx))
        dx = found[-1].dx
    return found[::-1]
