"""The weight updates, with Keras 3's placement of epsilon and of the bias correction.

Shapes: P parameters. The state of an optimizer lies in its slots, (n_slots, P), in the order of
`OptimizerSpec.slots`. Each rule returns the step that the parameters go down, and the new slots.
"""

from __future__ import annotations

import math

import numpy as np

from rnncomp.kernels.reference.types import Array
from rnncomp.kernels.spec import OptimizerSpec

WARMING = 0.96  # Nadam: how fast its momentum reaches beta_1


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
    params = params - params * (optimizer.weight_decay * rate)
    if optimizer.kind == "sgd":
        down, slots = sgd(optimizer, slots, gradient, rate)
    elif optimizer.kind == "rmsprop":
        down, slots = rmsprop(optimizer, slots, gradient, rate)
    elif optimizer.kind == "adagrad":
        down, slots = adagrad(optimizer, slots, gradient, rate)
    elif optimizer.kind == "adam":
        down, slots = adam(optimizer, slots, gradient, step, rate)
    else:
        down, slots = nadam(optimizer, slots, gradient, step, rate)
    return params - down, slots


def clipped(optimizer: OptimizerSpec, gradient: Array, sizes: list[int]) -> Array:
    """Return a gradient (P,) within the limit of `optimizer`; `sizes` are those of the weights."""
    limit = optimizer.clip_at
    if optimizer.clip == "none":
        return gradient
    if optimizer.clip == "value":
        return np.clip(gradient, -limit, limit)
    weights = np.split(gradient, np.cumsum(sizes)[:-1])
    norms = np.array([np.sqrt(np.sum(weight**2)) for weight in weights])
    if optimizer.clip == "global_norm":
        norms[:] = np.sqrt(np.sum(norms**2))
    factors: Array = np.repeat(limit / np.maximum(norms, limit), sizes)
    return gradient * factors


def sgd(
    optimizer: OptimizerSpec, slots: Array, gradient: Array, rate: float
) -> tuple[Array, Array]:
    """Down the gradient, with a velocity; Nesterov's variant looks one step ahead along it."""
    momentum = optimizer.momentum
    if momentum == 0.0:
        return rate * gradient, slots
    velocity = momentum * slots[0] - rate * gradient
    move = momentum * velocity - rate * gradient if optimizer.nesterov else velocity
    return -move, velocity[np.newaxis]


def rmsprop(
    optimizer: OptimizerSpec, slots: Array, gradient: Array, rate: float
) -> tuple[Array, Array]:
    """Each parameter moves by its gradient over its typical size of late."""
    rho, state = optimizer.rho, dict(zip(optimizer.slots, slots, strict=True))
    state["velocity"] = rho * state["velocity"] + (1.0 - rho) * gradient**2
    size = state["velocity"]
    if optimizer.centered:
        mean = rho * state["average_gradient"] + (1.0 - rho) * gradient
        state["average_gradient"], size = mean, size - mean**2
    down = rate * gradient / np.sqrt(size + optimizer.epsilon)
    if optimizer.momentum != 0.0:
        down = state["momentum"] = optimizer.momentum * state["momentum"] + down
    return down, np.stack([state[name] for name in optimizer.slots])


def adagrad(
    optimizer: OptimizerSpec, slots: Array, gradient: Array, rate: float
) -> tuple[Array, Array]:
    """Each parameter moves by its gradient over the root of all its squares so far."""
    accumulator = slots[0] + gradient**2
    return rate * gradient / np.sqrt(accumulator + optimizer.epsilon), accumulator[np.newaxis]


def moments(optimizer: OptimizerSpec, slots: Array, gradient: Array) -> tuple[Array, Array]:
    """Return the running means of the gradient and of its square."""
    m, v = slots[:2]
    m = m + (1.0 - optimizer.beta_1) * (gradient - m)
    v = v + (1.0 - optimizer.beta_2) * (gradient**2 - v)
    return m, v


def adam(
    optimizer: OptimizerSpec, slots: Array, gradient: Array, step: int, rate: float
) -> tuple[Array, Array]:
    """Each parameter moves by its mean gradient over its typical size."""
    m, v = moments(optimizer, slots, gradient)
    alpha = rate * np.sqrt(1.0 - optimizer.beta_2**step) / (1.0 - optimizer.beta_1**step)
    if not optimizer.amsgrad:
        return alpha * m / (np.sqrt(v) + optimizer.epsilon), np.stack([m, v])
    largest = np.maximum(v, slots[2])
    return alpha * m / (np.sqrt(largest) + optimizer.epsilon), np.stack([m, v, largest])


def nadam(
    optimizer: OptimizerSpec, slots: Array, gradient: Array, step: int, rate: float
) -> tuple[Array, Array]:
    """Adam with Nesterov's momentum, whose share grows over the first steps."""

    def momentum(t: int) -> float:
        return optimizer.beta_1 * (1.0 - 0.5 * WARMING**t)

    m, v = moments(optimizer, slots, gradient)
    product = math.prod(momentum(t) for t in range(1, step + 1))
    ahead = momentum(step + 1) * m / (1.0 - product * momentum(step + 1))
    here = (1.0 - momentum(step)) * gradient / (1.0 - product)
    size = np.sqrt(v / (1.0 - optimizer.beta_2**step))
    return rate * (ahead + here) / (size + optimizer.epsilon), np.stack([m, v])
