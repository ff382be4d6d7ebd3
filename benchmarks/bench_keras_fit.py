"""rnncomp.fit beside model.fit: the same model of Keras, the same arrays, whole calls of 20 epochs.

The time is that of the call from its begin to its end, what is handed over before and after it
included; both are called twice before, so that nothing is compiled in what is timed.
"""

from __future__ import annotations

import json
import math

from crew import crew
from measure import Contestant, Limits, absent_rows, attempt, reference_predictions
from options import CELLS, CORES, Options, best_setting
from rows import Row
from tasks import Task

EPOCHS = 20
BESIDE = ("keras-jax",)  # the model that rnncomp.fit gets is of the same Keras and backend


def run(options: Options) -> list[Row]:
    """Return the seconds of every call, the two in turn."""
    rows: list[Row] = []
    peers = options.chosen(BESIDE)
    if not peers:
        return rows
    names = ("rnncomp-fit", *peers)
    with crew([("reference", 1), *((name, cores) for cores in CORES for name in names)]) as found:
        reference, *workers = found.workers
        for cell in options.few(CELLS):
            task = options.sized(Task(cell))
            expected = reference_predictions(reference, task)
            contestants = [
                Contestant(w, task, best_setting(w.name, w.cores, cell), expected=expected)
                for w in workers
            ]
            rows += duel("keras_fit", contestants, options, rounds=5, epochs=EPOCHS)
            rows += absent_rows("keras_fit", found.absent, task, measure="fit_seconds")
            print(f"keras_fit: {cell} done", flush=True)
    return rows


def duel(
    bench: str, contestants: list[Contestant], options: Options, *, rounds: int, epochs: int
) -> list[Row]:
    """Time the calls in turn, round after round."""
    for one in contestants:
        attempt(one, lambda one=one: one.warm_up(0.0))  # type: ignore[misc]
        one.epochs = 1 if options.quick else epochs
    limits = Limits(options.peak, {("float32", one.worker.cores) for one in contestants})
    for _ in range(options.rounds(rounds)):
        for one in contestants:
            attempt(one, one.run)
    limits.measure()
    return [
        row
        for one in contestants
        for row in call_rows(bench, one, limits["float32", one.worker.cores])
    ]


def call_rows(bench: str, one: Contestant, peak_gflops: float) -> list[Row]:
    """Return the seconds of every call."""
    found = [reply["fit_seconds"] for reply in one.replies]
    values = [math.nan] if one.failure else found
    return [
        Row(
            bench=bench,
            name="base",
            peer=one.worker.name,
            cores=one.worker.cores,
            round=number,
            measure="fit_seconds",
            value=seconds,
            task=one.task,
            epochs=one.epochs,
            setting=json.dumps(one.setting),
            gflop=one.task.gflop * one.epochs,
            peak_gflops=peak_gflops,
            error=one.error,
            note=one.failure,
        )
        for number, seconds in enumerate(values)
    ]
