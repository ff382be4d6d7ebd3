"""The activations of the native kernels, each through a Dense layer of one weight, in ulp."""

import numpy as np
import pytest

from backends import BACKENDS, NATIVE, engine_of
from rnncomp.kernels import DenseSpec, NetworkSpec
from rnncomp.kernels.layer_specs import ACTIVATIONS
from rnncomp.samples import Samples
from tolerance import assert_same_bytes

DTYPES = ("float32", "float64")
WORST = {  # ulp, stated in native/rnncomp/activations.h and docs/engine.md
    "tanh": 3.0,
    "sigmoid": 3.0,
    "exponential": 2.0,
    "elu": 3.0,
    "selu": 3.0,
    "celu": 3.0,
    "softsign": 3.0,
    "silu": 5.0,
    "gelu": 9.0,
    "mish": 6.0,
    "softplus": 4.0,
    "log_sigmoid": 4.0,
    "squareplus": 4.0,
    "tanh_shrink": 7.0,
}
SIMPLE = [a for a in ACTIVATIONS if a not in WORST]

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
    scale, alpha = np.longdouble("1.0507009873554804934"), np.longdouble("1.6732632423543772848")
    gate = np.clip(x + 3, 0, 6) / 6
    n = e * (e + 2)
    between = (np.clip(x, -1, 1) + 1) / 2
    log1p_e = np.log1p(e)
    return {
        "tanh": lambda: np.tanh(x),
        "sigmoid": lambda: np.where(x >= 0, 1, e) / (1 + e),
        "hard_sigmoid": lambda: np.clip(x / 6 + np.longdouble(0.5), 0, 1),
        "relu": lambda: np.maximum(x, 0),
        "linear": lambda: x,
        "relu6": lambda: np.clip(x, 0, 6),
        "leaky_relu": lambda: np.where(x >= 0, x, x / 5),
        "elu": lambda: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        "celu": lambda: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        "selu": lambda: scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
        "exponential": lambda: np.exp(x),
        "softsign": lambda: x / (1 + np.abs(x)),
        "hard_shrink": lambda: np.where(np.abs(x) > 0.5, x, 0),
        "soft_shrink": lambda: np.sign(x) * np.maximum(np.abs(x) - np.longdouble(0.5), 0),
        "hard_tanh": lambda: np.clip(x, -1, 1),
        "hard_silu": lambda: x * gate,
        "silu": lambda: x * np.where(x >= 0, 1, e) / (1 + e),
        "gelu": lambda: x * normal_share(x),
        "mish": lambda: x * np.where(x > 0, (1 + 2 * e) / (1 + 2 * e + 2 * e * e), n / (n + 2)),
        "softplus": lambda: np.maximum(x, 0) + log1p_e,
        "log_sigmoid": lambda: np.minimum(x, 0) - log1p_e,
        "tanh_shrink": lambda: np.where(np.abs(x) < 2, shrunk(np.clip(x, -2, 2)), x - np.tanh(x)),
        "squareplus": lambda: (
            np.where(x < 0, 2, 0.5 * (np.abs(x) + np.sqrt(x * x + 4)) ** 2)
            / (np.abs(x) + np.sqrt(x * x + 4))
        ),
        "sparse_plus": lambda: np.where(x >= 1, x, between * between),
        "sparse_sigmoid": lambda: between,
    }[activation]()


def shrunk(x):
    """Return x - tanh(x) as (x cosh(x) - sinh(x)) / cosh(x), a series in which nothing cancels."""
    term, total = x, 0 * x
    for k in range(1, 25):  # x^(2k+1) 2k / (2k + 1)!
        term = term * x * x / ((2 * k) * (2 * k + 1))
        total = total + 2 * k * term
    return total / np.cosh(x)


def normal_share(x):
    """Return Phi(x): the tail as a series up to 2, as a continued fraction beyond."""
    a = np.abs(x)
    bell = np.exp(-a * a / 2) / np.sqrt(2 * np.longdouble("3.14159265358979323846"))
    near = np.minimum(a, 2)
    term, total = near, near
    for k in range(3, 90, 2):  # Phi(a) - 1/2 = bell * (a + a^3 / 3 + a^5 / 15 + ...)
        term = term * near * near / k
        total = total + term
    far = np.maximum(a, 2)
    fraction = far
    for k in range(300, 0, -1):  # tail = bell / (a + 1 / (a + 2 / (a + 3 / ...)))
        fraction = far + k / fraction
    tail = np.where(a < 2, np.longdouble(0.5) - bell * total, bell / fraction)
    return np.where(x < 0, tail, 1 - tail)


