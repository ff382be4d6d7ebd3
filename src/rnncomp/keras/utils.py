"""Utilities, as in keras.utils."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from rnncomp._check import check_seed, count, fail, one_of
from rnncomp.nn.random import set_global_seed

__all__ = ["pad_sequences", "set_random_seed", "to_categorical"]


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> NDArray[np.float64]:
    """Return class numbers as rows of zeros with a one.

    Args:
        x: Whole numbers 0 .. C - 1, any shape; a last axis of length 1 is left out.
        num_classes: Classes C; None for the largest number and one.

    Returns:
        Shape (..., C).

    Raises:
        InvalidArgumentError: A number is none of a class.

    Example:
        >>> to_categorical([2, 0]).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    classes = np.asarray(x)
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    if classes.dtype.kind not in "iuf" or (classes != np.floor(classes)).any():
        raise fail("x", "class numbers, 0 and more", x)
    numbers = classes.astype(np.int64)
    limit = (
        int(numbers.max(initial=-1)) + 1
        if num_classes is None
        else count("num_classes", num_classes)
    )
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < limit:
        worst = int(numbers.min() if numbers.min() < 0 else numbers.max())
        hint = "the first class is 0" if worst < 0 else "pass a larger num_classes"
        raise fail("x", f"class numbers 0 .. {limit - 1}", worst, hint)
    return np.eye(limit)[numbers]


def pad_sequences(
    sequences: Iterable[Sequence[Any]],
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> NDArray[Any]:
    """Return sequences of different lengths as one array, filled up or cut.

    Args:
        sequences: N sequences of numbers, or of rows of F numbers.
        maxlen: Steps T that each gets; None for those of the longest.
        dtype: Of the array.
        padding: Where a short one is filled up, ``pre`` or ``post``.
        truncating: Where a long one is cut, ``pre`` or ``post``.
        value: What it is filled up with.

    Returns:
        Shape (N, T) or (N, T, F).

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> pad_sequences([[1, 2], [3, 4, 5, 6]], maxlen=3).tolist()
        [[0, 1, 2], [4, 5, 6]]
    """
    one_of("padding", padding, ("pre", "post"))
    one_of("truncating", truncating, ("pre", "post"))
    rows = [np.asarray(sequence) for sequence in sequences]
    steps = max(map(len, rows), default=0) if maxlen is None else count("maxlen", maxlen)
    shape = next((row.shape[1:] for row in rows if len(row)), ())
    made = np.full((len(rows), steps, *shape), value, dtype)
    for target, row in zip(made, rows, strict=True):
        kept = row[max(0, len(row) - steps) :] if truncating == "pre" else row[:steps]
        if len(kept):
            place = slice(steps - len(kept), None) if padding == "pre" else slice(0, len(kept))
            target[place] = kept
    return made


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
