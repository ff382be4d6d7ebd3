"""Differences: how far apart two contenders are, and how sure that is, over seeds and over time.

A mean loss is a sample twice: of the seeds that were trained, and of the stretch of time that the
test part is. Both are drawn anew here, at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer, real
from rnncomp.comparison.blocks import Array, Blocks, cut_blocks

# Two blocks have one distance, which tells nothing of how blocks are spread.
FEWEST_BLOCKS = 3


@dataclass(frozen=True)
class Variance:
    """What the variance of a difference of mean losses is made of, in squared units of the loss.

    Attributes:
        seeds: Part that more seeds make smaller.
        time: Part that more test windows make smaller; NaN if there are too few blocks to tell.
        both: Part that either makes smaller: what a seed does in a stretch of time.
        n_seeds: Seeds of the contender with the fewest, 1 if neither has a spread over seeds.
        n_blocks: Blocks of time.
        n_windows: Windows.
        seeds_freedom: Degrees of freedom behind `seeds`, 0 if there is none.
    """

    seeds: float
    time: float
    both: float
    n_seeds: int
    n_blocks: int
    n_windows: int
    seeds_freedom: float

    @property
    def total(self) -> float:
        """Variance of the difference."""
        return self.seeds + self.time + self.both


@dataclass(frozen=True)
class Difference:
    """A difference of mean losses, with an interval.

    Attributes:
        mean: Mean loss of the first less that of the second; negative if the first is better.
        low: Lower end of the interval, ``-inf`` if the test part is too short to have one.
        high: Upper end, ``inf`` likewise.
        p: Two-sided p-value, at least 1 / draws; `p` <= level exactly if the interval leaves out 0.
        variance: What the uncertainty is made of.
    """

    mean: float
    low: float
    high: float
    p: float
    variance: Variance


def paired_difference(
    a: Array,
    b: Array,
    *,
    block: int,
    level: float = 0.05,
    seed: int = 0,
    draws: int = 2000,
    horizon: int = 1,
    paired: bool = True,
    groups: NDArray[Any] | None = None,
) -> Difference:
    """Bootstrap the difference of two mean losses over seeds and blocks of time at once.

    Seeds and blocks are drawn with replacement, the same blocks for both contenders. A plain
    bootstrap of few things is too narrow: its deviations are widened by ``sqrt(k / (k - 1))`` for
    k seeds or blocks, and by a random factor ``sqrt((k - 1) / chi2(k - 1))``, as Student's t has,
    because their spread is itself only estimated. What seeds do in single blocks is in both
    spreads, and counted once.

    Args:
        a: Loss of each seed and window, shape (S_a, N), in the order of time; S_a is 1 for a
            baseline.
        b: The same of the other, shape (S_b, N).
        block: Windows in a block, at least 1; see `block_length`.
        level: Chance that the interval leaves out the truth, in (0, 1); default 0.05.
        seed: Of the draws, at least 0; default 0.
        draws: At least 2 / level, default 2000.
        horizon: Windows in a row that share a target, default 1.
        paired: Whether row s of both has the same seed, and S_a = S_b. Two networks with one seed
            see the same order of batches, and their errors go together: by 0.8 for LSTM and GRU on
            sines, by -0.1 to 0.3 for others. Pairs are independent of each other, so their
            differences may be drawn whatever that is.
        groups: Which series or fold a window belongs to, shape (N,), each together; no block
            spans two. Default: all one.

    Returns:
        The difference, a less b.

    Raises:
        InvalidArgumentError: Shapes do not fit, a loss is not finite, or an option breaks its rule.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> a, b = rng.normal(1.0, 0.3, (5, 400)), rng.normal(2.0, 0.3, (1, 400))
        >>> found = paired_difference(a, b, block=2, paired=False)
        >>> round(found.mean, 2), round(found.low, 2), round(found.high, 2)
        (-1.0, -1.04, -0.97)
    """
    a, b = _losses("a", a), _losses("b", b)
    level = real("level", level, above=0.0, below=1.0)
    least = math.ceil(2.0 / level)
    draws = integer("draws", draws, at_least=least, hint=f"level {level:g} needs {least}")
    if a.shape[1] != b.shape[1]:
        raise fail("b", f"of {a.shape[1]} windows, as a", b.shape[1])
    if paired and len(a) != len(b):
        raise fail("paired", "False where the numbers of seeds differ", (len(a), len(b)))
    n = a.shape[1]
    blocks = cut_blocks(n, block=integer("block", block), horizon=horizon, groups=groups)
    sides = [a - b] if paired else [a, -b]
    mean = math.fsum(float(side.mean()) for side in sides)
    tables = [_influence(side, blocks) for side in sides]
    variance = _variance(tables, blocks)
    if len(blocks) < FEWEST_BLOCKS:
        return Difference(mean, -math.inf, math.inf, 1.0, variance)
    apart = np.sort(_deviations(tables, variance, np.random.default_rng(seed), draws))
    rank = math.floor(level / 2.0 * (draws + 1))  # of the draw that is the end of the interval
    beyond = np.sum(apart >= mean) if mean > 0.0 else np.sum(apart <= mean)
    return Difference(
        mean=mean,
        low=mean - float(apart[draws - rank]),
        high=mean - float(apart[rank - 1]),
        p=min(1.0, 2.0 * (1.0 + float(beyond)) / (draws + 1.0)),
        variance=variance,
    )


def _losses(name: str, values: Array) -> Array:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not table.size:
        raise fail(name, "of shape (seeds, windows)", table.shape)
    if not np.isfinite(table).all():
        raise fail(name, "finite", "NaN or infinity", "leave out seeds that diverged")
    return table


def _influence(losses: Array, blocks: Blocks) -> Array:
    """Return what each seed and block adds to the mean, shape (S, B); its own mean is 0.

    Blocks differ a little in length: the mean of all windows is a ratio, linear to first order.
    """
    scale = len(blocks) / losses.shape[1]
    added: Array = (blocks.sums(losses) - losses.mean() * blocks.sizes) * scale
    return added


def _variance(tables: list[Array], blocks: Blocks) -> Variance:
    """Take the variance of the difference apart: a two-way layout of seeds and blocks."""
    many = [table for table in tables if len(table) > 1]
    of_seeds = [float(table.mean(axis=1).var(ddof=1)) / len(table) for table in many]
    n_blocks, n_windows = len(blocks), int(blocks.sizes.sum())
    time = both = math.nan
    if n_blocks >= FEWEST_BLOCKS:
        of_time = sum(table.mean(axis=0) for table in tables)
        time = float(np.var(of_time, ddof=1)) / n_blocks * blocks.likeness
        both = sum(_interaction(table) for table in many) * blocks.likeness
    seeds = math.fsum(of_seeds)
    # Both spreads hold the interaction; a part cannot be less than nothing.
    shared = min(both, seeds, time) if n_blocks >= FEWEST_BLOCKS else 0.0
    return Variance(
        seeds=seeds - shared,
        time=time - shared,
        both=shared,
        n_seeds=min((len(table) for table in many), default=1),
        n_blocks=n_blocks,
        n_windows=n_windows,
        seeds_freedom=_freedom(of_seeds, many),
    )


def _freedom(variances: list[float], tables: list[Array]) -> float:
    """Return the degrees of freedom of a sum of variances, by Welch and Satterthwaite."""
    total = math.fsum(variances)
    if total == 0.0:
        return 0.0
    shares = zip(variances, tables, strict=True)
    return 1.0 / math.fsum((part / total) ** 2 / (len(table) - 1) for part, table in shares)


def _interaction(table: Array) -> float:
    s, b = table.shape
    rest = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True)
    found: float = float(np.vdot(rest, rest)) / ((s - 1) * (b - 1) * s * b)
    return found


def _deviations(
    tables: list[Array], variance: Variance, rng: np.random.Generator, draws: int
) -> Array:
    """Return how far drawn differences lie from the one that was seen, shape (draws,)."""
    of_time = sum(table.mean(axis=0) for table in tables)
    parts = [_drawn(table.mean(axis=1), rng, draws) for table in tables if len(table) > 1]
    seeds = sum(parts, np.zeros(draws))
    time = _drawn(of_time, rng, draws)
    spread = float(np.var(of_time, ddof=1)) / len(of_time)
    if spread > 0.0:
        time *= math.sqrt((variance.time + variance.both) / spread)
    twice = variance.total + variance.both
    made: Array = (seeds + time) * (math.sqrt(variance.total / twice) if twice > 0.0 else 1.0)
    return made


def _drawn(values: Array, rng: np.random.Generator, draws: int) -> Array:
    """Return deviations of the mean of `values`, shape (k,), as another k would give them."""
    k = len(values)
    drawn = rng.integers(k, size=(draws, k), dtype=np.int32)
    deviations = (values - values.mean())[drawn].mean(axis=1)
    made: Array = deviations * np.sqrt(k / rng.chisquare(k - 1, size=draws))
    return made
