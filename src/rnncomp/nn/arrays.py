"""From what users pass, arrays of any numbers, to Samples in a network's precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.layer_specs import EmbeddingSpec, LayerSpec, MaskingSpec
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.samples import FloatArray, Samples


def as_samples(
    x: ArrayLike | Samples,
    y: ArrayLike | None = None,
    *,
    dtype: np.dtype[np.floating],
    first: LayerSpec,
) -> Samples:
    """Return windows and targets as Samples in `dtype`; nothing is copied that fits already.

    Args:
        x: Windows of numbers, shape (N, T, F); or Samples.
        y: Targets, shape (N,) or (N, ...); None for prediction only, or if `x` is Samples.
        dtype: The network's precision.
        first: The first layer: an Embedding reads whole numbers (N, T); what is not recurrent
            reads shape (N, F) as well.

    Raises:
        InvalidArgumentError: A shape or dtype does not fit; the message says what would.
    """
    if isinstance(x, Samples):
        if y is not None:
            raise InvalidArgumentError("y must be None when x is Samples: they hold their targets")
        return _convert(x, dtype)
    windows = numbers("x", x, dtype)
    if isinstance(first, EmbeddingSpec):
        windows = whole_numbers(windows, first)[..., None]  # (N, T, 1)
    elif windows.ndim == 2 and not (first.recurrent or isinstance(first, MaskingSpec)):
        windows = windows[:, None, :]  # (N, 1, F)
    if windows.ndim != 3 or 0 in windows.shape[1:]:
        hint = "with one feature, pass x[..., None], a single window x[None]"
        hint = hint if windows.ndim == 2 else ""
        raise fail("x", "of shape (samples, time steps, features)", windows.shape, hint)
    if y is None:
        return Samples.from_arrays(windows)
    targets = numbers("y", y, dtype)
    if targets.ndim == 0 or len(targets) != len(windows):
        rule = f"of {len(windows)} samples as x is"
        raise fail("y", rule, targets.shape, "pass targets for every window")
    outputs = int(np.prod(targets.shape[1:]))
    return replace(Samples.from_arrays(windows), targets=targets.reshape(len(targets), outputs))


def whole_numbers(x: FloatArray, table: EmbeddingSpec) -> FloatArray:
    """Return x (N, T) if every number is a row of an Embedding's table."""
    if x.ndim != 2 or 0 in x.shape[1:]:
        raise fail("x", "whole numbers of shape (samples, time steps)", x.shape)
    if x.size and not (x.min() >= 0 and x.max() < table.count and (x == np.floor(x)).all()):
        bad = x[~((x >= 0) & (x < table.count) & (x == np.floor(x)))]
        rule = f"whole numbers 0 .. {table.count - 1}, rows of the embedding's table"
        raise fail("x", rule, float(bad[0]), "pass a larger input_dim, or other numbers")
    return x


def check_samples(samples: Samples, spec: NetworkSpec) -> Samples:
    """Return `samples` if the network can read their windows."""
    if samples.features != spec.features:
        rule = f"windows of {spec.features} features, as the network was built for"
        raise fail("x", rule, samples.features, f"pass shape (N, T, {spec.features})")
    return samples


def numbers(name: str, value: ArrayLike, dtype: np.dtype[np.floating]) -> FloatArray:
    """Return `value`, integers, floats or booleans, as an array of `dtype`."""
    try:
        array = np.asarray(value)
    except ValueError:
        hint = "its rows must be of one length"
        raise fail(name, "an array of numbers", type(value).__name__, hint) from None
    if array.dtype == object and array.ndim == 0:  # a generator, a loader of batches
        hint = "batches together are np.concatenate(list(batches))"
        raise fail(name, "an array of numbers", type(value).__name__, hint)
    if array.dtype.kind not in "biuf":
        raise fail(name, "an array of numbers", f"dtype {array.dtype}", "convert it with astype")
    return array.astype(dtype, copy=False)


def _convert(samples: Samples, dtype: np.dtype[np.floating]) -> Samples:
    if samples.base.dtype == dtype:
        return samples
    targets = None if samples.targets is None else samples.targets.astype(dtype)
    weights = None if samples.weights is None else samples.weights.astype(dtype)
    return Samples(samples.base.astype(dtype), samples.starts, samples.window, targets, weights)
