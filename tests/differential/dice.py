"""Random choices by name, so that a new entry of a table changes nothing that others draw."""

import hashlib
import json

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

    def bits(self, *more):
        """Return 64 random bits of this place, others for each `more`."""
        text = json.dumps([self.seed, *self.place, *more], sort_keys=True)
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")

    @property
    def rng(self):
        """Random numbers of this place, from their start."""
        return np.random.default_rng(self.bits())

    def chance(self, share):
        """Return True in `share` of all seeds."""
        return self.bits("chance") < share * 2**64

    def one_of(self, values):
        """Return one of `values`: a new one among them is drawn, or the same as before."""
        return max(values, key=self.bits)

    def shuffled(self, values):
        """Return `values` in a random order."""
        return [values[i] for i in np.argsort(self.rng.random(len(values)), kind="stable")]
