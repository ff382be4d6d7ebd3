"""Predictor: what it accepts, what it keeps, and what it says."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest

from rnncomp import GRU, LSTM, Dense, Predictor, Sequential, SimpleRNN
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from tolerance import assert_close, assert_same_bytes, steps_bound

T, F = 12, 3


def make_model(*, features=F, dtype="float32", sequences=False):
    layers = [LSTM(9, return_sequences=sequences, input_shape=(T, features)), Dense(2)]
    return Sequential(layers, seed=1, dtype=dtype)


def make_window(features=F, dtype="float32"):
    return np.random.default_rng(2).normal(size=(T, features)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
def test_it_agrees_with_predict(cell, dtype):
    layers = [cell(9, return_sequences=True, input_shape=(T, F)), cell(5), Dense(2)]
    model, x = Sequential(layers, seed=1, dtype=dtype), make_window(dtype=dtype)
    y = model.predictor()(x)
    assert y.dtype == dtype
    assert_close(y, model.predict(x[None], verbose=0)[0], k=2 * steps_bound(T))


def test_whole_sequences_keep_their_shape():
    model, x = make_model(sequences=True), make_window()
    y = model.predictor()(x)
    assert y.shape == (T, 2)
    assert_close(y, model.predict(x[None], verbose=0)[0], k=2 * steps_bound(T))


def test_a_flat_model():
    model = Sequential([Dense(4, "relu", input_shape=(F,)), Dense(2)], seed=1)
    x = make_window()[0]
    y = model.predictor()(x)
    assert y.shape == (2,)
    assert_close(y, model.predict(x[None], verbose=0)[0], k=steps_bound(1))


def test_later_training_does_not_change_it():
    model, x = make_model(), make_window()
    predictor = model.predictor()
    before = predictor(x)
    model.compile("adam", "mse")
    model.fit(np.repeat(x[None], 5, 0), np.ones((5, 2)), verbose=0)
    assert_same_bytes(predictor(x), before)
    assert not np.array_equal(model.predictor()(x), before)


def test_results_are_new_arrays_unless_out_is_given():
    predictor, x = make_model().predictor(), make_window()
    first, out = predictor(x), np.zeros(2, np.float32)
    other = predictor(-x)
    assert not np.shares_memory(first, other)
    assert predictor(x, out) is out
    assert predictor(x, out=out) is out
    assert_same_bytes(out, first)


def test_with_out_nothing_is_allocated():
    model = Sequential([LSTM(9, return_sequences=True, input_shape=(None, F)), Dense(2)], seed=1)
    predictor = model.predictor(1000)
    x, out = np.ones((1000, F), np.float32), np.zeros((1000, 2), np.float32)
    predictor(x, out)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        predictor(x, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak - before < 1000, "an array of the size of x or out is 8,000 bytes or more"


def test_input_is_converted_where_predict_converts_it():
    predictor = make_model().predictor()
    whole = np.arange(T * F).reshape(T, F) % 5
    expected = predictor(whole.astype(np.float32))
    swapped = whole.astype(">f4")
    columns = np.asfortranarray(whole.astype(np.float32))
    for x in (whole, whole.astype(np.float64), whole.tolist(), swapped, columns):
        assert_same_bytes(predictor(x), expected)


def test_one_feature_needs_no_second_axis():
    predictor, x = make_model(features=1).predictor(), make_window(1)
    assert_same_bytes(predictor(x[:, 0]), predictor(x))


def test_initial_states():
    network, x = make_model().network, make_window()
    states = np.random.default_rng(3).normal(size=18).astype(np.float32)
    y = network.predictor(T)(x, states=states)
    assert_close(y, network.predict(x[None], states[None])[0], k=2 * steps_bound(T))
    assert_same_bytes(network.predictor(T)(x, states=states.astype(np.float64)), y)


def test_the_number_of_steps():
    open_ended = Sequential([LSTM(3, input_shape=(None, F)), Dense(2)], seed=1)
    assert open_ended.predictor(7)(make_window()[:7]).shape == (2,)
    with pytest.raises(InvalidArgumentError, match="window must be given"):
        open_ended.predictor()
    with pytest.raises(InvalidArgumentError, match=r"window must be 12, as declared, got 7"):
        make_model().predictor(7)
    with pytest.raises(InvalidArgumentError, match="window must be an integer of at least 1"):
        open_ended.predictor(0)
    with pytest.raises(InvalidArgumentError, match="no weights yet"):
        Sequential([LSTM(3)]).predictor()


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (make_window()[:5], r"x must be one window of shape \(12, 3\), got \(5, 3\)"),
        (make_window()[None], r"x must be one window of shape \(12, 3\), got \(1, 12, 3\)"),
        (make_window().ravel(), r"x must be one window of shape \(12, 3\), got \(36,\)"),
        (make_window().T, r"x must be one window of shape \(12, 3\), got \(3, 12\)"),
        ("words", "x must be an array of numbers"),
        (None, "x must be an array of numbers"),
    ],
)
def test_x_that_does_not_fit(x, message):
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        make_model().predictor()(x)
    assert "\n" not in str(caught.value)


def frozen(array):
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "out",
    [
        np.zeros(3, np.float32),
        np.zeros((1, 2), np.float32),
        np.zeros(2, np.float64),
        np.zeros(4, np.float32)[::2],
        frozen(np.zeros(2, np.float32)),
        [0.0, 0.0],
    ],
)
def test_out_that_does_not_fit(out):
    rule = r"out must be a writable C-contiguous float32 array of shape \(2,\), got"
    with pytest.raises(InvalidArgumentError, match=rule) as caught:
        make_model().predictor()(make_window(), out)
    assert "\n" not in str(caught.value)
    assert not np.any(out)


class Marked(np.ndarray):
    """An array of a type of its own."""


def memmap(path, shape, mode="w+"):
    return np.memmap(path, np.float32, mode, shape=shape)


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("kind", ["memmap", "subclass"])
def test_arrays_of_another_type_are_read_and_written_in_place(kind, backend, tmp_path, monkeypatch):
    monkeypatch.setenv("RNNCOMP_BACKEND", backend)
    predictor, plain = make_model().predictor(), make_window()
    if kind == "memmap":
        x, out = memmap(tmp_path / "x", (T, F)), memmap(tmp_path / "out", (2,))
    else:
        x, out = np.zeros((T, F), np.float32).view(Marked), np.zeros(2, np.float32).view(Marked)
    x[...] = plain
    assert predictor(x, out=out) is out
    assert_same_bytes(np.array(out), predictor(plain))
    assert_same_bytes(predictor(x), predictor(plain))


def test_a_memmap_that_may_not_be_written(tmp_path):
    memmap(tmp_path / "out", (2,)).flush()
    with pytest.raises(InvalidArgumentError, match=r"out must be a writable .*, read-only"):
        make_model().predictor()(make_window(), memmap(tmp_path / "out", (2,), "r"))


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled(way):
    with pytest.raises(UnsupportedError, match=r"cannot be pickled .*save the model .*anew"):
        way(make_model().predictor())


def test_states_that_do_not_fit():
    with pytest.raises(InvalidArgumentError, match=r"states must be of shape \(18,\), got \(9,\)"):
        make_model().predictor()(make_window(), states=np.zeros(9))


def test_it_says_what_it_is():
    predictor = make_model().predictor()
    assert isinstance(predictor, Predictor)
    assert repr(predictor) == "Predictor((12, 3) -> (2,), float32)"
