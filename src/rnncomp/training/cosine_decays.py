"""Learning rates that fall along a cosine, once or again and again, as Keras's do."""

from __future__ import annotations

import math

from rnncomp._check import fail, real
from rnncomp.nn.layer import check_name
from rnncomp.training.schedule import Decay, number_of, rate_of, steps_of


class CosineDecay(Decay):
    """Half a cosine from `initial_learning_rate` to ``alpha`` of it, after a warm-up if wanted.

    Args:
        initial_learning_rate: At step 0, at least 0.
        decay_steps: Steps in which the end is reached, above 0.
        alpha: The end, as a share of where the decay starts; at least 0.
        name: Kept in the configuration.
        warmup_target: Where a straight rise from `initial_learning_rate` ends and the decay
            starts, at least 0; None for no warm-up.
        warmup_steps: Steps of the rise, at least 0; the decay comes after them.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> CosineDecay(0.1, decay_steps=10)(5)
        0.05
        >>> CosineDecay(0.0, decay_steps=10, warmup_target=0.1, warmup_steps=4)(2)
        0.05
    """

    arguments = (
        *("initial_learning_rate", "decay_steps", "alpha"),
        *("name", "warmup_target", "warmup_steps"),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.alpha = rate_of("alpha", alpha)
        self.name = check_name(name)
        self.warmup_target: float | None = None
        if warmup_target is not None:
            self.warmup_target = rate_of("warmup_target", warmup_target)
        self.warmup_steps = number_of("warmup_steps", warmup_steps)
        if self.warmup_steps and warmup_target is None:
            raise fail("warmup_target", "given with warmup_steps", None, "pass the rate to rise to")

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        start = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return (self.warmup_target - start) * (step / self.warmup_steps) + start
            start, step = self.warmup_target, step - self.warmup_steps
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return start * ((1.0 - self.alpha) * cosine + self.alpha)


class CosineDecayRestarts(Decay):
    """Half a cosine again and again, each `t_mul` times as long and `m_mul` times as high.

    Args:
        initial_learning_rate: At step 0, at least 0.
        first_decay_steps: Steps of the first half cosine, above 0.
        t_mul: At least 1.
        m_mul: At least 0.
        alpha: The end of each, as a share of `initial_learning_rate`; at least 0.
        name: Kept in the configuration.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> schedule = CosineDecayRestarts(0.1, first_decay_steps=10)
        >>> schedule(5), schedule(10), schedule(20)
        (0.05, 0.1, 0.05)
    """

    arguments = (
        *("initial_learning_rate", "first_decay_steps"),
        *("t_mul", "m_mul", "alpha", "name"),
    )

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.first_decay_steps = steps_of("first_decay_steps", first_decay_steps)
        self.t_mul = real("t_mul", t_mul, at_least=1.0)
        self.m_mul = rate_of("m_mul", m_mul)
        self.alpha = rate_of("alpha", alpha)
        self.name = check_name(name)

    def at(self, step: float) -> float:
        """Return the learning rate at one step."""
        done, t_mul = step / self.first_decay_steps, self.t_mul
        if t_mul == 1.0:
            restarts = math.floor(done)
            done -= restarts
        else:
            restarts = math.floor(math.log(1.0 - done * (1.0 - t_mul)) / math.log(t_mul))
            before = (1.0 - t_mul**restarts) / (1.0 - t_mul)  # 1 + t_mul + t_mul^2 ...
            done = (done - before) / t_mul**restarts
        cosine = 0.5 * self.m_mul**restarts * (1.0 + math.cos(math.pi * done))
        return self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha)
