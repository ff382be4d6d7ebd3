"""A model called on arrays, and what it is asked for that it does not do."""

import copy
import pickle

import numpy as np
import pytest

import rnncomp
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras.layers import GRU, LSTM, Dense, Dropout
from rnncomp.keras.models import Sequential

X = np.random.default_rng(3).normal(size=(5, 6, 2)).astype(np.float32)


def test_a_call_is_predict():
    model = Sequential([LSTM(4, return_sequences=True), Dense(3)])
    y = model(X)
    assert y.shape == (5, 6, 3)
    np.testing.assert_array_equal(y, model.predict(X, verbose=0))
    np.testing.assert_array_equal(y, model.predict_on_batch(X))


def test_a_stateful_model_goes_on_from_call_to_call():
    model = Sequential([GRU(4, stateful=True), Dense(1)])
    first, second = model(X), model(X)
    assert (first != second).all()
    model.layers[0].reset_state()
    np.testing.assert_array_equal(model(X), first)
    np.testing.assert_array_equal(model.predict(X, verbose=0), second)


def test_dropout_acts_in_training_alone():
    model = Sequential([Dropout(0.5, input_shape=(6, 2))])
    np.testing.assert_array_equal(model(X), X)
    dropped = model(X, training=True)
    assert set(np.unique(dropped / X)) == {0.0, 2.0}
    assert (model(X, training=True) != dropped).any()


def test_states_of_a_call_in_which_dropout_acts_are_refused():
    model = Sequential([GRU(4, stateful=True, dropout=0.5)])
    with pytest.raises(UnsupportedError, match="the model gives no states of a call in which"):
        model(X, training=True)


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_model_is_saved_and_not_pickled(how):
    model = Sequential([Dense(1, input_shape=(2,))])
    with pytest.raises(UnsupportedError, match=r"a Sequential is not pickled .* save\(path\)"):
        how(model)


BUILT = Sequential([LSTM(3, input_shape=(6, 2)), Dense(1)])
WORDS = {
    "mask": (lambda: BUILT(X, mask=X), "a model's call does not support mask=.*; let Masking"),
    "no path": (lambda: BUILT.save(None), "filepath must be a path, got None; pass a string"),
    "a number": (lambda: rnncomp.load_model(3), "filepath must be a path, got 3"),
    "weights, no path": (lambda: BUILT.save_weights([]), r"filepath must be a path, got \[\]"),
    "no weights": (lambda: BUILT.load_weights(None), "filepath must be a path, got None"),
    "onnx to": (lambda: BUILT.to_onnx(None), "filepath must be a path, got None"),
    "onnx from": (lambda: rnncomp.load_model("m.onnx"), r"m\.onnx: .*; ONNX is written, not read"),
    "run": (lambda: rnncomp.Run.load(None), "folder must be a path, got None"),
    "steps": (lambda: BUILT(X[:, :3]), "windows of 6 time steps, as declared, got 3; declare None"),
    "one window": (lambda: BUILT(X[0]), r"got \(6, 2\); .* a single window x\[None\]"),
}


@pytest.mark.parametrize("name", WORDS)
def test_the_message_says_what_to_do(name):
    ask, words = WORDS[name]
    with pytest.raises((InvalidArgumentError, UnsupportedError), match=words) as caught:
        ask()
    assert "\n" not in str(caught.value)
