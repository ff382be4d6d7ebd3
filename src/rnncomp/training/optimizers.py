"""Optimizers with Keras's arguments: Adam and SGD."""

from __future__ import annotations

from typing import Any, ClassVar

from rnncomp._check import fail, nearest, real, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels.spec import OptimizerSpec
from rnncomp.nn.layer import check_flag, check_name
from rnncomp.nn.refused import refuse


class Optimizer:
    """Base of Adam and SGD: a rule and a learning rate that may be changed while training.

    What is carried from batch to batch belongs to the model, so that one optimizer object may
    serve several models.
    """

    kind: ClassVar[str]
    spec: OptimizerSpec

    def __init__(self, learning_rate: Any, name: str | None, refused: dict[str, Any]) -> None:
        owner = type(self).__name__
        unknown = refused.pop("kwargs", {})
        if unknown:
            raise InvalidArgumentError(f"{owner} has no argument {next(iter(unknown))!r}")
        refuse(owner, **refused)
        self.name = check_name(name) or self.kind
        self.learning_rate = learning_rate

    @property
    def learning_rate(self) -> float:
        """Step size; callbacks may set it, the next native call uses it."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value) or hasattr(value, "get_config"):
            raise UnsupportedError(
                f"{type(self).__name__} does not support a learning rate schedule, got "
                f"{shown(value)}; set optimizer.learning_rate in a callback's on_epoch_begin"
            )
        hint = "pass for example learning_rate=0.001"
        self._learning_rate = real("learning_rate", value, at_least=0.0, hint=hint)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        raise NotImplementedError

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


class Adam(Optimizer):
    """Adam with Keras's placement of epsilon and bias correction.

    Args:
        learning_rate: Step size, at least 0; a schedule is refused.
        beta_1: Decay of the first moment, in 0 .. 1 (1 excluded).
        beta_2: Decay of the second moment, in 0 .. 1 (1 excluded).
        epsilon: Added to the root of the second moment, above 0.
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

    kind = "adam"

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
        refused = {
            "amsgrad": amsgrad,
            "weight_decay": weight_decay,
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
            "use_ema": use_ema,
            "ema_momentum": ema_momentum,
            "ema_overwrite_frequency": ema_overwrite_frequency,
            "loss_scale_factor": loss_scale_factor,
            "gradient_accumulation_steps": gradient_accumulation_steps,
        }
        super().__init__(learning_rate, name, {**refused, "kwargs": kwargs})
        self.spec = OptimizerSpec(
            "adam",
            beta_1=real("beta_1", beta_1, at_least=0.0, below=1.0),
            beta_2=real("beta_2", beta_2, at_least=0.0, below=1.0),
            epsilon=real("epsilon", epsilon, above=0.0),
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        s = self.spec
        moments = {"beta_1": s.beta_1, "beta_2": s.beta_2, "epsilon": s.epsilon}
        return {"learning_rate": self.learning_rate, **moments, "name": self.name}


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Args:
        learning_rate: Step size, at least 0; a schedule is refused.
        momentum: Share of the last step kept, in 0 .. 1.
        nesterov: Whether the gradient step is applied beyond the momentum step.
        name: For the summary and the saved file.
        **kwargs: None are known.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> SGD(momentum=0.9).spec.n_slots
        1
    """

    kind = "sgd"

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
        refused = {
            "weight_decay": weight_decay,
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
            "use_ema": use_ema,
            "ema_momentum": ema_momentum,
            "ema_overwrite_frequency": ema_overwrite_frequency,
            "loss_scale_factor": loss_scale_factor,
            "gradient_accumulation_steps": gradient_accumulation_steps,
        }
        super().__init__(learning_rate, name, {**refused, "kwargs": kwargs})
        if real("momentum", momentum, at_least=0.0) > 1.0:
            raise fail("momentum", "a number in 0 .. 1", momentum)
        nesterov = check_flag("nesterov", nesterov)
        self.spec = OptimizerSpec("sgd", momentum=float(momentum), nesterov=nesterov)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again, as plain values."""
        s = self.spec
        steps = {"momentum": s.momentum, "nesterov": s.nesterov}
        return {"learning_rate": self.learning_rate, **steps, "name": self.name}


CLASSES: dict[str, type[Adam] | type[SGD]] = {"adam": Adam, "sgd": SGD}
OTHERS = "adadelta adafactor adagrad adamax adamw ftrl lamb lion muon nadam rmsprop".split()  # noqa: SIM905


def get_optimizer(value: object) -> Optimizer:
    """Return the optimizer given by name or object.

    Raises:
        UnsupportedError: Keras has it, rnncomp does not.
        InvalidArgumentError: It is not known at all.
    """
    if isinstance(value, Optimizer):
        return value
    if isinstance(value, str) and value.lower() in CLASSES:
        return CLASSES[value.lower()]()
    if not isinstance(value, str) or value.lower() in OTHERS:
        raise UnsupportedError(f"optimizer={shown(value)} is not supported; use 'adam' or 'sgd'")
    raise fail("optimizer", "'adam' or 'sgd'", value, nearest(value.lower(), CLASSES))
