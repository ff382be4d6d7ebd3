"""The ordinary checks of an engine's arithmetic; tests and canaries call the same ones."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from networks import layer_spec, make_problem
from rnncomp.kernels import LossSpec, NetworkSpec, OptimizerSpec
from rnncomp.samples import Samples
from tolerance import (
    assert_close,
    assert_gradient,
    carried_bound,
    gradient_bound,
    largest,
    steps_bound,
)

FIXTURES = Path(__file__).parent / "parity" / "fixtures"
ABOUT = json.loads((FIXTURES / "keras.json").read_text())
CASES = {case["name"]: case for case in ABOUT["cases"]}

MOMENTUM = ABOUT["momentum"]
RULES = {  # optimizer, which learning rate, loss
    "adam": (OptimizerSpec("adam"), "adam", "mse"),
    "nesterov": (OptimizerSpec("sgd", momentum=MOMENTUM, nesterov=True), "sgd", "mse"),
    "momentum": (OptimizerSpec("sgd", momentum=MOMENTUM), "sgd", "mae"),
    "sgd": (OptimizerSpec("sgd"), "sgd", "mae"),
}


@cache
def keras_arrays():
    """Return all arrays of the fixtures."""
    with np.load(FIXTURES / "keras.npz") as file:
        return dict(file)


class KerasCase:
    """A network, and what Keras computed for it; inputs and weights are exact in float32."""

    def __init__(self, name):
        case = CASES[name]
        self.spec = NetworkSpec(case["features"], tuple(layer_spec(**o) for o in case["layers"]))
        self.window = case["window"]
        whole = keras_arrays().items()
        self.arrays = {k.split("/", 1)[1]: v for k, v in whole if k.startswith(f"{name}/")}
        large = self.spec.n_params > ABOUT["large"]
        self.kept = slice(None, None, ABOUT["thinned"] if large else None)  # of the parameters

    def given(self, dtype):
        """Return params, samples and states in `dtype`."""
        a = self.arrays
        samples = Samples.from_arrays(a["x"].astype(dtype), a["targets"].astype(dtype))
        return a["params"].astype(dtype), samples, a["states"].astype(dtype)

    def expected(self, key):
        """Return what Keras computed in float64."""
        return self.arrays[f"float64/{key}"]


def bounds(engine, window):
    """Return k for outputs, gradients, gradients of states, in units of the engine's eps.

    In float64 only the order of sums differs, and the bounds are 1e-12 for outputs and 1e-10 for
    gradients. For float32 see tolerance.py.
    """
    if engine.dtype == np.float64:
        forward, gradients = 1e-12 / np.finfo(np.float64).eps, 1e-10 / np.finfo(np.float64).eps
        return forward, gradients, gradients
    return steps_bound(window), gradient_bound(window), carried_bound(window)


def check_outputs_and_gradients(case, engine):
    """Compare predict and vjp, from given initial states, with Keras."""
    params, samples, states = case.given(engine.dtype)
    forward, gradients, carried = bounds(engine, case.window)
    y = engine.predict(params, samples, states)
    result = engine.vjp(params, samples, case.arrays["dy"].astype(engine.dtype), states)
    assert {y.dtype, *(array.dtype for array in result)} == {engine.dtype}
    assert_close(y, case.expected("y"), k=forward, what="predict")
    assert_close(result.y, case.expected("y"), k=forward, what="y")
    assert_close(result.dx, case.expected("dx"), k=gradients, what="dx")
    assert_close(result.dparams[case.kept], case.expected("dparams"), k=gradients, what="dparams")
    if case.spec.state_size:
        assert_close(result.dstates, case.expected("dstates"), k=carried, what="dstates")


def check_training(case, rule, engine):
    """Compare weights, loss and MAE after 20 given batches with Keras."""
    optimizer, rate, loss = RULES[rule]
    params, samples, _ = case.given(engine.dtype)
    first = params.copy()
    rows = case.arrays["rows"].astype(np.int64)
    starts = range(0, len(rows), ABOUT["batch_size"])
    report = engine.train(
        params,
        np.zeros((optimizer.n_slots, params.size), engine.dtype),
        samples,
        rows,
        batch_size=ABOUT["batch_size"],
        iteration=0,
        learning_rates=np.full(len(starts), ABOUT["learning_rates"][rate]),
        loss=LossSpec(loss),
        metrics=[LossSpec("mae", "metric")],
        optimizer=optimizer,
    )
    _, k, _ = bounds(engine, case.window)
    assert_close(params[case.kept], case.expected(rule), k=k, what=rule)
    assert largest(params - first) > 0.001, "nothing was learned"
    sums, weights = report.sum(axis=0).T
    epoch = sums / weights
    eps = np.finfo(engine.dtype).eps
    assert_close(epoch, case.expected(f"{rule}_report"), k=k, eps=eps, what="loss and MAE")


def check_gradients(engine, *, seed, window=4, samples=2, with_states=True):
    """Compare every number of dx, dparams and dstates with central differences (float64)."""
    problem = make_problem(engine.spec, samples=samples, window=window, seed=seed)
    params, dy = problem.params, problem.dy
    states = problem.states if with_states else np.zeros_like(problem.states)
    x = problem.samples.windows()

    def score(params=params, x=x, states=states):
        return float(np.sum(dy * engine.predict(params, Samples.from_arrays(x), states)))

    result = engine.vjp(params, problem.samples, dy, states if with_states else None)
    assert_gradient(result.dparams, lambda p: score(params=p), params, what="dparams")
    assert_gradient(result.dx, lambda x: score(x=x), x, what="dx")
    assert_gradient(result.dstates, lambda s: score(states=s), states, what="dstates")
    assert np.any(result.dparams != 0.0)
