"""The losses and metrics: the error of each group of outputs, its slope, and their reductions.

Letters: B samples, G groups in one, W outputs and K target numbers in a group. Formulas are those
of Keras on JAX, its epsilon of 1e-7 and its slopes where a number is cut included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnncomp.kernels.loss_spec import LossKind, LossSpec
from rnncomp.kernels.reference.types import Array, Mask
from rnncomp.samples import FloatArray

EPSILON = 1e-7


class Cut(NamedTuple):
    """Where probabilities are cut, in the precision of the network that gave them."""

    low: float
    high: float

    @classmethod
    def of(cls, dtype: np.dtype[np.floating]) -> Cut:
        """Return the bounds for `dtype`; 1 - 1e-7 rounds to 1 - 1.2e-7 in float32."""
        low = dtype.type(EPSILON)
        return cls(float(low), float(dtype.type(1) - low))

    def __call__(self, p: Array) -> Array:
        """Return `p` within the bounds."""
        return np.clip(p, self.low, self.high)

    def slope(self, p: Array) -> Array:
        """Return d cut(p) / d p: one half on a bound, as in JAX."""
        return np.heaviside(p - self.low, 0.5) * np.heaviside(self.high - p, 0.5)


Error = Callable[[LossSpec, Cut, Array, Array], Array]
"""(spec, cut, targets (B, G, K), outputs (B, G, W)) -> errors or slopes."""


def _percentage(_s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    return 100.0 * np.abs((t - y) / np.maximum(np.abs(t), EPSILON))


def _percentage_slope(_s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    return np.asarray(100.0 * np.sign(y - t) / np.maximum(np.abs(t), EPSILON))


def _log1(x: Array) -> Array:
    return np.log(np.maximum(x, EPSILON) + 1.0)


def _logarithmic_slope(_s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    above = np.heaviside(y - EPSILON, 0.5)
    return 2.0 * (_log1(y) - _log1(t)) / (np.maximum(y, EPSILON) + 1.0) * above


def _huber(s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    error = np.abs(y - t)
    return np.where(error <= s.delta, 0.5 * error**2, s.delta * error - 0.5 * s.delta**2)


def _log_cosh(_s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    error = np.abs(y - t)
    return np.asarray(error + np.log1p(np.exp(-2.0 * error)) - np.log(2.0))


def _quantile(s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    q, error = _levels(s, t, y)
    return np.maximum(q * error, (q - 1.0) * error)


def _quantile_slope(s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    q, error = _levels(s, t, y)
    return np.where(error > 0, -q, np.where(error < 0, 1.0 - q, error))


def _levels(s: LossSpec, t: Array, y: Array) -> tuple[Array, Array]:
    """Return the level of each output and t - y; output k * Q + q is target k at level q."""
    q = np.tile(s.quantiles, t.shape[-1])  # (W,)
    return q, np.repeat(t, len(s.quantiles), axis=-1) - y


def _binary(s: LossSpec, cut: Cut, t: Array, y: Array) -> Array:
    t = t * (1.0 - s.label_smoothing) + 0.5 * s.label_smoothing
    if s.from_logits:
        return t * np.logaddexp(0.0, -y) + (1.0 - t) * np.logaddexp(0.0, y)
    p = cut(y)
    return -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))


def _binary_slope(s: LossSpec, cut: Cut, t: Array, y: Array) -> Array:
    t = t * (1.0 - s.label_smoothing) + 0.5 * s.label_smoothing
    if s.from_logits:
        return np.asarray(np.exp(-np.logaddexp(0.0, -y)) - t)
    p = cut(y)
    return np.asarray(((1.0 - t) / (1.0 - p) - t / p) * cut.slope(y))


def _classes(s: LossSpec, t: Array, y: Array) -> Array:
    """Return the share of each class in the targets, (B, G, W)."""
    if s.sparse:
        return np.asarray(t == np.arange(y.shape[-1]), dtype=np.float64)
    return np.asarray(t * (1.0 - s.label_smoothing) + s.label_smoothing / y.shape[-1])


def _categorical(s: LossSpec, cut: Cut, t: Array, y: Array) -> Array:
    t = _classes(s, t, y)
    if s.from_logits:
        y = y - y.max(axis=-1, keepdims=True)
        log_p = y - np.log(np.exp(y).sum(axis=-1, keepdims=True))
    else:
        log_p = np.log(cut(y / y.sum(axis=-1, keepdims=True)))
    return np.asarray(-(t * log_p).sum(axis=-1))  # (B, G)


def _categorical_slope(s: LossSpec, cut: Cut, t: Array, y: Array) -> Array:
    t = _classes(s, t, y)
    if s.from_logits:
        e = np.exp(y - y.max(axis=-1, keepdims=True))
        return np.asarray(e / e.sum(axis=-1, keepdims=True) * t.sum(axis=-1, keepdims=True) - t)
    total = y.sum(axis=-1, keepdims=True)
    p = y / total
    a = -t / cut(p) * cut.slope(p)
    return np.asarray((a - (a * p).sum(axis=-1, keepdims=True)) / total)


def _cosine(_s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    t = t / np.maximum(np.linalg.norm(t, axis=-1, keepdims=True), EPSILON)
    y = y / np.maximum(np.linalg.norm(y, axis=-1, keepdims=True), EPSILON)
    return np.asarray((t * y).sum(axis=-1))


def _best_class(s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    meant = t[..., 0] if s.sparse else t.argmax(axis=-1)
    return np.asarray(meant == y.argmax(axis=-1), dtype=np.float64)


def _among_best(s: LossSpec, _c: Cut, t: Array, y: Array) -> Array:
    meant = t[..., :1].astype(np.int64) if s.sparse else t.argmax(axis=-1)[..., None]
    ahead = (y > np.take_along_axis(y, meant, axis=-1)).sum(axis=-1)
    return np.asarray(ahead < s.k, dtype=np.float64)


# Of single outputs, (B, G, W), or of groups, (B, G).
ERRORS: dict[LossKind, Error] = {
    "mse": lambda _s, _c, t, y: (y - t) ** 2,
    "mae": lambda _s, _c, t, y: np.abs(y - t),
    "mape": _percentage,
    "msle": lambda _s, _c, t, y: (_log1(y) - _log1(t)) ** 2,
    "huber": _huber,
    "log_cosh": _log_cosh,
    "quantile": _quantile,
    "binary_crossentropy": _binary,
    "categorical_crossentropy": _categorical,
    "sparse_categorical_crossentropy": _categorical,
    "cosine_similarity": _cosine,
    "binary_accuracy": lambda s, _c, t, y: np.asarray((y > s.threshold) == t, dtype=np.float64),
    "categorical_accuracy": _best_class,
    "sparse_categorical_accuracy": _best_class,
    "top_k_categorical_accuracy": _among_best,
    "sparse_top_k_categorical_accuracy": _among_best,
}

# d error / d y, (B, G, W): of the group's error, times W where that is a mean over outputs.
SLOPES: dict[LossKind, Error] = {
    "mse": lambda _s, _c, t, y: 2.0 * (y - t),
    "mae": lambda _s, _c, t, y: np.sign(y - t),
    "mape": _percentage_slope,
    "msle": _logarithmic_slope,
    "huber": lambda s, _c, t, y: np.clip(y - t, -s.delta, s.delta),
    "log_cosh": lambda _s, _c, t, y: np.tanh(y - t),
    "quantile": _quantile_slope,
    "binary_crossentropy": _binary_slope,
    "categorical_crossentropy": _categorical_slope,
    "sparse_categorical_crossentropy": _categorical_slope,
}


def errors(
    spec: LossSpec, targets: FloatArray, outputs: FloatArray, dtype: np.dtype[np.floating]
) -> Array:
    """Return the error of every group.

    Args:
        spec: The loss, with its width W.
        targets: Shape (B, G * K).
        outputs: Shape (B, G * W).
        dtype: Precision of the network.

    Returns:
        Errors, shape (B, G), in float64.
    """
    t, y = _grouped(spec, targets, outputs)
    found = ERRORS[spec.kind](spec, Cut.of(dtype), t, y)
    return found.mean(axis=-1) if found.ndim == 3 else found


def slopes(
    spec: LossSpec, targets: FloatArray, outputs: FloatArray, dtype: np.dtype[np.floating]
) -> Array:
    """Return the gradient of every group's error in its outputs, shape (B, G, W)."""
    t, y = _grouped(spec, targets, outputs)
    found = SLOPES[spec.kind](spec, Cut.of(dtype), t, y)
    return found if spec.classes else found / spec.width


