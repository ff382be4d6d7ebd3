"""The compiled losses against the reference, and the reach of their own logarithm."""

import numpy as np
import pytest

from backends import NATIVE
from measured import LOSSES, problem, through, value
from rnncomp.kernels import LossSpec
from tolerance import assert_close

METRICS = [
    LossSpec("cosine_similarity", "weighted_metric"),
    LossSpec("binary_accuracy", "weighted_metric", threshold=0.3),
    LossSpec("categorical_accuracy", "metric"),
    LossSpec("top_k_categorical_accuracy", "weighted_metric", k=2),
]
SHAPES = [(1, 3), (15, 3), (17, 6), (33, 3), (16, 2, 3), (5, 4, 6)]
SPARSE_METRICS = [
    LossSpec("sparse_categorical_accuracy", "weighted_metric"),
    LossSpec("sparse_top_k_categorical_accuracy", "metric", k=2),
]


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shape", [(1, 3), (15, 3), (17, 6), (33, 3), (16, 2, 3), (5, 4, 6)], ids=str
)
@pytest.mark.parametrize("spec", LOSSES, ids=str)
def test_native_losses_are_those_of_the_reference(spec, shape, dtype, backend):
    y, t, w = problem(spec, shape)
    metrics = [] if spec.kind == "quantile" else SPARSE_METRICS if spec.sparse else METRICS
    got, slope = through(backend, spec, y, t, w, dtype=dtype, metrics=metrics)
    expected, expected_slope = through("reference", spec, y, t, w, metrics=metrics)
    eps = np.finfo(dtype).eps
    # A logarithm is 3 ulp off, and a sum over six classes carries as many roundings.
    assert_close(value(got), value(expected), k=32, eps=eps, what="values")
    assert_close(slope, expected_slope, k=32, what="gradient", eps=eps)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("spec", [LossSpec("mse"), LossSpec("binary_crossentropy")], ids=str)
def test_batches_add_up_in_their_reports(spec, backend):
    y, t, w = problem(spec, (37, 2))
    whole, _ = through(backend, spec, y, t, w)
    parts, _ = through(backend, spec, y, t, w, batch_size=8)
    assert parts.shape == (5, 1, 2)
    assert parts[:, 0, 1].tolist() == [8, 8, 8, 8, 5]
    # All but the first batch see weights that the first has moved: not compared.
    assert whole[0, 0, 1] == 37


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_logarithm_is_within_three_ulp(dtype, backend):
    rng = np.random.default_rng(3)
    p = np.concatenate([10 ** rng.uniform(-6.9, 0, 150), 1 - 10 ** rng.uniform(-6.5, -0.5, 150)])
    p = p.astype(dtype)[:, None]
    # -t log(p) - (1 - t) log(1 - p), of which the second part is 0
    got = each_alone(backend, LossSpec("binary_crossentropy"), p, np.ones_like(p), dtype)
    exact = -np.log(p.astype(np.longdouble))[:, 0]
    assert ulps(got, exact, dtype) <= 3


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softplus_keeps_its_relative_accuracy(dtype, backend):
    x = np.linspace(-60, 60, 301).astype(dtype)[:, None]
    spec = LossSpec("binary_crossentropy", from_logits=True)
    got = each_alone(backend, spec, x, np.zeros_like(x), dtype)
    exact = np.logaddexp(np.longdouble(0), x.astype(np.longdouble))[:, 0]
    assert ulps(got, exact, dtype) <= 5


def each_alone(backend, spec, y, t, dtype):
    """Return the error of every sample, from a batch of its own."""
    reports = [
        through(backend, spec, y[k : k + 1], t[k : k + 1], dtype=dtype)[0] for k in range(len(y))
    ]
    return np.array(reports)[:, 0, 0, 0]


def ulps(got, exact, dtype):
    spacing = np.spacing(np.abs(exact).astype(dtype)).astype(np.longdouble)
    return float(np.max(np.abs(got - exact) / spacing))
