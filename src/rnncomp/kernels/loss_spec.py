"""What the arithmetic is told about a loss or a metric: plain facts, no arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

LossKind = Literal[
    "mse",
    "mae",
    "mape",
    "msle",
    "huber",
    "log_cosh",
    "quantile",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "cosine_similarity",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "top_k_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    # By the shapes of targets and outputs one of those above, before anything is computed:
    "accuracy",
    "crossentropy",
]
Reduction = Literal[
    "sum_over_batch_size", "sum", "mean_with_sample_weight", "metric", "weighted_metric"
]


@dataclass(frozen=True)
class LossSpec:
    """One loss or metric: the error of a group of outputs, and how errors become one number.

    A group is what has one error and one weight: the outputs of one step of one sample. Its error
    is the mean over its outputs; for crossentropies and accuracies of classes, and for the cosine
    similarity, all outputs of a group give one number.

    Attributes:
        kind: The error; the kinds from cosine_similarity on are metrics, and cannot be minimised.
        reduction: Of a loss: the sum of weighted errors over the number of groups in the batch
            (``sum_over_batch_size``), the sum itself, or the sum over the sum of weights
            (``mean_with_sample_weight``). Of a metric: the mean over all groups, without weights
            (``metric``) or with them (``weighted_metric``).
        width: Outputs in a group; 0 for those of one step, the units of the last layer.
        delta: Where Huber's error turns from a square to a line.
        from_logits: Whether a crossentropy reads logits, not probabilities.
        label_smoothing: Share of a crossentropy's targets spread over all classes.
        quantiles: Levels of the quantile error; the outputs of a group hold, for each of its
            targets, one number a level.
        threshold: What a probability must exceed to say 1 (binary_accuracy).
        k: How many of the largest outputs may hold the class (top_k).
        root: Whether what is reported is the square root of the mean over all batches.
    """

    kind: LossKind = "mse"
    reduction: Reduction = "sum_over_batch_size"
    width: int = 0
    delta: float = 1.0
    from_logits: bool = False
    label_smoothing: float = 0.0
    quantiles: tuple[float, ...] = (0.5,)
    threshold: float = 0.5
    k: int = 5
    root: bool = False

    @property
    def sparse(self) -> bool:
        """Whether a target is the number of a class."""
        return self.kind.startswith("sparse")

    @property
    def classes(self) -> bool:
        """Whether the outputs of a group are one for each class."""
        return "categorical" in self.kind

    @property
    def is_metric(self) -> bool:
        """Whether it can only be reported: it has no gradient, or is no loss by its reduction."""
        return "accuracy" in self.kind or self.kind == "cosine_similarity"

    def target_width(self, width: int) -> int:
        """Return the numbers in the target of a group of `width` outputs."""
        if self.kind == "quantile":
            return width // len(self.quantiles)
        return 1 if self.sparse else width

    def of_width(self, width: int) -> LossSpec:
        """Return this loss with `width` outputs to a group, unless it has its own width."""
        return self if self.width else replace(self, width=width)
