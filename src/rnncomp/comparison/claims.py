"""Claims: how one contender stands to another, with the interval and what would settle it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from rnncomp.comparison.blocks import Array, block_length
from rnncomp.comparison.differences import Difference, paired_difference
from rnncomp.comparison.settling import seeds_to_settle, windows_to_settle
from rnncomp.comparison.statistics import diebold_mariano

DRAWS = 10_000
_SAME = 1e-9  # a relative difference that no printed digit shows

Relation = Literal["better", "worse", "tie", "equal", "lower", "higher"]
"""Of the subject to another. `lower` and `higher`: clear over time, but a network has one seed."""


@dataclass(frozen=True)
class Entry:
    """One contender, as far as a verdict needs it.

    Attributes:
        name: The network or baseline.
        error: Mean loss over windows and seeds that finished.
        spread: Sample standard deviation over them; None with one seed, or for a baseline.
        scores: One mean loss a seed that finished; empty for a baseline.
        n_seeds: Seeds trained; 0 for a baseline.
    """

    name: str
    error: float
    spread: float | None = None
    scores: tuple[float, ...] = ()
    n_seeds: int = 0


@dataclass(frozen=True)
class Claim:
    """How the subject stands to one other contender.

    Attributes:
        subject: The network that is spoken of.
        other: The contender it is compared with.
        difference: Error of the subject less that of the other; negative if the subject is better.
        low: Lower end of the interval of the difference, -inf if the test part is too short.
        high: Upper end, inf likewise.
        level: Chance that any interval of the judgement leaves out the truth.
        p: P-value, corrected for the number of comparisons.
        relation: What may be said.
        dm_p: P-value of Diebold and Mariano's test of the mean over seeds, not corrected; None
            for several groups or a horizon as long as the test part.
        seeds_needed: Seeds a network that would make the difference clear; None if it is clear, or
            if no number would.
        windows_needed: Test windows that would; None likewise.
    """

    subject: str
    other: str
    difference: float
    low: float
    high: float
    level: float
    p: float
    relation: Relation
    dm_p: float | None
    seeds_needed: int | None
    windows_needed: int | None

    @property
    def too_short(self) -> bool:
        """Whether the test part has too few blocks of time for an interval."""
        return math.isinf(self.low)


def make_claim(
    subject: Entry,
    other: Entry,
    losses: Mapping[str, Array],
    *,
    paired: bool,
    share: float,
    level: float,
    horizon: int = 1,
    groups: NDArray[Any] | None = None,
) -> Claim:
    """Compare the subject with one other contender.

    Args:
        subject: The network that is spoken of.
        other: A network or baseline.
        losses: By name, shape (S, N); see `judge`.
        paired: Whether the rows of both have the same seeds.
        share: The part of the level that this comparison has.
        level: Chance that any claim of the judgement is wrong.
        horizon: Windows in a row that share a target, at least 1.
        groups: Which series or fold a window belongs to, shape (N,).

    Returns:
        The claim.

    Raises:
        InvalidArgumentError: A loss is not finite, or shapes do not fit.

    Example:
        >>> import numpy as np
        >>> gru, mean = Entry("gru", 1.0, 0.0, (1.0, 1.0), 2), Entry("mean", 2.0)
        >>> losses = {"gru": np.ones((2, 99)), "mean": np.full((1, 99), 2.0)}
        >>> make_claim(gru, mean, losses, paired=False, share=0.05, level=0.05).relation
        'better'
    """
    # In units of the errors themselves: squares of tiny or huge ones would not be numbers.
    unit = max(subject.error, other.error) or 1.0
    a, b = losses[subject.name] / unit, losses[other.name] / unit
    over_time = a.mean(axis=0), b.mean(axis=0)
    block = block_length(over_time[0] - over_time[1], horizon=horizon, groups=groups)
    found = paired_difference(
        a, b, block=block, level=share, draws=max(DRAWS, math.ceil(20.0 / share)),
        horizon=horizon, paired=paired, groups=groups,
    )  # fmt: skip
    alone = len(subject.scores) == 1 or len(other.scores) == 1
    relation = _relation(subject, other, clear=found.p <= share, alone=alone)
    testable = groups is None and horizon < len(over_time[0])
    open_ = relation == "tie"
    return Claim(
        subject=subject.name,
        other=other.name,
        difference=unit * found.mean,
        low=unit * found.low,
        high=unit * found.high,
        level=level,
        p=min(1.0, found.p * level / share),
        relation=relation,
        dm_p=diebold_mariano(*over_time, horizon=horizon)[1] if testable else None,
        seeds_needed=_seeds_needed(found, share, alone) if open_ else None,
        windows_needed=windows_to_settle(found, level=share) if open_ else None,
    )


def _seeds_needed(found: Difference, share: float, alone: bool) -> int | None:
    # Of a network with one seed nobody knows the spread: a number would leave it out.
    return None if alone else seeds_to_settle(found, level=share)


def _relation(subject: Entry, other: Entry, *, clear: bool, alone: bool) -> Relation:
    if same(subject.error, other.error):
        return "equal"
    if not clear:
        return "tie"
    below = subject.error < other.error
    if alone:
        return "lower" if below else "higher"
    return "better" if below else "worse"


def same(a: float, b: float) -> bool:
    """Tell whether two errors differ by no more than rounding.

    Example:
        >>> same(0.1 + 0.2, 0.3), same(0.3, 0.3001)
        (True, False)
    """
    return math.isclose(a, b, rel_tol=_SAME, abs_tol=0.0)
