"""Logarithm, difference and scaler: there and back, and what they are fitted on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import DataError, InvalidArgumentError
from rnncomp.series import TRANSFORMS, FittedTransform, Series, fit_transform, make_scaler

EPS = np.finfo(np.float64).eps


def series(rows=40, seed=0, targets=2):
    values = np.exp(np.random.default_rng(seed).normal(size=(rows, 3)).cumsum(axis=0) / 5)
    return Series(values, columns=("a", "b", "c"), targets=("a", "b", "c")[:targets])


def fitted(given, kind, scale="minmax", rows=None):
    return fit_transform(given, range(rows or len(given)), kind=kind, scaler=make_scaler(scale))


@pytest.mark.parametrize("kind", TRANSFORMS)
@pytest.mark.parametrize("scale", ["minmax", "standard", "none"])
@given(seed=st.integers(0, 99), targets=st.integers(1, 3), horizon=st.integers(1, 6))
def test_what_is_transformed_comes_back(kind, scale, seed, targets, horizon):
    """The true future, transformed as rows are, is the true future again."""
    given = series(seed=seed, targets=targets)
    transform = fitted(given, kind, scale, rows=30)
    rows = transform.transform(given.values)
    cutoffs = np.array([5, 17, 39 - horizon])
    ahead = cutoffs[:, None] + np.arange(1, horizon + 1)
    made = rows[ahead, :targets].reshape(3, -1)  # (N, H * K)
    back = transform.inverse(made, given.values[cutoffs, :targets])
    actual = given.values[ahead, :targets].reshape(3, -1)
    # A logarithm, a scaling, H sums and an exponential, each a few roundings of values below 100.
    assert np.abs(back - actual).max() <= (16 + 4 * horizon) * EPS * 100 * max(1, actual.max())


def test_each_step_by_hand():
    values = np.array([[2.0, 1.0], [8.0, 5.0], [4.0, 7.0]])
    given = Series(values, columns=("a", "b"))  # b is an input: it is only scaled
    a = np.log([2.0, 8.0, 4.0])
    for kind, column in (
        ("none", [2.0, 8.0, 4.0]),
        ("log", a),
        ("diff", [0.0, 6.0, -4.0]),
        ("log-diff", [0.0, a[1] - a[0], a[2] - a[1]]),
    ):
        rows = fitted(given, kind, "none").transform(values)
        np.testing.assert_allclose(rows, np.column_stack([column, values[:, 1]]), rtol=4 * EPS)


def test_the_first_difference_teaches_nothing():
    """It is 0 for want of a row before, and would be the smallest of these."""
    given = Series(np.cumsum(np.arange(5.0, 25.0))[:, None])
    assert fitted(given, "diff").scaler.center[0] == 6.0
    assert fitted(given, "diff").lost == 1
    assert fitted(given, "log").lost == 0


def test_only_the_rows_given_teach():
    given = series()
    values = given.values.copy()
    values[20:] *= 50.0
    for kind in TRANSFORMS:
        one, two = (fitted(s, kind, rows=20) for s in (given, replace(given, values=values)))
        assert one.to_dict() == two.to_dict()
        assert one.to_dict() != fitted(given, kind, rows=30).to_dict()


@pytest.mark.parametrize("kind", ["none", "diff"])
def test_filled_holes_teach_nothing(kind):
    values = np.arange(1.0, 21.0)[:, None] ** 1.5
    values[7] = 4000.0  # what filled the hole
    observed = np.ones((20, 1), np.bool_)
    observed[7] = False
    given = Series(values, observed=observed, fill="ffill")
    scaler = fitted(given, kind).scaler
    assert 0.0 < scaler.center[0] < scaler.center[0] + scaler.spread[0] < 90.0


def test_no_row_to_learn_from_is_refused():
    observed = np.array([[False], [False], [True]])
    given = Series([[1.0], [1.0], [2.0]], observed=observed, fill="ffill")
    with pytest.raises(InvalidArgumentError, match="one or more that were observed"):
        fitted(given, "none", rows=2)
    with pytest.raises(InvalidArgumentError, match="one or more that were observed"):
        fitted(series(), "diff", rows=1)


def test_the_logarithm_of_what_is_not_above_0_is_refused():
    values = series().values.copy()
    values[33, 1] = 0.0
    for kind in ("log", "log-diff"):
        with pytest.raises(DataError, match=r"'b' must be above 0 .*got 0 in row 33; use"):
            fitted(Series(values, ("a", "b", "c"), targets=("a", "b")), kind, rows=20)
        fitted(Series(values, ("a", "b", "c"), targets=("a",)), kind)  # an input may be anything
    with pytest.raises(InvalidArgumentError, match="'log1p'"):
        fitted(series(), "log1p")


def test_plain_values_make_it_again():
    transform = fitted(series(), "log-diff", "standard")
    again = FittedTransform.from_dict(transform.to_dict())
    made = np.ones((2, 4))
    last = series().values[:2, :2]
    assert again.inverse(made, last).tolist() == transform.inverse(made, last).tolist()
    assert again.to_dict() == transform.to_dict()


@pytest.mark.parametrize(
    "change", [{"kind": "sqrt"}, {"targets": 0}, {"targets": 4}, {"targets": "1"}, {"scaler": {}}]
)
def test_plain_values_that_do_not_hold_are_refused(change):
    with pytest.raises(InvalidArgumentError):
        FittedTransform.from_dict(fitted(series(), "log").to_dict() | change)
    with pytest.raises(InvalidArgumentError, match="kind, targets and scaler"):
        FittedTransform.from_dict({})


def test_what_is_interpolated_in_a_further_column_teaches_nothing():
    """A hole at the end of train is filled from a later row, which the scaler may not see."""
    found = []
    for later in (9.0, 1000.0):
        values = np.column_stack([np.arange(10.0), np.arange(10.0)])
        values[9, 1] = later
        observed = np.ones((10, 2), bool)
        observed[6:9, 1] = False
        values[6:9, 1] = np.linspace(5.0, later, 5)[1:4]
        series = Series(values, ("y", "x"), observed=observed, fill="interpolate")
        fitted = fit_transform(series, range(8), kind="none", scaler=make_scaler("minmax"))
        found.append(fitted.to_dict())
    assert found[0] == found[1]
