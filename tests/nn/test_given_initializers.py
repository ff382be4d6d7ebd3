"""First weights from an array or a function, and what a model file says of them."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import initializers, layers
from rnncomp.keras.models import Sequential, load_model

KERNEL = np.arange(16.0).reshape(2, 8) / 16


def model_of(layer, dtype="float32"):
    return Sequential([layers.Input((3, 2)), layer], seed=1, dtype=dtype)


def test_an_array_is_the_weight_and_is_copied():
    given = KERNEL.copy()
    layer = layers.LSTM(2, kernel_initializer=given)
    given[:] = 7.0
    np.testing.assert_array_equal(model_of(layer).get_weights()[0], KERNEL.astype(np.float32))


def test_integers_are_numbers():
    bias = model_of(layers.Dense(2, bias_initializer=np.array([1, 2]))).get_weights()[1]
    np.testing.assert_array_equal(bias, np.array([1.0, 2.0], np.float32))


def test_an_array_of_another_shape_is_refused():
    layer = layers.LSTM(3, kernel_initializer=KERNEL)
    message = r"kernel_initializer must be of the weight's shape \(2, 12\), got \(2, 8\)"
    with pytest.raises(InvalidArgumentError, match=message):
        model_of(layer)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_function_is_called_as_keras_calls_it(dtype):
    calls = []

    def numbers(shape, dtype=None):
        calls.append((shape, dtype))
        return np.full(shape, 0.5 * len(calls), dtype)

    layer = layers.LSTM(2, kernel_initializer=numbers, bias_initializer=numbers)
    weights = model_of(layer, dtype).get_weights()
    # The bias in three pieces, as in Keras: i, the forget gate's ones, and g and o together.
    assert calls == [((2, 8), dtype), ((2,), dtype), ((4,), dtype)]
    assert (weights[0] == 0.5).all()
    np.testing.assert_array_equal(weights[2], [1.0, 1.0, 1.0, 1.0, 1.5, 1.5, 1.5, 1.5])


def test_functions_of_numpy_and_subclasses_with_a_call_of_their_own():
    class Sevens(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return np.full(shape, 7.0, dtype)

    layer = layers.Dense(2, kernel_initializer=np.ones, bias_initializer=Sevens())
    kernel, bias = model_of(layer).get_weights()
    assert (kernel == 1.0).all()
    assert (bias == 7.0).all()


@pytest.mark.parametrize("made", [np.zeros(3), np.array(0.0), np.array(["a", "b"]), None])
def test_a_function_that_returns_something_else_is_refused(made):
    layer = layers.Dense(2, bias_initializer=lambda shape, dtype=None: made)
    message = r"bias_initializer must be a function that returns numbers of shape \(2,\)"
    with pytest.raises(InvalidArgumentError, match=message):
        model_of(layer)


@pytest.mark.parametrize(
    ("given", "kind"),
    [(KERNEL, "an array"), (lambda shape, dtype=None: np.full(shape, 0.5), "a function")],
    ids=["array", "function"],
)
def test_a_model_file_keeps_the_weights_and_says_what_it_does_not_keep(given, kind, tmp_path):
    model = model_of(layers.LSTM(2, kernel_initializer=given))
    model.save(tmp_path / "m.safetensors")
    config = model.layers[0].get_config()["kernel_initializer"]
    assert config == {"name": kind.split()[1]}
    loaded = load_model(tmp_path / "m.safetensors")
    for one, other in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    loaded.save(tmp_path / "again.safetensors")
    first, again = (tmp_path / f"{name}.safetensors" for name in ("m", "again"))
    assert first.read_bytes() == again.read_bytes()
    with pytest.raises(UnsupportedError, match=f"^kernel_initializer was {kind} and cannot draw"):
        loaded.add(layers.Dense(1))


def test_an_initializer_that_nobody_knows_has_no_config():
    class Mine(initializers.Ones):
        pass

    with pytest.raises(UnsupportedError, match="Mine has no config"):
        layers.Dense(2, kernel_initializer=Mine()).get_config()


def test_what_has_no_name_in_keras_is_not_serialized():
    for given in (KERNEL, np.zeros):
        with pytest.raises(UnsupportedError, match="cannot serialize Given"):
            initializers.serialize(initializers.get(given))
