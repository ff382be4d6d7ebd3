"""Windows and targets: which rows they hold, and that none is copied."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.windows import make_samples


@given(
    rows=st.integers(2, 60),
    window=st.integers(1, 20),
    horizon=st.integers(1, 8),
    stride=st.integers(1, 25),
    features=st.integers(1, 3),
    data=st.data(),
)
def test_every_window_is_followed_by_its_targets(rows, window, horizon, stride, features, data):
    target = data.draw(st.integers(0, features - 1))
    # Each number tells its row and column, so that a shift by one cannot hide.
    values = np.arange(rows * features, dtype=np.float64).reshape(rows, features)
    if rows < window + horizon:
        with pytest.raises(SplitError):
            make_samples(values, target, window=window, horizon=horizon, stride=stride)
        return
    samples = make_samples(values, target, window=window, horizon=horizon, stride=stride)
    starts = range(0, rows - window - horizon + 1, stride)
    assert samples.starts_of().tolist() == list(starts)
    for n, s in enumerate(starts):
        np.testing.assert_array_equal(samples.windows()[n], values[s : s + window])
        ahead = values[s + window : s + window + horizon, target]
        np.testing.assert_array_equal(samples.targets[n], ahead)


def test_the_tutorial_has_a_thousand_windows():
    samples = make_samples(np.zeros(1050), window=50)
    assert len(samples) == 1000
    assert samples.targets.shape == (1000, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_is_copied_when_the_dtype_fits(dtype):
    values = np.zeros((100, 2), dtype=dtype)
    samples = make_samples(values, 1, window=10, horizon=3, stride=2)
    assert samples.base.dtype == dtype
    assert np.shares_memory(samples.base, values)
    assert np.shares_memory(samples.targets, values)


def test_another_dtype_copies_the_series_once_and_targets_share_the_copy():
    values = np.zeros((100, 1))
    samples = make_samples(values, window=10, horizon=3, dtype=np.float32)
    assert samples.base.dtype == np.float32
    assert np.shares_memory(samples.base, samples.targets)


def test_ten_million_rows_take_no_memory():
    values = np.zeros(10_000_000, dtype=np.float32)
    tracemalloc.start()
    samples = make_samples(values, window=50, horizon=6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(samples) == 10_000_000 - 55
    # The windows as copies would be 200 bytes each, their starts as an array 8 each.
    assert peak <= 10_000


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"window": 0}, "window"),
        ({"window": 2.5}, "window"),
        ({"window": 3, "horizon": 0}, "horizon"),
        ({"window": 3, "stride": 0}, "stride"),
        ({"window": 3, "target": 1}, "target"),
        ({"window": 3, "target": -1}, "target"),
        ({"window": 3, "dtype": np.int32}, "dtype"),
    ],
)
def test_bad_arguments_are_named(arguments, name):
    with pytest.raises(InvalidArgumentError, match=f"^{name} must be"):
        make_samples(np.zeros((10, 1)), **arguments)


@pytest.mark.parametrize("values", [np.zeros((2, 2, 2)), np.array(["a"]), np.array(1.0)])
def test_values_must_be_numbers_in_one_or_two_dimensions(values):
    with pytest.raises(InvalidArgumentError, match=r"^values must be"):
        make_samples(values, window=1)


def test_too_short_a_series_says_how_many_rows_it_needs():
    with pytest.raises(SplitError, match=r"at least window \+ horizon = 13 rows, got 12"):
        make_samples(np.zeros(12), window=10, horizon=3)


def test_an_empty_series_is_too_short():
    with pytest.raises(SplitError, match="got 0"):
        make_samples(np.zeros(0), window=1)
