"""The one door to the arithmetic: what a backend can do, and how it is chosen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import count, one_of
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.kernels.spec import NO_PENALTY, NetworkSpec, OptimizerSpec, PenaltySpec
from rnncomp.kernels.tracing import LayerArrays
from rnncomp.samples import FloatArray, Samples

DType = Literal["float32", "float64"]

BACKENDS = ("native", "reference")


class VJP(NamedTuple):
    """One forward and backward pass. Shapes: N samples, T steps, F features, O outputs."""

    y: FloatArray  # (N, O) outputs
    dx: FloatArray  # (N, T, F) gradient of the inputs
    dparams: FloatArray  # (P,) gradient of the parameters, summed over samples
    dstates: FloatArray  # (N, S) gradient of the initial states


class Draws(NamedTuple):
    """What dropout draws from."""

    seed: int  # 0 .. 2**64 - 1
    batch: int  # batches trained before


class WindowPredictor(Protocol):
    """The arithmetic of one network with fixed weights on one window at a time."""

    def predict(self, x: FloatArray, y: FloatArray, states: FloatArray | None) -> bool:
        """Write the outputs for `x` (T, F) into `y`, O numbers; return whether the arrays fit.

        `states`, S numbers, are initial states, else zero. An array fits that is C-contiguous, of
        the engine's dtype and of the right size; with one feature, or one step, `x` may have one
        axis. Nothing is written unless all fit.
        """
        ...


class Engine(Protocol):
    """The arithmetic of one network at one precision.

    Arrays handed in have the engine's dtype; `params` is the flat array of NetworkSpec.
    """

    spec: NetworkSpec
    dtype: np.dtype[np.floating]
    threads: int

    def predict(
        self,
        params: FloatArray,
        samples: Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
        ends: FloatArray | None = None,
    ) -> FloatArray:
        """Return the outputs, shape (N, O).

        Args:
            params: Weights, shape (P,).
            samples: Windows.
            states: Initial states, shape (N, S); None for zeros.
            mask: Shape (N, T), 0 where a window has no such step, else 1; None for all ones.
            ends: Takes the last states, shape (N, S); None where nobody wants them.
        """
        ...

    def predictor(self, params: FloatArray, window: int) -> WindowPredictor:
        """Return what predicts single windows of `window` steps, with a copy of `params` (P,)."""
        ...

    def trace(
        self,
        params: FloatArray,
        samples: Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
    ) -> Sequence[LayerArrays]:
        """Return all that every layer computes; for the arguments see `predict`."""
        ...

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
        """Run forward, then pull `dy` (N, O) back to inputs, parameters and states.

        With `draws` dropout acts as in training; for the others see `predict`.
        """
        ...

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
        """Update `params` (P,) and `slots` (n_slots, P) in place, batch after batch.

        Args:
            params: Weights, changed in place.
            slots: Optimizer state, changed in place; zeros before the first batch (adagrad: what
                its sums start from).
            samples: Windows, targets, and weights if they do not all weigh 1.
            rows: Sample numbers in the order of training, shape (N,), or (E, N) for several
                epochs; batch k of an epoch is its ``rows[k * batch_size : (k + 1) * batch_size]``,
                the last may be short.
            batch_size: Samples in a batch.
            iteration: Batches trained before this call (Adam's bias correction needs it).
            learning_rates: One per batch, E times as many as in an epoch.
            loss: What is minimised.
            metrics: Reported beside the loss, computed before each update.
            optimizer: The update rule.
            penalty: What the weights add to the loss, before each update as well; its gradient
                is added before clipping and weight decay.
            seed: Of what dropout draws, 0 .. 2**64 - 1.
            states: Shape (batch_size, S), carried from batch to batch, row by row, changed in
                place; None where every window starts from zero.

        Returns:
            Loss, then metrics, of every batch, each as a sum and its weight, shape (batches,
            1 + len(metrics), 2): the mean over some batches is the sum of their sums over the sum
            of their weights. Calling once for all epochs, or once per batch, gives the same
            bytes.
        """
        ...


def default_backend() -> str:
    """Return the backend named by ``RNNCOMP_BACKEND``, ``native`` unless set."""
    return one_of("RNNCOMP_BACKEND", os.environ.get("RNNCOMP_BACKEND", "native"), BACKENDS)


def make_engine(
    spec: NetworkSpec, *, dtype: DType = "float32", threads: int = 1, backend: str | None = None
) -> Engine:
    """Return the arithmetic of `spec`.

    Args:
        spec: The network.
        dtype: Precision of every array.
        threads: Cores that share one batch; never changes a byte of the result.
        backend: ``native`` (the compiled kernels) or ``reference`` (plain NumPy in float64, slow,
            for reading and checking); None for ``RNNCOMP_BACKEND`` or ``native``. There is no
            silent fall-back from one to the other.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        BackendError: The native kernels cannot run on this processor.
    """
    count("threads", threads)
    one_of("dtype", dtype, ("float32", "float64"))
    name = one_of("backend", backend, BACKENDS) if backend else default_backend()
    if name == "reference":
        from rnncomp.kernels.reference.engine import ReferenceEngine  # noqa: PLC0415

        return ReferenceEngine(spec, dtype=dtype)
    from rnncomp.kernels.native import NativeEngine  # noqa: PLC0415

    return NativeEngine(spec, dtype=dtype, threads=threads)
