"""Supervised: samples with targets and weights, and what outputs for them are measured by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnncomp._check import fail, integer, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.nn.arrays import numbers
from rnncomp.samples import FloatArray, Samples
from rnncomp.training.measures import check_shapes, check_targets, check_weights, fitted


@dataclass(frozen=True)
class Supervised:
    """Samples with targets, and the loss and the metrics as they fit their shapes.

    Attributes:
        samples: Windows, targets and weights.
        specs: The loss, then the metrics.
    """

    samples: Samples
    specs: tuple[LossSpec, ...]

    def __len__(self) -> int:
        """Return the number of samples N."""
        return len(self.samples)

    def take(self, rows: slice) -> Supervised:
        """Return the samples at `rows`, measured alike."""
        return replace(self, samples=self.samples.take(rows))


def supervise(
    specs: Sequence[LossSpec],
    samples: Samples,
    y: Any,
    output_shape: Sequence[int],
    *,
    masked: bool = False,
    sample_weight: Any = None,
    class_weight: Any = None,
) -> Supervised:
    """Return `samples` with their weights, and `specs` as they fit; errors name the argument.

    Args:
        specs: The loss, then the metrics, as compiled.
        samples: With targets, shape (N, numbers).
        y: The targets as they were given; None if they came in Samples.
        output_shape: Shape of one sample's output, (U,) or (T, U).
        masked: Whether steps of the output may be masked: each then has an error of its own.
        sample_weight: Weights, shape (N,), or (N, T) for each step; None for 1.
        class_weight: Class number to weight; a class that is missing weighs 1.

    Raises:
        InvalidArgumentError: Targets or weights do not fit the network, the loss or a metric.
    """
    n, steps = len(samples), math.prod(output_shape[:-1])
    assert samples.targets is not None
    y_shape = np.shape(y) if y is not None else _shape_of(samples, output_shape)
    if sample_weight is not None or class_weight is not None:
        weights = _weights(samples, y, output_shape, sample_weight, class_weight)
        samples = replace(samples, weights=check_weights(weights, n, steps))
    elif samples.weights is not None:
        samples = replace(samples, weights=check_weights(samples.weights, n, steps))
    per_step = masked or (samples.weights is not None and samples.weights.ndim == 2)
    found = tuple(fitted(spec, y_shape, (n, *output_shape), per_step=per_step) for spec in specs)
    check_shapes(found, samples, math.prod(output_shape))
    check_targets(found, samples)
    return Supervised(samples, found)


def parts_of(data: Any) -> tuple[Any, ...]:
    """Return `validation_data` as x, y and, if given, weights."""
    if isinstance(data, Samples):
        return data, None
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        rule = "(x, y), (x, y, sample_weight) or Samples"
        raise fail("validation_data", rule, type(data).__name__)
    return tuple(data)


def _shape_of(samples: Samples, output_shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of targets that came flat: as the outputs, or one class number a step."""
    assert samples.targets is not None
    n, found = samples.targets.shape
    whole = found == math.prod(output_shape)
    return (n, *output_shape) if whole else (n, *output_shape[:-1])


def _weights(
    samples: Samples, y: Any, output_shape: Sequence[int], sample_weight: Any, class_weight: Any
) -> FloatArray:
    dtype = samples.base.dtype
    if sample_weight is not None and class_weight is not None:
        raise InvalidArgumentError(
            "class_weight and sample_weight cannot both be given; multiply them into sample_weight"
        )
    if samples.weights is not None:
        raise InvalidArgumentError("the Samples have weights already; pass no others")
    if sample_weight is not None:
        return numbers("sample_weight", sample_weight, dtype)
    if len(output_shape) > 1:
        hint = "pass sample_weight of shape (N, T)"
        raise fail("class_weight", "None where every step has a class", class_weight, hint)
    return class_weights(class_weight, samples, dtype)


def class_weights(
    class_weight: object, samples: Samples, dtype: np.dtype[np.floating]
) -> FloatArray:
    """Return the weight of each sample's class, shape (N,)."""
    assert samples.targets is not None
    hint = "pass for example {0: 1.0, 1: 2.5}"
    if not isinstance(class_weight, Mapping):
        raise fail("class_weight", "a dict of class number to weight", class_weight, hint)
    table = {
        integer("class number in class_weight", key, at_least=0, hint=hint): real(
            f"class_weight[{key}]", value, hint=hint
        )
        for key, value in class_weight.items()
    }
    targets = samples.targets
    one_hot = targets.shape[1] > 1
    classes = targets.argmax(axis=1) if one_hot else np.round(targets[:, 0]).astype(np.int64)
    found, where = np.unique(classes, return_inverse=True)
    return np.array([table.get(int(c), 1.0) for c in found], dtype)[where]
