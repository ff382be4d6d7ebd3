"""The compiled kernels against the reference: every option, and sizes around the vector width."""

from functools import lru_cache

import numpy as np
import pytest

from backends import NATIVE, engine_of
from networks import RECURRENT, describe, layer_options, make_problem
from rnncomp.kernels import DenseSpec, LossSpec, NetworkSpec, OptimizerSpec, RecurrentSpec
from tolerance import assert_close, carried_bound, gradient_bound, sides, steps_bound

DTYPES = ("float32", "float64")
HEAD = DenseSpec(2, activation="linear")

RULES = [
    OptimizerSpec("adam"),
    OptimizerSpec("adam", beta_1=0.8, beta_2=0.99, epsilon=1e-4),
    OptimizerSpec("sgd"),
    OptimizerSpec("sgd", momentum=0.75),
    OptimizerSpec("sgd", momentum=0.75, nesterov=True),
    OptimizerSpec("sgd", weight_decay=0.5),
    OptimizerSpec("rmsprop"),
    OptimizerSpec("rmsprop", rho=0.8, momentum=0.75, epsilon=1e-4, centered=True),
    OptimizerSpec("rmsprop", rho=0.8, epsilon=1e-4, centered=True),
    OptimizerSpec("adagrad", epsilon=1e-4, weight_decay=0.5),
    OptimizerSpec("adam", amsgrad=True, epsilon=1e-4, weight_decay=0.5),
    OptimizerSpec("sgd", clip="value", clip_at=0.01),
    OptimizerSpec("sgd", clip="norm", clip_at=0.1),
    OptimizerSpec("sgd", momentum=0.75, clip="global_norm", clip_at=0.1),
    OptimizerSpec("nadam"),
    OptimizerSpec("nadam", beta_1=0.8, beta_2=0.99, epsilon=1e-4),
]


@lru_cache(maxsize=8)  # backends and dtypes vary fastest: they share what the reference says
def exact_results(spec, **options):
    """Return the reference's vjp in float64, with and without initial states."""
    p = make_problem(spec, **options)
    engine = engine_of("reference", spec, dtype="float64")
    return [engine.vjp(p.params, p.samples, p.dy, states) for states in (p.states, None)]


def check_calls(spec, backend, dtype, *, window, **options):
    """Compare predict and vjp, with and without initial states."""
    native = engine_of(backend, spec, dtype=dtype)
    p = make_problem(spec, window=window, dtype=dtype, **options)
    expected = exact_results(spec, window=window, **options)
    k = {"y": steps_bound(window), "dstates": carried_bound(window)}
    both = sides(dtype)
    for states, exact in zip((p.states, None), expected, strict=True):
        y = native.predict(p.params, p.samples, states)
        result = native.vjp(p.params, p.samples, p.dy, states)
        assert {y.dtype, *(array.dtype for array in result)} == {np.dtype(dtype)}
        assert_close(y, exact.y, k=both * k["y"], what="predict")
        for name, got in result._asdict().items():
            k_here = k.get(name, gradient_bound(window))
            assert_close(got, getattr(exact, name), k=both * k_here, what=name)


def train(backend, spec, dtype, rule, loss, *, batch_size, samples, window, seed):
    """Return weights, slots and reports after some steps, the last of them on a short batch."""
    problem = make_problem(spec, samples=samples, window=window, seed=seed, dtype=dtype)
    slots = np.zeros((rule.n_slots, spec.n_params), dtype)
    report = engine_of(backend, spec, dtype=dtype).train(
        problem.params,
        slots,
        problem.samples,
        np.random.default_rng(seed).permutation(samples),
        batch_size=batch_size,
        iteration=3,
        learning_rates=np.linspace(0.002, 0.001, -(-samples // batch_size)),
        loss=LossSpec(loss),
        metrics=[LossSpec("mse", "metric"), LossSpec("mae", "metric")],
        optimizer=rule,
    )
    return {"params": problem.params, "slots": slots, "report": report}


exact_training = lru_cache(maxsize=8)(train)


def check_training(spec, backend, dtype, rule, loss, *, window, **options):
    """Compare weights, slots and reports after some steps."""
    got = train(backend, spec, dtype, rule, loss, window=window, **options)
    expected = exact_training("reference", spec, "float64", rule, loss, window=window, **options)
    k, eps = gradient_bound(window), np.finfo(dtype).eps
    for what in got:
        assert_close(got[what], expected[what], k=k, eps=eps, what=what)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layer", layer_options(units=7), ids=describe)
def test_every_option_of_every_layer(layer, dtype, backend):
    spec = NetworkSpec(3, (layer,))
    check_calls(spec, backend, dtype, samples=17, window=5, seed=1)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("samples", [1, 3, 15, 16, 17, 33])
@pytest.mark.parametrize("units", [1, 7, 16, 50])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_sizes_around_the_vector_width(kind, units, samples, dtype, backend):
    spec = NetworkSpec(3, (RecurrentSpec(units=units, **kind), HEAD))
    check_calls(spec, backend, dtype, samples=samples, window=12, seed=2)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("window", [1, 2, 12, 61, 130])  # 130 is three chunks of steps
@pytest.mark.parametrize("features", [1, 3])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_windows_and_features(kind, features, window, dtype, backend):
    spec = NetworkSpec(features, (RecurrentSpec(units=7, **kind), HEAD))
    check_calls(spec, backend, dtype, samples=17, window=window, seed=3, overlapping=True)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("below", RECURRENT, ids=str)
@pytest.mark.parametrize("above", RECURRENT, ids=str)
def test_stacks(below, above, dtype, backend):
    layers = (
        RecurrentSpec(units=7, return_sequences=True, **below),
        DenseSpec(5, activation="tanh"),
        RecurrentSpec(units=9, **above),
        HEAD,
    )
    check_calls(NetworkSpec(2, layers), backend, dtype, samples=19, window=6, seed=4)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", ["mse", "mae"])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_update_rules_and_losses(rule, loss, dtype, backend):
    spec = NetworkSpec(2, (RecurrentSpec("gru", 7), HEAD))
    check_training(spec, backend, dtype, rule, loss, batch_size=7, samples=40, window=5, seed=5)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("batch_size", [1, 7, 16, 33, 200, 300])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_training_with_any_batch_size(kind, batch_size, dtype, backend):
    spec = NetworkSpec(1, (RecurrentSpec(units=7, **kind), HEAD))
    check_training(
        spec,
        backend,
        dtype,
        OptimizerSpec("adam"),
        "mse",
        batch_size=batch_size,
        samples=min(5 * batch_size - 2, 305) if batch_size > 1 else 5,
        window=6,
        seed=6,
    )


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_training_a_stack_on_whole_sequences(kind, dtype, backend):
    layers = (
        RecurrentSpec(units=7, return_sequences=True, **kind),
        RecurrentSpec(units=5, return_sequences=True, **kind),
        DenseSpec(2, activation="linear"),
    )
    spec, rule = NetworkSpec(2, layers), OptimizerSpec("adam")
    check_training(spec, backend, dtype, rule, "mse", batch_size=17, samples=40, window=5, seed=7)
