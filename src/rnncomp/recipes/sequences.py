"""The sequences of tutorial 3, a random start and step 10; and which starts are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.recipes.told import Array

Starts = NDArray[np.int64]

WINDOW, COUNT, STARTS, STEP = 3, 1000, 100, 10
SCALE = 100.0
VALIDATION_SHARE = 0.2  # of the tutorial: the last ones
TEST_STARTS, VALIDATION_STARTS = 20, 16
ASKED = (50.0, 60.0, 70.0)


def make_sequences(starts: Any, step: float = STEP) -> Array:
    """Return a sequence of four for each start, shape (N, 4).

    Example:
        >>> make_sequences([50]).tolist()
        [[50.0, 60.0, 70.0, 80.0]]
    """
    return np.asarray(starts, dtype=np.float64)[:, np.newaxis] + step * np.arange(WINDOW + 1)


def random_starts(seed: int) -> Starts:
    """Return the 1,000 starts, whole numbers in 0 .. 99."""
    return np.random.default_rng(seed).integers(0, STARTS, COUNT)


@dataclass(frozen=True, eq=False)
class Parts:
    """Starts, no start in two parts; the parts are the same for all seeds.

    Attributes:
        train: Starts of the sequences that are learned from, with repetitions.
        validation: Starts that validate.
        test: Starts that no training has seen.
        repeated: How many of the tutorial's validation sequences it learned from, too.
    """

    train: Starts
    validation: Starts
    test: Starts
    repeated: int


def make_parts(seed: int) -> Parts:
    """Draw the tutorial's 1,000 starts, and hold out 36 of the 100 different ones.

    Example:
        >>> parts = make_parts(0)
        >>> len(parts.test), set(parts.train) & set(parts.test)
        (20, set())
    """
    drawn = random_starts(seed)
    order = np.random.default_rng([seed, 1]).permutation(STARTS)
    test, validation = np.split(order[: TEST_STARTS + VALIDATION_STARTS], [TEST_STARTS])
    train = drawn[~np.isin(drawn, order[: TEST_STARTS + VALIDATION_STARTS])]
    first = round((1 - VALIDATION_SHARE) * COUNT)
    repeated = int(np.isin(drawn[first:], drawn[:first]).sum())
    return Parts(train, np.sort(validation), np.sort(test), repeated)


def questions(parts: Parts) -> dict[str, Array]:
    """Return what is asked, sequences (N, 4), by its words."""
    return {
        "starts held out": make_sequences(parts.test),
        f"starts {STARTS} to {2 * STARTS - 1}": make_sequences(np.arange(STARTS, 2 * STARTS)),
        "steps of 5": make_sequences(parts.test, 5),
        "steps of 20": make_sequences(parts.test, 20),
    }