def group_weights(weights: FloatArray | None, samples: int, groups: int) -> Array:
    """Return the weights (samples, groups) from those of samples, of groups, or None for 1."""
    if weights is None:
        return np.ones((samples, groups))
    columns = weights.reshape(samples, -1).astype(np.float64)
    return np.asarray(np.broadcast_to(columns, (samples, groups)))


def masked(spec: LossSpec, weights: Array, mask: Mask | None) -> Array:
    """Return the weights (B, G) where a mask (B, G) says which groups are there, as Keras does.

    A mean over all groups counts those that are there for those that are not, too. A ``metric``
    has no weights but the mask.
    """
    if spec.reduction == "metric":
        weights = np.ones_like(weights)
    if mask is None:
        return weights
    if spec.reduction == "sum_over_batch_size":
        present = mask.sum()
        return np.asarray(weights * mask * (mask.size / present if present else 0.0))
    return np.asarray(weights * mask)


def factors(spec: LossSpec, weights: Array) -> Array:
    """Return what each group's error counts in the loss of a batch, from weights (B, G)."""
    if spec.reduction == "sum":
        return weights
    if spec.reduction == "sum_over_batch_size":
        return weights / weights.size
    total = weights.sum()
    return weights / total if total else weights * 0.0


def reported(spec: LossSpec, found: Array, weights: Array) -> tuple[float, float]:
    """Return what a batch adds to the two sums whose ratio is the mean over batches.

    A loss counts as often as the batch has samples, as in Keras; a metric by its weights.

    Args:
        spec: The loss or metric.
        found: Errors, shape (B, G).
        weights: Weights, shape (B, G), as `masked` gives them.
    """
    if spec.reduction in ("metric", "weighted_metric"):
        return float((found * weights).sum()), float(weights.sum())
    return float((found * factors(spec, weights)).sum()) * len(found), float(len(found))


def _grouped(spec: LossSpec, targets: FloatArray, outputs: FloatArray) -> tuple[Array, Array]:
    n, k = len(outputs), spec.target_width(spec.width)
    t = targets.astype(np.float64).reshape(n, targets.shape[1] // k, k)
    return t, outputs.astype(np.float64).reshape(n, outputs.shape[1] // spec.width, spec.width)
