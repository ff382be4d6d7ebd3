"""What both sides are given: weights, inputs, targets and cotangents, from the seed alone.

All numbers are held by float32 exactly, so that both precisions start from the same ones, and come
from uniform bits by single operations, so that every NumPy draws the same; `digest` says so.
Shapes: N samples, T time steps, F features, S states of a sample, O outputs.
"""

import hashlib

import numpy as np

from differential.dice import Dice

BOUNDED = ("sigmoid", "hard_sigmoid")  # gates in 0 .. 1; with others a state can grow
STATES = {"SimpleRNN": 1, "LSTM": 2, "GRU": 1}  # numbers that a unit carries


def exact(values):
    return values.astype(np.float32).astype(np.float64)


def uniform(config, shape, *place):
    """Return independent numbers in -1 .. 1."""
    return exact(Dice(config["seed"], "given", *place).rng.random(shape) * 2.0 - 1.0)


def inputs(config, n, place):
    """Return n windows, shape (N, T, F)."""
    return 2.0 * uniform(config, (n, config["window"], config["features"]), "inputs", place)


def targets(config, shape):
    """Return targets of the kind that the loss wants, for outputs of `shape` (N, ...)."""
    return uniform(config, shape, "targets")


def cotangent(config, shape):
    """Return what is pulled back through the network, in the shape of its outputs."""
    return uniform(config, shape, "cotangent")


def state_sizes(config):
    """Return the sizes of the states of a sample, layer after layer, h before c."""
    kinds = [(layer["is"].removeprefix("layers."), layer) for layer in config["layers"]]
    return [layer["units"] for kind, layer in kinds for _ in range(STATES.get(kind, 0))]


def states(config, n):
    """Return initial states, shape (N, S), zero unless the configuration has some."""
    shape = n, sum(state_sizes(config))
    return uniform(config, shape, "states") * config["initial_state"]


def weights(config, shapes):
    """Return independent weights for [(name, shape)], of which a prefix gives a prefix.

    The sums of a product are about as large as what goes in; the recurrent products of each gate
    have a spectral radius of at most 0.9, or less where gates let a state grow.
    """
    gain = 1.0 if gates(config["layers"]) <= set(BOUNDED) else 0.5
    made = []
    for i, (name, shape) in enumerate(shapes):
        values = uniform(config, shape, "weights", i)
        if name == "recurrent_kernel":
            blocks = np.split(values, shape[1] // shape[0], axis=1)
            values = gain * np.hstack([within_radius(block, 0.9) for block in blocks])
        elif name == "kernel":
            values = gain * values * np.sqrt(3.0 / max(shape[0], 3))
        else:
            values = 0.5 * gain * values + 0.25 * (gain == 1.0)  # few relu units are dead
        made.append(exact(values))
    return made


def within_radius(block, limit):
    """Return a square matrix times the largest power of 7/8 that brings its radius to `limit`.

    Powers, so that the last digits of the radius, which differ by machine, do not show.
    """
    radius = np.abs(np.linalg.eigvals(block)).max()
    return block * 0.875 ** max(0.0, np.ceil(np.log(limit / radius) / np.log(0.875)))


def gates(value):
    """Return the recurrent activations in a configuration."""
    if isinstance(value, list):
        return set().union(*map(gates, value))
    if not isinstance(value, dict):
        return set()
    own = {value["recurrent_activation"]} if "recurrent_activation" in value else set()
    return own.union(*map(gates, value.values()))


def digest(arrays):
    """Return a short hash of arrays: both sides were given the same."""
    data = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    return hashlib.sha256(data).hexdigest()[:16]
