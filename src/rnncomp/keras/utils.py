"""Utilities, as in keras.utils."""

from __future__ import annotations

import random

import numpy as np

from rnncomp._check import check_seed, fail
from rnncomp.nn.random import set_global_seed

__all__ = ["set_random_seed"]


def set_random_seed(seed: int) -> None:
    """Make what follows repeatable: Python's and NumPy's random numbers, and models made later.

    Args:
        seed: 0 .. 2**32 - 1. The first model made after it gets this seed, the next ones seeds
            derived from it.

    Raises:
        InvalidArgumentError: The seed is out of range.

    Example:
        >>> from rnncomp.keras.models import Sequential
        >>> set_random_seed(7)
        >>> Sequential().seed
        7
    """
    if check_seed(seed) >= 2**32:
        raise fail("seed", "an integer below 2**32", seed)
    random.seed(seed)
    np.random.seed(seed)
    set_global_seed(seed)
