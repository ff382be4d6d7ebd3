"""The whole fit of a classifier of sentences, beside Keras on both of its backends.

1,024 sentences of 100 words at most, Embedding(2000, 64), Bidirectional(LSTM(64)),
Dense(4) with softmax.
The peers' settings were tuned on other networks. Here Keras on TensorFlow is timed with and without
XLA; no layer is unrolled, which was not tried over 100 masked steps in two directions.
"""

from __future__ import annotations

from typing import Any

from bench_keras_fit import duel
from crew import crew
from measure import Contestant, absent_rows, reference_predictions
from options import CORES, Options
from rows import Row
from sentences_task import SentencesTask

EPOCHS = 3
BESIDE = ("keras-jax", "keras-tensorflow")
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "rnncomp": [{}],
    "keras-jax": [{"steps_per_execution": 20}],
    "keras-tensorflow": [{"steps_per_execution": 20, "jit_compile": jit} for jit in (True, False)],
}


def run(options: Options) -> list[Row]:
    """Return the seconds of every call of `fit`, the peers in turn."""
    task = options.sized(SentencesTask())
    members = [
        (name, cores)
        for cores in CORES
        for name in ("rnncomp", *options.chosen(BESIDE))
        for _ in SETTINGS[name]  # a worker for each: it keeps one network
    ]
    with crew([("reference", 1), *members]) as found:
        reference, *workers = found.workers
        expected = reference_predictions(reference, task)
        settings = {member: iter(SETTINGS[member[0]]) for member in members}
        contestants = [
            Contestant(w, task, next(settings[w.name, w.cores]), expected=expected) for w in workers
        ]
        rows = duel("classifier", contestants, options, rounds=3, epochs=EPOCHS)
        absent = absent_rows("classifier", found.absent, task, measure="fit_seconds")
    print("classifier: done", flush=True)
    return rows + absent
