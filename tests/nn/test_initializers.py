"""First weights: Keras's ranges and shapes, orthogonal where promised, repeatable by seed."""

import json

import numpy as np
import pytest

from networks import layer_spec
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels import NetworkSpec
from rnncomp.nn import Network, initializers, random
from rnncomp.nn.initializers import (
    CLASSES,
    Constant,
    GlorotUniform,
    HeUniform,
    Identity,
    Initializer,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    VarianceScaling,
    get_initializer,
    to_config,
)
from rnncomp.nn.random import normal

EPS = 2.0**-52

# Half the width of the range, from Keras's documentation, for a kernel of shape (30, 200).
LIMITS = {
    "glorot_uniform": np.sqrt(6 / 230),
    "he_uniform": np.sqrt(6 / 30),
    "lecun_uniform": np.sqrt(3 / 30),
    "random_uniform": 0.05,
}


@pytest.mark.parametrize("name", LIMITS)
def test_uniform_initializers_fill_keras_range(name):
    values = get_initializer("kernel_initializer", name).draw((30, 200), 1, "kernel")
    limit = LIMITS[name]
    assert np.abs(values).max() <= limit
    assert np.abs(values).max() > 0.999 * limit  # 6,000 draws: missed in 1 of 400
    assert abs(values.mean()) < 5 * limit / np.sqrt(3 * 6000)


def test_a_bias_is_drawn_with_its_length_as_both_fans():
    values = GlorotUniform().draw((300,), 1, "bias")
    assert 0.98 * np.sqrt(6 / 600) < np.abs(values).max() <= np.sqrt(6 / 600)


@pytest.mark.parametrize(("name", "value"), [("zeros", 0.0), ("ones", 1.0), ("constant", 0.0)])
def test_constant_initializers(name, value):
    values = get_initializer("bias_initializer", name).draw((3, 4), 1, "bias")
    np.testing.assert_array_equal(values, np.full((3, 4), value))


def test_objects_take_arguments():
    np.testing.assert_array_equal(Constant(2.5).draw((2,), 1, "b"), [2.5, 2.5])
    assert RandomUniform(1.0, 2.0).draw((99,), 1, "b").min() >= 1.0
    assert abs(RandomNormal(3.0, 0.01).draw((99,), 1, "b").mean() - 3.0) < 0.01


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (50, 200), (200, 50), (1, 9), (9, 1), (64, 64)])
def test_orthogonal_rows_or_columns(shape):
    q = Orthogonal().draw(shape, 3, "recurrent_kernel")
    assert q.shape == shape
    short = q if shape[0] <= shape[1] else q.T
    # Each of min(shape) reflections rounds once or twice: k = 4 sqrt(n) eps.
    tolerance = 4 * np.sqrt(max(shape)) * EPS
    np.testing.assert_allclose(short @ short.T, np.eye(len(short)), atol=tolerance)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7)])
def test_orthogonal_is_keras_sign_corrected_qr(shape):
    a = normal(3, "w", (max(shape), min(shape)))
    q, r = np.linalg.qr(a)
    q = q * np.sign(np.diag(r))
    wanted = q if shape[0] >= shape[1] else q.T
    np.testing.assert_allclose(Orthogonal().draw(shape, 3, "w"), wanted, atol=200 * EPS)


def test_orthogonal_gain_and_rank():
    gained = Orthogonal(gain=3.0).draw((4, 4), 3, "w")
    np.testing.assert_array_equal(gained, 3.0 * Orthogonal().draw((4, 4), 3, "w"))
    with pytest.raises(InvalidArgumentError, match="shape must be that of a matrix"):
        Orthogonal().draw((4,), 3, "bias")


@pytest.mark.parametrize("name", CLASSES)
def test_seeds_repeat_and_an_own_seed_wins(name):
    drawn = get_initializer("kernel_initializer", name)
    np.testing.assert_array_equal(drawn.draw((3, 4), 1, "k"), drawn.draw((3, 4), 1, "k"))
    if "seed" in drawn.get_config():
        assert (drawn.draw((3, 4), 1, "k") != drawn.draw((3, 4), 2, "k")).any()
        own = type(drawn)(seed=9)
        np.testing.assert_array_equal(own.draw((3, 4), 1, "k"), own.draw((3, 4), 2, "k"))
        np.testing.assert_array_equal(own.draw((3, 4), 1, "k"), drawn.draw((3, 4), 9, "k"))


@pytest.mark.parametrize("name", CLASSES)
def test_configs_make_the_same_initializer(name):
    initializer = CLASSES[name]()
    assert get_initializer("kernel_initializer", to_config(initializer)) == initializer
    assert type(initializer).from_config(initializer.get_config()) == initializer
    assert get_initializer("kernel_initializer", CLASSES[name]) == initializer.clone()


