"""Scalers against scikit-learn's, both ways, and what they refuse."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import preprocessing as oracle

from rnncomp.errors import InvalidArgumentError, MissingValuesError
from rnncomp.series import FittedScaler, MinMaxScaler, NoScaler, StandardScaler, load, make_scaler

EPS = np.finfo(np.float64).eps


def tables(seed, rows, columns, level, size):
    rng = np.random.default_rng(seed)
    return level + size * rng.standard_normal((2, rows, columns))


TABLES = st.builds(
    tables,
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(2, 40),
    columns=st.integers(1, 3),
    level=st.sampled_from([0.0, 1e3, -1e6]),
    size=st.sampled_from([1e-3, 1.0, 1e5]),
)
PAIRS = [
    (MinMaxScaler(), oracle.MinMaxScaler()),
    (MinMaxScaler((-1, 3)), oracle.MinMaxScaler(feature_range=(-1, 3))),
    (StandardScaler(), oracle.StandardScaler()),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=["minmax", "minmax-1-3", "standard"])
@given(both=TABLES)
def test_equals_scikit_learn(ours, theirs, both):
    train, later = both
    fitted, expected = ours.fit(train), theirs.fit(train)
    # A value loses eps * |value| when the level is taken off, which the division by the spread
    # then magnifies; scikit-learn does so in another order. 8: two roundings on each side, in the
    # limits and in the value. The mean and the deviation are sums of `rows` terms.
    k = 8 + len(train)
    reach = np.abs(np.concatenate([train, later])).max(axis=0)
    error = np.abs(fitted.transform(later) - expected.transform(later))
    scaled = np.abs(expected.transform(later))
    assert (error <= k * EPS * (reach / fitted.spread + scaled * (1 + reach / fitted.spread))).all()


@pytest.mark.parametrize(
    "scaler", [MinMaxScaler(), MinMaxScaler((-1, 1)), StandardScaler(), NoScaler()]
)
@given(both=TABLES)
def test_there_and_back(scaler, both):
    train, later = both
    fitted = scaler.fit(train)
    back = fitted.inverse(fitted.transform(later))
    # Five operations, each rounding at the size of the largest number on the way.
    reach = np.abs(later) + np.abs(fitted.center) + np.abs(fitted.spread)
    assert (np.abs(back - later) <= 5 * EPS * reach).all()


@given(both=TABLES)
def test_min_max_reaches_both_ends_exactly(both):
    train, _ = both
    scaled = MinMaxScaler().fit(train).transform(train)
    assert (scaled.min(axis=0) == 0.0).all()
    assert (scaled.max(axis=0) == 1.0).all()


@given(both=TABLES)
def test_only_the_training_rows_count(both):
    train, later = both
    alone = MinMaxScaler().fit(train).to_dict()
    assert MinMaxScaler().fit(np.concatenate([train, train[:1]])).to_dict() == alone
    wider = np.concatenate([train, later + 10 * np.ptp(train)])
    assert MinMaxScaler().fit(wider).to_dict() != alone


def test_the_tutorials_sines_in_train_without_and_with_validation():
    values = load("sines").target_values
    whole, train = MinMaxScaler().fit(values), MinMaxScaler().fit(values[:690])
    assert round(whole.spread[0], 6) == 9.884439
    assert MinMaxScaler().fit(values[:850]).to_dict() == whole.to_dict()
    assert round(train.center[0] + train.spread[0], 2) == 3.33


@pytest.mark.parametrize(
    ("scaler", "expected"),
    [(MinMaxScaler(), 0.0), (MinMaxScaler((-1, 1)), -1.0), (StandardScaler(), 0.0)],
)
def test_a_constant_column_is_shifted_and_not_divided(scaler, expected):
    train = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])
    fitted = scaler.fit(train)
    assert fitted.spread[0] == 1.0
    assert fitted.transform(train)[:, 0].tolist() == [expected] * 3
    assert fitted.inverse(fitted.transform(train))[:, 0].tolist() == [0.1] * 3


def test_one_column_of_several_can_be_taken_in_any_shape():
    fitted = MinMaxScaler().fit([[0.0, 10.0], [1.0, 30.0]])
    ahead = np.array([[0.0, 0.5], [1.0, 2.0]])  # two samples, two steps ahead
    assert fitted.inverse(ahead, column=1).tolist() == [[10.0, 20.0], [30.0, 50.0]]
    assert fitted.transform(fitted.inverse(ahead, column=1), column=1).tolist() == ahead.tolist()
    with pytest.raises(InvalidArgumentError, match="column must be"):
        fitted.inverse(ahead, column=2)


def test_the_shape_must_fit_the_columns():
    fitted = MinMaxScaler().fit([[0.0, 10.0], [1.0, 30.0]])
    for values in ([0.0, 1.0], [[1.0]], [[[1.0, 2.0]]]):
        with pytest.raises(InvalidArgumentError, match=r"values must be of shape \(rows, 2\)"):
            fitted.transform(values)


@pytest.mark.parametrize("scaler", [MinMaxScaler((-1, 1)), StandardScaler(), NoScaler()])
def test_a_scaler_survives_a_model_file(scaler):
    values = np.random.default_rng(3).standard_normal((20, 2))
    fitted = scaler.fit(values)
    again = FittedScaler.from_dict(json.loads(json.dumps(fitted.to_dict())))
    np.testing.assert_array_equal(again.transform(values), fitted.transform(values))


GOOD = {"kind": "minmax", "center": [0.0], "spread": [1.0], "floor": [0.0]}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"spread": [0.0]},
        {"spread": [math.nan]},
        {"center": [math.inf]},
        {"floor": [0.0, 1.0]},
        {"center": [["a"]]},
        {"center": [[0.0]], "spread": [[1.0]], "floor": [[0.0]]},
    ],
)
def test_a_damaged_description_is_refused(change):
    with pytest.raises(InvalidArgumentError):
        FittedScaler.from_dict(GOOD | change)


def test_an_incomplete_description_is_refused():
    with pytest.raises(InvalidArgumentError, match="with kind, center, spread and floor"):
        FittedScaler.from_dict({"kind": "minmax"})


@pytest.mark.parametrize("bounds", [(1, 0), (0, 0), (0, math.inf), (0,), "ab", ("a", "b")])
def test_feature_range_must_be_a_range(bounds):
    with pytest.raises(InvalidArgumentError, match="feature_range"):
        MinMaxScaler(bounds)


@pytest.mark.parametrize("scaler", [MinMaxScaler(), StandardScaler(), NoScaler()])
def test_holes_and_emptiness_are_refused(scaler):
    with pytest.raises(MissingValuesError, match="got 1 that are not, the first in row 1"):
        scaler.fit([1.0, math.nan])
    for values in ([], 3.0, np.zeros((2, 2, 2))):
        with pytest.raises(InvalidArgumentError, match="values must be of shape"):
            scaler.fit(values)


def test_scalers_by_name():
    assert make_scaler("minmax") == MinMaxScaler()
    assert make_scaler("standard") == StandardScaler()
    assert make_scaler("none") == NoScaler()
    assert make_scaler(MinMaxScaler((-1, 1))) == MinMaxScaler((-1, 1))
    with pytest.raises(InvalidArgumentError, match="did you mean 'minmax'"):
        make_scaler("min_max")
