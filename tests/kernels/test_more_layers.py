"""Masks, directions, dropout and the layers around recurrent ones: reference and native kernels."""

import numpy as np
import pytest

from backends import BACKENDS, NATIVE, engine_of
from more_networks import NETWORKS, WINDOW, cell, problem
from networks import make_problem
from rnncomp.kernels import LossSpec, NetworkSpec, OptimizerSpec
from rnncomp.kernels.engine import Draws
from rnncomp.kernels.reference.random import Noise
from rnncomp.samples import Samples
from tolerance import (
    assert_close,
    assert_gradient,
    assert_same_bytes,
    carried_bound,
    gradient_bound,
    sides,
    steps_bound,
)

DRAWS = Draws(seed=2**40 + 3, batch=5)


def explicit_mask(p, seed=3):
    """Return a mask (N, T) with holes anywhere, also at both ends."""
    rng = np.random.default_rng(seed)
    mask = (rng.random((len(p.samples), WINDOW)) < 0.6).astype(p.params.dtype)
    mask[0, 0], mask[-1, -1] = 0, 0
    return mask


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_the_reference_are_central_differences(name):
    spec = NETWORKS[name]
    p = problem(spec, samples=2)
    engine = engine_of("reference", spec, dtype="float64")
    x = p.samples.windows()

    def score(params=p.params, x=x, states=p.states):
        samples = Samples.from_arrays(x)
        return float(np.sum(p.dy * engine.vjp(params, samples, p.dy, states, draws=DRAWS).y))

    result = engine.vjp(p.params, p.samples, p.dy, p.states, draws=DRAWS)
    assert_gradient(result.dparams, lambda v: score(params=v), p.params, what="dparams")
    assert_gradient(result.dstates, lambda v: score(states=v), p.states, what="dstates")
    if spec.layers[0].kind not in ("embedding", "masking"):  # x has no slope, or jumps
        assert_gradient(result.dx, lambda v: score(x=v), x, what="dx")


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_native_kernels_equal_the_reference(name, dtype, backend):
    spec = NETWORKS[name]
    native = engine_of(backend, spec, dtype=dtype, threads=2)
    reference = engine_of("reference", spec, dtype="float64")
    p, exact = problem(spec, samples=37, dtype=dtype), problem(spec, samples=37)
    k = {"y": steps_bound(WINDOW), "dstates": carried_bound(WINDOW)}
    for draws in (None, DRAWS):
        got = native.vjp(p.params, p.samples, p.dy, p.states, draws=draws)
        wanted = reference.vjp(exact.params, exact.samples, exact.dy, exact.states, draws=draws)
        for what, values in got._asdict().items():
            bound = sides(dtype) * k.get(what, gradient_bound(WINDOW))
            assert_close(values, getattr(wanted, what), k=bound, what=what)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru", "gru before"])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_mask_leaves_steps_out(name, backwards, backend):
    """A window with holes gives what the window without these steps gives."""
    spec = NetworkSpec(2, (cell(name, 3, go_backwards=backwards),))
    engine = engine_of(backend, spec, dtype="float64")
    p = make_problem(spec, samples=4, window=WINDOW, seed=2)
    mask = explicit_mask(p)
    ends = np.empty_like(p.states)
    y = engine.predict(p.params, p.samples, p.states, mask=mask, ends=ends)
    result = engine.vjp(p.params, p.samples, p.dy, p.states, mask=mask)
    windows = p.samples.windows()
    for row in range(4):
        there = mask[row] == 1
        alone = Samples.from_arrays(windows[row : row + 1, there])
        last = np.empty((1, spec.state_size))
        states = p.states[row : row + 1]
        short = engine.vjp(p.params, alone, p.dy[row : row + 1], states)
        engine.predict(p.params, alone, states, ends=last)
        assert_close(y[row], short.y[0], k=2 * steps_bound(WINDOW), what="y")
        assert_close(ends[row], last[0], k=2 * steps_bound(WINDOW), what="last states")
        assert_close(result.dx[row, there], short.dx[0], k=2 * gradient_bound(WINDOW), what="dx")
        assert not result.dx[row, ~there].any()
        assert_close(
            result.dstates[row], short.dstates[0], k=2 * carried_bound(WINDOW), what="dstates"
        )


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru", "gru before"])
def test_two_halves_with_the_states_between_are_the_whole(name, backend):
    spec = NetworkSpec(2, (cell(name, 3, return_sequences=True), cell(name, 4)))
    engine = engine_of(backend, spec, dtype="float64")
    p = make_problem(spec, samples=20, window=6, seed=2)
    x, middle = p.samples.windows(), np.empty_like(p.states)
    engine.predict(p.params, Samples.from_arrays(x[:, :4]), p.states, ends=middle)
    y = engine.predict(p.params, Samples.from_arrays(x[:, 4:]), middle)
    whole = engine.predict(p.params, p.samples, p.states)
    assert_close(y, whole, k=2 * steps_bound(6))


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_carries_states_from_batch_to_batch(backend):
    """Batches of 3 rows over a sequence in pieces end in the states of the whole sequence."""
    spec = NetworkSpec(2, (cell("lstm", 3),))
    engine = engine_of(backend, spec, dtype="float64")
    p = make_problem(spec, samples=3, window=8, seed=2)
    pieces = p.samples.windows().reshape(3, 4, 2, 2).transpose(1, 0, 2, 3).reshape(12, 2, 2)
    samples = Samples.from_arrays(pieces, np.zeros((12, 3)))
    states, params = np.zeros((3, 6)), p.params.copy()
    options = {
        "loss": LossSpec("mse"),
        "metrics": [],
        "optimizer": OptimizerSpec("sgd"),
        "iteration": 0,
    }
    engine.train(
        params,
        np.zeros((0, params.size)),
        samples,
        np.arange(12),
        batch_size=3,
        learning_rates=np.zeros(4),
        states=states,
        **options,
    )
    expected = np.empty((3, 6))
    engine.predict(p.params, p.samples, ends=expected)
    assert_close(states, expected, k=2 * steps_bound(8))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["lstm drops both, masked", "dropout", "bidirectional drops"])
