"""Adam and its relatives, and the optimizer of a name."""

from __future__ import annotations

from typing import Any

from rnncomp._check import fail, nearest, shown
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.spec import OptimizerSpec
from rnncomp.nn.layer import check_flag
from rnncomp.training.optimizers import (
    SGD,
    Adagrad,
    Optimizer,
    RMSprop,
    above_zero,
    decay_of,
    share,
)


class Adam(Optimizer):
    """Adam with Keras's placement of epsilon and bias correction.

    Args:
        learning_rate: Step size, at least 0, or a LearningRateSchedule.
        beta_1: Decay of the first moment, in 0 .. 1 (1 excluded).
        beta_2: Decay of the second moment, in 0 .. 1 (1 excluded).
        epsilon: Added to the root of the second moment, above 0.
        amsgrad: Whether the largest second moment so far is used.
        weight_decay: Share of each weight lost in a step, for each unit of learning rate; at
            least 0, or None.
        clipnorm: Largest norm of each weight's gradient, above 0, or None.
        clipvalue: Largest size of each number of the gradient, above 0, or None.
        global_clipnorm: Largest norm of the whole gradient, above 0, or None; at most one of the
            three limits.
        name: For the summary and the saved file.
        **kwargs: None are known.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> Adam(0.01).learning_rate
        0.01
    """

    arguments = ("beta_1", "beta_2", "epsilon", "amsgrad", "weight_decay")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: Any = None,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: Any = None,
        loss_scale_factor: Any = None,
        gradient_accumulation_steps: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            OptimizerSpec(
                "adam",
                beta_1=share("beta_1", beta_1),
                beta_2=share("beta_2", beta_2),
                epsilon=above_zero("epsilon", epsilon),
                amsgrad=check_flag("amsgrad", amsgrad),
                weight_decay=decay_of(weight_decay),
            ),
            learning_rate,
            name,
            kwargs,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
        )


class AdamW(Adam):
    """Adam that also shrinks every weight a little in each step.

    Args:
        learning_rate: Step size, at least 0, or a LearningRateSchedule.
        beta_1: Decay of the first moment, in 0 .. 1 (1 excluded).
        beta_2: Decay of the second moment, in 0 .. 1 (1 excluded).
        epsilon: Added to the root of the second moment, above 0.
        amsgrad: Whether the largest second moment so far is used.
        weight_decay: Share of each weight lost in a step, for each unit of learning rate; at
            least 0, or None.
        clipnorm: Largest norm of each weight's gradient, above 0, or None.
        clipvalue: Largest size of each number of the gradient, above 0, or None.
        global_clipnorm: Largest norm of the whole gradient, above 0, or None; at most one of the
            three limits.
        name: For the summary and the saved file.
        **kwargs: None are known.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> AdamW().spec.weight_decay
        0.004
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: Any = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: Any = None,
        loss_scale_factor: Any = None,
        gradient_accumulation_steps: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )


class Nadam(Optimizer):
    """Adam with Nesterov's momentum, whose share grows over the first steps.

    Args:
        learning_rate: Step size, at least 0, or a LearningRateSchedule.
        beta_1: Decay of the first moment, in 0 .. 1 (1 excluded).
        beta_2: Decay of the second moment, in 0 .. 1 (1 excluded).
        epsilon: Added to the root of the second moment, above 0.
        weight_decay: Share of each weight lost in a step, for each unit of learning rate; at
            least 0, or None.
        clipnorm: Largest norm of each weight's gradient, above 0, or None.
        clipvalue: Largest size of each number of the gradient, above 0, or None.
        global_clipnorm: Largest norm of the whole gradient, above 0, or None; at most one of the
            three limits.
        name: For the summary and the saved file.
        **kwargs: None are known.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> Nadam().spec.slots
        ('momentum', 'velocity')
    """

    arguments = ("beta_1", "beta_2", "epsilon", "weight_decay")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: Any = None,
        clipnorm: Any = None,
        clipvalue: Any = None,
        global_clipnorm: Any = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: Any = None,
        loss_scale_factor: Any = None,
        gradient_accumulation_steps: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            OptimizerSpec(
                "nadam",
                beta_1=share("beta_1", beta_1),
                beta_2=share("beta_2", beta_2),
                epsilon=above_zero("epsilon", epsilon),
                weight_decay=decay_of(weight_decay),
            ),
            learning_rate,
            name,
            kwargs,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
        )


CLASSES: dict[str, type[Optimizer]] = {
    cls.__name__.lower(): cls for cls in (SGD, RMSprop, Adagrad, Adam, AdamW, Nadam)
}
OTHERS = "adadelta adafactor adamax ftrl lamb lion muon".split()  # noqa: SIM905


def get_optimizer(value: object) -> Optimizer:
    """Return the optimizer given by name or object.

    Raises:
        UnsupportedError: Keras has it, rnncomp does not.
        InvalidArgumentError: It is not known at all.
    """
    known = ", ".join(repr(name) for name in CLASSES)
    if isinstance(value, Optimizer):
        return value
    if isinstance(value, str) and value.lower() in CLASSES:
        make: Any = CLASSES[value.lower()]
        made: Optimizer = make()
        return made
    if not isinstance(value, str) or value.lower() in OTHERS:
        raise UnsupportedError(f"optimizer={shown(value)} is not supported; use one of {known}")
    raise fail("optimizer", f"one of {known}", value, nearest(value.lower(), CLASSES))
