"""The three networks whose arithmetic tutorial 4 works out by hand."""

import numpy as np
import pytest

from backends import BACKENDS, engine_of
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.samples import Samples
from tolerance import assert_close

SPEC = NetworkSpec(
    1,
    (RecurrentSpec("simple_rnn", 2, activation="linear"), DenseSpec(1, activation="linear")),
)

GOLDEN = [  # w_x (1, 2), w_h (2, 2), w_y (2, 1), output
    (
        [-0.36795712, -0.5099192],
        [[0.11065364, 0.99385905], [0.99385905, -0.11065364]],
        [-0.94251007, -1.2365237],
        5.7062244,
    ),
    (
        [-0.9257599, -0.96423554],
        [[0.4424572, 0.8967896], [0.8967896, -0.4424572]],
        [-0.36782062, -0.19549525],
        3.2113101,
    ),
    (
        [-1.0927956, -0.58363503],
        [[0.5744802, -0.8185185], [-0.8185185, -0.5744802]],
        [0.54545164, 1.0416013],
        -2.4178045,
    ),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("w_x", "w_h", "w_y", "output"), GOLDEN)
def test_output_after_1_2_3(w_x, w_h, w_y, output, dtype, backend):
    parts = [w_x, np.ravel(w_h), np.zeros(2), w_y, np.zeros(1)]
    params = np.concatenate(parts).astype(dtype)
    x = np.array([[[1.0], [2.0], [3.0]]], dtype)
    y = engine_of(backend, SPEC, dtype=dtype).predict(params, Samples.from_arrays(x))
    # weights and output are printed to 8 digits: float32 roundings, of 9 weights and 9 sums
    assert_close(y, np.array([[output]]), k=4.0, eps=np.finfo(np.float32).eps)