def test_training_drops_what_its_seed_and_iteration_say(name, backend):
    """One step of plain descent with rate 1 moves the weights by the gradient with those draws."""
    spec = NETWORKS[name]
    p = problem(spec, samples=20)
    engine = engine_of(backend, spec, dtype="float64")
    params = p.params.copy()
    engine.train(
        params,
        np.zeros((0, params.size)),
        p.samples,
        np.arange(20),
        batch_size=20,
        iteration=DRAWS.batch,
        learning_rates=np.ones(1),
        loss=LossSpec("mse"),
        metrics=[],
        optimizer=OptimizerSpec("sgd"),
        seed=DRAWS.seed,
    )
    y = engine.vjp(p.params, p.samples, p.dy, draws=DRAWS).y
    dy = 2 * (y - p.samples.targets) / y.size
    expected = engine.vjp(p.params, p.samples, dy, draws=DRAWS).dparams
    assert_close(p.params - params, expected, k=4 * gradient_bound(WINDOW))
    without = engine.vjp(p.params, p.samples, dy).dparams
    assert np.abs(without - expected).max() > 1e-3


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("name", NETWORKS)
def test_any_number_of_threads_gives_the_same_bytes(name, backend):
    spec = NETWORKS[name]
    p = problem(spec, samples=53, dtype="float32")
    one, two = (engine_of(backend, spec, dtype="float32", threads=n) for n in (1, 2))
    results = [e.vjp(p.params, p.samples, p.dy, p.states, draws=DRAWS) for e in (one, two)]
    for what, first in results[0]._asdict().items():
        assert_same_bytes(getattr(results[1], what), first, what=what)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("backend", NATIVE)
def test_a_predictor_of_one_window_agrees(name, backend):
    spec = NETWORKS[name]
    p = problem(spec)
    engine = engine_of(backend, spec, dtype="float64")
    predictor = engine.predictor(p.params, WINDOW)
    expected = engine.predict(p.params, p.samples, p.states)
    for row, x in enumerate(p.samples.windows()):
        y = np.empty(spec.outputs(WINDOW))
        assert predictor.predict(np.ascontiguousarray(x), y, np.ascontiguousarray(p.states[row]))
        assert_close(y, expected[row], k=2 * steps_bound(WINDOW))


def test_shares_dropped_and_their_independence():
    """Each number is dropped with the share asked for, on its own.

    Of n draws a share s is dropped within 5 standard deviations, sqrt(s (1 - s) / n); the same for
    pairs of neighbours, where both are dropped.
    """
    share, n = 0.3, 400 * 600
    factors = Noise(7, 0).factors("inputs", share, (400, 600))
    dropped = factors == 0
    assert set(np.unique(factors)) == {0.0, 1 / (1 - share)}

    def near(found, expected, count):
        return abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / count)

    assert near(dropped.mean(), share, n)
    for pairs in (dropped[1:] & dropped[:-1], dropped[:, 1:] & dropped[:, :-1]):
        assert near(pairs.mean(), share**2, pairs.size)
    for other in (Noise(8, 0), Noise(7, 1), Noise(7, 0, layer=1), Noise(7, 0).of_child(0)):
        again = other.factors("inputs", share, (400, 600)) == 0
        assert near((dropped & again).mean(), share**2, n)
    both = dropped & (Noise(7, 0).factors("states", share, (400, 600)) == 0)
    assert near(both.mean(), share**2, n)
