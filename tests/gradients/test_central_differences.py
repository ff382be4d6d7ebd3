"""The reference's gradients against central differences, in float64, for every argument."""

import numpy as np
import pytest

from arithmetic import check_gradients
from measured import LOSSES, problem
from networks import RECURRENT, describe, layer_options
from rnncomp.kernels import DenseSpec, LossSpec, NetworkSpec, RecurrentSpec, make_engine
from rnncomp.kernels.reference.losses import errors, slopes
from tolerance import assert_gradient


def reference(features, *layers):
    return make_engine(NetworkSpec(features, layers), dtype="float64", backend="reference")


@pytest.mark.parametrize("layer", layer_options(units=3), ids=describe)
def test_every_option_of_every_layer(layer):
    check_gradients(reference(2, layer), seed=1)


@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_every_layer_without_initial_states(kind):
    check_gradients(reference(2, RecurrentSpec(units=3, **kind)), seed=2, with_states=False)


@pytest.mark.parametrize("below", RECURRENT, ids=str)
@pytest.mark.parametrize("above", RECURRENT, ids=str)
def test_stacks_of_two_recurrent_layers_and_dense(below, above):
    layers = (
        RecurrentSpec(units=2, return_sequences=True, **below),
        RecurrentSpec(units=3, **above),
        DenseSpec(2, activation="linear"),
    )
    check_gradients(reference(1, *layers), seed=3)


def test_dense_between_recurrent_layers_and_on_a_whole_sequence():
    layers = (
        RecurrentSpec("lstm", 2, return_sequences=True),
        DenseSpec(3, activation="sigmoid"),
        RecurrentSpec("gru", 2, return_sequences=True),
        DenseSpec(2, activation="tanh"),
    )
    check_gradients(reference(2, *layers), seed=4)


@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_a_window_of_one_step(kind):
    check_gradients(reference(2, RecurrentSpec(units=3, **kind)), seed=5, window=1)


@pytest.mark.parametrize("spec", LOSSES, ids=str)
def test_losses(spec):
    y, t, _ = problem(spec, (2, 5, 3), seed=6)
    spec = spec.of_width(3)
    y, t = y.reshape(2, 15), t.reshape(2, -1)
    gradient = slopes(spec, t, y, y.dtype).reshape(y.shape)
    assert_gradient(gradient, lambda y: errors(spec, t, y, y.dtype).sum(), y, what=spec.kind)


def test_the_sign_of_an_exact_hit_is_zero_in_mae():
    y = np.ones((2, 1))
    assert np.all(slopes(LossSpec("mae", width=1), y, y, y.dtype) == 0.0)
