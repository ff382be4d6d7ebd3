"""What both sides are given: weights, inputs, targets and cotangents, from the seed alone.

All numbers are held by float32 exactly, so that both precisions start from the same ones, and come
from uniform bits by single operations, so that every NumPy draws the same; `digest` says so.
Shapes: N samples, T time steps, F features, S states of a sample, O outputs.
"""

import hashlib

import numpy as np

from differential.dice import Dice

BOUNDED = ("sigmoid", "hard_sigmoid")  # gates in 0 .. 1; with others a state can grow
WILD = ("exponential",)
STATES = {"SimpleRNN": 1, "LSTM": 2, "GRU": 1}  # numbers that a unit carries


def exact(values):
    return values.astype(np.float32).astype(np.float64)


def uniform(config, shape, *place):
    """Return independent numbers in -1 .. 1."""
    return exact(Dice(config["seed"], "given", *place).rng.random(shape) * 2.0 - 1.0)


def inputs(config, n, place):
    """Return n windows, shape (N, T, F), or numbers of rows of an Embedding, shape (N, T)."""
    first, shape = config["layers"][0], (n, config["window"])
    there = present(config, n, place)
    if first["is"] == "layers.Embedding":
        share = 0.5 + 0.5 * uniform(config, shape, "inputs", place)
        return np.where(there, np.floor(share * (first["input_dim"] - 0.01)), 0).astype(np.int32)
    values = 2.0 * uniform(config, (*shape, config["features"]), "inputs", place)
    if first["is"] == "layers.Masking":
        values[~there] = first.get("mask_value", 0.0)
    return values


def present(config, n, place):
    """Return which steps are there, shape (N, T): of some samples the first, the last, some, none.

    Only layers that mask make a difference between them.
    """
    numbers = uniform(config, (n, config["window"]), "present", place)
    sort, steps = np.arange(n) % 5, np.arange(config["window"])[None]
    length = np.floor((1.0 + numbers[:, :1]) / 2.0 * config["window"])
    ways = [steps >= length, steps < length, numbers > -0.4, numbers >= -1.0, steps < length]
    there = np.select([(sort == k)[:, None] for k in range(5)], ways, default=False)
    there[-1:] = n == 1  # the last sample has no step
    return there


def targets(config, shape):
    """Return targets of the kind that the loss wants, for outputs of `shape` (N, ..., U)."""
    values = uniform(config, shape, "targets")
    kind = config["targets"]
    if kind == "positive":
        return 0.25 + np.abs(values)
    if kind == "binary":
        return (values > 0.0).astype(np.float64)
    classes = np.argmax(values, axis=-1)
    if kind == "classes":
        return classes
    return np.eye(shape[-1])[classes] if kind == "onehot" else values


def sample_weight(config, shape):
    """Return what samples (N,) or steps (N, T) count, or None; one in five counts nothing."""
    sizes = {"samples": shape[:1], "steps": shape[:2]}
    if config["weights"] not in sizes:
        return None
    values = uniform(config, sizes[config["weights"]], "sample_weight")
    return np.where(values > 0.6, 0.0, 1.0 + values)


def class_weight(config, shape):
    """Return what classes count, or None; the last one is not named."""
    if config["weights"] != "class":
        return None
    return {k: 0.5 + 0.25 * k for k in range(shape[-1] - 1)}


def cotangent(config, shape):
    """Return what is pulled back through the network, in the shape of its outputs."""
    return uniform(config, shape, "cotangent")


def cells(layer):
    """Return the recurrent layers in a layer: itself, those of a Bidirectional, or none."""
    if layer["is"] == "layers.Bidirectional":
        return [layer["layer"], layer.get("backward_layer", layer["layer"])]
    return [layer] if layer["is"].removeprefix("layers.") in STATES else []


def state_sizes(layer):
    """Return the sizes of the states of a layer for one sample, h before c."""
    found = [(cell["is"].removeprefix("layers."), cell["units"]) for cell in cells(layer)]
    return [units for kind, units in found for _ in range(STATES[kind])]


def states(config, n):
    """Return initial states, shape (N, S), zero unless the configuration has some."""
    shape = n, sum(sum(state_sizes(layer)) for layer in config["layers"])
    return uniform(config, shape, "states") * config["initial_state"]


def apart(config, states):
    """Return states (N, S) as a list, layer by layer, h before c."""
    cuts = np.cumsum([size for layer in config["layers"] for size in state_sizes(layer)])
    return np.split(states, cuts[:-1], axis=1) if states.size else []


def weights(config, shapes):
    """Return independent weights for [(name, shape)], of which a prefix gives a prefix.

    The sums of a product are about as large as what goes in; the recurrent products of each gate
    have a spectral radius of at most 0.9, or less where gates let a state grow.
    """
    gain = 1.0 if said(config["layers"], "recurrent_activation") <= set(BOUNDED) else 0.5
    gain = 0.25 if said(config["layers"], "activation") & set(WILD) else gain
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


def said(value, option):
    """Return what a configuration says for an option, anywhere in it."""
    if isinstance(value, list):
        return set().union(*(said(item, option) for item in value))
    if not isinstance(value, dict):
        return set()
    own = {value[option]} if option in value else set()
    return own.union(*(said(item, option) for item in value.values()))


def digest(arrays):
    """Return a short hash of arrays: both sides were given the same."""
    data = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    return hashlib.sha256(data).hexdigest()[:16]