def test_configs_are_plain_values_and_lack_axes_that_are_not_given():
    given = HeUniform(1, (1,), (0,))
    assert to_config(given) == json.loads(json.dumps(to_config(given)))
    assert get_initializer("k", to_config(given)) == given
    assert to_config(HeUniform()) == {"name": "he_uniform", "seed": None}  # as in older files


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant("1"), "value must be a finite number"),
        (lambda: Constant(np.ones(2)), "value must be a finite number"),
        (lambda: Identity(None), "gain must be a finite number"),
        (lambda: RandomNormal(stddev=np.nan), "stddev must be a finite number"),
        (lambda: RandomUniform(seed=1.5), "seed must be an integer"),
        (lambda: VarianceScaling(0.0), "scale must be a finite number above 0"),
        (lambda: VarianceScaling(mode="fan"), "mode must be one of fan_in"),
        (lambda: VarianceScaling(distribution="normale"), "distribution must be one of trunc"),
        (lambda: VarianceScaling(distribution=3), "distribution must be one of truncated_normal"),
        (lambda: GlorotUniform(input_axes=[0]), "must be given together"),
        (lambda: GlorotUniform(input_axes=0, output_axes=[1]), "input_axes must be a list"),
        (lambda: GlorotUniform(input_axes=[0], output_axes=[-1]), "output_axes must be an integer"),
        (lambda: GlorotUniform(None, [0], [2])((3, 4)), "input_axes and output_axes must be below"),
        (lambda: Identity()((3,)), "shape must be that of a matrix"),
        (lambda: Identity()((3, 3), "float16"), "dtype must be one of"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(InvalidArgumentError, match=message):
        make()


def test_identity_is_an_identity_times_its_gain():
    values = get_initializer("recurrent_initializer", Identity(2.0)).draw((3, 4), 1, "k")
    np.testing.assert_array_equal(values, 2.0 * np.eye(3, 4))


def test_distributions_are_named_as_keras_names_them():
    assert VarianceScaling(distribution="Normal") == VarianceScaling()
    assert VarianceScaling(distribution="UNIFORM").distribution == "uniform"


def test_axes_say_which_numbers_go_in_and_out():
    """Half a kernel (4, 8) whose rows are outputs."""
    turned = GlorotUniform(1, [1], [0]).draw((4, 8), 0, "k")
    np.testing.assert_array_equal(turned, GlorotUniform(1).draw((4, 8), 0, "k"))
    he, given = HeUniform(1).draw((2, 8), 0, "k"), HeUniform(1, [1], [0]).draw((2, 8), 0, "k")
    np.testing.assert_allclose(given, he / 2.0, rtol=4 * EPS)


def test_a_call_outside_of_a_network_gives_the_same_again():
    initializer = GlorotUniform()
    one, two = initializer((2, 3)), initializer([2, 3], dtype="float64")
    assert (one.dtype, two.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(one, two.astype(np.float32))
    assert (one != GlorotUniform()((2, 3))).any()
    np.testing.assert_array_equal(GlorotUniform(5)((2, 3)), GlorotUniform(5)((2, 3)))


def test_the_global_seed_makes_calls_outside_of_networks_repeatable():
    def calls():
        random.set_global_seed(3)
        return GlorotUniform()((2, 3)), GlorotUniform()((2, 3)), random.next_model_seed()

    one, two = calls(), calls()
    random.set_global_seed(None)
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])
    assert (one[0] != one[1]).any()
    assert one[2] == 3  # models are counted apart


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("glorot", InvalidArgumentError, "did you mean 'glorot_normal' or 'glorot_uniform'"),
        ("glorotUniform", InvalidArgumentError, "did you mean 'glorot_uniform'"),
        ("STFT", UnsupportedError, "'STFT' is not supported: .*; use one of"),
        ({"class_name": "STFT", "config": {}}, UnsupportedError, "'STFT' is not supported"),
        ([1.0], InvalidArgumentError, "a NumPy array or a function"),
        (np.array(["a"]), InvalidArgumentError, "an array of numbers, got 'dtype <U1'"),
        ({"name": "eval"}, InvalidArgumentError, "holds no known initializer"),
        ({"name": "zeros", "x": 1}, InvalidArgumentError, "holds no known initializer"),
        ({"name": "constant", "value": "1"}, InvalidArgumentError, "value must be"),
        ({"name": "orthogonal", "seed": -1}, InvalidArgumentError, "seed must be"),
        ({"name": ["zeros"]}, InvalidArgumentError, "holds no known initializer"),
        ({"class_name": "Zeros", "config": None}, InvalidArgumentError, "no known initializer"),
    ],
)
def test_others_are_refused_by_name(value, error, message):
    with pytest.raises(error, match=message):
        get_initializer("kernel_initializer", value)


@pytest.mark.parametrize("kind", ["simple_rnn", "lstm", "gru", "dense"])
def test_defaults_of_a_layer_are_keras_defaults(kind):
    network = Network(NetworkSpec(3, (layer_spec(kind, units=8),)), seed=4, dtype="float64")
    weights = {w.name.split("/")[1]: w.value for w in network.weights}
    width = weights["kernel"].shape[1]
    limit = np.sqrt(6 / (3 + width))
    assert 0.6 * limit < np.abs(weights["kernel"]).max() <= limit
    if kind != "dense":
        product = weights["recurrent_kernel"] @ weights["recurrent_kernel"].T
        np.testing.assert_allclose(product, np.eye(8), atol=40 * EPS)
    bias = np.zeros_like(weights["bias"])
    if kind == "lstm":
        bias[8:16] = 1.0  # the forget gate
    np.testing.assert_array_equal(weights["bias"], bias)


def test_every_initializer_says_what_it_draws():
    found = [c for c in vars(initializers).values() if isinstance(c, type)]
    for cls in found:
        if issubclass(cls, Initializer):
            assert cls.__doc__
