"""What the engines show of their insides: every array of every layer, native beside reference."""

import numpy as np
import pytest

from backends import BACKENDS, NATIVE, engine_of
from more_networks import NETWORKS, WINDOW, both_ways, problem
from networks import describe, layer_options
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.kernels.layer_specs import MaskingSpec
from tolerance import assert_close, assert_same_bytes, inner_bound, sides, steps_bound

ROWS = 19  # a block of rows and a part of one


def check(spec, backend, dtype, *, window=WINDOW, with_mask=False):
    """Compare all arrays of all layers with the reference's in float64."""
    size = {"samples": ROWS, "window": window, "seed": 7}
    p, exact = problem(spec, dtype=dtype, **size), problem(spec, **size)
    mask = None
    if with_mask:
        mask = (np.random.default_rng(9).random((ROWS, window)) < 0.6).astype(dtype)
    engine = engine_of(backend, spec, dtype=dtype)
    reference = engine_of("reference", spec, dtype="float64")
    for states in (True, False):
        got = engine.trace(p.params, p.samples, p.states if states else None, mask=mask)
        expected = reference.trace(
            exact.params,
            exact.samples,
            exact.states if states else None,
            mask=None if mask is None else mask.astype(np.float64),
        )
        for index, (one, other) in enumerate(zip(got, expected, strict=True)):
            assert list(one) == list(other)
            for name, array in one.items():
                assert array.dtype == np.dtype(dtype)
                k = sides(dtype) * inner_bound(window) * stretch(spec)
                assert_close(array, other[name], k=k, what=f"layer {index}: {name}")


def stretch(spec):
    """Return how much more a network may stretch roundings than one with gates of 0 .. 1.

    A gate without an upper end multiplies states by numbers above 1, and their roundings with
    them, in each of a few steps.
    """
    gates = {getattr(layer, "recurrent_activation", "sigmoid") for layer in spec.layers}
    return 1.0 if gates <= {"sigmoid", "hard_sigmoid", "sparse_sigmoid", "tanh"} else 4.0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_shows_what_the_reference_shows(name, backend, dtype):
    check(NETWORKS[name], backend, dtype)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("layer", layer_options(5), ids=describe)
def test_every_layer_shows_what_the_reference_shows(layer, backend):
    check(NetworkSpec(3, (layer, DenseSpec(2))), backend, "float32")


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("units", [1, 7, 18, 50, 131])
@pytest.mark.parametrize("kind", ["simple_rnn", "lstm", "gru"])
def test_sizes_around_the_tiles(kind, units, backend):
    layers = (RecurrentSpec(kind, units, return_sequences=True), RecurrentSpec(kind, 3))
    check(NetworkSpec(2, layers), backend, "float32", window=7)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("kind", ["simple_rnn", "lstm", "gru"])
def test_a_mask_holds_the_states_that_are_shown(kind, backend):
    layers = (RecurrentSpec(kind, 4, return_sequences=True), both_ways(kind, "gru", 3))
    check(NetworkSpec(2, layers), backend, "float32", with_mask=True)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["lstm masked", "bidirectional sum", "encoder and decoder"])
def test_the_last_output_is_the_prediction(name, backend):
    p = problem(NETWORKS[name], samples=ROWS, dtype="float32")
    engine = engine_of(backend, p.spec, dtype="float32")
    shown = engine.trace(p.params, p.samples, p.states)[-1]["y"].reshape(ROWS, -1)
    predicted = engine.predict(p.params, p.samples, p.states)
    if backend == "reference":
        assert_same_bytes(shown, predicted)
    else:  # where two blocks go side by side, sums have another order
        assert_close(shown, predicted, k=steps_bound(WINDOW))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_look_inside_leaves_nothing_behind(backend):
    p = problem(NETWORKS["lstm backwards, all steps"], samples=ROWS, dtype="float32")
    engine = engine_of(backend, p.spec, dtype="float32")
    before = engine.predict(p.params, p.samples, p.states)
    engine.trace(p.params, p.samples.take(slice(0, 2)), None)
    assert_same_bytes(engine.predict(p.params, p.samples, p.states), before)


def test_the_kernels_refuse_a_trace_of_another_size():
    spec = NetworkSpec(1, (MaskingSpec(), RecurrentSpec("gru", 3), DenseSpec(1)))
    engine = engine_of(NATIVE[0], spec, dtype="float32")
    p = problem(spec, samples=ROWS, dtype="float32")
    with pytest.raises(ValueError, match="trace has other columns"):
        engine._engine.trace(
            p.params,
            p.samples.base,
            p.samples.starts,
            WINDOW,
            None,
            None,
            np.empty((ROWS, 3), np.float32),
        )
