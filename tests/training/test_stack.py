"""Layers in a model: counted, named, built when their input is known, and never shared."""

import numpy as np
import pytest

from rnncomp import keras
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.nn import Network

# What the tutorials count: layers, then parameters.
COUNTS = [
    ([SimpleRNN(50, input_shape=(50, 1)), Dense(1)], 2651),
    ([LSTM(50, input_shape=(50, 1)), Dense(1)], 10_451),
    ([GRU(50, input_shape=(50, 1)), Dense(1)], 8001),
    ([SimpleRNN(5, input_shape=(3, 1)), Dense(1)], 41),
    ([SimpleRNN(3, input_shape=(12, 1)), Dense(1)], 19),
    ([SimpleRNN(2, input_shape=(3, 1)), Dense(1)], 11),
]


@pytest.mark.parametrize(("layers", "count"), COUNTS, ids=[str(count) for _, count in COUNTS])
def test_parameters_are_counted_as_in_the_tutorials(layers, count, capsys):
    model = Sequential(layers)
    assert model.count_params() == count
    assert sum(weight.size for weight in model.get_weights()) == count
    model.summary()
    assert f" Total params: {count:,} (" in capsys.readouterr().out


def test_tutorial_4_finds_its_weights():
    model = Sequential([SimpleRNN(2, input_shape=(3, 1)), Dense(1)])
    w_x, w_h, b_h, w_y, b_y = model.get_weights()
    assert [w.shape for w in (w_x, w_h, b_h, w_y, b_y)] == [(1, 2), (2, 2), (2,), (2, 1), (1,)]
    np.testing.assert_array_equal(model.layers[0].get_weights()[1], w_h)
    model.layers[1].set_weights([w_y + 1, b_y])
    np.testing.assert_array_equal(model.get_weights()[3], w_y + 1)
    assert model.layers[0].count_params() == 8


def test_names_are_numbered_within_the_model():
    layers = [GRU(2, return_sequences=True), GRU(2), Dense(2, name="dense"), Dense(1), Dense(1)]
    assert [layer.name for layer in Sequential(layers).layers] == [
        "gru",
        "gru_1",
        "dense",
        "dense_1",
        "dense_2",
    ]
    assert Sequential([LSTM(2)]).layers[0].name == "lstm"


def test_a_model_is_built_by_its_first_data():
    model = Sequential([LSTM(2), Dense(1)], seed=1)
    assert not model.built
    assert model.get_weights() == model.weights == []
    assert model.layers[0].weights == []
    assert model.predict(np.zeros((4, 3, 2)), verbose=0).shape == (4, 1)
    assert model.input_shape == (None, 3, 2)
    assert model.output_shape == (None, 1)
    other = Sequential([LSTM(2), Dense(1)], seed=1)
    other.build((None, 3, 2))
    assert other.network.params.tobytes() == model.network.params.tobytes()
    assert model.predict(np.zeros((4, 9, 2)), verbose=0).shape == (4, 1)  # any number of steps


def test_layers_can_be_added_one_by_one():
    model = Sequential()
    model.add(Input((3, 1)))
    model.add(LSTM(2))
    assert model.built
    model.add(Dense(1))
    assert (
        model.count_params() == Sequential([LSTM(2, input_shape=(3, 1)), Dense(1)]).count_params()
    )
    assert model.pop().name == "dense"
    assert model.output_shape == (None, 2)


def test_layers_are_found():
    model = Sequential([LSTM(2, input_shape=(3, 1)), Dense(1)])
    assert model.get_layer("dense") is model.get_layer(index=1) is model.layers[1]
    with pytest.raises(InvalidArgumentError, match="name must be one of lstm, dense"):
        model.get_layer("dence")
    with pytest.raises(InvalidArgumentError, match="index must be below 2, got 2"):
        model.get_layer(index=2)
    with pytest.raises(InvalidArgumentError, match="either name or index"):
        model.get_layer()


def test_layers_are_not_shared():
    layer = LSTM(2, input_shape=(3, 1))
    Sequential([layer])
    with pytest.raises(
        UnsupportedError, match="'lstm' belongs to a model already; make a new LSTM"
    ):
        Sequential([layer])
    twice = Dense(2)
    with pytest.raises(UnsupportedError, match="belongs to a model already"):
        Sequential([twice, twice])


def test_one_precision_for_all():
    model = Sequential([Input((3, 1), dtype="float64"), LSTM(2, dtype="float64")], dtype="float64")
    assert model.get_weights()[0].dtype == np.float64
    with pytest.raises(UnsupportedError, match=r"pass Sequential\(dtype='float64'\)"):
        Sequential([LSTM(2, dtype="float64")])
    with pytest.raises(UnsupportedError, match=r"pass Sequential\(dtype='float64'\)"):
        Sequential([Input((3, 1), dtype="float64")])


