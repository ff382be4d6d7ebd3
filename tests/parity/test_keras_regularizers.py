"""Regularizers against Keras's: names, arguments, and trainings in float64."""

import hashlib
import inspect
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import layers, optimizers, regularizers
from rnncomp.keras.models import Sequential

FIXTURES = Path(__file__).parent / "fixtures"
ABOUT = json.loads((FIXTURES / "regularizers.json").read_text())
WITHOUT = {"OrthogonalRegularizer", "orthogonal_regularizer"}


@cache
def arrays():
    with np.load(FIXTURES / "regularizers.npz") as kept:
        return dict(kept)


def weights_of(name, when):
    prefix = f"{name}/{when}/"
    return [arrays()[f"{prefix}{i}"] for i in range(sum(k.startswith(prefix) for k in arrays()))]


def test_fixtures_are_those_of_the_maker_beside_them():
    maker, kept = FIXTURES.parent / "make_regularizers.py", FIXTURES / "regularizers.npz"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == ABOUT["maker_sha256"]
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == ABOUT["arrays_sha256"]


@pytest.mark.parametrize("name", ABOUT["signatures"])
def test_arguments_stand_in_the_same_order_with_the_same_defaults(name):
    if name in WITHOUT:
        assert name not in regularizers.__all__
        return
    ours = inspect.signature(getattr(regularizers, name)).parameters
    assert {n: p.default for n, p in ours.items()} == ABOUT["signatures"][name]


@pytest.mark.parametrize("word", ABOUT["words"])
def test_words_mean_what_they_mean_in_keras(word):
    wanted, config = ABOUT["words"][word]
    if wanted == "OrthogonalRegularizer":
        with pytest.raises(UnsupportedError, match=f"identifier='{word}' is not supported"):
            regularizers.get(word)
    elif wanted == "Regularizer":  # Keras makes the base, which then fails in a layer
        with pytest.raises(InvalidArgumentError, match="must be the name of a regularizer"):
            regularizers.get(word)
    else:
        assert type(regularizers.get(word)) is getattr(regularizers, wanted)
        assert regularizers.get(word).get_config() == config


def test_the_module_has_keras_names():
    assert set(ABOUT["public"]) - WITHOUT == set(regularizers.__all__)
    assert (regularizers.l1, regularizers.l2) == (regularizers.L1, regularizers.L2)
    assert regularizers.l1_l2 is regularizers.L1L2


@pytest.mark.parametrize("config", ABOUT["serialized"], ids=lambda c: c["class_name"])
def test_configs_are_read_and_written_as_keras_does(config):
    made = regularizers.deserialize(config)
    assert regularizers.serialize(made) == config


def model_of(name):
    stack, (kind, options), loss = ABOUT["cases"][name]
    made = [layers.Input((5, 2))]
    for layer, arguments, given in stack:
        penalties = {
            f"{weight}_regularizer": getattr(regularizers, "".join(factors).upper())(**factors)
            for weight, factors in given.items()
        }
        made.append(getattr(layers, layer)(**arguments, **penalties))
    model = Sequential(made, seed=1, dtype="float64")
    model.set_weights(weights_of(name, "before"))
    model.compile(getattr(optimizers, kind)(**options), loss, metrics=["mae"])
    return model


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("name", ABOUT["cases"])
def test_a_training_with_regularizers_is_keras_own(name, backend, monkeypatch):
    """Weights, the losses that fit reports of training and validation, evaluate, and losses."""
    monkeypatch.setenv("RNNCOMP_BACKEND", backend)
    model, wanted = model_of(name), dict(ABOUT["histories"][name])
    x, y = arrays()["x"], arrays()["y"]
    options = {"batch_size": 5, "validation_split": 0.25, "shuffle": False, "verbose": 0}
    history = model.fit(x, y, epochs=4, **options).history
    for got, expected in zip(model.get_weights(), weights_of(name, "after"), strict=True):
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-10)
    evaluated = model.evaluate(x, y, batch_size=4, verbose=0)
    np.testing.assert_allclose(evaluated, wanted.pop("evaluate"), rtol=0, atol=1e-10)
    np.testing.assert_allclose(model.losses, wanted.pop("losses"), rtol=0, atol=1e-10)
    assert history.keys() == wanted.keys()
    for key, values in wanted.items():
        np.testing.assert_allclose(history[key], values, rtol=0, atol=1e-10, err_msg=key)
