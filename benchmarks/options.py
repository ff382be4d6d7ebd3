"""What a run was asked for, handed to every part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crew import HERE, PEERS
from peak import Peak
from tasks import Task

T = TypeVar("T")
CELLS = ("simple_rnn", "lstm", "gru")
CORES = (1, 2)
SETTINGS = HERE / "peers" / "settings.json"


@dataclass
class Options:
    """What a run was asked for.

    Attributes:
        quick: Tiny rounds, to test the harness: no figure of such a run means anything.
        peers: Keys of `crew.KINDS` to compare with.
        peak: The machine's limit.
    """

    quick: bool = False
    peers: tuple[str, ...] = PEERS
    peak: Peak = field(default_factory=Peak)

    def chosen(self, among: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of `among` that this run compares with."""
        return tuple(name for name in among if name in self.peers)

    def few(self, values: Sequence[T]) -> list[T]:
        """Return all values, in a quick run the last alone."""
        return list(values[-1:]) if self.quick else list(values)

    def sized(self, task: Task) -> Task:
        """Return the task, in a quick run with few windows."""
        return task.but(windows=min(task.windows, 96)) if self.quick else task

    def rounds(self, wanted: int) -> int:
        """Return how often each is timed."""
        return 1 if self.quick else wanted

    @property
    def round_seconds(self) -> float:
        """What each trains in a round."""
        return 0.01 if self.quick else 0.4


def best_setting(peer: str, cores: int, cell: str) -> dict[str, Any]:
    """Return the fastest setting that tune_peers.py found; nothing is tuned of ours."""
    found: dict[str, Any] = json.loads(SETTINGS.read_text(encoding="utf-8"))
    return dict(found[peer][str(cores)][cell]) if peer in found else {}
