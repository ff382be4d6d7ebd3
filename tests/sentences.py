"""A small labelled set of sentences, made of NumPy alone: the makers of fixtures import it too."""

import numpy as np

WORDS, STEPS = 20, 9


def sentences(n, seed=0):
    """Return (N, T) word numbers, 0 behind the end, and whether word 7 comes before word 3."""
    rng = np.random.default_rng(seed)
    x = rng.integers(8, WORDS, size=(n, STEPS))
    lengths = rng.integers(4, STEPS + 1, size=n)
    for row, length in zip(x, lengths, strict=True):
        row[length:] = 0
        row[rng.choice(length, 2, replace=False)] = (3, 7)
    y = (x == 7).argmax(axis=1) < (x == 3).argmax(axis=1)
    return x, y.astype(int)
