"""The activations of the native kernels, each through a Dense layer of one weight, in ulp."""

import numpy as np
import pytest

from backends import BACKENDS, NATIVE, engine_of
from rnncomp.kernels import DenseSpec, NetworkSpec
from rnncomp.kernels.layer_specs import ACTIVATIONS
from rnncomp.samples import Samples
from tolerance import assert_same_bytes

DTYPES = ("float32", "float64")
WORST = 3.0  # ulp, stated in native/rnncomp/activations.h

# Where sigmoid's argument is cut off: beyond, the result is the last one, next to zero.
CUT = {"float32": 87.0, "float64": 708.0}


def apply(activation, x, backend):
    """Return activation(x): a Dense layer with the one weight 1."""
    layer = DenseSpec(1, activation=activation, use_bias=False)
    engine = engine_of(backend, NetworkSpec(1, (layer,)), dtype=str(x.dtype))
    return engine.predict(np.ones(1, x.dtype), Samples.from_arrays(x.reshape(-1, 1, 1)))[:, 0]


def exact(activation, x):
    """Return activation(x) in the longest float that NumPy has."""
    x = x.astype(np.longdouble)
    e = np.exp(-np.abs(x))
    return {
        "tanh": lambda: np.tanh(x),
        "sigmoid": lambda: np.where(x >= 0, 1 / (1 + e), e / (1 + e)),
        "hard_sigmoid": lambda: np.clip(x / 6 + np.longdouble(0.5), 0, 1),
        "relu": lambda: np.maximum(x, 0),
        "linear": lambda: x,
    }[activation]()


def numbers(dtype, within):
    """Return numbers of every size down to the smallest normal one, both signs, up to `within`."""
    rng = np.random.default_rng(0)
    sizes = 10.0 ** rng.uniform(np.log10(float(np.finfo(dtype).tiny)) + 0.1, 0, 20_000)
    parts = [rng.uniform(0, 1, 40_000), rng.uniform(0, 20, 80_000), sizes]
    x = np.concatenate([*parts, rng.uniform(0, within, 20_000), np.linspace(0, within, 999)])
    return (x * rng.choice([-1, 1], x.size)).astype(dtype)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_error_in_ulp(activation, dtype, backend):
    x = numbers(dtype, within=CUT[dtype])
    expected = exact(activation, x)
    ulp = np.spacing(np.abs(expected).astype(dtype)).astype(np.longdouble)
    error = np.abs(apply(activation, x, backend).astype(np.longdouble) - expected) / ulp
    worst = int(np.argmax(error))
    assert error[worst] <= WORST, f"{activation}({x[worst]!r}) is off by {error[worst]:.3f} ulp"


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", ["hard_sigmoid", "relu", "linear"])
def test_the_simple_ones_are_off_by_a_rounding_of_1_at_most(activation, dtype, backend):
    x = numbers(dtype, within=8.0)
    expected = exact(activation, x)
    # relu and linear are exact; hard_sigmoid adds numbers of up to 1, each rounded once
    bound = np.finfo(dtype).eps if activation == "hard_sigmoid" else 0.0
    assert np.abs(apply(activation, x, backend) - expected).max() <= bound


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_far_out_and_not_a_number(dtype, backend):
    far = np.array([np.inf, 1e30, -np.inf, -1e30, np.nan], dtype)
    one_zero = np.array([1, 1, 0, 0, np.nan], dtype)
    tiny = 2 * np.finfo(dtype).tiny
    expected = {
        "tanh": np.array([1, 1, -1, -1, np.nan], dtype),
        "sigmoid": one_zero,
        "hard_sigmoid": one_zero,
        "relu": np.array([np.inf, 1e30, 0, 0, np.nan], dtype),
        "linear": far,
    }
    for activation in ACTIVATIONS:
        y = apply(activation, far, backend)
        np.testing.assert_allclose(y, expected[activation], rtol=0, atol=tiny, err_msg=activation)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
def test_nothing_leaves_its_range(dtype, backend):
    x = numbers(dtype, within=CUT[dtype])
    assert np.abs(apply("tanh", x, backend)).max() == 1.0
    gate = apply("sigmoid", x, backend)
    assert gate.min() >= 0.0
    assert gate.max() == 1.0


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
def test_an_activation_does_not_depend_on_the_lane(dtype, backend):
    x = np.repeat(numbers(dtype, within=20.0)[:500], 33)  # 33: every lane of every vector width
    for activation in ACTIVATIONS:
        y = apply(activation, x, backend).reshape(500, 33)
        assert_same_bytes(y, np.repeat(y[:, :1], 33, axis=1), what=activation)
