"""Layers called by themselves on arrays: states in and out, masks, what comes back."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras.layers import (
    GRU,
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Masking,
    RepeatVector,
    SimpleRNN,
    TimeDistributed,
)
from rnncomp.keras.models import Sequential
from rnncomp.keras.utils import set_random_seed
from rnncomp.nn import random as nn_random
from tolerance import assert_close, steps_bound

RNG = np.random.default_rng(5)
X = RNG.normal(size=(3, 6, 2)).astype(np.float32)
K = 2 * steps_bound(6)
CELLS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}


@pytest.mark.parametrize("name", CELLS)
def test_a_sequence_in_two_parts_is_the_whole(name):
    layer = CELLS[name](4, return_state=True, return_sequences=True)
    whole, *last = layer(X)
    first, *middle = layer(X[:, :2])
    rest, *ends = layer(X[:, 2:], initial_state=middle)
    assert_close(np.concatenate([first, rest], axis=1), whole, k=K)
    for end, wanted in zip(ends, last, strict=True):
        assert_close(end, wanted, k=K)


@pytest.mark.parametrize("name", CELLS)
def test_a_stateful_layer_goes_on_by_itself(name):
    layer = CELLS[name](4, stateful=True)
    whole = layer(X)
    layer.reset_state()
    layer(X[:, :2])
    assert_close(layer(X[:, 2:]), whole, k=K)
    layer.reset_states()
    assert_close(layer(X), whole, k=K)


def test_a_mask_leaves_steps_out():
    layer = GRU(4)
    mask = np.ones((3, 6), bool)
    mask[:, 4:] = False
    assert_close(layer(X, mask=mask), layer(X[:, :4]), k=K)
    assert layer.compute_mask(X, mask) is None
    assert GRU(4, return_sequences=True).compute_mask(X, mask) is mask


def test_an_embedding_looks_up_and_masks():
    layer = Embedding(5, 3, mask_zero=True)
    ids = np.array([[4, 0], [1, 4]])
    out = layer(ids)
    np.testing.assert_array_equal(out, layer.get_weights()[0][ids])
    np.testing.assert_array_equal(layer.compute_mask(ids), ids != 0)
    with pytest.raises(InvalidArgumentError, match=r"x must be whole numbers 0 \.\. 4.*got 5"):
        layer([[5]])


def test_masking_zeroes_and_masks():
    x = X.copy()
    x[1, 2] = 7.0
    layer = Masking(7.0)
    assert not layer(x)[1, 2].any()
    assert list(zip(*np.nonzero(~layer.compute_mask(x)), strict=True)) == [(1, 2)]


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
def test_bidirectional_is_two_passes(merge):
    layer = Bidirectional(LSTM(4, return_sequences=True), merge_mode=merge)
    merged, weights = layer(X), layer.get_weights()
    there, back = LSTM(4, return_sequences=True), LSTM(4, return_sequences=True)
    there(X), back(X)
    there.set_weights(weights[:3])
    back.set_weights(weights[3:])
    y, y_rev = there(X), back(X[:, ::-1])[:, ::-1]
    expected = {
        "concat": np.concatenate([y, y_rev], axis=-1),
        "sum": y + y_rev,
        "mul": y * y_rev,
        "ave": (y + y_rev) / 2,
    }[merge]
    assert_close(merged, expected, k=K)


def test_bidirectional_gives_states_and_outputs_apart():
    layer = Bidirectional(LSTM(4, return_state=True), merge_mode=None)
    y, y_rev, h, c, h_rev, c_rev = layer(X)
    assert_close(h, y, k=1)
    assert_close(h_rev, y_rev, k=1)
    assert c.shape == c_rev.shape == (3, 4)


def test_dropout_acts_in_training_only():
    layer = Dropout(0.5)
    np.testing.assert_array_equal(layer(X), X)
    dropped = layer(X, training=True)
    assert set(np.unique(dropped / X)) == {0.0, 2.0}
    assert (layer(X, training=True) != dropped).any()


def test_what_a_call_drops_follows_from_the_global_seed():
    layer, drawn = Dropout(0.5), []
    for _ in range(2):
        set_random_seed(3)
        drawn.append(layer(X, training=True))
    nn_random.set_global_seed(None)
    np.testing.assert_array_equal(drawn[0], drawn[1])


def test_layers_without_weights():
    np.testing.assert_array_equal(Flatten()(X), X.reshape(3, 12))
    np.testing.assert_array_equal(RepeatVector(2)(X[:, 0]), np.stack([X[:, 0]] * 2, axis=1))
    assert_close(Activation("tanh")(X), np.tanh(X), k=4)
    assert_close(Activation("softmax")(X).sum(axis=-1), np.ones((3, 6)), k=4)
    dense = TimeDistributed(Dense(5))
    assert dense(X).shape == (3, 6, 5)


BAD = {
    "states of another size": (
        lambda: GRU(4)(X, initial_state=np.zeros((3, 5))),
        r"initial_state must be of shapes \[\(3, 4\)\]",
    ),
    "one state of two": (lambda: LSTM(4)(X, initial_state=[np.zeros((3, 4))]), "initial_state"),
    "states for a dense": (lambda: Dense(4)(X, initial_state=[]), "initial_state must be None"),
    "mask of another size": (lambda: GRU(4)(X, mask=np.ones((3, 5))), "mask must be of shape"),
    "another number of features": (lambda: _again(GRU(4)), "x must be of 2 features"),
    "the same direction": (
        lambda: Bidirectional(GRU(4), backward_layer=GRU(4)),
        "backward_layer must read in the other direction",
    ),
    "other units": (
        lambda: Bidirectional(GRU(4), backward_layer=GRU(5, go_backwards=True)),
        "units of backward_layer must be 4",
    ),
    "a layer around a dense": (lambda: Bidirectional(Dense(4)), "layer must be a SimpleRNN"),
    "all dropped": (lambda: Dropout(1.0), "rate must be a finite number"),
    "late embedding": (
        lambda: Sequential([Dense(2), Embedding(3, 2)]),
        "embedding must be the first layer",
    ),
    "flatten of nobody knows what": (
        lambda: Sequential([LSTM(2, return_sequences=True), Flatten(), Dense(1)]).build(
            (None, None, 1)
        ),
        "input of dense must be of known size after Flatten",
    ),
    "time-distributed without time": (
        lambda: Sequential([LSTM(2, input_shape=(3, 1)), TimeDistributed(Dense(1))]),
        "time_distributed reads a sequence",
    ),
    "repeated sequence": (
        lambda: Sequential([LSTM(2, input_shape=(3, 1), return_sequences=True), RepeatVector(2)]),
        "repeat_vector reads one step",
    ),
}


def _again(layer):
    layer(X)
    layer(X[..., :1])


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_named(name):
    make, message = BAD[name]
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sequential([LSTM(2, return_state=True)]), "gives several arrays"),
        (lambda: Sequential([Bidirectional(LSTM(2), merge_mode=None)]), "gives several arrays"),
        (
            lambda: LSTM(2, dropout=0.5, return_state=True)(X, training=True),
            "gives no states of a call in which dropout acts",
        ),
        (lambda: TimeDistributed(LSTM(2)), "TimeDistributed does not support LSTM"),
        (
            lambda: Sequential(
                [LSTM(2, stateful=True, return_sequences=True, input_shape=(3, 1)), GRU(2)]
            ),
            "stateful layers beside others",
        ),
    ],
)
def test_what_is_not_supported_is_refused(make, message):
    with pytest.raises(UnsupportedError, match=message):
        make()
