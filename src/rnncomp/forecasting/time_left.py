"""TimeLeft: when many trainings side by side will have ended, learned while they run.

The seconds of a training are taken as

    seconds = pace * epochs * cost  +  close * forecasts

with what is known before (`Work`: the cost of an epoch and of the forecasts at the end) and what is
learned from those that run and have run: pace and close, in seconds a unit of cost, for each kind
of network; and how many epochs they take until they are stopped early, which depends on the kind
and on how much there is to learn from. The trainings that are left are then laid out over the
workers in the order in which they will be taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heapreplace
from threading import Lock

TENTH = 10
SHARED = 3  # trainings: what few of them say is worth as much as what is known of their like
RENEWED = 0.1  # seconds for which an estimate is good enough: laying out costs time itself


@dataclass(frozen=True)
class Work:
    """What is known of a training before it runs.

    Attributes:
        kind: Trainings of one kind have one pace: the configuration of the network.
        cost: Of one epoch, in any unit that is the same for all, above 0.
        forecasts: Cost of the forecasts at the end, in the same unit, at least 0.
        epochs: The most that it runs.
        time_limit: Seconds after which it is stopped, or None.
    """

    kind: Hashable
    cost: float
    forecasts: float
    epochs: int
    time_limit: float | None = None


@dataclass
class _Kind:
    """What has been learned of a kind."""

    seconds: float = 0.0  # in epochs of `cost`
    cost: float = 0.0
    close_seconds: float = 0.0  # between the last epoch and the end, in forecasts of `close_cost`
    close_cost: float = 0.0
    ended_after: list[int] = field(default_factory=list)


@dataclass
class _Running:
    epoch: int
    since: float  # when that epoch ended, or the training began


class TimeLeft:
    """Seconds until all trainings have ended.

    Args:
        works: The trainings, in the order in which they will be begun.
        workers: How many run at a time, at least 1.
        clock: Seconds, from any moment on.

    Example:
        >>> now = iter([0.0, 0.0, 3.0, 3.0])
        >>> time_left = TimeLeft([Work("gru", 1.0, 0.0, 10)] * 4, 2, clock=lambda: next(now))
        >>> time_left.began(0), time_left.began(1)
        (None, None)
        >>> time_left.reached(0, 1)  # nine epochs of 3 s, then two trainings side by side
        57.0
    """

    def __init__(
        self, works: Sequence[Work], workers: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workers, self._clock = workers, clock
        self._kinds = {work.kind: _Kind() for work in works}
        numbers = {work: number for number, work in enumerate(dict.fromkeys(works))}
        self._equal = [numbers[work] for work in works]  # equal works have one number
        self._distinct = [(work, self._kinds[work.kind]) for work in numbers]
        self._every: list[int] = []
        self._ended_after: list[list[int]] = [[] for _ in numbers]
        self._running: dict[int, _Running] = {}
        self._waiting = dict.fromkeys(range(len(works)))
        self._lock = Lock()
        self._estimate = (-RENEWED, 0.0)  # when it was made, and what it was

    def began(self, place: int) -> None:
        """Note that a training begins, by its place in `works`."""
        with self._lock:
            self._running[place] = _Running(0, self._clock())
            self._waiting.pop(place)

    def reached(self, place: int, epoch: int, *, done: bool = False) -> float:
        """Note how many epochs a training has done, or its end, and return the seconds left."""
        with self._lock:
            now = self._clock()
            self._learn(place, epoch, now)
            if done:
                self._ended(place, epoch, now)
            made, seconds = self._estimate
            if done or now - made >= RENEWED:
                made, seconds = self._estimate = (now, self._laid_out(now))
            return max(0.0, seconds - (now - made))

    def _learn(self, place: int, epoch: int, now: float) -> None:
        work, kind = self._distinct[self._equal[place]]
        running = self._running[place]
        if epoch > running.epoch:
            kind.seconds += now - running.since
            kind.cost += (epoch - running.epoch) * work.cost
            self._running[place] = _Running(epoch, now)

    def _ended(self, place: int, epoch: int, now: float) -> None:
        work, kind = self._distinct[self._equal[place]]
        kind.close_seconds += now - self._running.pop(place).since
        kind.close_cost += work.forecasts
        self._every.append(epoch)
        kind.ended_after.append(epoch)
        self._ended_after[self._equal[place]].append(epoch)

    def _laid_out(self, now: float) -> float:
        """Return when the last of all workers is free, in seconds from now."""
        free = [
            max(0.0, self._seconds(self._equal[place], running.epoch) - (now - running.since))
            for place, running in self._running.items()
        ]
        free += [0.0] * (self._workers - len(free))
        heapify(free)
        seconds = [self._seconds(number, 0) for number in range(len(self._distinct))]
        for place in self._waiting:
            heapreplace(free, free[0] + seconds[self._equal[place]])
        return max(free)

    def _seconds(self, number: int, done: int) -> float:
        """Return the seconds that a training still needs after `done` epochs."""
        work, kind = self._distinct[number]
        learned = [kind] if kind.cost else list(self._kinds.values())
        cost = sum(k.cost for k in learned)
        pace = sum(k.seconds for k in learned) / cost if cost else 0.0
        close = kind.close_seconds / kind.close_cost if kind.close_cost else pace
        known = [self._every, kind.ended_after, self._ended_after[number]]
        epochs = _expected(known, done, work.epochs) * work.cost * pace
        if work.time_limit is not None:
            epochs = min(epochs, max(0.0, work.time_limit - done * work.cost * pace))
        return epochs + work.forecasts * close


def _expected(known: Sequence[Sequence[int]], done: int, epochs: int) -> float:
    """Return how many more epochs to expect after `done`: as those that got as far did, else all.

    Args:
        known: After how many epochs others ended, from the many that are little like this one to
            the few that are much like it. Each group has `SHARED` further members that are as the
            group before it.
        done: Epochs done.
        epochs: The most there can be.
    """
    if not known[0]:
        return epochs - done
    mean = float(min(done + 1, epochs))
    for group in known:
        longer = [min(after, epochs) for after in group if after > done]
        shared = SHARED if group is not known[0] or not longer else 0
        mean = (sum(longer) + shared * mean) / (len(longer) + shared)
    return mean - done


def starting_order(works: Sequence[Work]) -> list[int]:
    """Return the places of all trainings in the order to begin them: nearly the longest first.

    The longest first keeps all workers busy until the end. But then one kind of network would run
    for a long time before anything is known of the others; so a tenth of each kind, of all sizes,
    goes before: by then the time left is known, and enough are left to fill the workers.

    Example:
        >>> starting_order([Work("a", 1.0, 0.0, 1), Work("b", 3.0, 0.0, 1), Work("a", 2.0, 0.0, 1)])
        [1, 0, 2]
    """

    def size(place: int) -> float:
        return works[place].epochs * works[place].cost + works[place].forecasts

    by_kind: dict[Hashable, list[int]] = {}
    for place, work in enumerate(works):
        by_kind.setdefault(work.kind, []).append(place)
    first = {place for places in by_kind.values() for place in sorted(places, key=size)[::TENTH]}
    return sorted(range(len(works)), key=lambda place: (place not in first, -size(place)))
