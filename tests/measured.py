"""Losses through an engine: a network whose outputs are given numbers, and its gradient in them."""

import numpy as np

from backends import engine_of
from rnncomp.kernels import DenseSpec, LossSpec, NetworkSpec, OptimizerSpec
from rnncomp.samples import Samples

LOSSES = [
    LossSpec("mse"),
    LossSpec("mae"),
    LossSpec("mape"),
    LossSpec("msle"),
    LossSpec("huber", delta=0.5),
    LossSpec("log_cosh"),
    LossSpec("quantile", quantiles=(0.1, 0.5, 0.9)),
    LossSpec("binary_crossentropy", label_smoothing=0.1),
    LossSpec("binary_crossentropy", from_logits=True, label_smoothing=0.1),
    LossSpec("categorical_crossentropy", label_smoothing=0.1),
    LossSpec("categorical_crossentropy", from_logits=True),
    LossSpec("sparse_categorical_crossentropy"),
    LossSpec("sparse_categorical_crossentropy", from_logits=True),
]


def problem(spec, shape, seed=0):
    """Outputs and targets that a loss reads, exact in float32, and weights."""
    rng = np.random.default_rng(seed)
    y, t = np.round(rng.normal(size=(2, *shape)) * 256) / 256
    if "crossentropy" in spec.kind and not spec.from_logits:
        y = (np.abs(y) + 2) / 8  # far from 0, where central differences need it
    if spec.kind == "quantile":
        t = t[..., : shape[-1] // 3]
    elif spec.sparse:
        t = rng.integers(0, shape[-1], shape[:-1])
    elif "crossentropy" in spec.kind:
        t = (t > 0).astype(np.float64)
    return y, t, np.round(rng.uniform(0, 2, shape[:-1]) * 64) / 64


def through(backend, spec, y, t, weights=None, *, dtype="float64", metrics=(), batch_size=None):
    """Train a Dense layer on one-hot inputs, whose kernel holds the outputs `y` (N, U), (N, T, U).

    Each output is then one number of the kernel, exactly, and with a learning rate of 1 the
    momentum of a first batch is the gradient in it with the other sign.

    Returns:
        The report (batches, 1 + metrics, 2) and the gradient of the first batch, shaped as `y`.
    """
    n, steps, units = len(y), y[0].size // y.shape[-1], y.shape[-1]
    x = np.eye(n * steps, dtype=dtype).reshape(n, steps, n * steps)
    network = NetworkSpec(n * steps, (DenseSpec(units, use_bias=False),))
    samples = Samples.from_arrays(x, np.asarray(t, dtype))
    weights = None if weights is None else np.asarray(weights, dtype)
    samples = Samples(samples.base, samples.starts, steps, samples.targets, weights)
    slots = np.zeros((1, y.size), dtype)
    size = batch_size or n
    report = engine_of(backend, network, dtype=dtype).train(
        np.asarray(y, dtype).ravel().copy(),
        slots,
        samples,
        np.arange(n),
        batch_size=size,
        iteration=0,
        learning_rates=np.array([1.0] + [0.0] * (-(-n // size) - 1)),
        loss=spec,
        metrics=list(metrics),
        optimizer=OptimizerSpec("sgd", momentum=0.5),
    )
    return report, -slots[0].reshape(y.shape)


def value(report):
    """Return loss and metrics, shape (1 + metrics,), from a report."""
    sums, weights = report.sum(axis=0).T
    return np.divide(sums, weights, out=np.zeros_like(sums), where=weights != 0)


def spec_of(measure, **changes):
    """Return the spec of a loss or metric object, with changes."""
    return LossSpec(**{**vars(measure.spec), **changes})
