"""Print the best processor time of an epoch in ms, three cells of 8 and 50 units."""

import sys
import time

import numpy as np

from rnncomp.kernels import (
    DenseSpec,
    LossSpec,
    NetworkSpec,
    OptimizerSpec,
    RecurrentSpec,
    make_engine,
)
from rnncomp.samples import Samples


def best_epoch(kind, units, rounds):
    """Return the best of `rounds` epochs, in ms of one thread."""
    spec = NetworkSpec(1, (RecurrentSpec(kind, units), DenseSpec(1)))
    engine, rng = make_engine(spec), np.random.default_rng(0)
    base = rng.normal(size=(690, 1)).astype(np.float32)
    samples = Samples(base, range(640), 50, base[50:690].copy())
    params = (rng.normal(size=spec.n_params) * 0.1).astype(np.float32)
    slots = np.zeros((2, spec.n_params), np.float32)
    best = np.inf
    for _ in range(rounds):
        start = time.thread_time()
        engine.train(
            params,
            slots,
            samples,
            np.arange(640),
            batch_size=32,
            iteration=0,
            learning_rates=np.full(20, 1e-3),
            loss=LossSpec("mse"),
            metrics=[],
            optimizer=OptimizerSpec("adam"),
        )
        best = min(best, time.thread_time() - start)
    return best * 1e3


for cell in ("simple_rnn", "lstm", "gru"):
    print(*(f"{best_epoch(cell, units, int(sys.argv[1])):.3f}" for units in (8, 50)))
