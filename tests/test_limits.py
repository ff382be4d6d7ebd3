"""Sizes that a C int cannot hold are refused by name, before they reach the compiled kernels."""

import numpy as np
import pytest

import rnncomp
from rnncomp import Dense, Network, RecurrentForecaster, Sequential, SimpleRNN, make_samples
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels import NetworkSpec, RecurrentSpec, make_engine
from rnncomp.samples import Samples

TOO_LARGE = 2**31
SPEC = NetworkSpec(1, (RecurrentSpec("simple_rnn", 2),))
X = np.zeros((4, 3, 1), np.float32)


def model(**options):
    made = Sequential([SimpleRNN(2), Dense(1)], seed=1, **options)
    made.compile("adam", "mse")
    return made


def fit(**options):
    model().fit(X, X[:, 0], verbose=0, **options)


def compare(**options):
    rnncomp.compare("airline", **{"window": 3, "epochs": 1, "seeds": 1, "units": 2} | options)


CALLS = {
    "threads": [
        lambda n: Network(SPEC, threads=n),
        lambda n: make_engine(SPEC, threads=n),
        lambda n: model(threads=n),
    ],
    "units": [
        lambda n: SimpleRNN(n),
        lambda n: Dense(n),
        lambda n: RecurrentForecaster("gru", units=n),
        lambda n: compare(units=n),
    ],
    "features in input_shape": [lambda n: SimpleRNN(2, input_shape=(3, n))],
    "time steps in input_shape": [lambda n: SimpleRNN(2, input_shape=(n, 1))],
    "batch_size": [
        lambda n: fit(batch_size=n),
        lambda n: model().evaluate(X, X[:, 0], batch_size=n, verbose=0),
        lambda n: model().predict(X, batch_size=n, verbose=0),
        lambda n: RecurrentForecaster("gru", batch_size=n),
        lambda n: compare(batch_size=n),
    ],
    "validation_batch_size": [lambda n: fit(validation_batch_size=n)],
    "window": [
        lambda n: Samples(X[0], range(0), n),
        lambda n: make_samples(X[0], window=n),
        lambda n: Network(SPEC).predictor(n),
        lambda n: Sequential([SimpleRNN(2, input_shape=(None, 1))]).predictor(n),
        lambda n: RecurrentForecaster("gru", window=n),
        lambda n: compare(window=n),
    ],
    "horizon": [
        lambda n: make_samples(X[0], window=1, horizon=n),
        lambda n: RecurrentForecaster("gru", horizon=n),
        lambda n: compare(horizon=n),
    ],
}


@pytest.mark.parametrize("number", [TOO_LARGE, 2**70])
@pytest.mark.parametrize(
    ("name", "call"), [(name, call) for name, calls in CALLS.items() for call in calls]
)
def test_what_no_c_int_holds(name, call, number):
    with pytest.raises(InvalidArgumentError) as caught:
        call(number)
    rule = f"{name} must be an integer below 2**31, got {number}; pass"
    assert str(caught.value).startswith(rule)
    assert "\n" not in str(caught.value)


def test_the_largest_is_let_through():
    losses = []
    for size in (len(X), TOO_LARGE - 1):
        losses.append(model().fit(X, X[:, 0], batch_size=size, verbose=0).history["loss"])
    assert losses[0] == losses[1]
