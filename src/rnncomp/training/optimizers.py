"""Optimizers with Keras's arguments: the base of all, SGD, RMSprop and Adagrad; more in adam.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

from rnncomp._check import fail, nearest, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.spec import OptimizerSpec
from rnncomp.nn.layer import check_flag, check_name
from rnncomp.nn.refused import ArgumentsOnce, refuse
from rnncomp.training.learning_rate import Rates
from rnncomp.training.schedules import deserialize, serialize

CLIPS: dict[str, Literal["value", "norm", "global_norm"]] = {
    "clipnorm": "norm",
    "clipvalue": "value",
    "global_clipnorm": "global_norm",
}


OLD_WORDS = {  # of Keras 2
    "lr": "use learning_rate",
    "decay": "pass a schedule, such as InverseTimeDecay, as learning_rate",
}


class Optimizer(Rates, ArgumentsOnce):
    """Base of all optimizers: a rule and a learning rate that may be changed while training.

    What is carried from batch to batch belongs to the model, so that one optimizer object may
    serve several models.

    Attributes:
        learning_rate: Step size of the next batch; may be set.
        iterations: Batches trained.
        spec: The rule.
        slot_start: What the numbers that the rule carries are before the first batch.
        arguments: Names of the numbers of `spec` that the constructor takes.
    """

    arguments: ClassVar[tuple[str, ...]]
    slot_start = 0.0
    changeable = ("learning_rate", "name")

    def __init__(
        self,
        spec: OptimizerSpec,
        learning_rate: Any,
        name: str | None,
        unknown: dict[str, Any],
        *,
        clipnorm: Any,
        clipvalue: Any,
        global_clipnorm: Any,
        **refused: Any,
    ) -> None:
        owner = type(self).__name__
        if unknown:
            word = next(iter(unknown))
            hint = OLD_WORDS.get(word) or nearest(word, (*self.arguments, "learning_rate", *CLIPS))
            raise InvalidArgumentError(f"{owner} has no argument {word!r}" + (hint and f"; {hint}"))
        refuse(owner, **refused)
        limits = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        self.spec = clipping(spec, limits)
        self.name = check_name(name) or owner.lower()
        self.learning_rate = learning_rate

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        own = {name: getattr(self.spec, name) for name in self.arguments}
        if self.spec.clip != "none":
            own[next(name for name in CLIPS if CLIPS[name] == self.spec.clip)] = self.spec.clip_at
        rate = serialize(self.schedule) if self.schedule else float(self.learning_rate)
        return {"learning_rate": rate, **own, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """Return the optimizer of a configuration; a schedule in it is made again."""
        make: Any = cls
        rate = config.get("learning_rate")
        made: Optimizer = make(
            **{**config, "learning_rate": deserialize(rate)} if isinstance(rate, dict) else config
        )
        return made

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def clipping(spec: OptimizerSpec, limits: dict[str, Any]) -> OptimizerSpec:
    """Return `spec` with the one limit that is not None, or raise InvalidArgumentError."""
    given = {name: value for name, value in limits.items() if value is not None}
    if len(given) > 1:
        raise fail(" and ".join(given), "at most one of them", list(given.values()))
    for name, value in given.items():
        return replace(spec, clip=CLIPS[name], clip_at=real(name, value, above=0.0))
    return spec


def share(name: str, value: Any) -> float:
    """Return a decay as a float in 0 .. 1, 1 excluded, or raise InvalidArgumentError."""
    return real(name, value, at_least=0.0, below=1.0)


def above_zero(name: str, value: Any) -> float:
    """Return a number above 0 as a float, or raise InvalidArgumentError."""
    return real(name, value, above=0.0)


def decay_of(value: Any) -> float:
    """Return weight_decay as a float, 0 for None, or raise InvalidArgumentError."""
    return 0.0 if value is None else real("weight_decay", value, at_least=0.0)


def momentum_of(value: Any) -> float:
    """Return momentum as a float in 0 .. 1, or raise InvalidArgumentError."""
    if real("momentum", value, at_least=0.0) > 1.0:
        raise fail("momentum", "a number in 0 .. 1", value)
    return float(value)


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Args:
        learning_rate: Step size, at least 0, or a LearningRateSchedule.
        momentum: Share of the last step kept, in 0 .. 1.
        nesterov: Whether the gradient step is applied beyond the momentum step.
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
        >>> SGD(momentum=0.9).spec.slots
        ('momentum',)
    """

    arguments = ("momentum", "nesterov", "weight_decay")

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
                "sgd",
                momentum=momentum_of(momentum),
                nesterov=check_flag("nesterov", nesterov),
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


class RMSprop(Optimizer):
    """Each weight moves by its gradient over its typical size of late.

    Args:
        learning_rate: Step size, at least 0, or a LearningRateSchedule.
        rho: Decay of the mean square, in 0 .. 1 (1 excluded).
        momentum: Share of the last step kept, in 0 .. 1.
        epsilon: Added to the mean square under the root, above 0.
        centered: Whether the square of the mean gradient is taken from the mean square.
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
        >>> RMSprop(centered=True).spec.slots
        ('velocity', 'average_gradient')
    """

    arguments = ("rho", "momentum", "epsilon", "centered", "weight_decay")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
                "rmsprop",
                rho=share("rho", rho),
                momentum=momentum_of(momentum),
                epsilon=above_zero("epsilon", epsilon),
                centered=check_flag("centered", centered),
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


class Adagrad(Optimizer):
    """Each weight moves by its gradient over the root of all its squares so far.

    Args:
        learning_rate: Step size, at least 0, or a LearningRateSchedule.
        initial_accumulator_value: What the sums of squares start from, at least 0.
        epsilon: Added to the sum under the root, above 0.
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
        >>> Adagrad().slot_start
        0.1
    """

    arguments = ("epsilon", "weight_decay")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
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
                "adagrad",
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
        start = real("initial_accumulator_value", initial_accumulator_value, at_least=0.0)
        self.slot_start = start

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        return {**super().get_config(), "initial_accumulator_value": self.slot_start}
