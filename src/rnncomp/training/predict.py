"""Outputs and errors of many samples, in native calls of at most a tenth of a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from rnncomp.nn.network import row_operations
from rnncomp.samples import FloatArray, Samples
from rnncomp.training.callbacks import CallbackList
from rnncomp.training.losses import mean_errors
from rnncomp.training.model import Model
from rnncomp.training.pieces import PieceSizer
from rnncomp.training.progress import ProgressBar

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
    outputs = _outputs(model, samples, batch_size, callbacks, "predict", progress)
    callbacks.call("on_predict_end")
    progress.finish({})
    return outputs


def evaluate_samples(
    model: Model,
    samples: Samples,
    batch_size: int,
    callbacks: CallbackList,
    progress: ProgressBar | None = None,
) -> dict[str, float]:
    """Return loss and metrics by name, calling the hooks of evaluation."""
    callbacks.call("on_test_begin")
    outputs = _outputs(model, samples, batch_size, callbacks, "test", progress)
    logs = errors(model, samples, outputs)
    callbacks.call("on_test_end", logs=logs)
    if progress is not None:
        progress.finish(logs)
    return logs


def errors(model: Model, samples: Samples, outputs: FloatArray) -> dict[str, float]:
    """Return loss, regularizers included, and metrics for the first ``len(outputs)`` samples."""
    compiled, targets = model.compiled_with, samples.targets
    assert targets is not None  # checked at the door by evaluate and fit
    values = mean_errors(set(compiled.kinds), targets[: len(outputs)], outputs)
    logs = {n: values[kind] for n, kind in zip(compiled.names, compiled.kinds, strict=True)}
    return {**logs, "loss": logs["loss"] + sum(model.losses)}


def _outputs(
    model: Model,
    samples: Samples,
    batch_size: int,
    callbacks: CallbackList,
    kind: str,
    progress: ProgressBar | None,
) -> FloatArray:
    """Return the outputs, shape (N, O), in pieces; batch by batch if a callback wants them."""
    spec, params = model.network.spec, model.network.params
    outputs = np.empty((len(samples), spec.outputs(samples.window)), params.dtype)
    hooks = callbacks.has_batch_hooks(kind)
    sizer = PieceSizer(ROWS * row_operations(spec, samples.window))
    for rows in _batches(len(samples), batch_size) if hooks else _pieces(len(samples), sizer):
        whole = rows.stop - rows.start == len(samples)
        batch = rows.start // batch_size
        if hooks:
            callbacks.call(f"on_{kind}_batch_begin", batch)
        threads = model.threads_for(samples.window, rows.stop - rows.start)
        engine = model.network.engine_with(threads)
        outputs[rows] = engine.predict(params, samples if whole else samples.take(rows))
        if hooks:
            logs = _logs(model, samples, outputs, rows)
            callbacks.call(f"on_{kind}_batch_end", batch, logs=logs)
        if progress is not None:
            progress.update(rows.stop // batch_size, {})
    return outputs


def _logs(model: Model, samples: Samples, outputs: FloatArray, rows: slice) -> dict[str, Any]:
    """Return the logs of a batch: the errors so far, or its outputs if there are no targets."""
    if samples.targets is None:
        return {"outputs": model.shaped(outputs[rows], samples)}
    return dict(errors(model, samples, outputs[: rows.stop]))


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
