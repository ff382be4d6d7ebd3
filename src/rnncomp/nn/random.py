"""The one owner of random numbers: weights, shuffles and model seeds all come from here.

The source is the Philox 4x64-10 counter generator, keyed by (seed, purpose), so that what is
drawn for one purpose never depends on what was drawn before it. Only its raw 64-bit words are
used, and the transforms below need no libm: the same numbers on every machine and NumPy version.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from itertools import count

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import check_seed

_local = threading.local()


def words(seed: int, purpose: str, n: int) -> NDArray[np.uint64]:
    """Return `n` random 64-bit words, a pure function of `seed` and `purpose`."""
    key = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=16).digest()
    # Building a Philox gathers entropy that a key makes useless; setting the state of one kept
    # per thread costs a quarter of it, which counts when an epoch takes 0.1 ms.
    generator: np.random.Philox | None = getattr(_local, "philox", None)
    if generator is None:
        generator = _local.philox = np.random.Philox(key=0)
        _local.state = generator.state
    state = _local.state
    state["state"]["key"] = np.frombuffer(key, dtype=np.uint64)
    generator.state = state
    raw: NDArray[np.uint64] = generator.random_raw(n)
    return raw


def uniform(
    seed: int, purpose: str, shape: tuple[int, ...], low: float = 0.0, high: float = 1.0
) -> NDArray[np.float64]:
    """Return float64 numbers, uniform in [low, high), in an array of `shape`.

    Example:
        >>> bool(uniform(7, "doc", (2, 3)).max() < 1.0)
        True
    """
    unit = _unit(words(seed, purpose, int(np.prod(shape, dtype=np.int64))))
    return (low + (high - low) * unit).reshape(shape)


def normal(
    seed: int, purpose: str, shape: tuple[int, ...], mean: float = 0.0, sd: float = 1.0
) -> NDArray[np.float64]:
    """Return float64 numbers, normal with `mean` and `sd`, in an array of `shape`.

    Marsaglia's polar method: pairs outside the unit circle are drawn again.
    """
    return (mean + sd * _normal(seed, purpose, shape, np.inf)).reshape(shape)


def truncated_normal(
    seed: int, purpose: str, shape: tuple[int, ...], mean: float = 0.0, sd: float = 1.0
) -> NDArray[np.float64]:
    """Return float64 numbers, normal with `mean` and `sd` and within 2 sd of the mean.

    Numbers outside are drawn again, so that the spread of those left is 0.8796 sd.

    Example:
        >>> bool(np.abs(truncated_normal(7, "doc", (1000,))).max() <= 2.0)
        True
    """
    return (mean + sd * _normal(seed, purpose, shape, 2.0)).reshape(shape)


def permutation(seed: int, purpose: str, n: int) -> NDArray[np.int64]:
    """Return the numbers 0 .. n-1 in random order, int64.

    Example:
        >>> sorted(permutation(7, "shuffle/0", 5).tolist())
        [0, 1, 2, 3, 4]
    """
    # A random key in the high bits, the number itself in the low ones: all keys differ, so that
    # the order does not depend on which sort runs.
    low_bits = np.uint64((1 << max(n - 1, 0).bit_length()) - 1)
    keys = words(seed, purpose, n)
    keys &= ~low_bits
    for first in range(0, n, 1 << 16):  # piece by piece: a second array of all would be as large
        piece = keys[first : first + (1 << 16)]
        piece |= np.arange(first, first + len(piece), dtype=np.uint64)
    keys.sort()
    keys &= low_bits
    return keys.view(np.int64)


def fresh_seed() -> int:
    """Return a seed from the operating system's entropy, short enough to be written down."""
    return secrets.randbits(32)


class _Seeds:
    """Hands a seed to everything made without one; see set_global_seed."""

    def __init__(self) -> None:
        self.seed: int | None = None
        self.made = Counter[str]()
        self.lock = threading.Lock()

    def next(self, kind: str) -> int:
        with self.lock:
            if self.seed is None:
                return fresh_seed()
            number = self.made[kind]
            self.made[kind] += 1
        if kind == "model" and number == 0:
            return self.seed
        return int(words(self.seed, f"{kind}/{number}", 1)[0] >> 32)


_seeds = _Seeds()


def set_global_seed(seed: int | None) -> None:
    """Make the seeds of all models created later follow from `seed`; None: fresh entropy again.

    The first model gets `seed` itself, the k-th a seed derived from it, so that two models made
    in a row differ, and a program run twice gives the same models.
    """
    with _seeds.lock:
        _seeds.seed = None if seed is None else check_seed(seed)
        _seeds.made.clear()


def next_model_seed() -> int:
    """Return the seed of a model created without one."""
    return _seeds.next("model")


def next_initializer_seed() -> int:
    """Return the seed of an initializer that has none and is called outside of any model."""
    return _seeds.next("initializer")


def next_call_seed() -> int:
    """Return the seed of what dropout draws where a layer is called by itself."""
    return _seeds.next("call")


def _unit(raw: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Map words to multiples of 2**-53 in [0, 1)."""
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _normal(seed: int, purpose: str, shape: tuple[int, ...], limit: float) -> NDArray[np.float64]:
    """Return as many standard normal numbers within +- `limit` as `shape` has, in one axis."""
    n = int(np.prod(shape, dtype=np.int64))
    parts: list[NDArray[np.float64]] = []
    for attempt in count():
        missing = n - sum(map(len, parts))
        if missing <= 0:
            break
        drawn = _polar_pairs(seed, f"{purpose}/normal{attempt}", missing)
        parts.append(drawn if limit == np.inf else drawn[np.abs(drawn) <= limit])
    return np.concatenate([*parts, np.empty(0)])[:n]


def _polar_pairs(seed: int, purpose: str, n: int) -> NDArray[np.float64]:
    """Return about `n` normal numbers, at least one in the long run."""
    pairs = max(8, int(0.7 * n))  # 0.785 of the pairs are kept, each gives 2 numbers
    v = 2.0 * _unit(words(seed, purpose, 2 * pairs)).reshape(2, pairs) - 1.0
    s = v[0] * v[0] + v[1] * v[1]
    keep = (s > 0.0) & (s < 1.0)
    s = s[keep]
    numbers: NDArray[np.float64] = v[:, keep] * np.sqrt(-2.0 * _log(s) / s)
    return numbers.ravel()


def _log(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the natural logarithm of x > 0 by IEEE operations alone.

    NumPy's log differs in the last place between versions and processors.
    """
    mantissa, exponent = np.frexp(x)  # mantissa in [0.5, 1)
    small = mantissa < 0.7071067811865476
    mantissa = np.where(small, 2.0 * mantissa, mantissa)
    exponent = exponent - small
    s = (mantissa - 1.0) / (mantissa + 1.0)  # |s| < 0.172: log m = 2 atanh(s)
    square = s * s
    series = np.zeros_like(s)
    for k in range(21, 0, -2):
        series = series * square + 1.0 / k
    log: NDArray[np.float64] = 2.0 * s * series
    log += exponent * 0.6931471805599453
    return log
