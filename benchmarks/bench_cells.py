"""SimpleRNN, LSTM and GRU of 50 units against every peer, on one core and on two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crew import FRAMEWORKS, crew
from measure import Contestant, race, reference_predictions
from peak import Peak
from rows import Row
from tasks import Task

CELLS = ("simple_rnn", "lstm", "gru")
CORES = (1, 2)
SETTINGS = Path(__file__).resolve().parent / "peers" / "settings.json"


def best_setting(peer: str, cores: int, cell: str) -> dict[str, Any]:
    """Return the fastest setting that tune_peers.py found; nothing is tuned of ours."""
    if peer == "rnncomp":
        return {}
    found: dict[str, Any] = json.loads(SETTINGS.read_text(encoding="utf-8"))
    return dict(found[peer][str(cores)][cell])


def run(peak: Peak, *, rounds: int = 5, peers: tuple[str, ...] = FRAMEWORKS) -> list[Row]:
    """Return the rows of every cell, peer and core count.

    Args:
        peak: The machine's limit.
        rounds: How often each is timed.
        peers: What to compare with.
    """
    rows: list[Row] = []
    names = ("rnncomp", *peers)
    members = [(name, cores) for name in names for cores in CORES]
    with crew([*members, ("reference", 1)]) as [*workers, reference]:
        for cell in CELLS:
            task = Task(cell)
            expected = {task: reference_predictions(reference, task)}
            contestants = [
                Contestant(worker, task, best_setting(worker.name, worker.cores, cell))
                for worker in workers
            ]
            rows += race("cells", contestants, expected, peak=peak, rounds=rounds)
            print(f"cells: {cell} done", flush=True)
    return rows
