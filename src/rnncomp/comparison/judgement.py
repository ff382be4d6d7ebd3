"""Judgement: what the numbers of a leaderboard allow to be said, before it is put in words.

Two families of questions are asked, each with Holm's correction, at 3 %:

* between networks: Welch's t-test over seeds for every pair;
* between the network that was chosen and every baseline: Student's t-test of its seeds against the
  one number that the baseline has.

A network is called the winner only if it is the one chosen on the validation part and its error on
the test part is lower than that of every other network, by more than the spread over seeds, and
if none of its own trainings diverged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from rnncomp._check import one_of
from rnncomp.comparison.statistics import holm, mean, one_sample_p, sample_sd, welch_p

# Below the usual 5 %, because a promise hangs on it: that 200 comparisons of a network with itself
# name a winner at most 10 times. At 5 % some 7 of 200 do on average, and one series of 200 in eight
# breaks the promise; at 3 % it is 4, and one in three hundred.
LEVEL = 0.03
_SAME = 1e-9  # a relative difference that no printed digit shows

Relation = Literal["better", "worse", "tie", "equal", "lower", "higher"]
"""Of a network to another: `lower` and `higher` are what one seed shows, which proves nothing."""


@dataclass(frozen=True)
class Entry:
    """One row, as far as a verdict needs it.

    Attributes:
        name: The network or baseline.
        error: Mean over the seeds that finished.
        spread: Sample standard deviation over them; None with one seed, or for a baseline.
        scores: One number a seed that finished; empty for a baseline.
        n_seeds: Seeds trained.
    """

    name: str
    error: float
    spread: float | None = None
    scores: tuple[float, ...] = ()
    n_seeds: int = 0


@dataclass(frozen=True)
class Judgement:
    """What may be said.

    Attributes:
        subject: The network that is spoken of: the chosen one, else the lowest on the test part;
            None if no training finished.
        chosen: Whether it was chosen on the validation part.
        networks: All networks with a score, lowest error first.
        baselines: All baselines with a score, lowest error first.
        relations: How the subject stands to each of the others, by name.
        p_values: The corrected p-value behind a relation, where there is one.
        diverged: Network to (seeds that diverged, seeds trained).
    """

    subject: Entry | None
    chosen: bool
    networks: tuple[Entry, ...]
    baselines: tuple[Entry, ...]
    relations: Mapping[str, Relation]
    p_values: Mapping[str, float]
    diverged: Mapping[str, tuple[int, int]]

    @property
    def others(self) -> tuple[Entry, ...]:
        """All networks with a score but the subject, lowest error first."""
        return tuple(entry for entry in self.networks if entry != self.subject)

    @property
    def winner(self) -> str | None:
        """The network that is proven best, None if no difference is clear."""
        if self.subject is None or not self.chosen or self.subject.name in self.diverged:
            return None
        clear = all(self.relations[entry.name] == "better" for entry in self.others)
        return self.subject.name if self.others and clear else None

    def of(self, entries: Sequence[Entry], *relations: Relation) -> list[Entry]:
        """Return those of `entries` to which the subject stands in one of `relations`."""
        return [entry for entry in entries if self.relations[entry.name] in relations]


def judge(rows: Sequence[Mapping[str, Any]], best: str | None, *, metric: str = "mae") -> Judgement:
    """Weigh a leaderboard.

    Args:
        rows: Rows of the leaderboard, in any order; those of networks hold ``scores``.
        best: The network chosen on the validation part, if any.
        metric: ``mae``, ``mse``, ``rmse`` or ``mase``; lower is better.

    Returns:
        The judgement.

    Example:
        >>> rows = [{"name": "gru", "kind": "network", "scores": {"mae": [1.0, 1.2, 1.1]}},
        ...         {"name": "mean", "kind": "baseline", "mae": 9.0}]
        >>> judge(rows, "gru").relations
        {'mean': 'better'}
    """
    one_of("metric", metric, ("mae", "mse", "rmse", "mase"))
    rated = [(row, _network(row, metric)) for row in rows if row["kind"] == "network"]
    finished = [entry for _, entry in rated if entry]
    networks = sorted(finished, key=lambda entry: (entry.error, entry.name != best, entry.name))
    plain = [
        Entry(r["name"], r[metric]) for r in rows if r["kind"] != "network" and _known(r, metric)
    ]
    baselines = sorted(plain, key=lambda entry: entry.error)
    chosen = next((entry for entry in networks if entry.name == best), None)
    subject = chosen or next(iter(networks), None)
    p_values = {} if subject is None else _p_values(subject, networks, baselines)
    return Judgement(
        subject=subject,
        chosen=chosen is not None,
        networks=tuple(networks),
        baselines=tuple(baselines),
        relations={
            entry.name: _relation(subject, entry, p_values.get(entry.name))
            for entry in (*networks, *baselines)
            if subject is not None and entry != subject
        },
        p_values=p_values,
        diverged=_diverged(row for row, _ in rated),
    )


def same(a: float, b: float) -> bool:
    """Tell whether two errors differ by no more than rounding.

    Example:
        >>> same(0.1 + 0.2, 0.3), same(0.3, 0.3001)
        (True, False)
    """
    return math.isclose(a, b, rel_tol=_SAME, abs_tol=0.0)


def _known(row: Mapping[str, Any], metric: str) -> bool:
    return row[metric] is not None and math.isfinite(row[metric])


def _network(row: Mapping[str, Any], metric: str) -> Entry | None:
    scores = row["scores"][metric]
    finished = tuple(score for score in scores if score is not None and math.isfinite(score))
    if not finished:
        return None
    return Entry(row["name"], mean(finished), sample_sd(finished), finished, len(scores))


def _diverged(rows: Any) -> dict[str, tuple[int, int]]:
    counts = {}
    for row in rows:
        scores = next(iter(row["scores"].values()))
        lost = sum(score is None or not math.isfinite(score) for score in scores)
        if lost:
            counts[row["name"]] = (lost, len(scores))
    return counts


def _p_values(
    subject: Entry, networks: Sequence[Entry], baselines: Sequence[Entry]
) -> dict[str, float]:
    """Return corrected p-values of the subject against all others that can be tested."""
    able = [entry for entry in networks if len(entry.scores) > 1]
    # All pairs, not only those with the subject: which one stands first is itself up to chance.
    pairs = list(combinations(able, 2))
    corrected = holm([welch_p(a.scores, b.scores) for a, b in pairs])
    found = {
        (b if a == subject else a).name: p
        for (a, b), p in zip(pairs, corrected, strict=True)
        if subject in (a, b)
    }
    if len(subject.scores) > 1:
        tests = holm([one_sample_p(subject.scores, entry.error) for entry in baselines])
        found |= {entry.name: p for entry, p in zip(baselines, tests, strict=True)}
    return found


def _relation(subject: Entry, other: Entry, p: float | None) -> Relation:
    if same(subject.error, other.error):
        return "equal"
    below = subject.error < other.error
    if p is None:
        return "lower" if below else "higher"
    if p >= LEVEL:
        return "tie"
    return "better" if below else "worse"
