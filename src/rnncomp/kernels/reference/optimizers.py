"""The weight updates, with Keras 3's placement of epsilon and of the bias correction.

Shapes: P parameters. The state of an optimizer lies in its slots, (n_slots, P).
"""

from __future__ import annotations

import numpy as np

from rnncomp.kernels.reference.types import Array
from rnncomp.kernels.spec import OptimizerSpec


def update(
    optimizer: OptimizerSpec, params: Array, slots: Array, gradient: Array, step: int, rate: float
) -> tuple[Array, Array]:
    """Return the parameters (P,) and slots after one step.

    Args:
        optimizer: The rule.
        params: Parameters, shape (P,).
        slots: State of the rule, shape (n_slots, P).
        gradient: Gradient of the loss, shape (P,).
        step: Number of this step, from 1.
        rate: Learning rate.
    """
    if optimizer.kind == "adam":
        return adam(optimizer, params, slots, gradient, step, rate)
    if optimizer.momentum == 0.0:
        return params - rate * gradient, slots
    return sgd_with_momentum(optimizer, params, slots, gradient, rate)


def adam(
    optimizer: OptimizerSpec, params: Array, slots: Array, gradient: Array, step: int, rate: float
) -> tuple[Array, Array]:
    """Adam: each parameter moves by its mean gradient over its typical size."""
    beta_1, beta_2 = optimizer.beta_1, optimizer.beta_2
    m, v = slots
    m = m + (1.0 - beta_1) * (gradient - m)
    v = v + (1.0 - beta_2) * (gradient**2 - v)
    alpha = rate * np.sqrt(1.0 - beta_2**step) / (1.0 - beta_1**step)
    params = params - alpha * m / (np.sqrt(v) + optimizer.epsilon)
    return params, np.stack([m, v])


def sgd_with_momentum(
    optimizer: OptimizerSpec, params: Array, slots: Array, gradient: Array, rate: float
) -> tuple[Array, Array]:
    """SGD with a velocity; Nesterov's variant looks one step ahead along it."""
    momentum = optimizer.momentum
    velocity = momentum * slots[0] - rate * gradient
    move = momentum * velocity - rate * gradient if optimizer.nesterov else velocity
    return params + move, velocity[np.newaxis]
