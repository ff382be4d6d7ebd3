"""The compiled kernels: one extension module for each instruction-set level.

The level is chosen once, by the processor, or by ``RNNCOMP_ISA`` (for tests, and to get the same
bytes on two machines).
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import BackendError
from rnncomp.kernels.engine import VJP, Draws, DType, WindowPredictor
from rnncomp.kernels.layer_specs import BidirectionalSpec, LayerSpec
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.kernels.spec import NO_PENALTY, NetworkSpec, OptimizerSpec, PenaltySpec
from rnncomp.kernels.tracing import LayerArrays, cut_trace
from rnncomp.samples import FloatArray, Samples

LEVELS = ("v2", "v3", "v4", "neon")
"""All levels, lowest first: x86-64-v2 (SSE4), v3 (AVX2, FMA), v4 (AVX-512), and Arm NEON."""


@functools.cache
def _module(level: str) -> ModuleType:
    """Return the extension module of a level, or raise BackendError."""
    assert level in LEVELS
    try:
        return importlib.import_module(f"rnncomp.kernels._native_{level}")
    except ImportError as error:
        raise BackendError(
            f"the compiled kernels for level {level} cannot be loaded ({error}); "
            "install rnncomp again, or set RNNCOMP_BACKEND=reference for the slow NumPy ones"
        ) from None


@functools.cache
def levels() -> tuple[str, ...]:
    """Return the levels that this processor can run, lowest first."""
    lowest = next((name for name in ("v2", "neon") if _is_built(name)), "v2")
    supported: list[str] = _module(lowest).supported_levels()
    return tuple(supported)


def _is_built(level: str) -> bool:
    return importlib.util.find_spec(f"rnncomp.kernels._native_{level}") is not None


def level() -> str:
    """Return the level in use: ``RNNCOMP_ISA`` if set, else the highest that runs here.

    Raises:
        BackendError: ``RNNCOMP_ISA`` names a level that does not exist or does not run here.
    """
    wanted = os.environ.get("RNNCOMP_ISA")
    if not wanted:
        return levels()[-1]
    if wanted not in levels():
        raise BackendError(
            f"RNNCOMP_ISA must be one of {', '.join(levels())} on this processor, "
            f"got {wanted!r}; unset it to use {levels()[-1]}"
        )
    return wanted


class NativeEngine:
    """The compiled arithmetic of one network; see `rnncomp.kernels.Engine`.

    Args:
        spec: The network.
        dtype: ``float32`` or ``float64``.
        threads: Cores that share one batch; never changes a byte of the result.
        level: Instruction-set level; None for `level()`.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        *,
        dtype: DType = "float32",
        threads: int = 1,
        isa: str | None = None,
    ) -> None:
        self.spec = spec
        self.dtype: np.dtype[np.floating] = np.dtype(dtype)
        self.threads = threads
        self.level = isa or level()
        self._native: Any = _module(self.level)
        engine = self._native.Engine32 if dtype == "float32" else self._native.Engine64
        self._layers = [
            self._layer_spec(layer, inputs)
            for layer, inputs in zip(spec.layers, spec.inputs, strict=True)
        ]
        self._engine = engine(self._layers, spec.features, threads)

    def _layer_spec(self, layer: LayerSpec, inputs: int) -> Any:
        """Return a layer's facts as the kernels take them."""
        facts = {"kind": layer.kind, **vars(layer)}
        if isinstance(layer, BidirectionalSpec):
            children = [self._layer_spec(child, inputs) for child in layer.children]
            facts = {"kind": layer.kind, "merge": layer.merge, "children": children}
        return self._native.LayerSpec(inputs=inputs, **facts)

    def predict(
        self,
        params: FloatArray,
        samples: Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
        ends: FloatArray | None = None,
    ) -> FloatArray:
        """Return the outputs, shape (N, O); see `Engine.predict`."""
        y = np.empty((len(samples), self.spec.outputs(samples.window)), self.dtype)
        where = (params, samples.base, samples.starts_of(), samples.window)
        self._engine.predict(*where, states, mask, ends, y)
        return y

    def predictor(self, params: FloatArray, window: int) -> WindowPredictor:
        """Return what predicts single windows; see `Engine.predictor`."""
        native = self._native
        kind = native.Predictor32 if self.dtype == np.float32 else native.Predictor64
        made: WindowPredictor = kind(self._layers, self.spec.features, window, params)
        return made

    def trace(
        self,
        params: FloatArray,
        samples: Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
    ) -> Sequence[LayerArrays]:
        """Return all that every layer computes; see `Engine.trace`."""
        size = self._engine.trace_size(samples.window)
        flat = np.empty((len(samples), size), self.dtype)
        where = (params, samples.base, samples.starts_of(), samples.window)
        self._engine.trace(*where, states, mask, flat)
        return cut_trace(self.spec, flat, samples.window)

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
        n = len(samples)
        y = np.empty((n, self.spec.outputs(samples.window)), self.dtype)
        dx = np.empty((n, samples.window, samples.features), self.dtype)
        dparams = np.empty_like(params)
        dstates = np.empty((n, self.spec.state_size), self.dtype)
        where = (params, samples.base, samples.starts_of(), samples.window, states, mask, draws)
        self._engine.vjp(*where, np.ascontiguousarray(dy), y, dx, dparams, dstates)
        return VJP(y, dx, dparams, dstates)

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
        """Update `params` and `slots` in place, batch after batch; see `Engine.train`."""
        rows = np.atleast_2d(rows)
        epochs, n = rows.shape
        report = np.empty((epochs * -(-n // batch_size), 1 + len(metrics), 2))
        starts, targets, weights = samples.starts, samples.targets, samples.weights
        if isinstance(starts, range):  # numbers and targets of these rows alone, in their order
            taken = rows.ravel()
            starts, targets = samples.starts_of(taken), None if targets is None else targets[taken]
            weights = None if weights is None else weights[taken]
            rows = np.arange(len(taken), dtype=np.int64).reshape(epochs, n)
        width = self.spec.output_shape(samples.window)[-1]
        native_loss = self._loss(loss, width)
        if weights is not None:
            groups = self.spec.outputs(samples.window) // (loss.width or width)
            weights = np.broadcast_to(weights.reshape(len(weights), -1), (len(weights), groups))
        rule = self._native.OptimizerSpec(**vars(optimizer))
        self._engine.train(
            params,
            slots,
            samples.base,
            starts,
            samples.window,
            targets,
            rows,
            batch_size,
            iteration,
            states,
            seed,
            learning_rates,
            weights,
            native_loss,
            [self._loss(metric, width) for metric in metrics],
            rule,
            penalty.l1,
            penalty.l2,
            report,
        )
        return report

    def _loss(self, loss: LossSpec, width: int) -> Any:
        """Return `loss` as the extension reads it; a root is taken by whoever reports."""
        options = dict(vars(loss.of_width(width)))
        del options["root"]
        return self._native.LossSpec(**options)
