"""Network: one flat array of weights, named views of it, and checks at its door."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.nn import Network
from rnncomp.nn.network import auto_threads, row_operations
from rnncomp.samples import Samples

SPEC = NetworkSpec(
    2,
    (
        RecurrentSpec("lstm", 3, return_sequences=True),
        RecurrentSpec("gru", 4),
        DenseSpec(2, "linear"),
        DenseSpec(1, "linear"),
    ),
)
X = np.random.default_rng(1).normal(size=(5, 6, 2)).astype(np.float32)


def test_weights_are_named_views_in_keras_order():
    network = Network(SPEC, seed=1)
    assert [(w.name, w.shape) for w in network.weights] == [
        ("lstm/kernel", (2, 12)),
        ("lstm/recurrent_kernel", (3, 12)),
        ("lstm/bias", (12,)),
        ("gru/kernel", (3, 12)),
        ("gru/recurrent_kernel", (4, 12)),
        ("gru/bias", (2, 12)),
        ("dense/kernel", (4, 2)),
        ("dense/bias", (2,)),
        ("dense_1/kernel", (2, 1)),
        ("dense_1/bias", (1,)),
    ]
    assert all(np.shares_memory(w.value, network.params) for w in network.weights)
    flat = np.concatenate([w.value.ravel() for w in network.weights])
    np.testing.assert_array_equal(flat, network.params)


def test_set_weights_writes_through_and_get_weights_copies():
    network, other = Network(SPEC, seed=1), Network(SPEC, seed=2)
    other.set_weights(network.get_weights())
    assert other.params.tobytes() == network.params.tobytes()
    network.get_weights()[0][:] = 9.0
    assert other.params.tobytes() == network.params.tobytes()
    network.weights[0].value[0, 0] = 9.0
    assert network.params[0] == 9.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w[:-1], "weights must be a list of 10 arrays, got 9"),
        (lambda w: [*w[:-1], np.zeros((1, 1))], r"dense_1/bias must be of shape \(1,\)"),
        (lambda w: [w[0].T, *w[1:]], r"lstm/kernel must be of shape \(2, 12\), got \(12, 2\)"),
        (lambda w: [w[0].astype(str), *w[1:]], "lstm/kernel must be an array of numbers"),
        (lambda w: 3, "weights must be a list of 10 arrays, got 3"),
    ],
)
def test_wrong_weights_are_named_and_nothing_is_changed(change, message):
    network = Network(SPEC, seed=1)
    before = network.params.copy()
    wrong = change([w + 1 for w in network.get_weights()])
    with pytest.raises(InvalidArgumentError, match=message):
        network.set_weights(wrong)
    np.testing.assert_array_equal(network.params, before)


def test_seeds_and_given_params():
    one, two, three = Network(SPEC, seed=1), Network(SPEC, seed=1), Network(SPEC, seed=2)
    assert one.params.tobytes() == two.params.tobytes() != three.params.tobytes()
    assert Network(SPEC).seed != Network(SPEC).seed
    copy = Network(SPEC, params=one.params)
    assert copy.params.tobytes() == one.params.tobytes()
    assert not np.shares_memory(copy.params, one.params)
    with pytest.raises(InvalidArgumentError, match="params must be of shape"):
        Network(SPEC, params=one.params[1:])


def test_float32_weights_are_those_of_float64_rounded():
    low, high = Network(SPEC, seed=1), Network(SPEC, seed=1, dtype="float64")
    np.testing.assert_array_equal(low.params, high.params.astype(np.float32))


def test_layers_of_one_kind_start_differently():
    spec = NetworkSpec(4, (RecurrentSpec("gru", 4, return_sequences=True), RecurrentSpec("gru", 4)))
    network = Network(spec, seed=1)
    assert (network.weights[0].value != network.weights[3].value).any()


def test_predict_takes_arrays_and_samples_of_any_precision():
    network = Network(SPEC, seed=1)
    outputs = network.predict(X)
    assert outputs.shape == (5, 1)
    assert outputs.dtype == np.float32
    np.testing.assert_array_equal(network.predict(X.astype(np.float64)), outputs)
    np.testing.assert_array_equal(network.predict(Samples.from_arrays(X)), outputs)
    wide = Samples.from_arrays(X.astype(np.float64))
    np.testing.assert_array_equal(network.predict(wide), outputs)


def test_states_start_the_network():
    network = Network(SPEC, seed=1)
    states = np.ones((5, SPEC.state_size), np.float32)
    assert (network.predict(X, states) != network.predict(X)).all()
    zero = network.predict(X, 0 * states)
    np.testing.assert_allclose(zero, network.predict(X), rtol=0, atol=4 * 2.0**-23)


def test_vjp_has_the_shapes_of_what_it_differentiates():
    network = Network(SPEC, seed=1)
    result = network.vjp(X, np.ones((5, 1)))
    assert result.dx.shape == X.shape
    assert result.dparams.shape == network.params.shape
    assert result.dstates.shape == (5, SPEC.state_size)
    np.testing.assert_allclose(result.y, network.predict(X), rtol=0, atol=8 * 2.0**-23)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (lambda: NetworkSpec(1, ()), "at least one layer"),
        (
            lambda: NetworkSpec(1, (RecurrentSpec("gru", 2), RecurrentSpec("lstm", 2))),
            r"layer 1: lstm reads a sequence.*return_sequences=True",
        ),
        (
            lambda: NetworkSpec(1, (RecurrentSpec("lstm", 10**6),)),
            "at most 2,147,483,647 parameters",
        ),
    ],
)
def test_impossible_networks_are_refused(spec, message):
    with pytest.raises(InvalidArgumentError, match=message):
        Network(spec())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "float16"}, "dtype must be one of float32, float64"),
        ({"seed": -1}, "seed must be"),
        ({"threads": 0}, "threads must be an integer of at least 1, got 0"),
        ({"names": ["a", "a", "b", "c"]}, "names must be 4 different strings"),
    ],
)
def test_bad_arguments_are_named(options, message):
    with pytest.raises(InvalidArgumentError, match=message):
        Network(SPEC, **options)


def test_one_engine_a_number_of_threads():
    network = Network(SPEC, seed=1)
    assert network.engine is network.engine
    assert network.engine_with(2) is network.engine_with(2)


def test_a_batch_is_split_only_when_each_core_gets_enough():
    small = NetworkSpec(1, (RecurrentSpec("simple_rnn", 2), DenseSpec(1)))
    large = NetworkSpec(1, (RecurrentSpec("lstm", 64), DenseSpec(1)))
    assert auto_threads(small, window=3, batch_size=512, cores=4) == 1
    assert auto_threads(large, window=50, batch_size=16, cores=4) == 1
    assert auto_threads(large, window=50, batch_size=17, cores=4) == 2
    assert auto_threads(large, window=50, batch_size=512, cores=4) == 4
    assert auto_threads(large, window=50, batch_size=512, cores=1) == 1


def test_operations_are_those_of_three_passes():
    """6 per weight and step: a multiplication and an addition, forward and twice backward."""
    spec = NetworkSpec(2, (RecurrentSpec("lstm", 3), DenseSpec(5)))
    assert row_operations(spec, window=7) == 6 * 7 * (2 * 12 + 3 * 12 + 3 * 5)
