"""The sentences of a verdict about the network that is spoken of."""

from __future__ import annotations

from collections.abc import Sequence

from rnncomp.comparison.claims import Claim, Entry, same
from rnncomp.comparison.judgement import Judgement
from rnncomp.comparison.leaderboard import label
from rnncomp.comparison.settling import MOST_SEEDS, MOST_TIMES
from rnncomp.comparison.wording import (
    Numbers,
    joined,
    percent_higher,
    percent_lower,
    percent_span,
    rounded,
)

# Always spoken of; another one that is beaten, only where it is the strongest of those.
NAMED = ("persistence", "ridge")


class Words:
    """The sentences about one network, called the subject.

    Args:
        judgement: What may be said.
        subject: The network chosen, or the lowest on the test part.
        metric: What the errors are called.
    """

    def __init__(self, judgement: Judgement, subject: Entry, metric: str = "MAE") -> None:
        self.judgement, self.subject, self.metric = judgement, subject, metric
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
        own, also, named = ", ", f"; {self.name} is ", len(by_none) > 1
        sentences = []
        if by_none:
            sentences.append(
                f"No network beats {self._baselines(by_none, 'or')}: the lowest on the test part, "
                f"{label(lowest.name)}, has {self._number(lowest)}"
                f"{self._beside(by_none[0], own if lowest == self.subject else also, named=named)}."
            )
        if above:
            sentences.append(
                f"{self.name}, lowest on the validation part, does not beat "
                f"{self._baselines(above, 'or')}: it has {self._number(self.subject)}"
                f"{self._beside(above[0], ', ', named=len(above) > 1)}."
            )
        if unclear:
            sentences.append(
                f"{self.name} ({self._number(self.subject)}) is not clearly better than "
                f"{self._baselines(unclear, 'or')}"
                f"{self._beside(unclear[0], ': it is ', named=len(unclear) > 1)}."
            )
        return sentences

    def networks(self) -> list[str]:
        """Say which network is best and by how much, or that it cannot be told."""
        others, subject = self.judgement.others, self.subject
        better, worse = self.judgement.of(others, "better"), self.judgement.of(others, "worse")
        if not others:
            finished = " that finished" if self.judgement.diverged else ""
            return [f"{self.name} is the only network{finished}: {self._score()}."]
        if len(subject.scores) == 1:
            return [self._one_seed()]
        if self.judgement.winner:
            return [self._winner()]
        untold = [e for e in others if len(e.scores) == 1 and e not in self._equal(others)]
        tied = [e for e in self.judgement.of(others, "tie", "equal") if e not in untold]
        sentences = [self._not_held(worse)] if worse else []
        if better and not (worse or tied or untold):
            sentences.append(
                f"{self.name} has the lowest error on the test part: {self._score()}"
                f"{self._beside(better[0], ', ')}."
            )
        elif better:
            sentences.append(
                f"{self.name} ({self._number(subject)}) is better than {self._list(better)}"
                f"{self._beside(better[0], ', ')}."
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
            least = percent_lower(self.subject.error, proven[0].error) + self._interval(proven[0])
            named = self._baselines(self._named(proven), "and")
            if len(proven) < len(self.baselines):
                by = "by" if len(self._named(proven)) == 1 else "the nearest by"
                sentences.append(f"{self.name} beats {named}, {by} {least}.")
            elif len(proven) == 1:
                sentences.append(f"{self.name} beats the only baseline, by {least}: {named}.")
            else:
                sentences.append(
                    f"{self.name} beats every baseline, the nearest by {least}, among them {named}."
                )
        if seen:
            sentences.append(
                f"The error of {self.name}, {self._number(self.subject)}, is lower than that of "
                f"{self._baselines(self._named(seen), 'and')}"
                f"{self._beside(seen[0], '; it is ')}, for this one seed: others may differ."
            )
        return sentences

    def _winner(self) -> str:
        second = self.judgement.others[0]
        return (
            f"{self.name} is the best network: {self._score()}, "
            f"{percent_lower(self.subject.error, second.error)} lower than {label(second.name)} "
            f"({self._number(second)}), the next{self._interval(second)}."
        )

    def _not_held(self, worse: Sequence[Entry]) -> str:
        verb = "has" if len(worse) == 1 else "have"
        chosen = "lowest on the validation part, " if self.judgement.chosen else ""
        return (
            f"{self.name}, {chosen}has {self._number(self.subject)} on the test part, where "
            f"{self._list(worse)} {verb} clearly less; it is {self._beside(worse[0], '')}: "
            "the choice did not hold."
        )

    def _tie(self, tied: Sequence[Entry]) -> str:
        if self._equal(tied) == list(tied):
            names = joined([label(entry.name) for entry in (self.subject, *tied)])
            return f"A tie: {names} have the same error, {self._number(self.subject)}."
        together = sorted((self.subject, *tied), key=lambda entry: entry.error)
        every = (
            "the networks" if len(together) == len(self.judgement.networks) else "these networks"
        )
        nearest = next(entry for entry in tied if entry not in self._equal(tied))
        sentence = f"No clear difference between {every}, a tie: {self._list(together)}"
        lowest = together[0]
        if lowest != self.subject and self.judgement.chosen:
            sentence += (
                f"; {self.name} is lowest on the validation part, {label(lowest.name)} on the test "
                "part"
            )
        return sentence + self._beside(nearest, f". {self.name} is ") + "."

    def _one_seed(self) -> str:
        listed = self._list(self.judgement.networks)
        sentence = f"One seed cannot tell which network is better: {listed}"
        sentence += "; train with seeds=5" if self.subject.n_seeds == 1 else ""
        lowest = self.judgement.networks[0]
        if lowest != self.subject:
            sentence += f" ({self.name} is lowest on the validation part)"
        return sentence + "."

    def _equal(self, entries: Sequence[Entry]) -> list[Entry]:
        return self.judgement.of(entries, "equal")

    def _beside(self, other: Entry, lead: str, *, named: bool = True) -> str:
        """Write, after `lead`, by how much the subject differs, and what would settle it.

        Args:
            other: From whom.
            lead: What stands before.
            named: Whether the other is named again, among several.
        """
        claim = self.judgement.claims[other.name]
        if claim.relation == "equal" or other.error == 0.0:
            return ""
        if claim.too_short:
            windows = f"{self.judgement.n_windows:,} windows"
            return f"; the test part, {windows} that share targets, is too short to tell"
        size = (
            f"{percent_lower(self.subject.error, other.error)} lower"
            if claim.difference < 0.0
            else f"{percent_higher(self.subject.error, other.error)} higher"
        )
        than = f" than {label(other.name).partition(' (')[0]}" if named else ""
        beside = f"{lead}{size}{than}{self._interval(other)}"
        return beside + (f". {self._settling(claim)}" if claim.relation == "tie" else "")

    def _interval(self, other: Entry) -> str:
        """Write the interval beside "lower" or "higher", in percent of the other's error."""
        claim = self.judgement.claims[other.name]
        # Relative to the other's error as it was seen; no error is more than 100 % lower.
        low = max(100.0 * claim.low / other.error, -100.0)
        high = 100.0 * claim.high / other.error
        if claim.difference < 0.0:
            low, high = -high, -low
        return f" ({100.0 * (1.0 - claim.level):g} % interval {percent_span(low, high)})"

    def _settling(self, claim: Claim) -> str:
        """Write what would make a difference clear, if it is what it looks like."""
        seeds, windows = claim.seeds_needed, claim.windows_needed
        if len(self.subject.scores) == 1 and windows:
            return f"About {rounded(windows)} test windows would settle it for this seed"
        if seeds and windows:
            return (
                f"About {rounded(seeds)} seeds or {rounded(windows)} test windows would settle it"
            )
        if seeds:
            return f"About {rounded(seeds)} seeds would settle it"
        if windows:
            return (
                f"About {rounded(windows)} test windows would settle it, but not "
                f"{MOST_SEEDS:,} seeds on these"
            )
        if len(self.subject.scores) == 1:
            return f"Not even {MOST_TIMES} times the test windows would settle it for this seed"
        more = f"{MOST_SEEDS:,} seeds nor {MOST_TIMES} times the test windows"
        return f"Neither {more} alone would settle it"

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
