"""Models come and go, and the process stays as large as it was."""

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from rnncomp import LSTM, Dense, EarlyStopping, Sequential

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
X = np.random.default_rng(0).normal(size=(64, 8, 1)).astype(np.float32)
# Over so few cycles a page now and then looks like some hundred bytes a cycle; bench_memory.py runs
# 10,000 and holds them against 1 KiB. What is to be found here are some tens of KiB kept a cycle,
# such as a model or its arrays.
CYCLES, LIMIT = 600, 16 * 1024

SLOPE = f"import bench_memory\nprint(bench_memory.slope({CYCLES}))\n"
LEAK = """
import numpy as np
from rnncomp import Sequential
kept, fit = [], Sequential.fit
def leaking(self, *args, **options):
    kept.append(np.ones(8192))  # 64 KiB
    return fit(self, *args, **options)
Sequential.fit = leaking
"""


def slope(program):
    """Return by how many bytes a cycle of a new model, fit and predict a new process grows."""
    environment = os.environ | {"PYTHONPATH": str(BENCHMARKS)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the size of a process on Linux")
def test_the_process_does_not_grow():
    assert slope(SLOPE) < LIMIT
    assert slope(LEAK + SLOPE) > LIMIT, "the leak that was planted is not seen"


def test_a_model_goes_without_the_garbage_collector():
    """Else weights and buffers of many models pile up until it comes by."""
    gc.collect()
    gc.disable()
    try:
        model = Sequential([LSTM(3), Dense(1)])
        model.compile("adam", "mse")
        history = model.fit(
            X, X[:, -1], validation_split=0.5, callbacks=[EarlyStopping("loss")], verbose=0
        )
        model.evaluate(X, X[:, -1], verbose=0)
        model.predict(X, verbose=0)
        predictor = model.predictor()
        gone = weakref.ref(model)
        del model
        assert gone() is None, "something of the model holds the model"
        assert history.history
        assert predictor(X[0]).shape == (1,)
    finally:
        gc.enable()


def test_a_history_knows_its_model_as_long_as_there_is_one():
    model = Sequential([LSTM(3), Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(X, X[:, -1], verbose=0)
    assert history.model is model
    assert model.history is history
    del model
    with pytest.raises(AttributeError, match="is gone; keep it in a variable"):
        history.model  # noqa: B018
