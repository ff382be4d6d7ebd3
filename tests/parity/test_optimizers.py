"""The update rules against what Keras made of the same gradients (make_optimizers.py), float64."""

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rnncomp.keras import optimizers
from rnncomp.kernels.reference.optimizers import clipped, update
from tolerance import assert_close

FIXTURES = Path(__file__).parent / "fixtures"
ABOUT = json.loads((FIXTURES / "optimizers.json").read_text())


@cache
def arrays():
    with np.load(FIXTURES / "optimizers.npz") as kept:
        return dict(kept)


def test_fixtures_are_those_of_the_maker_beside_them():
    maker, kept = FIXTURES.parent / "make_optimizers.py", FIXTURES / "optimizers.npz"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == ABOUT["maker_sha256"]
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == ABOUT["arrays_sha256"]


@pytest.mark.parametrize("name", ABOUT["cases"])
def test_a_hundred_steps_like_keras(name):
    kind, options = ABOUT["cases"][name]
    optimizer = getattr(optimizers, kind)(learning_rate=ABOUT["learning_rate"], **options)
    spec, params = optimizer.spec, arrays()["weights"]
    slots = np.full((spec.n_slots, params.size), optimizer.slot_start)
    kept = []
    for step, gradient in enumerate(arrays()["gradients"], 1):
        gradient = clipped(spec, gradient, ABOUT["sizes"])
        params, slots = update(spec, params, slots, gradient, step, optimizer.learning_rate)
        if step in ABOUT["kept"]:
            kept.append(params)
    # Some roundings a step, which add up like a random walk; a root of a small number, and 1 less a
    # product near 1 in the first steps, take some more.
    assert_close(np.array(kept), arrays()[name], k=20 * np.sqrt(len(arrays()["gradients"])))


@pytest.mark.parametrize("name", ABOUT["cases"])
def test_the_configuration_makes_the_optimizer_again(name):
    kind, options = ABOUT["cases"][name]
    made = getattr(optimizers, kind)(learning_rate=0.25, name="mine", **options)
    again = type(made)(**made.get_config())
    assert again.spec == made.spec
    assert (again.slot_start, again.learning_rate, again.name) == (made.slot_start, 0.25, "mine")
    assert repr(again) == repr(made)
