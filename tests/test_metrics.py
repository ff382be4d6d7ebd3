"""The scores against scikit-learn's, and the rules of the scaled error."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from rnncomp import metrics
from rnncomp.errors import InvalidArgumentError

EPS = np.finfo(np.float64).eps
PAIRS = {
    metrics.mean_squared_error: oracle.mean_squared_error,
    metrics.mean_absolute_error: oracle.mean_absolute_error,
    metrics.root_mean_squared_error: oracle.root_mean_squared_error,
    metrics.r2_score: oracle.r2_score,
}


@pytest.mark.parametrize("ours", PAIRS, ids=lambda metric: metric.__name__)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 200), scale=st.sampled_from([1e-6, 1, 1e6]))
def test_equals_scikit_learn(ours, seed, n, scale):
    rng = np.random.default_rng(seed)
    true, predicted = scale * rng.standard_normal((2, n)) + 3 * scale
    expected = PAIRS[ours](true, predicted)
    # Both sum n terms, each in its own order: n roundings on each side. R2 is 1 minus a quotient
    # of such sums, so that the quotient sets its error.
    magnitude = max(abs(expected), abs(1 - expected)) if ours is metrics.r2_score else expected
    assert abs(ours(true, predicted) - expected) <= 2 * n * EPS * magnitude


@pytest.mark.parametrize("n", [1, 63, 64, 65, 127, 1000, 4097])
def test_a_long_sum_made_in_pieces_has_every_term_once(monkeypatch, n):
    monkeypatch.setattr(metrics, "PIECE", 64)
    true, predicted = np.random.default_rng(n).standard_normal((2, n))
    errors = np.abs(true - predicted).tolist()
    # Pairwise: log2(n) roundings, and those of at most 8 sums side by side within a piece.
    k = 16 + math.log2(n)
    mae = metrics.mean_absolute_error(true, predicted)
    assert abs(mae - math.fsum(errors) / n) <= k * EPS * mae
    changes = np.abs(np.diff(true, prepend=0.0)).tolist()
    scale = metrics.seasonal_scale([0.0, *true])
    assert abs(scale - math.fsum(changes) / n) <= k * EPS * scale


@pytest.mark.parametrize("metric", PAIRS, ids=lambda metric: metric.__name__)
def test_scores_are_over_all_elements_whatever_the_shape(metric):
    true, predicted = np.random.default_rng(0).standard_normal((2, 12))
    shaped = metric(true.reshape(4, 3), predicted.reshape(4, 3))
    assert math.isclose(shaped, metric(true, predicted), rel_tol=24 * EPS)


def test_scores_of_known_errors():
    true, predicted = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 8.0]
    assert metrics.mean_squared_error(true, predicted) == 4.0
    assert metrics.mean_absolute_error(true, predicted) == 1.0
    assert metrics.root_mean_squared_error(true, predicted) == 2.0
    assert metrics.r2_score(true, predicted) == 1 - 16 / 5


def test_r2_of_a_constant_truth():
    assert metrics.r2_score([5.0, 5.0], [5.0, 5.0]) == 1.0
    assert metrics.r2_score([5.0, 5.0], [5.0, 6.0]) == 0.0


@pytest.mark.parametrize("metric", PAIRS, ids=lambda metric: metric.__name__)
@pytest.mark.parametrize(("true", "predicted"), [([1.0, 2.0], [1.0]), ([], []), ([1.0], [[1.0]])])
def test_shapes_that_do_not_fit_are_refused(metric, true, predicted):
    with pytest.raises(InvalidArgumentError, match="y_pred must be of the shape of y_true"):
        metric(true, predicted)


def test_scaled_error_of_the_seasonal_naive_on_its_own_training_part_is_one():
    values = np.random.default_rng(1).standard_normal(60)
    scale = metrics.seasonal_scale(values, season=7)
    error = metrics.mean_absolute_scaled_error(values[7:], values[:-7], scale=scale)
    assert error == 1.0


def test_scaled_error_without_a_scale_is_undefined():
    assert metrics.seasonal_scale([1.0, 2.0, 1.0, 2.0], season=2) == 0.0
    assert math.isnan(metrics.mean_absolute_scaled_error([1.0], [2.0], scale=0.0))


@pytest.mark.parametrize("scale", [-1.0, math.nan, math.inf])
def test_scale_must_be_a_size(scale):
    with pytest.raises(InvalidArgumentError, match="scale must be"):
        metrics.mean_absolute_scaled_error([1.0], [2.0], scale=scale)


@pytest.mark.parametrize(("values", "season"), [([1.0, 2.0], 2), ([[1.0], [2.0]], 1), ([1.0], 0)])
def test_seasonal_scale_needs_more_rows_than_a_season(values, season):
    with pytest.raises(InvalidArgumentError):
        metrics.seasonal_scale(values, season)
