"""What losses and metrics share: their arguments, their shapes, and their means over data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail, integer, one_of, real, shown
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.loss_spec import LossKind, LossSpec, Reduction
from rnncomp.kernels.reference.losses import errors, group_weights, masked, reported
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.nn.arrays import numbers
from rnncomp.nn.layer import check_dtype, check_flag, check_name
from rnncomp.nn.masks import output_mask
from rnncomp.nn.refused import refuse
from rnncomp.samples import FloatArray, Samples

ROWS = 65_536  # that errors are summed over at a time


class Measure:
    """Base of the loss and metric objects; `spec` says what the kernels compute."""

    spec: LossSpec
    options: ClassVar[tuple[str, ...]] = ()  # arguments that are fields of the spec

    def __init__(self, spec: LossSpec, name: Any, default_name: str, dtype: Any) -> None:
        self.spec = spec
        self.name = check_name(name) or default_name
        check_dtype(type(self).__name__, dtype)

    def __call__(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the value for one batch.

        Args:
            y_true: Targets, shape (N, ...).
            y_pred: Outputs, shape (N, U), (N, T, U), or (N,).
            sample_weight: Weights, shape (N,) or (N, T); a metric of ``metrics`` has none, so an
                object that is called reads them.
        """
        y = np.asarray(y_pred)
        dtype = y.dtype if y.dtype in (np.float32, np.float64) else np.dtype(np.float64)
        outputs = numbers("y_pred", y, dtype)
        outputs = outputs[:, None] if outputs.ndim == 1 else outputs
        targets = numbers("y_true", y_true, dtype)
        given = self.spec
        if given.reduction == "metric" and sample_weight is not None:
            given = replace(given, reduction="weighted_metric")
        n, units = len(outputs), outputs.shape[-1]
        flat = np.ascontiguousarray(outputs).reshape(n, -1)
        weights = None
        if sample_weight is not None:
            steps = flat.shape[1] // units
            weights = check_weights(numbers("sample_weight", sample_weight, dtype), n, steps)
        spec = fitted(given, targets.shape, outputs.shape, per_step=_per_step(weights))
        samples = Samples(flat, range(n), 1, targets.reshape(n, -1), weights)
        check_targets((spec,), samples)
        return means((spec,), samples, flat, None, max(n, 1))[0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this object again, in plain values."""
        return {"name": self.name, **{name: getattr(self.spec, name) for name in self.options}}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


# Arguments


def check_reduction(owner: str, reduction: object) -> Any:
    """Return a loss's reduction as the kernels name it; ``mean`` is sum_over_batch_size."""
    if reduction is None or reduction == "none":
        raise UnsupportedError(
            f"{owner} does not support reduction={shown(reduction)}; "
            "use 'sum_over_batch_size', the mean, or 'sum'"
        )
    names = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight")
    name = one_of("reduction", reduction, names)
    return "sum_over_batch_size" if name == "mean" else name


def crossentropy(
    kind: LossKind,
    owner: str,
    *,
    from_logits: object,
    label_smoothing: object = 0.0,
    axis: object = -1,
    **refused: Any,
) -> LossSpec:
    """Return the spec of a crossentropy from Keras's arguments, checked."""
    refuse(owner, axis=axis, **refused)
    smoothing = real("label_smoothing", label_smoothing, at_least=0.0)
    if smoothing > 1:
        raise fail("label_smoothing", "within 0 .. 1", label_smoothing)
    logits = check_flag("from_logits", from_logits)
    return LossSpec(kind, from_logits=logits, label_smoothing=smoothing)


def check_quantiles(quantiles: object) -> tuple[float, ...]:
    """Return one level or several, each between 0 and 1, as a rising tuple."""
    rule = "a level between 0 and 1, or several in rising order"
    given = quantiles if isinstance(quantiles, (list, tuple, np.ndarray)) else [quantiles]
    levels = tuple(real("quantiles", q, above=0.0, below=1.0) for q in given)
    if not levels or any(low >= high for low, high in pairwise(levels)):
        raise fail("quantiles", rule, quantiles, "for example (0.1, 0.5, 0.9)")
    return levels


def metric(spec: LossSpec) -> LossSpec:
    """Return `spec` reported as a metric."""
    return replace(spec, reduction="metric")


def top_k(
    kind: Literal["top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"], k: object
) -> LossSpec:
    """Return the spec of an accuracy among the k best."""
    return metric(LossSpec(kind, k=integer("k", k)))


def check_loss(spec: LossSpec, *, metric: bool) -> None:
    """Raise unless the fields of a spec from a file are those of a loss, or of a metric."""
    kinds, reductions = get_args(LossKind), get_args(Reduction)
    one_of("loss", spec.kind, kinds)
    one_of("reduction", spec.reduction, reductions[3:] if metric else reductions[:3])
    if spec.is_metric and not metric:
        raise fail("loss", "no metric", spec.kind)
    real("delta", spec.delta, above=0.0)
    check_flag("from_logits", spec.from_logits)
    check_flag("root", spec.root)
    real("label_smoothing", spec.label_smoothing, at_least=0.0, below=1.0 + 1e-9)
    check_quantiles(spec.quantiles)
    real("threshold", spec.threshold)
    integer("k", spec.k)
    if spec.width != 0:
        raise fail("width", "0 in a file: it follows from the data", spec.width)


# Shapes


def fitted(
    spec: LossSpec,
    y_shape: Sequence[int],
    output_shape: Sequence[int],
    *,
    per_step: bool = False,
) -> LossSpec:
    """Return `spec` for outputs and targets of these shapes, as Keras resolves it.

    ``accuracy`` and ``crossentropy`` become the binary, categorical or sparse ones.

    Args:
        spec: A loss or metric.
        y_shape: Shape of the targets, (N, ...).
        output_shape: Shape of the outputs, (N, U) or (N, T, U).
        per_step: Whether each step has a weight of its own.
    """
    units = output_shape[-1]
    if spec.kind in ("accuracy", "crossentropy"):
        spec = replace(spec, kind=_by_shape(spec.kind, y_shape, output_shape))
    width = units
    # Targets (N, T) for outputs (N, T, 1): Keras takes the axis of the outputs away, so that all
    # steps are one group.
    if not spec.classes and units == 1 and not per_step and len(y_shape) == len(output_shape) - 1:
        width = math.prod(output_shape[1:])
    if spec.kind == "quantile" and units % len(spec.quantiles):
        n = len(spec.quantiles)
        rule = f"a multiple of the {n} quantiles: one for each quantile and target"
        raise fail("units of the last layer", rule, units, f"use Dense({n})")
    return spec.of_width(width)


def check_targets(specs: Sequence[LossSpec], samples: Samples) -> None:
    """Raise unless the targets are what loss and metrics read, class numbers within their range.

    `specs` are fitted; `samples` have targets of shape (N, numbers).
    """
    assert samples.targets is not None
    n, found = samples.targets.shape
    for spec in specs:
        groups = found // spec.target_width(spec.width)
        if not spec.sparse or not groups:
            continue
        numbers_found = samples.targets
        if np.any(numbers_found != np.floor(numbers_found)) or (
            n and not (numbers_found.min() >= 0 and numbers_found.max() < spec.width)
        ):
            least, most = float(numbers_found.min()), float(numbers_found.max())
            rule = f"class numbers 0 .. {spec.width - 1} for {spec.kind}"
            hint = "the first class is 0; the last layer needs a unit for each"
            raise fail("y", rule, f"{least:g} .. {most:g}", hint)


def check_shapes(specs: Sequence[LossSpec], samples: Samples, outputs: int) -> None:
    """Raise unless the targets have the numbers that loss (the first) and metrics read."""
    assert samples.targets is not None
    n, found = samples.targets.shape
    for k, spec in enumerate(specs):
        wanted = outputs // spec.width * spec.target_width(spec.width)
        if found != wanted and k == 0 and wanted == outputs:
            raise fail("y", f"of shape ({n}, {outputs}), what the last layer gives", (n, found))
        if found != wanted:
            owner = "loss" if k == 0 else "metric"
            rule = f"of {wanted} numbers a sample, as the {owner} {spec.kind} reads them"
            raise fail("y", rule, found)


def check_weights(weights: FloatArray, n: int, steps: int) -> FloatArray:
    """Return sample weights as (N,) or, one a step of the output, (N, T)."""
    if weights.ndim == 3 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.ndim == 2 and weights.shape[1] == 1:
        weights = weights[:, 0]
    if weights.shape not in ((n,), (n, steps)):
        rule = f"of shape ({n},)" + (f" or ({n}, {steps})" if steps > 1 else "")
        raise fail("sample_weight", rule, weights.shape)
    if not np.isfinite(weights).all():
        raise fail("sample_weight", "finite numbers", "NaN or infinity")
    return weights


def _per_step(weights: FloatArray | None) -> bool:
    return weights is not None and weights.ndim == 2


def _by_shape(
    kind: str, y_shape: Sequence[int], output_shape: Sequence[int]
) -> Literal[
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]:
    accuracy = kind == "accuracy"
    if output_shape[-1] == 1:
        return "binary_accuracy" if accuracy else "binary_crossentropy"
    if len(y_shape) < len(output_shape) or y_shape[-1] == 1:
        return "sparse_categorical_accuracy" if accuracy else "sparse_categorical_crossentropy"
    return "categorical_accuracy" if accuracy else "categorical_crossentropy"


# Means


def means(
    specs: Sequence[LossSpec],
    samples: Samples,
    outputs: FloatArray,
    network: NetworkSpec | None,
    batch_size: int,
) -> list[float]:
    """Return loss and metrics for the first ``len(outputs)`` samples, batch by batch as Keras.

    Args:
        specs: Fitted losses and metrics.
        samples: Their targets and weights are read.
        outputs: Shape (N, O).
        network: May mask steps of the outputs; None for outputs of nobody knows what.
        batch_size: Matters to reductions that divide by something else than the samples.
    """
    return finished(specs, sums(specs, samples, outputs, network, batch_size))


def sums(
    specs: Sequence[LossSpec],
    samples: Samples,
    outputs: FloatArray,
    network: NetworkSpec | None,
    batch_size: int,
    first: int = 0,
) -> NDArray[np.float64]:
    """Return the sums and weights (specs, 2) that `means` divides, from sample `first` on."""
    assert samples.targets is not None
    n, report = len(outputs), np.zeros((len(specs), 2))
    masks = network is not None and network.masked
    by_batch = masks or any(s.reduction in BY_BATCH for s in specs)
    size = batch_size if by_batch else max(ROWS, batch_size)
    for start in range(first, n, size):
        rows = slice(start, min(start + size, n))
        weights = None if samples.weights is None else samples.weights[rows]
        mask = output_mask(network, samples.take(rows)) if masks and network else None
        for k, spec in enumerate(specs):
            found = errors(spec, samples.targets[rows], outputs[rows], outputs.dtype)
            each = group_weights(weights, *found.shape)
            each = masked(spec, each, mask)
            report[k] += reported(spec, found, each)
    return report


BY_BATCH = ("sum", "mean_with_sample_weight")


def finished(specs: Sequence[LossSpec], report: NDArray[np.float64]) -> list[float]:
    """Return the values of sums and weights (specs, 2); no weight at all gives 0, as in Keras."""
    values = []
    for spec, (total, weight) in zip(specs, report.tolist(), strict=True):
        value = total / weight if weight else 0.0 * total
        values.append(math.sqrt(value) if spec.root else value)
    return values
