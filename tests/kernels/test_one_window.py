"""One window at a time: units in lanes, against the reference, at all sizes around the lanes."""

from functools import lru_cache

import numpy as np
import pytest

from backends import BACKENDS, NATIVE, engine_of
from networks import RECURRENT, describe, layer_options, make_problem
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.samples import Samples
from tolerance import assert_close, assert_same_bytes, sides, steps_bound

DTYPES = ("float32", "float64")
HEAD = DenseSpec(3, activation="linear")


@lru_cache(maxsize=8)  # backends and dtypes vary fastest: they share what the reference says
def exact(spec, window, seed):
    """Return the reference's outputs (O,) of one window, with and without initial states."""
    p = make_problem(spec, samples=1, window=window, seed=seed)
    engine = engine_of("reference", spec, dtype="float64")
    return [engine.predict(p.params, p.samples, states)[0] for states in (p.states, None)]


def check_window(spec, backend, dtype, *, window, seed):
    """Compare with the reference, with and without initial states, twice from the same buffers."""
    p = make_problem(spec, samples=1, window=window, seed=seed, dtype=dtype)
    predictor = engine_of(backend, spec, dtype=dtype).predictor(p.params, window)
    for _ in range(2):
        for states, expected in zip((p.states[0], None), exact(spec, window, seed), strict=True):
            y = np.full(spec.outputs(window), np.nan, dtype)
            assert predictor.predict(p.samples.base, y, states)
            assert_close(y, expected, k=sides(dtype) * steps_bound(window), what="y")


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layer", layer_options(units=7), ids=describe)
def test_every_option_of_every_layer(layer, dtype, backend):
    check_window(NetworkSpec(3, (layer,)), backend, dtype, window=5, seed=1)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("features", [1, 5])
@pytest.mark.parametrize("units", [1, 2, 7, 8, 9, 24, 31, 50, 101])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_units_around_the_lanes(kind, units, features, dtype, backend):
    spec = NetworkSpec(features, (RecurrentSpec(units=units, **kind), HEAD))
    check_window(spec, backend, dtype, window=12, seed=2)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", [1, 2, 50])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_windows(kind, window, dtype, backend):
    spec = NetworkSpec(1, (RecurrentSpec(units=50, **kind), HEAD))
    check_window(spec, backend, dtype, window=window, seed=3)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("below", RECURRENT, ids=str)
@pytest.mark.parametrize("above", RECURRENT, ids=str)
def test_stacks(below, above, sequences, dtype, backend):
    layers = (
        RecurrentSpec(units=7, return_sequences=True, **below),
        DenseSpec(21, activation="tanh"),
        RecurrentSpec(units=9, return_sequences=sequences, **above),
        HEAD,
    )
    check_window(NetworkSpec(2, layers), backend, dtype, window=6, seed=4)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_nan_stays_and_does_not_reach_the_next_call(kind, backend):
    spec = NetworkSpec(2, (RecurrentSpec(units=9, **kind), HEAD))
    p = make_problem(spec, samples=1, window=6, seed=5, dtype="float32")
    predictor = engine_of(backend, spec, dtype="float32").predictor(p.params, 6)
    first, y = np.empty(3, np.float32), np.empty(3, np.float32)
    assert predictor.predict(p.samples.base, first, None)
    broken = p.samples.base.copy()
    broken[3, 1] = np.nan
    assert predictor.predict(broken, y, None)
    assert np.isnan(y).all()
    assert predictor.predict(p.samples.base, y, None)
    assert_same_bytes(y, first)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [1, 43, 400, 1e30])
def test_a_saturated_candidate_behind_gates_that_are_nearly_shut(size, dtype, backend):
    kernel, recurrent, bias = np.zeros((4, 11)), np.zeros((11, 44)), np.zeros((4, 11))
    kernel[2] = size  # the candidate alone sees the input; gates i, f, g, o
    bias[[0, 1, 3]] = [[-3], [1], [-3]]
    params = np.concatenate([kernel.ravel(), recurrent.ravel(), bias.ravel()])
    spec = NetworkSpec(1, (RecurrentSpec("lstm", 11),))
    x, y = np.ones((5, 1)), np.empty(11, dtype)
    predictor = engine_of(backend, spec, dtype=dtype).predictor(params.astype(dtype), 5)
    assert predictor.predict(x.astype(dtype), y, None)
    exact = engine_of("reference", spec, dtype="float64")
    (expected,) = exact.predict(params, Samples.from_arrays(x[None]))
    assert_close(y, expected, k=steps_bound(5), what="y")


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_does_not_fit_is_not_read(backend):
    spec = NetworkSpec(2, (RecurrentSpec("lstm", 3, return_sequences=True),))
    p = make_problem(spec, samples=1, window=4, seed=6, dtype="float32")
    predictor = engine_of(backend, spec, dtype="float32").predictor(p.params, 4)
    x, y, states = p.samples.base, np.zeros((4, 3), np.float32), p.states[0]
    frozen = y.copy()
    frozen.flags.writeable = False
    strided = np.zeros((4, 4), np.float32)[:, ::2]
    bad_x = [x[:3], x.T, x.ravel(), x[None], x.astype(np.float64), x.astype(np.int32), strided]
    for wrong in [*bad_x, x.tolist(), None]:
        assert not predictor.predict(wrong, y, None)
    for wrong in [y[:3], y.astype(np.float64), frozen, np.zeros((4, 6), np.float32)[:, ::2], None]:
        assert not predictor.predict(x, wrong, None)
    for wrong in [states[:5], states.astype(np.float64), np.zeros(12, np.float32)[::2]]:
        assert not predictor.predict(x, y, wrong)
    assert not y.any(), "nothing was written"
    assert predictor.predict(x, y, states)
    assert y.all()
