"""The verdict: two or three plain sentences that the numbers of a leaderboard support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rnncomp.comparison.judgement import Entry, Judgement, judge, same
from rnncomp.comparison.leaderboard import label
from rnncomp.comparison.wording import Numbers, joined, percent_lower, shown_p

LEAK = (
    "The scaler was fitted on all data, test part included: this leak may flatter the networks "
    "(scale_on='train' has none)."
)
# Always spoken of; another one that is beaten, only where it is the strongest of those.
NAMED = ("persistence", "ridge")


def make_verdict(
    rows: Sequence[Mapping[str, Any]],
    best: str | None,
    *,
    metric: str = "mae",
    leaks: bool = False,
) -> tuple[str, ...]:
    """Put into words what a leaderboard shows; what is not better than a baseline comes first.

    Args:
        rows: Rows of the leaderboard; those of networks hold ``scores`` by metric and seed.
        best: The network chosen on the validation part, None if there is none.
        metric: ``mae``, ``mse``, ``rmse`` or ``mase``.
        leaks: Whether the scaler has seen the test part.

    Returns:
        The sentences.

    Example:
        >>> rows = [{"name": "gru", "kind": "network", "scores": {"mae": [1.0, 1.2, 1.1]}},
        ...         {"name": "ridge", "kind": "baseline", "mae": 2.0}]
        >>> for sentence in make_verdict(rows, "gru"):
        ...     print(sentence)
        GRU is the only network: MAE 1.10 ± 0.10 over 3 seeds.
        GRU beats the only baseline, by 45 %: ridge regression on the same lags (MAE 2.00).
    """
    judgement = judge(rows, best, metric=metric)
    sentences = _all_diverged(judgement, metric)
    if judgement.subject is not None:
        words = Words(judgement, judgement.subject, metric)
        sentences = [*words.unbeaten(), *words.networks(), *words.beaten()]
    sentences += _diverged(judgement)
    return tuple(sentences + [LEAK] * leaks)


class Words:
    """The sentences about one network, called the subject.

    Args:
        judgement: What may be said.
        subject: The network chosen, or the lowest on the test part.
        metric: The error that is written.
    """

    def __init__(self, judgement: Judgement, subject: Entry, metric: str) -> None:
        self.judgement, self.subject, self.metric = judgement, subject, metric.upper()
        self.name = label(subject.name)
        self.baselines = _different(judgement.baselines)
        written = (*judgement.networks, *self._named(self.baselines))
        self.shown = Numbers([entry.error for entry in written])

    def unbeaten(self) -> list[str]:
        """Say which baselines are not beaten: by no network, by the subject, or not clearly."""
        left = self.judgement.of(self.baselines, "worse", "tie", "equal", "higher")
        lowest = self.judgement.networks[0]
        by_none = [entry for entry in left if _at_most(entry, lowest)]
        above = [e for e in left if e not in by_none and _at_most(e, self.subject)]
        unclear = [e for e in left if not _at_most(e, self.subject)]
        sentences = []
        if by_none:
            sentences.append(
                f"No network beats {self._baselines(by_none, 'or')}: the lowest on the test part, "
                f"{label(lowest.name)}, has {self._number(lowest)}."
            )
        if above:
            sentences.append(
                f"{self.name}, lowest on the validation part, does not beat "
                f"{self._baselines(above, 'or')}: it has {self._number(self.subject)}."
            )
        if unclear:
            sentences.append(
                f"{self.name} ({self._number(self.subject)}) is not clearly better than "
                f"{self._baselines(unclear, 'or')}: the spread over seeds is too large to tell."
            )
        return sentences

    def networks(self) -> list[str]:
        """Say which network is best and by how much, or that it cannot be told."""
        others, subject = self.judgement.others, self.subject
        better, worse = self.judgement.of(others, "better"), self.judgement.of(others, "worse")
        tied = self.judgement.of(others, "tie", "equal")
        untold = self.judgement.of(others, "lower", "higher")
        if not others:
            finished = " that finished" if self.judgement.diverged else ""
            return [f"{self.name} is the only network{finished}: {self._score()}."]
        if len(subject.scores) == 1:
            return [self._one_seed()]
        if self.judgement.winner:
            return [self._winner()]
        sentences = [self._not_held(worse)] if worse else []
        if better and not (worse or tied or untold):
            sentences.append(f"{self.name} has the lowest error on the test part: {self._score()}.")
        elif better:
            sentences.append(
                f"{self.name} ({self._number(subject)}) is better than {self._list(better)}."
            )
        if tied:
            sentences.append(self._tie(tied))
        if untold:
            verb = "is" if len(untold) == 1 else "are"
            sentences.append(
                f"{self.name} has {self._score()}; one finished seed cannot tell how good "
                f"{self._list(untold)} {verb}."
            )
        return sentences + ([] if self.judgement.chosen else [self._unchosen()])

    def beaten(self) -> list[str]:
        """Say which baselines are beaten, and by how much at least."""
        proven = self.judgement.of(self.baselines, "better")
        seen = self.judgement.of(self.baselines, "lower")
        sentences = []
        if proven:
            least = percent_lower(self.subject.error, proven[0].error)
            if len(proven) < len(self.baselines):
                start = f"{self.name} beats"
            elif len(proven) == 1:
                start = f"{self.name} beats the only baseline, by {least}:"
            else:
                start = f"{self.name} beats every baseline by at least {least}, among them"
            sentences.append(f"{start} {self._baselines(self._named(proven), 'and')}.")
        if seen:
            sentences.append(
                f"The error of {self.name}, {self._number(self.subject)}, is lower than that of "
                f"{self._baselines(self._named(seen), 'and')}, but one seed cannot tell whether "
                "others would be."
            )
        return sentences

    def _winner(self) -> str:
        second = self.judgement.others[0]
        return (
            f"{self.name} is the best network: {self._score()}, "
            f"{percent_lower(self.subject.error, second.error)} lower than {label(second.name)} "
            f"({self._number(second)}), the next; that is more than the spread over seeds explains "
            f"({shown_p(self.judgement.p_values[second.name])})."
        )

    def _not_held(self, worse: Sequence[Entry]) -> str:
        verb = "has" if len(worse) == 1 else "have"
        chosen = "lowest on the validation part, " if self.judgement.chosen else ""
        return (
            f"{self.name}, {chosen}has {self._number(self.subject)} on the test part, where "
            f"{self._list(worse)} {verb} clearly less: the choice did not hold."
        )

    def _tie(self, tied: Sequence[Entry]) -> str:
        if all(same(entry.error, self.subject.error) for entry in tied):
            names = joined([label(entry.name) for entry in (self.subject, *tied)])
            return f"A tie: {names} have the same error, {self._number(self.subject)}."
        together = sorted((self.subject, *tied), key=lambda entry: entry.error)
        every = (
            "the networks" if len(together) == len(self.judgement.networks) else "these networks"
        )
        sentence = (
            f"No clear difference between {every}, a tie: {self._list(together)}; the spread over "
            "seeds is too large to tell them apart"
        )
        lowest = together[0]
        if lowest != self.subject and self.judgement.chosen:
            sentence += (
                f" ({self.name} is lowest on the validation part, {label(lowest.name)} on the test "
                "part)"
            )
        return sentence + "."

    def _one_seed(self) -> str:
        listed = self._list(self.judgement.networks)
        sentence = f"One seed cannot tell which network is better: {listed}"
        sentence += "; train with seeds=5" if self.subject.n_seeds == 1 else ""
        lowest = self.judgement.networks[0]
        if lowest != self.subject:
            sentence += f" ({self.name} is lowest on the validation part)"
        return sentence + "."

    def _unchosen(self) -> str:
        return (
            f"No network was chosen on a validation part; that {self.name} is lowest on the test "
            "part was seen only afterwards."
        )

    def _score(self) -> str:
        n = len(self.subject.scores)
        return (
            f"{self._number(self.subject)} over {n} seeds"
            if n > 1
            else (
                f"{self._number(self.subject)} with one seed, which cannot tell how others would do"
            )
        )

    def _named(self, entries: Sequence[Entry]) -> list[Entry]:
        return [entry for k, entry in enumerate(entries) if k == 0 or entry.name in NAMED]

    def _list(self, entries: Sequence[Entry]) -> str:
        return joined([f"{label(entry.name)} ({self._number(entry)})" for entry in entries])

    def _number(self, entry: Entry) -> str:
        spread = "" if entry.spread is None else f" ± {self.shown.spread(entry.spread)}"
        return f"{self.metric} {self.shown(entry.error)}{spread}"

    def _baselines(self, entries: Sequence[Entry], word: str) -> str:
        texts = []
        for entry in entries:
            name = label(entry.name)
            opened = f"{name[:-1]}, " if name.endswith(")") else f"{name} ("
            texts.append(f"{opened}{self._number(entry)})")
        return joined(texts, word)


def _at_most(entry: Entry, other: Entry) -> bool:
    return entry.error < other.error or same(entry.error, other.error)


def _different(baselines: Sequence[Entry]) -> tuple[Entry, ...]:
    """Leave out a seasonal naive forecast that is the persistence (season 1)."""
    errors = {entry.error for entry in baselines if entry.name == "persistence"}
    return tuple(b for b in baselines if b.name != "seasonal_naive" or b.error not in errors)


def _all_diverged(judgement: Judgement, metric: str) -> list[str]:
    if not judgement.baselines:
        return ["No network finished its training, and no baseline has a score."]
    strongest = judgement.baselines[0]
    return [
        "No network finished its training: none is to be used.",
        f"The strongest baseline is {label(strongest.name)}: {metric.upper()} "
        f"{Numbers([strongest.error])(strongest.error)}.",
    ]


def _diverged(judgement: Judgement) -> list[str]:
    sentences = []
    for name, (lost, seeds) in judgement.diverged.items():
        some = "is left out of its numbers" if lost == 1 else "are left out of its numbers"
        rest = some if lost < seeds else "leave it without a score"
        if lost == seeds == 1:
            rest = "leaves it without a score"
        count = "the only seed" if seeds == 1 else f"all {seeds} seeds"
        if lost < seeds:
            count = f"{lost} of {seeds} seeds"
        sentences.append(f"{label(name)} diverged with {count}, which {rest}.")
    return sentences
