"""Gradients at the sizes of the benchmark: float32 against float64, float64 against NumPy."""

from functools import lru_cache

import pytest

from backends import NATIVE, engine_of
from networks import RECURRENT, make_problem
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.kernels.reference.packing import unpack_params
from tolerance import assert_close, gradient_bound, largest

BATCH, WINDOW = 32, 50
HEAD = DenseSpec(1, activation="linear")
# What float32 promises, as a share of the largest gradient of the same array. It is 84 roundings;
# a random walk of 50 steps forth and back makes about 30 (gradient_bound).
RELATIVE = 1e-5

problem = lru_cache(maxsize=2)(make_problem)  # the levels share one: eigenvalues take their time


def network(kind, units):
    return NetworkSpec(1, (RecurrentSpec(units=units, **kind), HEAD))


def gradients(backend, dtype, spec, window):
    """Return the gradient of each array of weights, and of the inputs, by name."""
    p = problem(spec, samples=BATCH, window=window, seed=8, dtype=dtype)
    result = engine_of(backend, spec, dtype=dtype).vjp(p.params, p.samples, p.dy)
    layers = enumerate(unpack_params(spec, result.dparams))
    named = {f"{k}.{name}": d for k, weights in layers for name, d in weights.items()}
    return {"inputs": result.dx, **named}


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("units", [8, 32, 50, 128, 256])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_float32_is_within_a_hundred_thousandth_of_float64(kind, units, backend):
    spec = network(kind, units)
    exact = gradients(backend, "float64", spec, WINDOW)
    for name, got in gradients(backend, "float32", spec, WINDOW).items():
        assert_close(got, exact[name], k=1.0, eps=RELATIVE, what=name)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("units", [32, 128])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_float64_agrees_with_numpy(kind, units, backend):
    spec, window = network(kind, units), 5
    exact = gradients("reference", "float64", spec, window)
    size = max(map(largest, exact.values()))  # sums of both signs cancel in the small arrays
    for name, got in gradients(backend, "float64", spec, window).items():
        assert_close(got, exact[name], k=gradient_bound(window), magnitude=size, what=name)
