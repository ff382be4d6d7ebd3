"""Reference and native against what real Keras computed, see make_fixtures.py."""

import hashlib

import pytest

from arithmetic import (
    ABOUT,
    CASES,
    FIXTURES,
    RULES,
    KerasCase,
    check_outputs_and_gradients,
    check_training,
    keras_arrays,
)
from backends import BACKENDS, engine_of
from tolerance import assert_close, carried_bound, gradient_bound, steps_bound

RECORDED = [(n, r) for n in CASES for r in RULES if f"{n}/float64/{r}" in keras_arrays()]


def test_fixtures_are_those_of_the_maker_beside_them():
    maker, arrays = FIXTURES.parent / "make_fixtures.py", FIXTURES / "keras.npz"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == ABOUT["maker_sha256"]
    assert hashlib.sha256(arrays.read_bytes()).hexdigest() == ABOUT["arrays_sha256"]
    assert ABOUT["backend"] == "jax"
    assert arrays.stat().st_size < 1_000_000


@pytest.mark.parametrize("name", CASES)
def test_keras_itself_stays_within_twice_the_float32_tolerance(name):
    """Twice, because XLA's float32 tanh is off by more ulp than ours."""
    case = KerasCase(name)
    for key in ("y", "dx", "dparams", "dstates", *RULES):
        if f"float32/{key}" in case.arrays and case.expected(key).size:
            k = {"y": steps_bound, "dstates": carried_bound}.get(key, gradient_bound)(case.window)
            assert_close(case.arrays[f"float32/{key}"], case.expected(key), k=2 * k, what=key)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_outputs_and_gradients(name, dtype, backend):
    case = KerasCase(name)
    check_outputs_and_gradients(case, engine_of(backend, case.spec, dtype=dtype))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "rule"), RECORDED)
def test_weights_after_twenty_steps(name, rule, dtype, backend):
    case = KerasCase(name)
    check_training(case, rule, engine_of(backend, case.spec, dtype=dtype))