def numbers(dtype, within):
    """Return numbers of every size down to the smallest normal one, both signs, up to `within`."""
    rng = np.random.default_rng(0)
    sizes = 10.0 ** rng.uniform(np.log10(float(np.finfo(dtype).tiny)) + 0.1, 0, 20_000)
    parts = [rng.uniform(0, 1, 40_000), rng.uniform(0, 20, 80_000), sizes]
    x = np.concatenate([*parts, rng.uniform(0, within, 20_000), np.linspace(0, within, 999)])
    return (x * rng.choice([-1, 1], x.size)).astype(dtype)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", WORST)
def test_error_in_ulp(activation, dtype, backend):
    x = numbers(dtype, within=CUT[dtype])
    expected = exact(activation, x)
    # gelu multiplies by x, up to 38, an exp that may be one of the numbers below the normal ones
    least = 40 * np.finfo(dtype).smallest_subnormal
    ulp = np.maximum(np.spacing(np.abs(expected).astype(dtype)), least).astype(np.longdouble)
    error = np.abs(apply(activation, x, backend).astype(np.longdouble) - expected) / ulp
    worst = int(np.argmax(error))
    off = f"{activation}({x[worst]!r}) is off by {error[worst]:.3f} ulp"
    assert error[worst] <= WORST[activation], off


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("activation", SIMPLE)
def test_the_simple_ones_are_off_by_some_roundings_at_most(activation, dtype, backend):
    x = numbers(dtype, within=8.0)
    expected = exact(activation, x)
    # hard_sigmoid and its kind add numbers of up to 1, each rounded once; leaky_relu and hard_silu
    # multiply; the others are exact
    size = np.maximum(1.0, np.abs(x)) * np.finfo(dtype).eps
    roundings = {
        "hard_sigmoid": 1.0,
        "leaky_relu": 1.0,
        "soft_shrink": 0.5,
        "hard_silu": 3.0,
        "sparse_plus": 2.0,
        "sparse_sigmoid": 1.0,
    }
    error = np.abs(apply(activation, x, backend) - expected)
    assert (error <= roundings.get(activation, 0.0) * size).all()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_far_out_and_not_a_number(dtype, backend):
    far = np.array([np.inf, 1e30, -np.inf, -1e30, np.nan], dtype)
    nothing = np.array([np.inf, 1e30, 0, 0, np.nan], dtype)
    one_zero = np.array([1, 1, 0, 0, np.nan], dtype)
    one_one = np.array([1, 1, -1, -1, np.nan], dtype)
    shrunk = np.where(np.isnan(far), 0, far)  # as in Keras
    tiny = 2 * np.finfo(dtype).tiny
    expected = {
        "tanh": one_one,
        "sigmoid": one_zero,
        "hard_sigmoid": one_zero,
        "relu": nothing,
        "linear": far,
        "relu6": 6 * one_zero,
        "leaky_relu": np.where(far < 0, far / 5, far),
        "elu": np.maximum(far, -1),
        "celu": np.maximum(far, -1),
        "selu": np.where(far > 0, far * 1.0507009873554805, one_one * 1.7580993408473766),
        "exponential": np.array([np.inf, np.inf, 0, 0, np.nan], dtype),
        "softsign": np.array([np.nan, 1, np.nan, -1, np.nan], dtype),
        "hard_shrink": shrunk,
        "soft_shrink": shrunk,
        "hard_tanh": one_one,
        "hard_silu": np.where(far == -np.inf, np.nan, nothing),
        "silu": np.where(far == -np.inf, np.nan, nothing),
        "gelu": np.where(far == -np.inf, np.nan, nothing),
        "mish": np.where(far == -np.inf, np.nan, nothing),
        "softplus": nothing,
        "log_sigmoid": np.minimum(far, 0),
        "tanh_shrink": far,
        "squareplus": np.where(np.arange(5) == 3, 1e-30, nothing),
        "sparse_plus": nothing,
        "sparse_sigmoid": one_zero,
    }
    for activation in ACTIVATIONS:
        y = apply(activation, far, backend)
        rtol = 2 * np.finfo(dtype).eps
        np.testing.assert_allclose(y, expected[activation], rtol, tiny, err_msg=activation)


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