BAD = {
    "no layer": (lambda: Sequential([3]), "layer must be an Input or a layer"),
    "cells in a row": (
        lambda: Sequential([LSTM(2), GRU(2)]),
        r"layer 1: gru reads a sequence .* return_sequences=True",
    ),
    "same name": (
        lambda: Sequential([LSTM(2, name="a"), Dense(1, name="a")]),
        "name must be different for all layers",
    ),
    "units 0": (lambda: LSTM(0), "units must be an integer of at least 1, got 0"),
    "units 2.5": (lambda: GRU(2.5), "units must be an integer"),
    "no shape": (lambda: Input(), "Input needs either shape or batch_shape"),
    "shape of text": (lambda: Input("50"), r"shape must be \(time steps, features\)"),
    "unknown features": (lambda: Input((50, None)), "with the number of features"),
    "no steps": (lambda: Input((0, 1)), "time steps in shape must be an integer of at least 1"),
    "four dimensions": (lambda: LSTM(2, input_shape=(1, 2, 3)), "input_shape must be"),
    "rows for a cell": (lambda: Sequential([Input((3,)), LSTM(2)]), "lstm reads a sequence"),
    "late input": (lambda: Sequential([LSTM(2), Input((3, 1))]), "Input must be the first entry"),
    "build of nothing": (lambda: Sequential([LSTM(2)]).build(), "build needs an input shape"),
    "build of text": (
        lambda: Sequential([LSTM(2)]).build("x"),
        "input_shape must be .batch size, time steps",
    ),
    "no layers": (lambda: Sequential().predict(np.zeros((1, 2, 3))), "the model has no layers"),
    "pop of nothing": (lambda: Sequential().pop(), "no layer to pop"),
    "early weights": (lambda: Sequential([LSTM(2)]).set_weights([]), "has no weights yet"),
    "early layer": (lambda: LSTM(2).set_weights([]), "lstm has no weights yet"),
    "empty name": (lambda: LSTM(2, name=""), "name must be a non-empty string"),
    "seed": (lambda: Sequential(seed=-1), "seed must be"),
    "dtype": (lambda: Sequential(dtype="half"), "dtype must be one of float32, float64"),
    "threads": (lambda: Sequential(threads=0), "threads must be"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_named(name):
    make, message = BAD[name]
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_same_bytes_for_any_number_of_threads():
    x = np.random.default_rng(1).normal(size=(200, 20, 1))
    results = set()
    for threads in (None, 1, 2, 3):
        model = Sequential([Input((20, 1)), LSTM(24), Dense(1)], seed=1, threads=threads)
        model.compile("adam", "mse")
        model.fit(x, x[:, -1], batch_size=40, epochs=2, verbose=0)
        outputs = model.predict(x, verbose=0)
        results.add((model.network.params.tobytes(), outputs.tobytes()))
    assert len(results) == 1


def test_threads_asked_for_are_used(monkeypatch):
    monkeypatch.setattr("rnncomp.training.stack.cores", lambda: 8)
    x, used = np.zeros((64, 20, 1), np.float32), []
    engine_with = Network.engine_with
    monkeypatch.setattr(
        Network, "engine_with", lambda self, n: used.append(n) or engine_with(self, n)
    )
    for threads, batch_size in ((3, 16), (3, 64), (None, 16), (None, 64)):
        model = Sequential([Input((20, 1)), LSTM(64), Dense(1)], threads=threads)
        model.compile("adam", "mse")
        model.fit(x, x[:, 0], batch_size=batch_size, verbose=0)
    assert list(dict.fromkeys(used)) == [3, 1, 4]


def test_representations_say_what_it_is():
    model = Sequential([Input((3, 1)), LSTM(2)], seed=5)
    assert repr(model.layers[0]) == "<LSTM name=lstm, units=2, built=True>"
    assert repr(Input((3, 1))) == "<Input name=input_layer, shape=(3, 1)>"
    model.compile("sgd", "mae", metrics=["mse"])
    assert repr(model.optimizer) == (
        "SGD(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=0.0, name='sgd')"
    )
    history = model.fit(np.zeros((2, 3, 1)), np.zeros((2, 2)), verbose=0)
    assert repr(history) == "<History of 1 epochs: loss, mse; seed=5>"
    assert repr(keras.losses.MeanSquaredError()) == "<MeanSquaredError name=mean_squared_error>"
