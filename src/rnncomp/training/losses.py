"""Losses by Keras's names, and the quantile loss, which Keras lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rnncomp._check import fail, nearest, real, shown
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.training.measures import Measure, check_quantiles, check_reduction, crossentropy


class Loss(Measure):
    """Base of the losses.

    Args:
        spec: What is computed.
        reduction: ``sum_over_batch_size`` (or ``mean``): weighted errors over their number;
            ``sum``; or ``mean_with_sample_weight``: over the sum of the weights. None and
            ``none`` are refused.
        name: For messages.
        dtype: Refused unless None, ``float32`` or ``float64``; sums are always float64.
    """

    def __init__(self, spec: LossSpec, reduction: Any, name: Any, default: str, dtype: Any) -> None:
        kept = {**vars(spec), "reduction": check_reduction(type(self).__name__, reduction)}
        super().__init__(LossSpec(**kept), name, default, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this object again, in plain values."""
        return {**super().get_config(), "reduction": self.spec.reduction}


class MeanSquaredError(Loss):
    """The loss mean((y_true - y_pred) ** 2); arguments as in Loss.

    Example:
        >>> MeanSquaredError()([[1.0]], [[3.0]])
        4.0
    """

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(LossSpec("mse"), reduction, name, "mean_squared_error", dtype)


class MeanAbsoluteError(Loss):
    """The loss mean(abs(y_true - y_pred)); arguments as in Loss.

    Example:
        >>> MeanAbsoluteError()([[1.0]], [[3.0]])
        2.0
    """

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(LossSpec("mae"), reduction, name, "mean_absolute_error", dtype)


class MeanAbsolutePercentageError(Loss):
    """The loss 100 * mean(abs(y_true - y_pred) / max(abs(y_true), 1e-7)); arguments as in Loss.

    Example:
        >>> MeanAbsolutePercentageError()([[4.0]], [[3.0]])
        25.0
    """

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        default = "mean_absolute_percentage_error"
        super().__init__(LossSpec("mape"), reduction, name, default, dtype)


class MeanSquaredLogarithmicError(Loss):
    """The loss mean((log(y_true + 1) - log(y_pred + 1)) ** 2); arguments as in Loss.

    Numbers below 1e-7 count as 1e-7.

    Example:
        >>> MeanSquaredLogarithmicError()([[3.0]], [[3.0]])
        0.0
    """

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        default = "mean_squared_logarithmic_error"
        super().__init__(LossSpec("msle"), reduction, name, default, dtype)


class Huber(Loss):
    """Half the squared error up to `delta`, and a line from there; other arguments as in Loss.

    Args:
        delta: Where the square ends, above 0.

    Example:
        >>> Huber()([[0.0]], [[1.0]]), Huber()([[0.0]], [[3.0]])
        (0.5, 2.5)
    """

    options = ("delta",)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        spec = LossSpec("huber", delta=real("delta", delta, above=0.0))
        super().__init__(spec, reduction, name, "huber_loss", dtype)


