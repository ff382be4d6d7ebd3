"""Activations and their slopes against Keras's, in float64, kinks included."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from backends import BACKENDS, engine_of
from rnncomp import keras
from rnncomp.kernels import DenseSpec, NetworkSpec
from rnncomp.kernels.layer_specs import ACTIVATIONS, OVER_UNITS
from rnncomp.samples import Samples
from tolerance import assert_close

FIXTURES = Path(__file__).parent / "fixtures"
KERAS = dict(np.load(FIXTURES / "activations.npz"))
X = KERAS["x"]
# Some 20 roundings on either side; those of z grow with it where z is a factor or a term.
K, EPS = 20, np.finfo("float64").eps
SIZE = np.maximum(1.0, np.abs(X))


def test_the_fixture_is_that_of_the_maker_beside_it():
    maker = FIXTURES.parent / "make_activations.py"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == str(KERAS["maker_sha256"])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_values_and_slopes(activation, backend):
    layer = DenseSpec(1, activation=activation, use_bias=False)
    samples = Samples.from_arrays(X.reshape(-1, 1, 1))
    engine = engine_of(backend, NetworkSpec(1, (layer,)), dtype="float64")
    got = engine.vjp(np.ones(1), samples, np.ones((len(X), 1)))
    for y, wanted in ((got.y, KERAS[activation]), (got.dx, KERAS[f"{activation}.slope"])):
        size = np.maximum(SIZE, np.abs(wanted))
        assert_close(y.ravel() / size, wanted / size, k=K, magnitude=1.0, what=activation)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_functions_of_arrays(activation):
    function = getattr(keras.activations, activation)
    size = np.maximum(SIZE, np.abs(KERAS[activation]))
    y = function(X)
    assert y.dtype == np.float64
    assert_close(y / size, KERAS[activation] / size, k=K, magnitude=1.0)
    rows = function(X.reshape(-1, 1).tolist())
    assert (rows.dtype, rows.shape) == (np.float32, (len(X), 1))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("activation", OVER_UNITS)
def test_activations_over_units(activation, backend):
    rows, dy = KERAS["rows"], KERAS["dy"]
    layer = DenseSpec(rows.shape[1], activation=activation, use_bias=False)
    engine = engine_of(backend, NetworkSpec(rows.shape[1], (layer,)), dtype="float64")
    samples = Samples.from_arrays(rows[:, None])
    got = engine.vjp(np.eye(rows.shape[1]).ravel(), samples, dy)
    assert_close(got.y, KERAS[activation], k=K, what="y")
    assert_close(got.dx[:, 0], KERAS[f"{activation}.dz"], k=K, what="dz")
    assert_close(getattr(keras.activations, activation)(rows), KERAS[activation], k=K)
