"""The configurations of the suite with what Keras made of them, for tests and canaries."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from differential import our_side
from differential.compare import differences

FOLDER = Path(__file__).parent / "fixtures"
ABOUT = json.loads((FOLDER / "keras.json").read_text())
CONFIGURATIONS = ABOUT["configurations"]


@cache
def recorded():
    """Return {place in CONFIGURATIONS: arrays by name}."""
    found = {}
    with np.load(FOLDER / "keras.npz") as file:
        for key in file.files:
            place, _, name = key.partition("/")
            found.setdefault(int(place), {})[name] = file[key]
    return found


def check(place, dtype, parts=our_side.PARTS):
    """Return the differences between ours and Keras's arrays for one configuration.

    Args:
        place: Which of CONFIGURATIONS.
        dtype: ``float64`` or ``float32``.
        parts: Functions of our_side that make the arrays.
    """
    config = CONFIGURATIONS[place]
    ours, names = our_side.results(config, dtype, parts), our_side.weight_names(config)
    return differences(config, ours, recorded()[place], dtype, names)


def seen(parts, words=()):
    """Return the first difference, in float64, that any configuration with `words` in it shows."""
    for place, config in enumerate(CONFIGURATIONS):
        if all(word in json.dumps(config) for word in words):
            for difference in check(place, "float64", parts):
                return difference
    return None