class LogCosh(Loss):
    """The loss mean(log(cosh(y_pred - y_true))); arguments as in Loss.

    Example:
        >>> round(LogCosh()([[0.0]], [[1.0]]), 4)
        0.4338
    """

    def __init__(
        self,
        reduction: str = "sum_over_batch_size",
        name: str = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(LossSpec("log_cosh"), reduction, name, "log_cosh", dtype)


class QuantileLoss(Loss):
    """The pinball loss max(q * e, (q - 1) * e), e = y_true - y_pred; minimal at the quantile q.

    With Q levels the last layer has one unit for each target and level: for targets (N, H) its
    outputs are (N, H * Q), and ``outputs.reshape(N, H, Q)`` holds the levels of target h in order.

    Args:
        quantiles: One level between 0 and 1, or several in rising order.
        reduction: As in Loss, as are the others.
        name: For messages.
        dtype: As in Loss.

    Example:
        >>> QuantileLoss(0.75)([[1.0]], [[0.0]]), QuantileLoss(0.75)([[0.0]], [[1.0]])
        (0.75, 0.25)
        >>> QuantileLoss((0.1, 0.9))([[1.0]], [[0.0, 1.0]])
        0.05
    """

    options = ("quantiles",)

    def __init__(
        self,
        quantiles: float | Sequence[float] = 0.5,
        reduction: str = "sum_over_batch_size",
        name: str = "quantile_loss",
        dtype: Any = None,
    ) -> None:
        spec = LossSpec("quantile", quantiles=check_quantiles(quantiles))
        super().__init__(spec, reduction, name, "quantile_loss", dtype)


class BinaryCrossentropy(Loss):
    """The loss of labels 0 and 1 under the probabilities that the outputs say.

    Args:
        from_logits: Whether outputs are logits, not probabilities.
        label_smoothing: Share of each label that is moved to 0.5, within 0 .. 1.
        axis: Refused unless -1.
        reduction: As in Loss, as are the others.
        name: For messages.
        dtype: As in Loss.

    Example:
        >>> round(BinaryCrossentropy()([[1.0]], [[0.5]]), 4)
        0.6931
    """

    options = ("from_logits", "label_smoothing")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        spec = crossentropy(
            "binary_crossentropy",
            "BinaryCrossentropy",
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        super().__init__(spec, reduction, name, "binary_crossentropy", dtype)


class CategoricalCrossentropy(Loss):
    """The loss of one-hot labels under the probabilities of the classes.

    Args:
        from_logits: Whether outputs are logits, not probabilities.
        label_smoothing: Share of each label that is spread over all classes, within 0 .. 1.
        axis: Refused unless -1.
        reduction: As in Loss, as are the others.
        name: For messages.
        dtype: As in Loss.

    Example:
        >>> round(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]), 4)
        0.6931
    """

    options = ("from_logits", "label_smoothing")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        spec = crossentropy(
            "categorical_crossentropy",
            "CategoricalCrossentropy",
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        super().__init__(spec, reduction, name, "categorical_crossentropy", dtype)


class SparseCategoricalCrossentropy(Loss):
    """The loss of class numbers under the probabilities of the classes.

    Args:
        from_logits: Whether outputs are logits, not probabilities.
        ignore_class: Refused unless None.
        reduction: As in Loss, as are the others.
        axis: Refused unless -1.
        name: For messages.
        dtype: As in Loss.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]), 4)
        0.6931
    """

    options = ("from_logits",)

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        spec = crossentropy(
            "sparse_categorical_crossentropy",
            "SparseCategoricalCrossentropy",
            from_logits=from_logits,
            axis=axis,
            ignore_class=ignore_class,
        )
        super().__init__(spec, reduction, name, "sparse_categorical_crossentropy", dtype)


# Keras's strings: those of its functions and of its classes, and its short names.
NAMES: dict[str, LossSpec] = {
    **dict.fromkeys(("mse", "MSE", "mean_squared_error"), LossSpec("mse")),
    **dict.fromkeys(("mae", "MAE", "mean_absolute_error"), LossSpec("mae")),
    **dict.fromkeys(("mape", "MAPE", "mean_absolute_percentage_error"), LossSpec("mape")),
    **dict.fromkeys(("msle", "MSLE", "mean_squared_logarithmic_error"), LossSpec("msle")),
    "huber": LossSpec("huber"),
    "log_cosh": LossSpec("log_cosh"),
    **dict.fromkeys(("quantile_loss", "pinball"), LossSpec("quantile")),
    **dict.fromkeys(("bce", "BCE", "binary_crossentropy"), LossSpec("binary_crossentropy")),
    "categorical_crossentropy": LossSpec("categorical_crossentropy"),
    "sparse_categorical_crossentropy": LossSpec("sparse_categorical_crossentropy"),
    "crossentropy": LossSpec("crossentropy"),
    "ce": LossSpec("crossentropy"),
}
CLASSES = (
    MeanSquaredError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError,
    Huber,
    LogCosh,
    QuantileLoss,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
NAMES |= {cls.__name__: cls().spec for cls in CLASSES}

# Keras's other losses, refused by name.
OTHERS = frozenset(
    "binary_focal_crossentropy categorical_focal_crossentropy categorical_hinge circle "  # noqa: SIM905
    "cosine_similarity ctc dice hinge kl_divergence kld poisson squared_hinge tversky".split()
)


def get_loss(value: object) -> LossSpec:
    """Return what is minimised for a name or an object.

    Raises:
        UnsupportedError: Keras has it, rnncomp does not; or it is a function.
        InvalidArgumentError: It is not known at all.

    Example:
        >>> get_loss("mae").kind, get_loss(Huber(2.0)).delta
        ('mae', 2.0)
    """
    if isinstance(value, Loss):
        return value.spec
    if isinstance(value, type) and value in CLASSES:
        return NAMES[value.__name__]
    if isinstance(value, str) and (value in NAMES or value.lower() in ("crossentropy", "ce")):
        return NAMES[value if value in NAMES else value.lower()]
    names = sorted({spec.kind for spec in NAMES.values()})
    if callable(value) and not isinstance(value, Measure):
        raise UnsupportedError(
            f"loss={shown(value)} is not supported: the kernels are compiled, and call no function "
            "of Python; use a name or an object of rnncomp.keras.losses, such as Huber(1.0)"
        )
    if value is None or (isinstance(value, str) and snake(value) in OTHERS):
        raise UnsupportedError(f"loss={shown(value)} is not supported; use {' or '.join(names)}")
    raise fail("loss", "one of " + ", ".join(names), value, nearest(str(value), NAMES))


def loss_of(spec: LossSpec) -> Loss | str:
    """Return the object of a spec, or the name of one that shapes decide.

    Example:
        >>> loss_of(LossSpec("huber", delta=2.0)).get_config()
        {'name': 'huber_loss', 'delta': 2.0, 'reduction': 'sum_over_batch_size'}
    """
    for cls in CLASSES:
        if NAMES[cls.__name__].kind == spec.kind:
            make: Any = cls
            found: Loss = make(
                **{name: getattr(spec, name) for name in cls.options}, reduction=spec.reduction
            )
            return found
    return spec.kind


def snake(name: str) -> str:
    """Return a class name with underscores, where Keras sets them.

    Example:
        >>> snake("MeanSquaredError"), snake("SparseTopKCategoricalAccuracy"), snake("KLD")
        ('mean_squared_error', 'sparse_top_k_categorical_accuracy', 'kld')
    """
    words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()
