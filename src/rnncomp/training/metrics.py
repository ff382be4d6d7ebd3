"""Metrics by Keras's names, reported beside the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rnncomp._check import fail, nearest, real, shown
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.nn.refused import refuse
from rnncomp.training.losses import snake
from rnncomp.training.measures import Measure, check_quantiles, crossentropy, metric, top_k


class Metric(Measure):
    """Base of the metrics.

    Args:
        spec: What is computed.
        name: Its key in the history.
        dtype: Refused unless None, ``float32`` or ``float64``; sums are always float64.
    """

    def __init__(self, spec: LossSpec, name: Any, default: str, dtype: Any) -> None:
        super().__init__(metric(spec), name, default, dtype)


class MeanSquaredError(Metric):
    """The metric mean((y_true - y_pred) ** 2); arguments as in Metric."""

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(LossSpec("mse"), name, "mean_squared_error", dtype)


class RootMeanSquaredError(Metric):
    """The root of the mean squared error over all samples; arguments as in Metric.

    Example:
        >>> RootMeanSquaredError()([[1.0], [1.0]], [[3.0], [1.0]]) ** 2
        2.0000000000000004
    """

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(LossSpec("mse", root=True), name, "root_mean_squared_error", dtype)


class MeanAbsoluteError(Metric):
    """The metric mean(abs(y_true - y_pred)); arguments as in Metric."""

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(LossSpec("mae"), name, "mean_absolute_error", dtype)


class MeanAbsolutePercentageError(Metric):
    """The metric 100 * mean(abs(y_true - y_pred) / max(abs(y_true), 1e-7)); see Metric."""

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(LossSpec("mape"), name, "mean_absolute_percentage_error", dtype)


class MeanSquaredLogarithmicError(Metric):
    """The metric mean((log(y_true + 1) - log(y_pred + 1)) ** 2); arguments as in Metric."""

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(LossSpec("msle"), name, "mean_squared_logarithmic_error", dtype)


class LogCoshError(Metric):
    """The metric mean(log(cosh(y_pred - y_true))); arguments as in Metric."""

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(LossSpec("log_cosh"), name, "logcosh", dtype)


class QuantileLoss(Metric):
    """The quantile loss as a metric; see the loss of that name.

    Args:
        quantiles: One level between 0 and 1, or several in rising order.
        name: Its key in the history.
        dtype: As in Metric.
    """

    options = ("quantiles",)

    def __init__(
        self,
        quantiles: float | Sequence[float] = 0.5,
        name: str = "quantile_loss",
        dtype: Any = None,
    ) -> None:
        spec = LossSpec("quantile", quantiles=check_quantiles(quantiles))
        super().__init__(spec, name, "quantile_loss", dtype)


class CosineSimilarity(Metric):
    """The cosine of the angle between targets and outputs of a step; higher is better.

    Args:
        name: Its key in the history.
        dtype: As in Metric.
        axis: Refused unless -1.
    """

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        refuse("CosineSimilarity", axis=axis)
        super().__init__(LossSpec("cosine_similarity"), name, "cosine_similarity", dtype)


class BinaryAccuracy(Metric):
    """The share of outputs on the right side of `threshold`, for targets 0 and 1.

    Args:
        name: Its key in the history.
        dtype: As in Metric.
        threshold: What an output must exceed to say 1.

    Example:
        >>> BinaryAccuracy()([[1.0], [0.0]], [[0.7], [0.6]])
        0.5
    """

    options = ("threshold",)

    def __init__(
        self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        spec = LossSpec("binary_accuracy", threshold=real("threshold", threshold))
        super().__init__(spec, name, "binary_accuracy", dtype)


class CategoricalAccuracy(Metric):
    """The share of one-hot targets whose class has the largest output; see Metric."""

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(LossSpec("categorical_accuracy"), name, "categorical_accuracy", dtype)


class SparseCategoricalAccuracy(Metric):
    """The share of class numbers that have the largest output; arguments as in Metric."""

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        spec = LossSpec("sparse_categorical_accuracy")
        super().__init__(spec, name, "sparse_categorical_accuracy", dtype)


class TopKCategoricalAccuracy(Metric):
    """The share of one-hot targets whose class has one of the `k` largest outputs.

    Args:
        k: How many of the largest outputs count.
        name: As in Metric, as are the others.
    """

    options = ("k",)

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(
            top_k("top_k_categorical_accuracy", k), name, "top_k_categorical_accuracy", dtype
        )


class SparseTopKCategoricalAccuracy(Metric):
    """The share of class numbers that have one of the `k` largest outputs.

    Args:
        k: How many of the largest outputs count.
        name: As in Metric, as are the others.
    """

    options = ("k",)

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        refuse("SparseTopKCategoricalAccuracy", from_sorted_ids=from_sorted_ids)
        default = "sparse_top_k_categorical_accuracy"
        super().__init__(top_k("sparse_top_k_categorical_accuracy", k), name, default, dtype)


class BinaryCrossentropy(Metric):
    """The loss of that name as a metric.

    Args:
        from_logits: Whether outputs are logits, not probabilities.
        label_smoothing: Share of each label that is moved to 0.5, within 0 .. 1.
        name: As in Metric, as are the others.
    """

    options = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        kind = "binary_crossentropy"
        spec = crossentropy(
            "binary_crossentropy",
            "BinaryCrossentropy",
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        super().__init__(spec, name, kind, dtype)


class CategoricalCrossentropy(Metric):
    """The loss of that name as a metric.

    Args:
        from_logits: Whether outputs are logits, not probabilities.
        label_smoothing: Share of each label that is spread over all classes, within 0 .. 1.
        name: As in Metric, as are the others.
    """

    options = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        spec = crossentropy(
            "categorical_crossentropy",
            "CategoricalCrossentropy",
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        super().__init__(spec, name, "categorical_crossentropy", dtype)


class SparseCategoricalCrossentropy(Metric):
    """The loss of that name as a metric.

    Args:
        from_logits: Whether outputs are logits, not probabilities.
        name: As in Metric, as are the others.
    """

    options = ("from_logits",)

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        spec = crossentropy(
            "sparse_categorical_crossentropy",
            "SparseCategoricalCrossentropy",
            from_logits=from_logits,
            axis=axis,
            ignore_class=ignore_class,
        )
        super().__init__(spec, name, "sparse_categorical_crossentropy", dtype)


CLASSES = (
    MeanSquaredError,
    RootMeanSquaredError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    LogCoshError,
    QuantileLoss,
    CosineSimilarity,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
NAMES: dict[str, LossSpec] = {
    **{cls.__name__: cls().spec for cls in CLASSES},
    **{snake(cls.__name__): cls().spec for cls in CLASSES},
    **dict.fromkeys(("mse", "MSE"), metric(LossSpec("mse"))),
    **dict.fromkeys(("mae", "MAE"), metric(LossSpec("mae"))),
    **dict.fromkeys(("mape", "MAPE"), metric(LossSpec("mape"))),
    **dict.fromkeys(("msle", "MSLE"), metric(LossSpec("msle"))),
    **dict.fromkeys(("bce", "BCE"), metric(LossSpec("binary_crossentropy"))),
    **dict.fromkeys(("accuracy", "acc"), metric(LossSpec("accuracy"))),
}

# Keras's other metrics, refused by name.
OTHERS = frozenset(
    "auc binary_io_u categorical_hinge concordance_correlation f1_score f_beta_score "  # noqa: SIM905
    "false_negatives false_positives hinge io_u kl_divergence kld mean mean_io_u "
    "mean_metric_wrapper metric one_hot_io_u one_hot_mean_io_u pearson_correlation poisson "
    "precision precision_at_recall r2_score recall recall_at_precision "
    "sensitivity_at_specificity specificity_at_sensitivity squared_hinge sum true_negatives "
    "true_positives".split()
)


def get_metrics(metrics: object, weighted: object = None) -> list[tuple[str, LossSpec]]:
    """Return (key in the history, what it is) of each metric; equal keys are told apart.

    Example:
        >>> [(key, spec.kind) for key, spec in get_metrics(["mae", "MeanSquaredError"], ["mae"])]
        [('mae', 'mae'), ('MeanSquaredError', 'mse'), ('weighted_mae', 'mae')]
    """
    found: list[tuple[str, LossSpec]] = []
    for name, spec in _listed("metrics", metrics):
        taken = [key for key, _ in found]
        copies = [name, *(f"{name}_{n}" for n in range(1, len(taken) + 1))]
        found.append((next(key for key in copies if key not in taken), spec))
    for name, spec in _listed("weighted_metrics", weighted):
        taken = [key for key, _ in found]
        copies = [name, f"weighted_{name}"]
        copies += [f"weighted_{name}_{n}" for n in range(1, len(taken) + 1)]
        key = next(key for key in copies if key not in taken)
        found.append((key, replace(spec, reduction="weighted_metric")))
    return found


def metric_of(name: str, spec: LossSpec) -> Metric | str:
    """Return the object of a metric's key and spec, or the key of one that shapes decide.

    Example:
        >>> metric_of("hits", LossSpec("binary_accuracy", "metric", threshold=0.75)).get_config()
        {'name': 'hits', 'threshold': 0.75}
    """
    for cls in CLASSES:
        usual = NAMES[cls.__name__]
        if (usual.kind, usual.root) == (spec.kind, spec.root):
            make: Any = cls
            found: Metric = make(name=name, **{o: getattr(spec, o) for o in cls.options})
            return found
    return name


def rises(spec: LossSpec) -> bool:
    """Whether higher is better.

    Example:
        >>> rises(LossSpec("mse")), rises(LossSpec("binary_accuracy"))
        (False, True)
    """
    return spec.is_metric


def _listed(argument: str, value: object) -> list[tuple[str, LossSpec]]:
    if value is None:
        return []
    if isinstance(value, (str, Measure)):
        raise fail(argument, "a list", value, f"pass {argument}=[{shown(value)}]")
    if not isinstance(value, Sequence):
        raise fail(argument, "a list of names or metric objects", value)
    return [_find(argument, item) for item in value]


def _find(argument: str, value: object) -> tuple[str, LossSpec]:
    if isinstance(value, type) and value in CLASSES:
        value = value()
    if isinstance(value, Metric):
        return value.name, value.spec
    if isinstance(value, str) and (value in NAMES or value.lower() in ("accuracy", "acc")):
        return value, NAMES[value if value in NAMES else value.lower()]
    if isinstance(value, Measure):
        name = type(value).__name__
        raise fail(argument, "a list of metrics", value, f"pass rnncomp.keras.metrics.{name}()")
    if callable(value):
        raise UnsupportedError(
            f"{argument}={shown(value)} is not supported: the kernels are compiled, and call no "
            "function of Python; use a name or an object of rnncomp.keras.metrics"
        )
    names = sorted({snake(name) for name in NAMES if not name.isupper()})
    known = f"the metrics are {', '.join(names)}"
    if value is None or not isinstance(value, str) or snake(value) in OTHERS:
        raise UnsupportedError(f"{argument}={shown(value)} is not supported; {known}")
    raise fail(argument, "a list of metrics", value, nearest(value, NAMES) or known)
