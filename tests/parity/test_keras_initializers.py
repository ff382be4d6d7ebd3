"""Initializers against Keras's: names, arguments, configs, and distributions."""

import hashlib
import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import UnsupportedError
from rnncomp.keras import initializers

FIXTURES = Path(__file__).parent / "fixtures"
ABOUT = json.loads((FIXTURES / "initializers.json").read_text())
WITHOUT = {"STFT"}


def test_the_fixture_is_that_of_the_maker_beside_it():
    maker = FIXTURES.parent / "make_initializers.py"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == ABOUT["maker_sha256"]


@pytest.mark.parametrize("name", ABOUT["signatures"])
def test_arguments_stand_in_the_same_order_with_the_same_defaults(name):
    if name in WITHOUT:
        assert name not in initializers.__all__
        return
    ours = inspect.signature(getattr(initializers, name)).parameters
    assert {n: p.default for n, p in ours.items()} == ABOUT["signatures"][name]
    assert list(ours) == list(ABOUT["signatures"][name])


@pytest.mark.parametrize("word", ABOUT["words"])
def test_words_mean_what_they_mean_in_keras(word):
    wanted = ABOUT["words"][word]
    if wanted in WITHOUT:
        with pytest.raises(UnsupportedError, match=f"identifier='{word}' is not supported"):
            initializers.get(word)
    else:
        assert initializers.get(word) == getattr(initializers, wanted)()


def test_the_module_has_keras_names():
    without = {"STFT", "STFTInitializer", "stft"}
    assert set(ABOUT["public"]) - without == set(initializers.__all__)
    for name in initializers.__all__:
        if name in ABOUT["words"]:
            assert getattr(initializers, name).__name__ == ABOUT["words"][name]


@pytest.mark.parametrize("config", ABOUT["serialized"], ids=lambda c: c["class_name"])
def test_configs_are_read_and_written_as_keras_does(config):
    made = initializers.deserialize(config)
    assert initializers.serialize(made) == config


@pytest.mark.parametrize("case", ABOUT["drawn"], ids=lambda c: f"{c['class']}-{c['arguments']}")
def test_numbers_are_distributed_as_keras_ones(case):
    initializer = getattr(initializers, case["class"])(seed=7, **case["arguments"])
    values = initializer.draw(tuple(case["shape"]), 0, "kernel")
    assert values.shape == tuple(case["shape"])
    n = values.size
    below = np.array([np.mean(values <= q) for q in case["quantiles"]])
    shares = np.array(ABOUT["shares"])
    # Both samples of n numbers know the share to sqrt(p (1 - p) / n): 5 standard deviations of
    # the difference. The seed is fixed: this passes always or never.
    assert (np.abs(below - shares) < 5 * np.sqrt(2 * shares * (1 - shares) / n)).all()
    # The ends of a bounded range are reached by both: 9 of 20,000 numbers are expected in the last
    # 0.002 of its width even where a truncated normal is thinnest.
    if case["class"] in ("RandomNormal", "Orthogonal"):
        return
    if case["arguments"].get("distribution") != "untruncated_normal":
        width = case["high"] - case["low"]
        assert abs(values.min() - case["low"]) < 0.002 * width
        assert abs(values.max() - case["high"]) < 0.002 * width
