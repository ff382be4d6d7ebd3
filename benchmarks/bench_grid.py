"""SimpleRNN, LSTM and GRU of 8 to 256 units against every framework, on one core and on two."""

from __future__ import annotations

from crew import FRAMEWORKS, Worker, crew
from measure import Contestant, absent_rows, race, reference_predictions
from options import CELLS, CORES, Options, best_setting
from rows import Row
from tasks import Task

WINDOWS = {8: 640, 32: 640, 50: 640, 128: 320, 256: 160}  # fewer where an epoch is long
MAIN_UNITS = 50  # measured most often; the others show how it goes on from there
ONE_CORE_UNITS = {"keras-tensorflow": (MAIN_UNITS,)}  # its default is all cores, and it is slow


def takes_part(worker: Worker, units: int) -> bool:
    """Return whether a worker is timed at this size."""
    return worker.cores > 1 or units in ONE_CORE_UNITS.get(worker.name, WINDOWS)


def run(options: Options) -> list[Row]:
    """Return the rows of every cell, size, peer and core count."""
    rows: list[Row] = []
    sizes = {MAIN_UNITS: WINDOWS[MAIN_UNITS]} if options.quick else WINDOWS
    names = ("rnncomp", *options.chosen(FRAMEWORKS))
    members = [(name, cores) for name in names for cores in CORES]
    with crew([*members, ("reference", 1)]) as found:
        *workers, reference = found.workers
        for units, windows in sizes.items():
            for cell in options.few(CELLS):
                task = options.sized(Task(cell, units=units, windows=windows))
                main = units == MAIN_UNITS
                expected = reference_predictions(reference, task) if main else None
                contestants = [
                    Contestant(w, task, best_setting(w.name, w.cores, cell), expected=expected)
                    for w in workers
                    if takes_part(w, units)
                ]
                rounds = options.rounds(5 if main else 3)
                rows += race(
                    "grid",
                    contestants,
                    peak=options.peak,
                    rounds=rounds,
                    round_seconds=options.round_seconds,
                )
                rows += absent_rows("grid", found.absent, task)
                print(f"grid: {cell} of {units} units done", flush=True)
    return rows
