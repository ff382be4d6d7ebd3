"""Outputs and errors of many samples, in native calls of at most a tenth of a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.nn.network import row_operations
from rnncomp.samples import FloatArray, Samples
from rnncomp.training.callbacks import CallbackList
from rnncomp.training.measures import finished, sums
from rnncomp.training.model import Model
from rnncomp.training.pieces import PieceSizer
from rnncomp.training.progress import ProgressBar
from rnncomp.training.supervised import Supervised

# Pieces are cut at multiples of this, and none is shorter unless there are fewer samples: the
# kernels may compute a few rows by another path than many, and a cut may not change a byte.
ROWS = 64


def predict_samples(
    model: Model,
    samples: Samples,
    batch_size: int,
    callbacks: CallbackList,
    progress: ProgressBar,
) -> FloatArray:
    """Return the outputs, shape (N, O), calling the hooks of prediction."""
    callbacks.call("on_predict_begin")

    def logs(outputs: FloatArray, rows: slice) -> dict[str, Any]:
        return {"outputs": model.shaped(outputs[rows], samples)}

    outputs = _outputs(model, samples, batch_size, callbacks, "predict", progress, logs)
    callbacks.call("on_predict_end")
    progress.finish({})
    return outputs


def evaluate_samples(
    model: Model,
    data: Supervised,
    batch_size: int,
    callbacks: CallbackList,
    progress: ProgressBar | None = None,
) -> dict[str, float]:
    """Return loss and metrics by name, calling the hooks of evaluation."""
    names, network = model.compiled_with.names, model.network.spec
    so_far = np.zeros((len(names), 2))

    def named(report: NDArray[np.float64]) -> dict[str, float]:
        values = finished(data.specs, report)
        values[0] += sum(model.losses)  # regularizers
        return dict(zip(names, values, strict=True))

    def logs(outputs: FloatArray, rows: slice) -> dict[str, float]:
        until = outputs[: rows.stop]
        so_far[...] += sums(data.specs, data.samples, until, network, batch_size, rows.start)
        return named(so_far)

    callbacks.call("on_test_begin")
    outputs = _outputs(model, data.samples, batch_size, callbacks, "test", progress, logs)
    found = named(sums(data.specs, data.samples, outputs, network, batch_size))
    callbacks.call("on_test_end", logs=found)
    if progress is not None:
        progress.finish(found)
    return found


def _outputs(
    model: Model,
    samples: Samples,
    batch_size: int,
    callbacks: CallbackList,
    kind: str,
    progress: ProgressBar | None,
    logs: Callable[[FloatArray, slice], dict[str, Any]],
) -> FloatArray:
    """Return the outputs, shape (N, O), in pieces; batch by batch if a callback wants them."""
    spec, params = model.network.spec, model.network.params
    outputs = np.empty((len(samples), spec.outputs(samples.window)), params.dtype)
    hooks = callbacks.has_batch_hooks(kind)
    sizer = PieceSizer(ROWS * row_operations(spec, samples.window))
    states = kept_states(model, samples, batch_size)
    by_batch = hooks or states is not None
    for rows in _batches(len(samples), batch_size) if by_batch else _pieces(len(samples), sizer):
        whole = rows.stop - rows.start == len(samples)
        batch = rows.start // batch_size
        if hooks:
            callbacks.call(f"on_{kind}_batch_begin", batch)
        threads = model.threads_for(samples.window, rows.stop - rows.start)
        engine = model.network.engine_with(threads)
        piece = samples if whole else samples.take(rows)
        outputs[rows] = engine.predict(params, piece, states, ends=states)
        if hooks:
            callbacks.call(f"on_{kind}_batch_end", batch, logs=logs(outputs, rows))
        if progress is not None:
            progress.update(rows.stop // batch_size, {})
    return outputs


def kept_states(model: Model, samples: Samples, batch_size: int) -> FloatArray | None:
    """Return the states that batches hand on, shape (batch_size, S), None if they do not.

    Raises:
        InvalidArgumentError: The last batch would be short: its rows could not hand on theirs.
    """
    if not model.stateful:
        return None
    if model.batch_size is None:
        batch_size = min(batch_size, len(samples))
    if len(samples) % batch_size:
        rule = f"a divisor of the {len(samples)} samples, as stateful layers need whole batches"
        raise fail("batch_size", rule, batch_size)
    return model.network.states_for(batch_size)


def _batches(n: int, batch_size: int) -> Iterator[slice]:
    for start in range(0, n, batch_size):
        yield slice(start, min(start + batch_size, n))


def _pieces(n: int, sizer: PieceSizer) -> Iterator[slice]:
    """Cut `n` rows into pieces sized by how long the user of each slice takes."""
    start = 0
    while start < n:
        blocks = sizer.next(max(1, (n - start) // ROWS))
        stop = start + blocks * ROWS
        rows = slice(start, n if n - stop < ROWS else stop)
        began = time.perf_counter()
        yield rows
        sizer.record(blocks, time.perf_counter() - began)
        start = rows.stop
