"""Random choices by name, so that a new line in a table changes nothing that other lines draw."""

import zlib

import numpy as np


class Dice:
    """Choices at one place of a configuration: the same place and seed always give the same.

    Args:
        seed: Which configuration.
        place: Names and numbers that lead to the choice.
    """

    def __init__(self, seed, *place):
        self.seed, self.place = seed, place

    def at(self, *place):
        """Return the dice of a place below this one."""
        return Dice(self.seed, *self.place, *place)

    @property
    def rng(self):
        """Random numbers of this place, from their start."""
        return np.random.default_rng([self.seed, zlib.crc32(repr(self.place).encode())])

    def chance(self, share):
        """Return True in `share` of all seeds."""
        return bool(self.rng.random() < share)

    def one_of(self, values):
        """Return one of `values`."""
        return list(values)[int(self.rng.random() * len(values))]

    def shuffled(self, values):
        """Return `values` in a random order."""
        return [values[i] for i in np.argsort(self.rng.random(len(values)), kind="stable")]
