"""Compare what both sides made of a configuration, and say where they first differ.

float64: outputs within 1e-12, gradients within 1e-10, weights and the history of 100 steps within
1e-7, relative to the largest number of the array, or of the weight that it belongs to (at least a
hundredth of the largest of all weights: smaller ones are sums in which larger numbers cancelled).
float32: the bounds of tolerance.py times the number of layers, for outputs, their gradients, the
loss, and the weights after the first epoch; later, roundings have grown as the path of descent
bends. Three things have no bound there: networks whose gates let a state grow, step by step; the
gradient of a loss, a sum over rows that may cancel; and a step that is divided by the size of its
gradient where that is all rounding, so of such steps one in twenty may be off.
"""

from dataclasses import dataclass

import numpy as np

from differential.draw import masks_outputs
from differential.given import said
from tolerance import carried_bound, gradient_bound, largest, steps_bound

EPS64 = np.finfo(np.float64).eps
DOUBLE = {  # in the order in which they are computed
    "y": 1e-12,
    "dx": 1e-10,
    "dweights": 1e-10,
    "dstates": 1e-10,
    "called": 1e-12,
    "ends": 1e-12,
    "again": 1e-12,
    "loss": 1e-12,
    "loss_gradient": 1e-10,
    "first": 1e-10,
    "last": 1e-7,
}
SINGLE = {
    "loss": steps_bound,
    "y": steps_bound,
    "dx": gradient_bound,
    "dweights": gradient_bound,
    "dstates": carried_bound,
    "called": steps_bound,
    "ends": steps_bound,
    "again": steps_bound,
    "first": gradient_bound,
}
GROWN = 1e-10  # of last states of networks whose gates let them grow, to 1e128 in seed 121
BY_WEIGHT = ("dweights", "loss_gradient", "first", "last")
STEADY = ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "tanh", "hard_tanh", "softsign")
LOOSE = 0.05
SMALLEST = 0.01  # of the largest weight: the magnitude that a weight is compared by at least


@dataclass
class Difference:
    """A number that is off: which, what it is on both sides, what was allowed."""

    array: str
    where: str
    ours: float
    theirs: float
    allowed: float

    def __str__(self):
        off = abs(self.ours - self.theirs)
        return (
            f"{self.array}{self.where}: {self.ours!r}, Keras has {self.theirs!r}, "
            f"off by {off:.3g}, allowed {self.allowed:.3g}"
        )


def bound(name, dtype, config):
    """Return the relative error that an array may have, None for one that is not compared."""
    layers = config["layers"]  # each hands on the errors of those before, and adds its own
    steady = said(layers, "recurrent_activation") <= set(STEADY)
    if dtype == "float64":
        return GROWN if name == "ends" and not steady else DOUBLE.get(name, 1e-7)
    if not steady:
        return None
    steps = config["window"] + sum(layer.get("n", 0) for layer in layers)
    k = len(layers) * SINGLE[name](steps) if name in SINGLE else None
    return k and k * np.finfo(np.float32).eps


def differences(config, ours, theirs, dtype, names):
    """Return a Difference for each array that is off, in the order in which they are computed.

    Args:
        config: The configuration.
        ours: Arrays of rnncomp by name; those that it lacks are not compared.
        theirs: Those of Keras.
        dtype: Precision of ours.
        names: [(name, size)] of the weights.
    """
    theirs = {"called": theirs["y"], **theirs}  # the same numbers, by another way
    digest = str(ours.get("digest", theirs["digest"]))
    assert digest == str(theirs["digest"]), "the sides were given different numbers"
    histories = [name for name in theirs if name.startswith("history")]
    if masks_outputs(config["layers"]):  # Keras's fit on JAX, alone, loses it before the metrics
        histories = ["history/loss"]
    order = [*DOUBLE, *histories]
    wanted = [name for name in order if name in ours and name in theirs]
    bounds = {name: bound(name, dtype, config) for name in wanted}
    compared = [name for name in wanted if bounds[name] is not None]
    found = []
    for name in compared:
        loose = dtype == "float32" and name == "first" and divides(config["optimizer"])
        share = LOOSE if loose else 0.0
        found.append(off(name, ours[name], theirs[name], bounds[name], names, share))
    return [difference for difference in found if difference]


def divides(optimizer):
    """Return whether a rule divides a step by the size of its gradient."""
    return optimizer["is"] != "optimizers.SGD"


def off(name, ours, theirs, relative, names, share=0.0):
    """Return the worst number of an array if more than a share are off by too much, else None."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs)
    if ours.shape != theirs.shape:
        return Difference(name, f" of shape {ours.shape}, not {theirs.shape}", np.nan, np.nan, 0.0)
    if not np.isfinite(theirs).all():  # a training that runs away must do so on both sides
        if not np.isfinite(ours).all():
            return None
        return Difference(name, " is finite, Keras's is not", np.nan, np.nan, 0.0)
    allowed = np.full(theirs.shape, relative * largest(theirs))
    if names and name in BY_WEIGHT and relative < np.finfo(np.float32).eps:
        parts = np.split(theirs, np.cumsum([size for _, size in names])[:-1])
        sizes = [max(largest(part), SMALLEST * largest(theirs)) for part in parts]
        allowed = np.repeat(relative * np.array(sizes), [size for _, size in names])
    error = np.abs(ours - theirs)
    bad = ~(error <= allowed)  # NaN is bad, too
    if bad.sum() <= share * bad.size:
        return None
    worst = int(np.argmax(np.where(bad, np.nan_to_num(error, nan=np.inf), -1.0)))
    numbers = (float(array.ravel()[worst]) for array in (ours, theirs, allowed))
    return Difference(name, place(name, worst, theirs.shape, names), *numbers)


def place(name, index, shape, names):
    """Return where number `index` of an array stands: [2, 1], or [gru/kernel, 17]."""
    if name not in BY_WEIGHT:
        return str([int(i) for i in np.unravel_index(index, shape)]) if shape else ""
    for weight, size in names:
        if index < size:
            return f"[{weight}, {index}]"
        index -= size
    raise AssertionError(name)
