"""What weights add to the loss: the reference by differences, native against it, threads."""

from functools import lru_cache

import numpy as np
import pytest

from backends import NATIVE, engine_of
from networks import make_problem
from rnncomp.kernels import DenseSpec, LossSpec, NetworkSpec, OptimizerSpec, RecurrentSpec
from rnncomp.kernels.reference import penalties
from rnncomp.kernels.spec import NO_PENALTY, PenaltySpec
from tolerance import assert_close, assert_gradient, assert_same_bytes, gradient_bound

# Kernels of 270, 8,100 and 90 numbers: one piece and two of them, which are no multiples of 8.
SPEC = NetworkSpec(3, (RecurrentSpec("simple_rnn", 90), DenseSpec(1)))
PENALTY = PenaltySpec(l1=(0.0, 0.01, 0.5, 0.03, 0.25), l2=(0.02, 0.03, 0.25, 0.0, 0.0))
RULES = {
    "sgd": OptimizerSpec("sgd"),
    "adam": OptimizerSpec("adam", weight_decay=0.1, clip="global_norm", clip_at=0.5, epsilon=1e-3),
    "rmsprop": OptimizerSpec("rmsprop", clip="value", clip_at=0.01, epsilon=1e-3),
}


def train(backend, dtype, rule, penalty=PENALTY, threads=1):
    """Return weights and reports after two epochs of three batches, the last of them short."""
    p = make_problem(SPEC, samples=39, window=4, seed=3, dtype=dtype)
    p.params[::7] = 0.0
    rng = np.random.default_rng(3)
    report = engine_of(backend, SPEC, dtype=dtype, threads=threads).train(
        p.params,
        np.zeros((RULES[rule].n_slots, SPEC.n_params), dtype),
        p.samples,
        np.array([rng.permutation(39) for _ in range(2)]),
        batch_size=17,
        iteration=0,
        learning_rates=np.linspace(0.01, 0.005, 6),
        loss=LossSpec("mse"),
        metrics=[LossSpec("mae", "metric")],
        optimizer=RULES[rule],
        **({} if penalty is None else {"penalty": penalty}),
    )
    return p.params, report


exact = lru_cache(maxsize=8)(train)


def test_the_gradient_of_the_reference():
    rng, sizes = np.random.default_rng(0), [4, 1, 3]
    penalty = PenaltySpec(l1=(0.5, 0.0, 2.0), l2=(0.0, 3.0, 0.25))
    weights = rng.normal(size=8)
    slope = penalties.gradient(penalty, weights, sizes)
    assert_gradient(slope, lambda w: penalties.value(penalty, w, sizes), weights)


def test_no_penalty_has_no_gradient():
    weights = np.array([1.0, np.inf, np.nan])
    assert penalties.value(NO_PENALTY, weights, [3]) == 0.0
    np.testing.assert_array_equal(penalties.gradient(NO_PENALTY, weights, [3]), np.zeros(3))


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", RULES)
def test_native_trains_as_the_reference(rule, dtype, backend):
    k, eps = 6 * gradient_bound(4), np.finfo(dtype).eps  # six steps
    for got, expected in zip(
        train(backend, dtype, rule), exact("reference", "float64", rule), strict=True
    ):
        assert_close(got, expected, k=k, eps=eps)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", RULES)
def test_any_number_of_threads_gives_the_same_bytes(rule, dtype, backend):
    one = train(backend, dtype, rule)
    for threads in (2, 3):
        for got, expected in zip(train(backend, dtype, rule, threads=threads), one, strict=True):
            assert_same_bytes(got, expected)


@pytest.mark.parametrize("backend", ["reference", *NATIVE])
def test_factors_of_zero_are_no_penalty(backend):
    nothing = PenaltySpec((0.0,) * 5, (0.0,) * 5)
    plain = train(backend, "float32", "adam", None)
    for penalty in (NO_PENALTY, nothing):
        for got, expected in zip(train(backend, "float32", "adam", penalty), plain, strict=True):
            assert_same_bytes(got, expected)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("penalty", [PenaltySpec((1.0,), (1.0,)), PenaltySpec((1.0,) * 5, ())])
def test_a_factor_for_every_weight_or_none(penalty, backend):
    with pytest.raises(ValueError, match="l1 and l2 need one number a weight, or none"):
        train(backend, "float32", "sgd", penalty)
