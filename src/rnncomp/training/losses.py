"""Losses and metrics by Keras's names: mean squared error and mean absolute error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import fail, nearest, shown
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.engine import Loss
from rnncomp.nn.layer import check_dtype, check_name
from rnncomp.samples import FloatArray

NAMES: dict[str, Loss] = {
    "mse": "mse",
    "MSE": "mse",
    "mean_squared_error": "mse",
    "MeanSquaredError": "mse",
    "mae": "mae",
    "MAE": "mae",
    "mean_absolute_error": "mae",
    "MeanAbsoluteError": "mae",
}

LONG_NAMES: dict[Loss, str] = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}

# Keras's other losses and metrics, refused by name.
OTHERS = frozenset(
    "accuracy acc auc binary_accuracy binary_crossentropy categorical_accuracy "  # noqa: SIM905
    "categorical_crossentropy cosine_similarity crossentropy hinge huber kl_divergence "
    "log_cosh logcosh mape mean_absolute_percentage_error mean_squared_logarithmic_error msle "
    "poisson precision r2_score recall rmse root_mean_squared_error "
    "sparse_categorical_accuracy sparse_categorical_crossentropy squared_hinge tversky".split()
)

BLOCK = 65_536  # rows that an error is summed over at a time


class _Measure:
    """Base of the loss and metric objects."""

    kind: ClassVar[Loss]

    def __init__(self, name: Any, dtype: Any) -> None:
        self.name = check_name(name) or LONG_NAMES[self.kind]
        check_dtype(type(self).__name__, dtype)

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike) -> float:
        """Return the mean error over all samples and outputs."""
        return mean_errors([self.kind], np.asarray(y_true), np.asarray(y_pred))[self.kind]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class MeanSquaredError(_Measure):
    """The loss mean((y_true - y_pred) ** 2), with Keras's arguments.

    Args:
        reduction: ``sum_over_batch_size``, the mean; others are refused.
        name: For messages.
        dtype: Refused unless None, ``float32`` or ``float64``; sums are always float64.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        4.0
    """

    kind = "mse"

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        _check_reduction("MeanSquaredError", reduction)
        super().__init__(name, dtype)


class MeanAbsoluteError(_Measure):
    """The loss mean(abs(y_true - y_pred)), with Keras's arguments.

    Args:
        reduction: ``sum_over_batch_size``, the mean; others are refused.
        name: For messages.
        dtype: Refused unless None, ``float32`` or ``float64``; sums are always float64.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        2.0
    """

    kind = "mae"

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        _check_reduction("MeanAbsoluteError", reduction)
        super().__init__(name, dtype)


class MeanSquaredErrorMetric(_Measure):
    """The metric mean((y_true - y_pred) ** 2); `name` is its key in the history."""

    kind = "mse"

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class MeanAbsoluteErrorMetric(_Measure):
    """The metric mean(abs(y_true - y_pred)); `name` is its key in the history."""

    kind = "mae"

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


def get_loss(value: object) -> Loss:
    """Return the loss given by name or object.

    Raises:
        UnsupportedError: Keras has it, rnncomp does not.
        InvalidArgumentError: It is not known at all.
    """
    return _find("loss", value)[1]


def get_metrics(value: object) -> list[tuple[str, Loss]]:
    """Return (key in the history, what it is) of each metric; equal keys get a number.

    Example:
        >>> get_metrics(["mae", "mean_squared_error"])
        [('mae', 'mae'), ('mean_squared_error', 'mse')]
    """
    if value is None:
        return []
    if isinstance(value, (str, _Measure)):
        raise fail("metrics", "a list", value, f"pass metrics=[{shown(value)}]")
    if not isinstance(value, Sequence):
        raise fail("metrics", "a list of names or metric objects", value)
    found: list[tuple[str, Loss]] = []
    for item in value:
        key, kind = _find("metrics", item)
        taken = [name for name, _ in found]
        copies = [key, *(f"{key}_{n}" for n in range(1, len(taken) + 1))]
        found.append((next(copy for copy in copies if copy not in taken), kind))
    return found


def mean_errors(
    kinds: Collection[Loss], y_true: FloatArray, y_pred: FloatArray
) -> dict[Loss, float]:
    """Return mean errors over two arrays of equal shape, summed in float64."""
    totals = dict.fromkeys(kinds, 0.0)
    for start in range(0, len(y_true), BLOCK):
        rows = slice(start, start + BLOCK)
        difference = np.subtract(y_true[rows], y_pred[rows], dtype=np.float64)
        for kind in kinds:
            totals[kind] += float((np.square if kind == "mse" else np.abs)(difference).sum())
    return {kind: total / y_true.size for kind, total in totals.items()}


def _check_reduction(owner: str, reduction: object) -> None:
    means = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
    if reduction not in means:
        raise UnsupportedError(
            f"{owner} does not support reduction={shown(reduction)}; "
            "use 'sum_over_batch_size', the mean"
        )


def _find(argument: str, value: object) -> tuple[str, Loss]:
    if isinstance(value, _Measure):
        return value.name, value.kind
    if isinstance(value, str) and value in NAMES:
        kind = NAMES[value]
        return value if value.lower() == kind else LONG_NAMES[kind], kind
    names = ["mse", "mae", "mean_squared_error", "mean_absolute_error"]
    if value is None or not isinstance(value, str) or _snake(value) in OTHERS:
        raise UnsupportedError(
            f"{argument}={shown(value)} is not supported; use {' or '.join(names)}"
        )
    raise fail(argument, "one of " + ", ".join(names), value, nearest(value, names))


def _snake(name: str) -> str:
    if name.islower() or name.isupper():
        return name.lower()
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
