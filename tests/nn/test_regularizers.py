"""Regularizers of layers: what is understood, what is refused, what a model file keeps."""

import json

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import layers, regularizers
from rnncomp.keras.models import Sequential, load_model
from rnncomp.kernels.spec import NO_PENALTY
from rnncomp.nn.regularizers import L1, L1L2, L2, get_regularizer, to_config

X, Y = np.arange(24.0).reshape(8, 3, 1) / 24, np.arange(8.0) / 8


def model_of(*stack, **options):
    model = Sequential([layers.Input((3, 1)), *stack], seed=1, **options)
    model.compile(optimizer="sgd", loss="mse", metrics=["mse"])
    return model


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("l1", L1(0.01)),
        ("L2", L2(0.01)),
        ("l1l2", L1L2(0.0, 0.0)),
        (L1, L1(0.01)),
        (L2(None), L2(0.01)),
        (L1L2(l1=0.5), L1L2(0.5, 0.0)),
        (L1(np.float32(0.5)), L1(0.5)),
        ({"name": "l1l2", "l1": 1, "l2": 2}, L1L2(1.0, 2.0)),
        ({"class_name": "L2", "config": {"l2": 0.5}}, L2(0.5)),
    ],
)
def test_what_is_understood(value, expected):
    found = get_regularizer("kernel_regularizer", value)
    assert found == expected
    config = json.loads(json.dumps(to_config(found)))
    assert get_regularizer("kernel_regularizer", config) == expected


class Mine(regularizers.L2):
    def __call__(self, x):
        return 1.0


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("l3", InvalidArgumentError, "got 'l3'; pass 'l1', 'l2'"),
        ("l1_l2", InvalidArgumentError, r"pass L1L2\(l1=0.01, l2=0.01\)"),
        ("orthogonal_regularizer", UnsupportedError, "is not supported; pass 'l1'"),
        ({"class_name": "OrthogonalRegularizer", "config": {}}, UnsupportedError, "not supported"),
        (lambda w: 0.0, UnsupportedError, "cannot be a function or a class of your own"),
        (Mine(), UnsupportedError, "cannot be a function or a class of your own"),
        (Mine, UnsupportedError, "cannot be a function or a class of your own"),
        (0.01, InvalidArgumentError, "must be a regularizer, got 0.01; pass 'l1'"),
        ({"name": "l1", "l2": 0.1}, InvalidArgumentError, "holds no known regularizer"),
        ({"name": ["l1"]}, InvalidArgumentError, "holds no known regularizer"),
        ({"class_name": "L1", "config": None}, InvalidArgumentError, "no known regularizer"),
        ({"name": "l1", "l1": -1.0}, InvalidArgumentError, "l1 must be a finite number of at lea"),
    ],
)
def test_what_is_refused(value, error, message):
    for layer in (layers.Dense, layers.LSTM):
        with pytest.raises(error, match=f"(?s){message}") as caught:
            layer(2, bias_regularizer=value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("factor", [-0.1, np.inf, np.nan, "0.1", True, [0.1]])
def test_factors_are_finite_and_not_negative(factor):
    for cls in (L1, L2, L1L2):
        with pytest.raises(InvalidArgumentError, match=r"l[12] must be a finite number of at "):
            cls(factor)


def test_the_loss_of_evaluate_is_that_of_the_outputs_and_of_the_weights():
    model = model_of(
        layers.SimpleRNN(2, recurrent_regularizer=L1(0.5), name="rnn"),
        layers.Dense(1, kernel_regularizer=L2(2.0)),
    )
    recurrent, kernel = model.get_weights()[1], model.get_weights()[3]
    wanted = [0.5 * np.abs(recurrent).sum(), 2.0 * np.square(kernel).sum()]
    assert model.losses == pytest.approx(wanted, rel=1e-6)
    assert model.get_layer("rnn").losses == model.losses[:1]
    loss, mse = model.evaluate(X, Y, verbose=0)
    assert loss == pytest.approx(mse + sum(wanted), rel=1e-6)


def test_the_loss_of_the_first_batch_is_taken_before_the_step():
    model = model_of(layers.Dense(1, kernel_regularizer="l2"))
    before = sum(model.losses)
    history = model.fit(X, np.zeros((8, 3)), batch_size=8, verbose=0).history
    assert history["loss"][0] - history["mse"][0] == pytest.approx(before, rel=1e-5)
    assert sum(model.losses) < before


def test_no_regularizer_asks_the_kernels_for_nothing():
    assert model_of(layers.LSTM(2)).penalty is NO_PENALTY
    assert model_of(layers.LSTM(2, kernel_regularizer="l1l2")).penalty is NO_PENALTY
    assert Sequential([layers.LSTM(2, kernel_regularizer="l1")]).losses == []


def test_a_bias_that_is_not_there_adds_nothing():
    model = model_of(layers.GRU(2, use_bias=False, bias_regularizer="l1"))
    assert model.losses == []
    assert model.layers[0].get_config()["bias_regularizer"] == {"name": "l1", "l1": 0.01}


def test_a_model_file_keeps_regularizers_and_training_goes_on_alike(tmp_path):
    def made():
        first = layers.LSTM(
            2,
            kernel_regularizer="l1",
            recurrent_regularizer=L1L2(0.25, 0.125),
            bias_regularizer=L2(0.5),
        )
        return model_of(first, layers.Dense(1))

    model = made()
    model.fit(X, Y, epochs=2, verbose=0)
    model.save(tmp_path / "m.safetensors")
    loaded = load_model(tmp_path / "m.safetensors")
    assert loaded.layers[0].regularizers == made().layers[0].regularizers
    assert (loaded.penalty, loaded.losses) == (model.penalty, model.losses)
    for each in (model, loaded):
        each.fit(X, Y, epochs=2, verbose=0)
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
