"""Find each peer's best setting by trying all; keeps them in peers/settings.json.

    python benchmarks/tune_peers.py            # some ten minutes on an idle machine

The benchmarks then use the settings found, so that their own run stays short. Every try is kept
as a row beside the others. torch.compile is not among them: in torch 2.13 it breaks its graph at
RNN, LSTM and GRU, which stay the eager kernels that are measured here; with
torch._dynamo.config.allow_rnn the compiled backward pass of an LSTM ends in a TypeError.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crew import FRAMEWORKS, Worker, crew
from evidence import command_line, keep
from measure import Contestant, race
from options import CELLS, CORES, SETTINGS
from peak import Peak
from rows import Row
from tasks import Task

GRIDS: dict[str, dict[str, list[Any]]] = {
    "torch": {"batch_first": [True, False], "adam": ["foreach", "fused"], "onednn": [True, False]},
    "keras-jax": {"unroll": [False, True], "steps_per_execution": [1, 20]},
    "keras-tensorflow": {
        "jit_compile": [False, True],
        "unroll": [False, True],
        "steps_per_execution": [1, 20],
    },
}


def settings(peer: str, cell: str) -> Iterator[dict[str, Any]]:
    """Yield every combination of a peer's grid, but those that take minutes to compile.

    XLA needs over a minute for 50 unrolled steps of an LSTM or GRU, and they run slower then.
    """
    grid = GRIDS[peer]
    for values in itertools.product(*grid.values()):
        setting = dict(zip(grid, values, strict=True))
        by_xla = setting.get("jit_compile", True)
        if cell == "simple_rnn" or not (setting.get("unroll") and by_xla):
            yield setting


def try_all(worker: Worker, task: Task, peak: Peak) -> list[Row]:
    """Return the rows of each setting; one that does not run has a row that says why."""
    rows: list[Row] = []
    for setting in settings(worker.name, task.cell):
        contestant = Contestant(worker, task, setting, name=json.dumps(setting))
        rows += race("tuning", [contestant], peak=peak, rounds=3)
    return rows


def fastest(rows: list[Row]) -> dict[str, Any]:
    """Return the setting of the fastest round."""
    timed = [row for row in rows if row.measure == "epoch_ms" and not row.missing]
    found: dict[str, Any] = json.loads(min(timed, key=lambda row: row.value).setting)
    return found


def tune(peers: list[str], peak: Peak) -> list[Row]:
    """Try all settings of `peers`; update the settings file after each peer."""
    best = json.loads(SETTINGS.read_text(encoding="utf-8")) if SETTINGS.exists() else {}
    rows: list[Row] = []
    for peer in peers:
        best[peer] = {str(cores): {} for cores in CORES}
        for cores, cell in itertools.product(CORES, CELLS):
            # A fresh process each: compiled programs of earlier cells would pile up in it.
            with crew([(peer, cores)]) as found:
                if found.absent:
                    raise SystemExit("nothing to tune: the peer did not start")
                tried = try_all(found.workers[0], Task(cell), peak)
            best[peer][str(cores)][cell] = fastest(tried)
            rows += tried
            print(f"{peer} {cores} {cell}: {fastest(tried)}", flush=True)
        SETTINGS.write_text(json.dumps(best, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return rows


def main() -> None:
    """Parse, tune, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", nargs="*", default=list(FRAMEWORKS), choices=FRAMEWORKS)
    parser.add_argument("--out", type=Path, help="folder of the rows [default: runs/<date>-...]")
    arguments = parser.parse_args()
    rows = tune(arguments.peers, Peak())
    keep(rows, arguments.out, command=command_line("tune_peers.py"), suffix="-tuning")


if __name__ == "__main__":
    main()
