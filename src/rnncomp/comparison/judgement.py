"""Judgement: what the losses of a comparison allow to be said, before it is put in words.

One contender is spoken of, the subject: the network chosen on the validation part. It is compared
with each of the others on the test part, by a bootstrap over seeds and blocks of time. All claims
of a judgement together are wrong with a chance of at most `level`: half of it is for networks, the
rest for baselines, each shared out evenly (Bonferroni). Networks have half even where there is no
baseline: of 200 comparisons of a network with itself, at most 10 shall name a winner, and at 5 %
chance alone would often name more.

An interval holds the same share, so a claim is made exactly where its interval leaves out 0;
Holm's steps would claim a little more, beside intervals that do not bear it out.

Among k networks the share is that of k (k - 1) / 2 pairs, and not of the k - 1 with the subject:
which one is the subject is itself up to chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer, real
from rnncomp.comparison.blocks import Array
from rnncomp.comparison.claims import Claim, Entry, Relation, make_claim
from rnncomp.comparison.statistics import mean, sample_sd

LEVEL = 0.05


@dataclass(frozen=True)
class Judgement:
    """What may be said.

    Attributes:
        subject: The network that is spoken of: the chosen one, else the lowest on the test part;
            None if no training finished.
        chosen: Whether it was chosen on the validation part.
        networks: All networks with a score, lowest error first.
        baselines: All baselines with a score, lowest error first.
        claims: How the subject stands to each of the others, by name.
        diverged: Network to (seeds that diverged, seeds trained).
        n_windows: Test windows N.
    """

    subject: Entry | None
    chosen: bool
    networks: tuple[Entry, ...]
    baselines: tuple[Entry, ...]
    claims: Mapping[str, Claim]
    diverged: Mapping[str, tuple[int, int]]
    n_windows: int

    @property
    def others(self) -> tuple[Entry, ...]:
        """All networks with a score but the subject, lowest error first."""
        return tuple(entry for entry in self.networks if entry != self.subject)

    @property
    def winner(self) -> str | None:
        """The network that is proven best, None if no difference is clear."""
        if self.subject is None or not self.chosen or self.subject.name in self.diverged:
            return None
        clear = all(self.claims[entry.name].relation == "better" for entry in self.others)
        return self.subject.name if self.others and clear else None

    def of(self, entries: Sequence[Entry], *relations: Relation) -> list[Entry]:
        """Return those of `entries` to which the subject stands in one of `relations`."""
        return [entry for entry in entries if self.claims[entry.name].relation in relations]


def judge(
    rows: Sequence[Mapping[str, Any]],
    best: str | None,
    *,
    losses: Mapping[str, Array],
    horizon: int = 1,
    level: float = LEVEL,
    groups: NDArray[Any] | None = None,
) -> Judgement:
    """Weigh a leaderboard.

    Args:
        rows: Rows of the leaderboard, in any order; those of networks hold ``seeds`` and
            ``scores``.
        best: The network chosen on the validation part, if any.
        losses: By name, the loss of each seed that finished in each test window, shape (S, N), in
            the order of time; S is 1 for a baseline. A network of which no seed finished is left
            out.
        horizon: Windows in a row that share a target, at least 1, default 1: the steps ahead,
            divided by the stride and rounded up.
        level: Chance that any claim is wrong, in (0, 1); default 0.05.
        groups: Which series or fold a window belongs to, shape (N,), each together. Default: one.

    Returns:
        The judgement.

    Raises:
        InvalidArgumentError: A loss is missing, not finite or of another shape, or an option breaks
            its rule.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> rows = [{"name": "gru", "kind": "network", "seeds": [0, 1, 2], "mae": 1.0,
        ...          "scores": {"mae": [1.0, 1.0, 1.0]}},
        ...         {"name": "mean", "kind": "baseline", "mae": 9.0}]
        >>> losses = {"gru": rng.normal(1.0, 0.1, (3, 90)), "mean": rng.normal(9.0, 0.1, (1, 90))}
        >>> judge(rows, "gru", losses=losses).claims["mean"].relation
        'better'
    """
    level = real("level", level, above=0.0, below=1.0)
    horizon = integer("horizon", horizon)
    seeds = {row["name"]: _finished(row) for row in rows if row["kind"] == "network"}
    scored = [row["name"] for row in rows if row["mae"] is not None]
    _check(scored, seeds, losses)
    networks = sorted(
        (_network(row, losses[row["name"]]) for row in rows if seeds.get(row["name"])),
        key=lambda entry: (entry.error, entry.name != best, entry.name),
    )
    plain = (Entry(name, float(losses[name].mean())) for name in scored if name not in seeds)
    baselines = sorted(plain, key=lambda entry: entry.error)
    chosen = next((entry for entry in networks if entry.name == best), None)
    subject = chosen or next(iter(networks), None)
    claims = {}
    if subject is not None:
        others = [entry for entry in networks if entry != subject]
        shares = _shares(level, len(networks), len(baselines))
        for entry, share in zip((*others, *baselines), shares, strict=True):
            alike = bool(entry.scores) and seeds[subject.name] == seeds[entry.name]
            claims[entry.name] = make_claim(
                subject, entry, losses, paired=alike, share=share, level=level, horizon=horizon,
                groups=groups,
            )  # fmt: skip
    return Judgement(
        subject=subject,
        chosen=chosen is not None,
        networks=tuple(networks),
        baselines=tuple(baselines),
        claims=claims,
        diverged=_diverged(rows, seeds),
        n_windows=losses[scored[0]].shape[1] if scored else 0,
    )


def differences(judgement: Judgement) -> list[dict[str, Any]]:
    """Return the claims as plain data, in the order of the networks, then of the baselines.

    ``difference``, ``low`` and ``high`` are shares of the other's error: -0.04 is 4 % lower; None
    where there is no interval. ``level`` is the chance that all intervals hold the truth.

    Example:
        >>> differences(judge([], None, losses={}))
        []
    """
    errors = {entry.name: entry.error for entry in (*judgement.networks, *judgement.baselines)}
    made = []
    for name, claim in judgement.claims.items():
        plain = asdict(claim) | {"level": 1.0 - claim.level}
        for end in ("difference", "low", "high"):
            share = plain[end] / errors[name] if errors[name] else math.inf
            # No error is more than 100 % lower.
            plain[end] = max(share, -1.0) if math.isfinite(share) else None
        made.append(plain)
    return made


def _finished(row: Mapping[str, Any]) -> list[int]:
    scores = zip(row["seeds"], row["scores"]["mae"], strict=True)
    return [seed for seed, score in scores if score is not None and math.isfinite(score)]


def _check(
    scored: Sequence[str], seeds: Mapping[str, Sequence[int]], losses: Mapping[str, Array]
) -> None:
    for name in scored:
        if name not in losses:
            raise fail("losses", f"given for every score, {name} too", sorted(losses))
        expected = len(seeds.get(name, (0,)))
        if losses[name].ndim != 2 or len(losses[name]) != expected:
            rule = f"of shape ({expected}, windows), a row for each seed that finished"
            raise fail(f"losses of {name}", rule, losses[name].shape)
        windows = losses[scored[0]].shape[1]
        if losses[name].shape[1] != windows:
            raise fail(
                f"losses of {name}", f"of {windows} windows, as the others", len(losses[name].T)
            )
        if not np.isfinite(losses[name]).all():
            raise fail(f"losses of {name}", "finite", "NaN or infinity", "leave out what diverged")


def _network(row: Mapping[str, Any], losses: Array) -> Entry:
    scores = tuple(losses.mean(axis=1).tolist())
    return Entry(row["name"], mean(scores), sample_sd(scores), scores, len(row["seeds"]))


def _diverged(
    rows: Iterable[Mapping[str, Any]], seeds: Mapping[str, Sequence[int]]
) -> dict[str, tuple[int, int]]:
    counts = {}
    for row in rows:
        if row["kind"] == "network" and len(seeds[row["name"]]) < len(row["seeds"]):
            trained = len(row["seeds"])
            counts[row["name"]] = (trained - len(seeds[row["name"]]), trained)
    return counts


def _shares(level: float, networks: int, baselines: int) -> list[float]:
    """Return each comparison's part of the level: with every other network, every baseline."""
    pairs = networks * (networks - 1) // 2
    of_networks = [level / 2.0 / pairs for _ in range(networks - 1)]
    rest = level / 2.0 if pairs else level
    return of_networks + [rest / baselines for _ in range(baselines)]
