"""Two blocks of rows that go through a layer side by side are, to the byte, two blocks apart.

One thread takes two blocks of a batch at a time where a block is one vector; three threads for
three blocks take one each.
"""

import numpy as np
import pytest

from backends import NATIVE, engine_of
from more_networks import NETWORKS, WINDOW, cell
from networks import make_problem
from rnncomp.kernels import DenseSpec, LossSpec, NetworkSpec, OptimizerSpec
from tolerance import assert_same_bytes

ROWS = 40  # 16, 16 and 8
STACK = (
    cell("lstm", 17, return_sequences=True),
    DenseSpec(5, activation="tanh"),
    cell("simple_rnn", 9, return_sequences=True, go_backwards=True),
    cell("gru", 6, activation="gelu", return_sequences=True),
    cell("gru", 7),
)
LONG = 70  # several chunks, whose gradients are added up block by block
CASES = {
    **NETWORKS,
    "a stack": NetworkSpec(2, STACK, window=WINDOW),
    "a stack of many steps": NetworkSpec(2, STACK, window=LONG),
}


def apart_and_together(backend, spec):
    return [engine_of(backend, spec, dtype="float32", threads=n) for n in (3, 1)]


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("name", CASES)
def test_predictions_and_last_states(name, backend):
    p = make_problem(CASES[name], samples=ROWS, window=CASES[name].window, seed=7, dtype="float32")
    found = []
    for engine in apart_and_together(backend, CASES[name]):
        ends = np.empty_like(p.states)
        found.append((engine.predict(p.params, p.samples, p.states, ends=ends), ends))
    for together, apart in zip(*found, strict=True):
        assert_same_bytes(together, apart)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("name", CASES)
def test_training_with_states_that_are_carried_on(name, backend):
    p = make_problem(
        CASES[name], samples=2 * ROWS, window=CASES[name].window, seed=8, dtype="float32"
    )
    found = []
    for engine in apart_and_together(backend, CASES[name]):
        params, states = p.params.copy(), p.states[:ROWS].copy()
        slots = np.zeros((2, params.size), params.dtype)
        report = engine.train(
            params,
            slots,
            p.samples,
            np.arange(2 * ROWS),
            batch_size=ROWS,
            iteration=0,
            learning_rates=np.full(2, 0.01),
            loss=LossSpec("mse"),
            metrics=[LossSpec("mae", "metric")],
            optimizer=OptimizerSpec("adam"),
            seed=3,
            states=states,
        )
        assert np.any(params != p.params)
        found.append((params, slots, report, states))
    for together, apart in zip(*found, strict=True):
        assert_same_bytes(together, apart)
